"""Forms of the frame: password, language, token, accounts, matters."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from openilp import reference
from openilp.safeguards import emergencies
from openilp.safeguards.labels import Level
from openilp.safeguards.models import Matter, Unit
from openilp.safeguards.roles import Role
from openilp.web import words


def listed(vocabulary: str) -> Any:
    """Return the choices of a reference list, read when the form is made."""
    return lambda: [(code, _(label)) for code, label in reference.vocabulary(vocabulary).choices()]


class PasswordForm(forms.Form):
    """The present and a new password."""

    old = forms.CharField(
        label=_("Present password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; a sentence is easier to remember than signs."),
    )
    again = forms.CharField(
        label=_("New password once more"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Compare the two new passwords."""
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("The two new passwords differ; type them again."))
        return data


class LanguageForm(forms.Form):
    """The language of the pages."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("What for"), max_length=80)
    days = forms.IntegerField(label=_("Days until it ends"), min_value=1, max_value=365, initial=90)


class ReasonForm(forms.Form):
    """Why a second person is asked."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The second person judges by it: who asked, when, and how you made sure of it."),
    )


class AnswerForm(forms.Form):
    """The answer of a second person to what was read."""

    answer = forms.ChoiceField(choices=[("approve", _("Approve")), ("refuse", _("Refuse"))])
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, help_text=_("Needed where you refuse.")
    )


class EmergencyForm(forms.Form):
    """Breaking the glass."""

    matter = forms.CharField(
        label=_("Reference of the matter"), max_length=16, help_text=_("Somebody who works on it tells you.")
    )
    reason_code = forms.ChoiceField(
        label=_("Emergency"),
        choices=lambda: [(code, _(reference.purpose(code).label)) for code in emergencies.REASONS],
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=emergencies.SHORTEST_MIN,
        max_value=emergencies.LONGEST_MIN,
        initial=60,
        help_text=_("15 to 240; then it closes by itself."),
    )
    reason = forms.CharField(
        label=_("What is happening"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence for whoever reviews it: a person of another unit."),
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)


class DelegationForm(forms.Form):
    """Who stands in, with what, until when."""

    to = forms.CharField(label=_("Name of the account that stands in"), max_length=60)
    until = forms.DateField(
        label=_("Until the end of"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("At most 30 days from now."),
    )
    roles = forms.MultipleChoiceField(label=_("Duties"), widget=forms.CheckboxSelectMultiple)
    matters = forms.MultipleChoiceField(label=_("Matters"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, roles: Iterable[Role], matters: Iterable[Matter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: Any = self.fields["roles"]
        own.choices = [(role.value, words.role(role)) for role in sorted(roles)]
        where: Any = self.fields["matters"]
        where.choices = [(matter.ref, f"{matter.title} {matter.ref}") for matter in matters]


class LabelForm(forms.Form):
    """Another label for a record."""

    level = forms.TypedChoiceField(
        label=_("Level"), coerce=int, choices=lambda: [(int(level), words.level(level)) for level in Level]
    )
    releasable_to = forms.CharField(
        label=_("Releasable to"),
        max_length=200,
        required=False,
        help_text=_("Codes of partner agencies with commas between; empty for own staff only."),
    )
    originator_control = forms.BooleanField(
        label=_("The originator keeps control: its unit answers before it goes further"), required=False
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class SayWhyForm(forms.Form):
    """A reason: for opening a sensitive record, for marking one, or for ending a mark."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class FindingForm(forms.Form):
    """The review of an emergency."""

    finding = forms.CharField(
        label=_("Finding"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you looked at, and what you found."),
    )
    is_justified = forms.TypedChoiceField(
        label=_("Was it right?"),
        coerce=lambda value: value == "yes",
        choices=[("", "—"), ("yes", _("It was justified")), ("no", _("It was not justified"))],
    )


class DutiesForm(forms.Form):
    """What an account may do: unit, duties, clearance."""

    field_order = ["unit", "clearance", "roles", "reason"]

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        help_text=_("Needed where a second person has to approve: more duties, or a higher clearance."),
    )

    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        empty_label=_("Choose …"),
    )
    roles = forms.MultipleChoiceField(
        label=_("Duties"),
        choices=[(r.value, words.ROLES[r]) for r in Role],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("An administrator and the oversight see no content, whatever else they do."),
    )
    clearance = forms.TypedChoiceField(
        label=_("Clearance"),
        coerce=int,
        initial=int(Level.INTERNAL),
        choices=[
            (int(Level.OPEN), _("open")),
            (int(Level.INTERNAL), _("internal")),
            (int(Level.RESTRICTED), _("restricted")),
            (int(Level.CONFIDENTIAL), _("confidential")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.all()  # type: ignore[attr-defined]


class JoinForm(DutiesForm):
    """A new account."""

    field_order = [
        "full_name",
        "username",
        "staff_number",
        "unit",
        "clearance",
        "language",
        "partner",
        "roles",
        "reason",
    ]

    staff_number = forms.CharField(
        label=_("Staff number"),
        max_length=32,
        required=False,
        help_text=_("Two accounts with the same number are one person and do not count as two."),
    )

    full_name = forms.CharField(label=_("Name of the person"), max_length=120)
    username = forms.RegexField(
        label=_("Name of the account"),
        regex=r"^[a-z0-9][a-z0-9._-]*$",
        max_length=60,
        help_text=_("Small letters, digits, full stop, hyphen; it stays for ever."),
        error_messages={"invalid": _("Use small letters, digits, full stop and hyphen only.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    partner = forms.CharField(
        label=_("Partner agency"),
        max_length=32,
        required=False,
        help_text=_(
            "Its code, if the person is not of our own staff; then only what is releasable to it shows."
        ),
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)


class MatterForm(forms.Form):
    """A new matter."""

    title = forms.CharField(label=_("Title"), max_length=160)
    kind = forms.ChoiceField(label=_("Kind"), choices=listed("matter-kinds"))
    purpose_code = forms.ChoiceField(label=_("Purpose"), choices=listed("processing-purposes"))
    legal_basis = forms.ChoiceField(label=_("Legal basis"), choices=listed("legal-bases"))
    is_agency_wide = forms.BooleanField(
        label=_("Everybody may know that it exists"),
        required=False,
        help_text=_("For standing tasks. Leave it empty for operations and investigations."),
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)


class MemberForm(forms.Form):
    """An account to admit to a matter."""

    username = forms.CharField(label=_("Name of the account"), max_length=60)
