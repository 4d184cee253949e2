"""Forms of the register of breaches."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openilp.oversight.forms.registers import prose
from openilp.oversight.services.breaches import NewBreach
from openilp.oversight.wording import HARMS, STEPS


def moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    """Return a field for a day and minute."""
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class BreachForm(forms.Form):
    """A breach as it is reported."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("Without names of people in the records.")
    )
    kind = forms.ChoiceField(label=_("What it did"), choices=[("", "—"), *HARMS.items()])
    happened_from = moment(_("Happened from"))
    happened_until = moment(_("Happened until"))
    aware_at = moment(_("Aware of it since"), _("The 72 hours run from here."))
    description = prose(_("What happened"))
    consequences = prose(_("Likely consequences"))
    measures = prose(_("Measures taken and proposed"))

    def new(self) -> NewBreach:
        """Return the breach as it was typed."""
        return NewBreach(**{name: self.cleaned_data[name] for name in NewBreach.__dataclass_fields__})


class StepForm(forms.Form):
    """What was done about a breach."""

    kind = forms.ChoiceField(label=_("What was done"), choices=[("", "—"), *STEPS.items()])
    done_at = moment(_("When"))
    text = prose(_("In words"), help_text=_("Whom, how, and why; at the end the lessons."))
    delay_reason = prose(
        _("Reasons for the delay"),
        rows=2,
        required=False,
        help_text=_("Only where the authority is told after more than 72 hours."),
    )


class ScopeForm(forms.Form):
    """Which time of the audit log is read, and whose."""

    since = moment(_("From"))
    until = moment(_("Until"))
    account = forms.CharField(
        label=_("Name of an account"), max_length=150, required=False, help_text=_("Empty for everybody.")
    )
