"""The form of a review, and of an event."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openilp.direction.forms import day
from openilp.oversight.rules.reviews import QUESTIONS, Asked, Verdict

_WORDS = {
    "still_necessary": _("Is it still necessary for the purpose that it was recorded for?"),
    "category_right": _("Is the person's category still right?"),
    "evaluation_right": _("Is the evaluation still right?"),
    "outcome_known": _("Is the outcome of the case known?"),
    "less_intrusive": _("Would something less intrusive do?"),
}
_YES_NO = (("yes", _("yes")), ("no", _("no")))
#: What a reviewer may decide, in words.
VERDICTS = (
    (Verdict.RETAIN, _("retain until the next review")),
    (Verdict.RESTRICT, _("restrict: kept, and used by nobody")),
    (Verdict.ERASE, _("erase in the coming night")),
)
#: What calls for a review at once, in words.
EVENTS = (
    ("acquittal", _("acquitted")),
    ("no_further_action", _("no further action")),
    ("no_crime", _("there was no crime")),
    ("death", _("the person has died")),
)


class ReviewForm(forms.Form):
    """A review of one record."""

    decision = forms.ChoiceField(label=_("Decision"), choices=VERDICTS, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason for this very record"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    grounds = forms.CharField(
        label=_("Present facts behind the suspicion"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A corrected address or name is no such fact."),
    )
    next_due_on = day(label=_("Next review"), required=False)
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, needs_grounds: bool, latest: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in QUESTIONS:
            self.fields[code] = forms.ChoiceField(
                label=_WORDS[code], choices=_YES_NO, widget=forms.RadioSelect
            )
        self.order_fields([*QUESTIONS, "decision"])
        if not needs_grounds:
            del self.fields["grounds"]
        if latest is None:
            del self.fields["next_due_on"]
        else:
            self.fields["next_due_on"].initial = latest
            self.fields["next_due_on"].help_text = _("At the latest %(day)s.") % {"day": latest.isoformat()}

    def asked(self) -> Asked:
        """Return what the reviewer said."""
        said = self.cleaned_data
        return Asked(
            verdict=said["decision"],
            answers={code: said[code] == "yes" for code in QUESTIONS},
            reason=said["reason"],
            grounds=said.get("grounds", ""),
            next_due_on=said.get("next_due_on"),
        )


class EventForm(forms.Form):
    """What calls for a review at once."""

    event = forms.ChoiceField(label=_("What happened"), choices=EVENTS)
    happened_on = day(label=_("On"), initial=timezone.localdate)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != "involvement":
            self.fields["event"].choices = EVENTS[-1:]  # type: ignore[attr-defined]
