"""Forms for signs of misuse and for drawn look-ups."""

from django import forms
from django.utils.translation import gettext_lazy as _

from openilp.oversight.wording import OUTCOMES


class SignAnswerForm(forms.Form):
    """What a sign was."""

    outcome = forms.ChoiceField(label=_("What it was"), choices=[("", "—"), *OUTCOMES.items()])
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you looked at, and why that is the answer."),
    )


class SampleReasonForm(forms.Form):
    """Why a drawn look-up was needed."""

    reason = forms.CharField(
        label=_("Why did you need it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A sentence that a supervisor of another unit can judge."),
    )


class SampleReviewForm(forms.Form):
    """Whether a drawn look-up was needed."""

    is_justified = forms.TypedChoiceField(
        label=_("Was it needed?"),
        coerce=lambda value: value == "yes",
        choices=[("", "—"), ("yes", _("It was justified")), ("no", _("It was not justified"))],
    )
    finding = forms.CharField(
        label=_("Finding"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you looked at, and what you found."),
    )
