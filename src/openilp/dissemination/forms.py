"""Forms of dissemination."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openilp import reference
from openilp.safeguards.models import Unit, User


class ApprovalForm(forms.Form):
    """A second person's word on an edition."""

    is_approved = forms.TypedChoiceField(
        label=_("Your word"),
        choices=[("yes", _("Approve for release")), ("no", _("Send back"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when you send it back: what must change."),
    )


class NameReviewerForm(forms.Form):
    """Who is to review an edition."""

    def __init__(self, *args: Any, people: Iterable[User], **more: Any) -> None:
        super().__init__(*args, **more)
        self.people = {str(user.pk): user for user in people}
        self.fields["reviewer"] = forms.ChoiceField(
            label=_("Colleague"),
            choices=[("", "—"), *((key, str(user)) for key, user in self.people.items())],
            error_messages={"required": _("Choose the colleague who is to review it.")},
        )

    def reviewer(self) -> User:
        """Return the chosen account."""
        return self.people[self.cleaned_data["reviewer"]]


class PeerReviewForm(forms.Form):
    """The named reviewer's word on an edition."""

    is_sound = forms.TypedChoiceField(
        label=_("What you found"),
        choices=[("yes", _("Sound: may go to approval")), ("no", _("Faults to be mended"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when you found faults: what must be mended."),
    )


class AskConsentForm(forms.Form):
    """Which item is to go to which unit, and why."""

    def __init__(self, *args: Any, needed: Iterable[tuple[str, Unit]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.needed = {f"{ref} {unit.pk}": (ref, unit) for ref, unit in needed}
        self.fields["needed"] = forms.ChoiceField(
            label=_("Item and unit"),
            choices=[("", "—"), *((key, f"{ref} → {unit}") for key, (ref, unit) in self.needed.items())],
            error_messages={"required": _("Choose what is to go to which unit.")},
        )
        self.fields["ask_reason"] = forms.CharField(label=_("Why that unit needs to know"), max_length=300)

    def chosen(self) -> tuple[str, Unit]:
        """Return reference of the item, and the unit."""
        return self.needed[self.cleaned_data["needed"]]


class AnswerConsentForm(forms.Form):
    """The originator's answer."""

    is_given = forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("It may go there")), ("no", _("It must not go there"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        help_text=_("Needed when you refuse: why it must stay."),
    )


class ReleaseForm(forms.Form):
    """To whom, why, until when."""

    def __init__(self, *args: Any, people: Iterable[User], **more: Any) -> None:
        super().__init__(*args, **more)
        self.people = {str(user.pk): user for user in people}
        self.fields["readers"] = forms.MultipleChoiceField(
            label=_("Readers"),
            choices=[(key, str(user)) for key, user in self.people.items()],
            error_messages={"required": _("Choose at least one reader.")},
        )
        self.fields["reason"] = forms.CharField(
            label=_("Why they need to know"), max_length=300, widget=forms.TextInput
        )
        self.fields["expires_on"] = forms.DateField(
            label=_("Readable until"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}),
            help_text=_("Left empty, it stays readable until it is recalled."),
        )

    def readers(self) -> list[User]:
        """Return the chosen accounts."""
        return [self.people[key] for key in self.cleaned_data["readers"]]


def _ratings() -> list[tuple[str, Any]]:
    return [(code, _(label)) for code, label in reference.vocabulary("reader-ratings").choices()]


class RatingForm(forms.Form):
    """What a reader says of a product."""

    value = forms.ChoiceField(label=_("This product was"), choices=_ratings, widget=forms.RadioSelect)
    comment = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class RecallForm(forms.Form):
    """Why a release is withdrawn."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Every reader is told this sentence.")
    )


class RegisterForm(forms.Form):
    """What the register shows; the state is the address."""

    reader = forms.CharField(label=_("Reader, user name"), required=False, max_length=60)
    title = forms.CharField(label=_("Words of the title"), required=False, max_length=80)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
