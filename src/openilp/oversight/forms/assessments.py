"""Forms of impact assessments."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openilp.direction.forms import day
from openilp.oversight.forms.registers import prose
from openilp.oversight.models import ImpactAssessment
from openilp.oversight.rules.assessments import PARTS
from openilp.oversight.wording import ASSESSED


class AssessmentForm(forms.Form):
    """What a person judges of a method."""

    necessity = prose(
        _("Necessity"), help_text=_("What the police need it for, and why nothing milder does.")
    )
    proportionality = prose(
        _("Proportionality"), help_text=_("What it takes in of whom, against what it gives.")
    )
    risks = prose(_("Risks to people's rights"), help_text=_("Who could be hit wrongly, and how."))
    measures = prose(_("Measures against them"))
    decision = forms.ChoiceField(label=_("Decision"), choices=[("", "—"), *ASSESSED.items()])
    review_on = day(label=_("Review on"))
    supersedes = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, row: ImpactAssessment | None) -> "AssessmentForm":
        """Return the form with the present assessment filled in; decision and day are given anew."""
        if row is None:
            return cls()
        return cls(initial={name: getattr(row, name) for name in PARTS} | {"supersedes": row.ref})

    def said(self) -> dict[str, Any]:
        """Return what was typed as the service takes it."""
        data = self.cleaned_data
        others = {name: data[name] for name in ("decision", "review_on", "supersedes")}
        return {"parts": {name: data[name] for name in PARTS}, **others}


class AssessmentAnswerForm(forms.Form):
    """Whether the second person agrees."""

    agrees = forms.TypedChoiceField(
        label=_("Do you agree?"),
        coerce=lambda value: value == "yes",
        choices=[("", "—"), ("yes", _("I agree")), ("no", _("I do not agree"))],
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
