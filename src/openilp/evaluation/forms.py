"""Forms of evaluation. The grade strip is drawn by its template; no grade is preset anywhere."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openilp import reference
from openilp.evaluation.rules import NewGrade
from openilp.safeguards.models import User


class GradeForm(forms.Form):
    """What an evaluator types: three codes, the restriction in words, the reason."""

    scheme = forms.CharField()
    scheme_version = forms.CharField()
    source = forms.CharField(error_messages={"required": _("Choose a grade for the source.")})
    information = forms.CharField(error_messages={"required": _("Choose a grade for the information.")})
    handling = forms.CharField(error_messages={"required": _("Choose a handling code.")})
    handling_text = forms.CharField(required=False, max_length=300)
    reasons = forms.CharField(required=False)
    supersedes = forms.UUIDField(required=False)

    def new(self) -> NewGrade:
        """Return the grade as the service takes it."""
        values = {key: value for key, value in self.cleaned_data.items() if key != "supersedes"}
        return NewGrade(**values)


class _PeopleField(forms.ChoiceField):
    def __init__(self, people: Iterable[User], **more: Any) -> None:
        self.people = {str(user.pk): user for user in people}
        super().__init__(choices=[(key, f"{user}, {user.unit}") for key, user in self.people.items()], **more)

    def clean(self, value: Any) -> Any:
        """Return the chosen account."""
        chosen = super().clean(value)
        return self.people[chosen]


class AssignForm(forms.Form):
    """Who evaluates."""

    def __init__(self, *args: Any, people: Iterable[User], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["evaluator"] = _PeopleField(people, label=_("Evaluator"))


class EscalateForm(forms.Form):
    """To whom, and why."""

    def __init__(self, *args: Any, people: Iterable[User], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to"] = _PeopleField(people, label=_("Hand to"))
        self.fields["reason"] = forms.CharField(
            label=_("Reason"),
            max_length=300,
            help_text=_("What must be decided above you, in one sentence."),
        )


class DuplicateForm(forms.Form):
    """Which report is repeated."""

    original = forms.CharField(
        label=_("Repeats report"), max_length=16, help_text=_("Its reference, for example R-7K4M-2Q.")
    )
    reason = forms.CharField(label=_("What agrees"), max_length=300, required=False)


class AcknowledgeForm(forms.Form):
    """What the duty officer did."""

    note = forms.CharField(label=_("What was done"), max_length=300, required=False)


class ReviewForm(forms.Form):
    """Agree, or send back."""

    agrees = forms.TypedChoiceField(
        label=_("Second look"),
        choices=[("yes", _("Agree")), ("no", _("Send back"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


def _levels() -> list[tuple[str, Any]]:
    return [(code, _(label)) for code, label in reference.vocabulary("confidentiality-levels").choices()]


class SanitiseForm(forms.Form):
    """The version that may travel further."""

    title = forms.CharField(label=_("Title"), max_length=160)
    text = forms.CharField(
        label=_("Text without what endangers source or method"), widget=forms.Textarea(attrs={"rows": 10})
    )
    removed = forms.CharField(
        label=_("What was taken out, and why"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In general words: this note travels with the version."),
    )
    level = forms.TypedChoiceField(
        label=_("Level once approved"), choices=_levels, coerce=int, widget=forms.RadioSelect
    )
    lowering_reason = forms.CharField(
        label=_("Why the lower level is safe"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class JudgeForm(forms.Form):
    """Approve a sanitised version, or send it back."""

    is_approved = forms.TypedChoiceField(
        label=_("Your word"),
        choices=[("yes", _("Approve")), ("no", _("Send back"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


def _reply_kinds() -> list[tuple[str, Any]]:
    return [(code, _(label)) for code, label in reference.vocabulary("reply-kinds").choices()]


class ReplyForm(forms.Form):
    """What the reporter is told."""

    kind = forms.ChoiceField(label=_("Reply"), choices=_reply_kinds, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("To the reporter"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say what helped or what is missing; nothing from other reports."),
    )


class DisputeForm(forms.Form):
    """Doubted, or found false."""

    is_false = forms.TypedChoiceField(
        label=_("Finding"),
        choices=[("no", _("Disputed: there is doubt")), ("yes", _("False: it was found untrue"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class SettleForm(forms.Form):
    """Why the report may be used again."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class NecessityForm(forms.Form):
    """Why special words are strictly necessary."""

    reason = forms.CharField(
        label=_("Why are these words strictly necessary?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the police cannot do without them, about this very item."),
    )


class NecessityAnswerForm(forms.Form):
    """The second person's word on it."""

    agrees = forms.TypedChoiceField(
        label=_("Are they strictly necessary?"),
        choices=[("yes", _("Yes, they may be quoted")), ("no", _("No, they are struck"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
