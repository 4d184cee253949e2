"""The form of the simulator: an account, or duties with a clearance."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openilp.safeguards.labels import Level
from openilp.safeguards.roles import Role


class SimulatorForm(forms.Form):
    """Whose reach is counted."""

    account = forms.CharField(label=_("Account"), max_length=60, required=False)
    outside = forms.BooleanField(label=_("acting outside any matter"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("or duties"), choices=[(role.value, role.value) for role in Role], required=False
    )
    clearance = forms.TypedChoiceField(
        label=_("with clearance"),
        coerce=int,
        required=False,
        choices=[(int(level), level.name.lower()) for level in Level],
        initial=1,
    )
    partner = forms.CharField(label=_("of partner agency"), max_length=32, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for an account or at least one duty."""
        data = super().clean() or {}
        data["clearance"] = data.get("clearance") or 0
        if not data.get("account") and not data.get("roles"):
            self.add_error("account", _("Name an account, or choose at least one duty."))
        return data
