"""The forms of the rights desk."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from openilp.direction.forms import day
from openilp.oversight import rights_wording as wording
from openilp.oversight.rules.rights import Answer, Ask, NewRequest
from openilp.safeguards.models import User

KINDS = (
    (Ask.ACCESS, _("access to the data (Article 14)")),
    (Ask.RECTIFICATION, _("rectification (Article 16)")),
    (Ask.ERASURE, _("erasure (Article 16)")),
    (Ask.RESTRICTION, _("restriction (Article 16)")),
    (Ask.INDIRECT, _("through the supervisory authority (Article 17)")),
)
PROOFS = tuple(wording.PROOFS.items())
ANSWERS = (
    (Answer.DISCLOSE, _("disclose it whole")),
    (Answer.PART, _("disclose it without the passages below")),
    (Answer.REFUSE, _("refuse it: the letter says that something is withheld")),
    (Answer.OMIT, _("omit it: the letter does not tell that it exists")),
)
#: The grounds with their letters.
GROUNDS = tuple((letter, format_lazy("({}) {}", letter, words)) for letter, words in wording.GROUNDS.items())


def _text(
    label: Any, most: int, *, rows: int = 3, help_text: Any = "", required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def lines(text: str) -> tuple[str, ...]:
    """Return what stands in the lines of a field."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


class RequestForm(forms.Form):
    """A request as it came in."""

    kind = forms.ChoiceField(label=_("The person asks for"), choices=KINDS)
    received_on = day(label=_("Received on"), initial=timezone.localdate)
    full_name = forms.CharField(label=_("Name of the person"), max_length=160)
    other_names = _text(_("Other spellings and names, one a line"), 800, rows=2, required=False)
    birth_date = forms.CharField(label=_("Date of birth"), max_length=10, required=False)
    identifiers = _text(
        _("Telephone numbers, plates, numbers of papers, one a line"), 800, rows=2, required=False
    )
    identity_proof = forms.ChoiceField(label=_("How the identity was proven"), choices=PROOFS)
    identity_note = forms.CharField(
        label=_("Which document, or who stands for whom"),
        max_length=300,
        required=False,
        help_text=_("No copy is kept."),
    )
    address = forms.CharField(label=_("Where the letter goes"), max_length=300, required=False)
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)
    wish = _text(
        _("What the person writes"), 4000, required=False, help_text=_("As far as the desk needs it.")
    )
    authority_ref = forms.CharField(
        label=_("File of the supervisory authority"), max_length=60, required=False
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def new(self) -> NewRequest:
        """Return the request that was entered."""
        said = {key: value for key, value in self.cleaned_data.items() if key != "idempotency_key"}
        for name in ("other_names", "identifiers"):
            said[name] = lines(said[name])
        return NewRequest(**said)


class SearchForm(forms.Form):
    """What is looked for: names and numbers, one a line."""

    words = _text(
        _("Names and numbers, one a line"),
        4000,
        rows=4,
        help_text=_("Every script is searched; write each spelling that you know."),
    )

    def asked(self) -> tuple[str, ...]:
        """Return the lines."""
        return lines(self.cleaned_data["words"])


class ReasonForm(forms.Form):
    """A reason for the history of a request."""

    reason = _text(_("Reason"), 600, rows=2)


class JudgeForm(forms.Form):
    """Whether a record is about the person."""

    is_same = forms.ChoiceField(choices=(("yes", _("yes")), ("no", _("no"))))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)


class DecideForm(forms.Form):
    """What the person is told of a record."""

    decision = forms.ChoiceField(label=_("The letter"), choices=ANSWERS, widget=forms.RadioSelect)
    proposed = forms.MultipleChoiceField(
        label=_("Names of others that stand in it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    passages = _text(
        _("Other passages to take out, one a line"),
        4000,
        required=False,
        help_text=_("Copy them from the text, word for word."),
    )
    grounds = forms.MultipleChoiceField(
        label=_("Grounds for withholding (Article 15)"),
        choices=GROUNDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = _text(
        _("Reason for withholding"),
        1000,
        required=False,
        help_text=_("It is sealed: the oversight body alone can read it afterwards."),
    )

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if names:
            self.fields["proposed"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
            self.fields["proposed"].initial = names
        else:
            del self.fields["proposed"]

    def asked(self) -> dict[str, Any]:
        """Return what was decided; names and passages count only where a part is disclosed."""
        said = self.cleaned_data
        taken = (
            [*said.get("proposed", []), *lines(said["passages"])] if said["decision"] == Answer.PART else []
        )
        return {
            "decision": said["decision"],
            "grounds": said["grounds"],
            "passages": taken,
            "reason": said["reason"],
        }


class AskForm(forms.Form):
    """What the second person is told."""

    reason = _text(
        _("What the second person should know"),
        500,
        rows=2,
        help_text=_("No name and no content: whoever answers opens the records."),
    )


class OrderForm(forms.Form):
    """A measure on a record."""

    measure = forms.ChoiceField(
        label=_("What happens to it"), choices=wording.MEASURES.items(), widget=forms.RadioSelect
    )
    wanted = forms.CharField(label=_("What holds instead"), max_length=400, required=False)
    assignee = forms.ModelChoiceField(
        label=_("Who rectifies it"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Colleagues who reach the record."),
    )
    reason = _text(
        _("Reason of the measure"), 600, rows=2, help_text=_("Of a refusal the letter says it to the person.")
    )

    def __init__(self, *args: Any, able: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [user.pk for user in able]
        field: Any = self.fields["assignee"]
        field.queryset = User.objects.filter(pk__in=keys).order_by("full_name")
        field.label_from_instance = lambda user: user.full_name


class CarryOutForm(forms.Form):
    """What was corrected."""

    value = forms.CharField(label=_("What holds from now on"), max_length=400)
    note = _text(_("What was done"), 600, rows=2)

    def __init__(self, *args: Any, wanted: str, is_statement: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_statement:
            self.fields["value"].initial = wanted
            self.fields["note"].required = False
        else:
            del self.fields["value"]
