"""Forms of the registers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openilp.oversight.models import ProcessingEntry
from openilp.oversight.services.processing import Own


def prose(label: Any, *, rows: int = 3, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Return a field for sentences."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


class ProcessingForm(forms.Form):
    """What only the agency knows of its processing."""

    controller = forms.CharField(
        label=_("Controller"), max_length=300, help_text=_("The authority that answers.")
    )
    controller_contact = forms.CharField(label=_("Contact"), max_length=300)
    officer_contact = forms.CharField(label=_("Data-protection officer: how to reach"), max_length=300)
    joint_controllers = forms.CharField(
        label=_("Joint controllers"),
        max_length=1000,
        required=False,
        help_text=_("Empty where there are none."),
    )
    recipients = prose(
        _("Other recipients"), required=False, help_text=_("Beyond those to whom products were released.")
    )
    transfers = prose(
        _("Transfers abroad"),
        help_text=_("To third countries and international organisations, or that there are none."),
    )
    measures = prose(
        _("Measures outside the system"), required=False, help_text=_("Doors, vetting, training.")
    )
    supersedes = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, row: ProcessingEntry | None) -> "ProcessingForm":
        """Return the form with the present version filled in."""
        if row is None:
            return cls()
        names = [name for name in cls.base_fields if name != "supersedes"]
        return cls(initial={name: getattr(row, name) for name in names} | {"supersedes": row.ref})

    def own(self) -> Own:
        """Return the part as it was typed."""
        return Own(**{name: self.cleaned_data[name] for name in Own.__dataclass_fields__})
