"""Forms of the source desk."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from openilp import reference
from openilp.corridor import rules
from openilp.corridor.models import TaskingRequest
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import User
from openilp.safeguards.people import colleagues
from openilp.safeguards.roles import Role

STANDINGS = (
    ("reliable", _("The desk holds the source for reliable")),
    ("untested", _("Not tested")),
    ("doubtful", _("The desk doubts the source")),
)
KINDS = (("question", _("A question")), ("feedback", _("A word on what became of a report")))
_REVIEW_DAYS = 90


def choices(vocabulary: str) -> Any:
    """Return the choices of a reference list in the reader's language."""
    return lambda: [(code, translate(label)) for code, label in reference.vocabulary(vocabulary).choices()]


def _long(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


def _in_a_quarter() -> Any:
    return timezone.localdate() + timedelta(days=_REVIEW_DAYS)


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among colleagues of a duty, in alphabetical order."""

    def offer(self, actor: Actor, role: Role) -> None:
        """Offer the colleagues of a duty beside the actor."""
        keys = [user.pk for user in colleagues(actor=actor, roles=[role]) if user.pk != actor.user_id]
        self.queryset = User.objects.filter(pk__in=keys).order_by("full_name")


class DeskForm(forms.Form):
    """A form of the desk; it knows who fills it in."""

    people: tuple[tuple[str, Role], ...] = ()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, role in self.people:
            field = self.fields[name]
            if isinstance(field, PersonField):
                field.offer(actor, role)


class RegisterForm(DeskForm):
    """Who a source is, and what the desk works with."""

    people = (("controller", Role.SOURCE_CONTROLLER),)

    full_name = forms.CharField(label=_("Full name"), max_length=200, help_text=_("Sealed at once."))
    born_on = forms.CharField(label=_("Born"), max_length=20, required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    telephone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    aliases = forms.CharField(
        label=_("Other names and spellings"),
        max_length=300,
        required=False,
        help_text=_("Each is refused in what crosses; write the name in every script that you use."),
    )
    code_name = forms.CharField(label=_("Code name"), max_length=60)
    access = _long(_("Access: how the source comes to know"))
    motive = _long(_("Motive"), required=False)
    standing = forms.ChoiceField(label=_("How the desk holds the source"), choices=STANDINGS)
    controller = PersonField(User.objects.none(), label=_("Controller"), empty_label=_("Choose …"))
    review_on = _day(_("Review by"), initial=_in_a_quarter)

    def identity(self) -> rules.NewIdentity:
        """Return who the source is."""
        names = ("full_name", "born_on", "address", "telephone", "aliases")
        return rules.NewIdentity(**{name: self.cleaned_data[name] for name in names})

    def profile(self) -> rules.Profile:
        """Return what the desk works with."""
        names = ("code_name", "access", "motive", "standing")
        return rules.Profile(**{name: self.cleaned_data[name] for name in names})


class ContactForm(DeskForm):
    """A contact or meeting."""

    met_at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    place = forms.CharField(label=_("Where"), max_length=300)
    present = forms.CharField(label=_("Who was there"), max_length=300)
    notes = _long(_("What was said"), 6)
    arranged = _long(_("What was arranged"), required=False)


class RiskForm(DeskForm):
    """What endangers a source."""

    hazards = _long(_("What endangers the source and those around it"))
    measures = _long(_("What is done about it"))
    review_on = _day(_("Look again by"), initial=_in_a_quarter)


class DraftForm(DeskForm):
    """A sanitised report."""

    title = forms.CharField(label=_("Title"), max_length=160)
    items = _long(
        _("What may be told"),
        6,
        help_text=_("One piece of information a paragraph; nothing that points back at the source."),
    )
    urgency = forms.ChoiceField(label=_("Urgency"), choices=choices("urgency"), initial="medium")
    language = forms.ChoiceField(label=_("Language"), choices=choices("languages"), initial="en")
    observed_on = _day(_("Day of the observation"), required=False)
    answers = forms.CharField(label=_("Answers the request"), required=False, max_length=16)

    def new(self) -> rules.NewDraft:
        """Return the draft as the verb takes it."""
        items = [part.strip() for part in self.cleaned_data["items"].replace("\r", "").split("\n\n")]
        return rules.NewDraft(**{**self.cleaned_data, "items": [part for part in items if part]})


class HandOverForm(DeskForm):
    """To whom a source passes."""

    people = (("to", Role.SOURCE_HANDLER),)

    to = PersonField(User.objects.none(), label=_("New handler"), empty_label=_("Choose …"))
    reason = _long(_("Why"))


class UnlockForm(DeskForm):
    """Why an identity must be seen."""

    reason = _long(_("Why must you see who it is?"), help_text=_("Both approvers read it; it stays sealed."))
    hours = forms.IntegerField(
        label=_("For how many hours"), min_value=1, max_value=rules.LONGEST_WINDOW_H, initial=1
    )


class WordForm(DeskForm):
    """A controller's word on a draft."""

    is_passed = forms.TypedChoiceField(
        label=_("Your word"),
        choices=[("yes", _("Pass it on")), ("no", _("Send it back"))],
        coerce=lambda value: value == "yes",
    )
    note = _long(_("Note to the handler"), 2, required=False)


class AnswerForm(DeskForm):
    """An approver's answer to an unlock."""

    is_approved = forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("Approve")), ("no", _("Refuse"))],
        coerce=lambda value: value == "yes",
    )
    reason = _long(_("Reason, if you refuse"), 2, required=False)


class RequestForm(DeskForm):
    """What the intelligence side wants to know from the source desk."""

    kind = forms.ChoiceField(label=_("What it is"), choices=KINDS)
    text = _long(_("In plain words, without an analyst's notes"), max_length=600)
    pseudonym = forms.CharField(label=_("About the report of"), required=False, max_length=16)
    due_on = _day(_("Needed by"), required=False)


class TakeForm(DeskForm):
    """The law under which a crossing becomes a report."""

    legal_basis = forms.ChoiceField(label=_("Legal basis"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = reference.national_profile(settings.OPENILP_PROFILE).bases_on(timezone.localdate())
        offered = [(code, translate(reference.legal_basis(code).label)) for code in codes]
        self.fields["legal_basis"].choices = offered  # type: ignore[attr-defined]


class TaskForm(DeskForm):
    """Which of the open requests a source is tasked with."""

    request = forms.ChoiceField(label=_("Request"))

    def __init__(self, *args: Any, open_requests: list[TaskingRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request"].choices = [  # type: ignore[attr-defined]
            (row.ref, f"{row.ref}: {row.text[:80]}") for row in open_requests
        ]
