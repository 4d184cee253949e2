"""The report form, and the filters of the list of reports."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from openilp import reference
from openilp.collection import selectors
from openilp.collection.contents import ALLOWED
from openilp.collection.imports import mapping
from openilp.collection.rules import NewItem, NewMention, NewReport
from openilp.direction import selectors as direction
from openilp.direction.forms import LawfulForm, Removable, choices, day
from openilp.direction.models import Requirement
from openilp.safeguards.actor import Actor

#: Mentions that an item of the form has room for; more come through the API, or in another item.
MENTIONS = 3
ACCEPTED = ",".join(f".{suffix}" for suffix in ALLOWED)
_POINT = re.compile(r"^(-?\d{1,3}(?:\.\d+)?),(-?\d{1,2}(?:\.\d+)?)$")


class CategorySelect(forms.Select):
    """A choice of categories that marks those for which the facts must be written down."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return an option, with `data-grounds` where a predicate is needed."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        code = str(value)
        if code and reference.subject_category(code).needs_predicate:
            option["attrs"]["data-grounds"] = ""
        return option


class ReportForm(LawfulForm):
    """What an officer tells: where it comes from, how urgent it is, where it was, on which law."""

    provenance = forms.ChoiceField(
        label=_("How do you know it?"), choices=choices("provenance-kinds"), widget=forms.RadioSelect
    )
    provenance_note = forms.CharField(
        label=_("How exactly, without the source"),
        max_length=300,
        required=False,
        help_text=_("Never who told you: no name, number or address of a source. Handlers keep those."),
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=choices("urgency"), widget=forms.RadioSelect, initial="low"
    )
    observed_at = forms.DateTimeField(
        label=_("When was it?"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    place = forms.CharField(
        label=_("Where was it?"),
        max_length=160,
        required=False,
        widget=forms.TextInput(
            attrs={
                "data-autocomplete": "/api/v1/collection/places",
                "data-value-name": "place_at",
                "autocomplete": "off",
            }
        ),
    )
    place_at = forms.CharField(required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(
        label=_("Longitude"), required=False, widget=forms.NumberInput(attrs={"step": "any"})
    )
    latitude = forms.FloatField(
        label=_("Latitude"), required=False, widget=forms.NumberInput(attrs={"step": "any"})
    )
    requirement = forms.ModelChoiceField(
        Requirement.objects.none(),
        label=_("Does it answer a question?"),
        required=False,
        to_field_name="ref",
        empty_label=_("None of those asked"),
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=160,
        required=False,
        help_text=_("Left empty, the first words are taken."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=choices("languages"))
    wording_confirmed = forms.BooleanField(
        label=_("These facts are strictly necessary; I keep them."), required=False
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        field = self.fields["requirement"]
        field.queryset = direction.open_requirements(actor=actor).order_by("due_on", "ref")  # type: ignore[attr-defined]
        field.label_from_instance = _question  # type: ignore[attr-defined]
        self.initial.setdefault("language", actor.language)

    def clean(self) -> dict[str, Any]:
        """Take the point of a place that was chosen by name, unless the map says another one."""
        data: dict[str, Any] = super().clean() or {}
        point = _POINT.match(data.get("place_at") or "")
        if point and data.get("longitude") is None and data.get("latitude") is None:
            data["longitude"], data["latitude"] = float(point[1]), float(point[2])
        return data


def _question(row: Requirement) -> str:
    return f"{row.question} ({row.ref})"


class MentionsForm(forms.Form):
    """Room for a few people and things by name; the next one is offered when the one before is written."""

    room = MENTIONS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, self.room + 1):
            self.fields[f"mention_{n}"] = forms.CharField(
                label=_("Name, number or thing"),
                max_length=200,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": " "}),
            )
            self.fields[f"type_{n}"] = forms.ChoiceField(
                label=_("Kind"), choices=choices("entity-types"), required=False, initial="person"
            )
            self.fields[f"category_{n}"] = forms.ChoiceField(
                label=_("If a person: seen as"),
                choices=_categories,
                required=False,
                widget=CategorySelect,
            )
            self.fields[f"predicate_{n}"] = forms.CharField(
                label=_("Which facts make the person one?"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "placeholder": " "}),
                help_text=_("Facts about this person; not a feeling, not where somebody lives or belongs."),
            )

    @property
    def mentions(self) -> list[list[Any]]:
        """Return the fields of each mention, in the order in which they are filled."""
        names = ("mention", "type", "category", "predicate")
        return [[self[f"{name}_{n}"] for name in names] for n in range(1, self.room + 1)]

    def clean(self) -> dict[str, Any]:
        """Ask for the facts behind each proposal as suspect."""
        data: dict[str, Any] = super().clean() or {}
        for n in range(1, self.room + 1):
            code = data.get(f"category_{n}")
            is_bare = not (data.get(f"predicate_{n}") or "").strip()
            if code and data.get(f"mention_{n}") and is_bare:
                category = reference.subject_category(code)
                if category.needs_predicate:
                    text = translate("Write the facts, or choose another category than “%(category)s”.")
                    self.add_error(f"predicate_{n}", text % {"category": translate(category.label)})
        return data

    def named(self) -> list[NewMention]:
        """Return what is named as the service takes it."""
        data = self.cleaned_data
        return [
            NewMention(
                data[f"type_{n}"] or "person",
                data[f"mention_{n}"],
                data[f"category_{n}"] if data[f"type_{n}"] in ("", "person") else "",
                data[f"predicate_{n}"],
            )
            for n in range(1, self.room + 1)
            if data[f"mention_{n}"].strip()
        ]


class ItemForm(MentionsForm):
    """One piece of information, with up to three mentions."""

    text = forms.CharField(
        label=_("What happened? One piece of information"),
        widget=forms.Textarea(attrs={"rows": 3, "data-count": ""}),
    )
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=choices("statement-kinds"), widget=forms.RadioSelect
    )

    def new(self) -> NewItem:
        """Return the item as the service takes it."""
        return NewItem(self.cleaned_data["text"], self.cleaned_data["kind"], self.named())


def _categories() -> list[tuple[str, str]]:
    return [("", translate("not said")), *choices("subject-categories")()]


ItemForms = forms.formset_factory(
    ItemForm,
    formset=Removable,
    extra=0,
    min_num=1,
    validate_min=True,
    max_num=20,
    validate_max=True,
    can_delete=True,
)


def new_report(form: ReportForm, items: Any) -> NewReport:
    """Return what the forms say as the service takes it."""
    names = (
        "urgency",
        "provenance",
        "provenance_note",
        "title",
        "language",
        "observed_at",
        "place",
        "longitude",
        "latitude",
    )
    kept = [row for row in items.forms if row not in items.deleted_forms and row.cleaned_data.get("text")]
    return NewReport(items=[row.new() for row in kept], **{name: form.cleaned_data[name] for name in names})


class CategoriseReportForm(LawfulForm, MentionsForm):
    """What an imported report needs before it is used; level and compartments stay as imported."""

    room = 6

    provenance = forms.ChoiceField(label=_("How is it known?"), choices=choices("provenance-kinds"))
    has_no_persons = forms.BooleanField(label=_("It names no persons"), required=False)
    wording_confirmed = forms.BooleanField(
        label=_("These facts are strictly necessary; I keep them."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["level"]

    def values(self) -> dict[str, Any]:
        """Return what was filled in as the verb takes it."""
        names = ("provenance", "legal_basis", "has_no_persons", "wording_confirmed")
        return {"mentions": self.named(), **{name: self.cleaned_data[name] for name in names}}


class AnswerForm(forms.Form):
    """Which question, or line of a plan, a report answers that was handed in without it."""

    target = forms.ChoiceField(label=_("What does it answer?"))
    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        asked = list(direction.open_requirements(actor=actor).order_by("due_on", "ref"))
        plans = direction.plans_for(asked, actor=actor)
        lines = direction.lines_of(plans, actor=actor)
        of_plan = {plan.pk: plan.requirement_id for plan in plans}
        offered: list[Any] = [("", translate("Choose …"))]
        for row in asked:
            own = [line for line in lines if of_plan[line.plan_id] == row.pk]
            choice = [(f"{row.ref}", _question(row))]
            offered.append((row.ref, choice + [(f"{row.ref}/{line.pk}", f"– {line.what}") for line in own]))
        self.fields["target"].choices = offered  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what was chosen as the verb takes it."""
        ref, _slash, key = self.cleaned_data["target"].partition("/")
        return {
            "requirement": direction.requirement(ref, actor=self.actor),
            "line": direction.line(UUID(key), actor=self.actor) if key else None,
            "reason": self.cleaned_data["reason"],
        }


class RefusalForm(forms.Form):
    """Why an imported report is not taken."""

    reason = forms.CharField(
        label=_("Why is it refused?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)


class ImportForm(forms.Form):
    """A file of rows and what its columns mean."""

    mapping = forms.ChoiceField(label=_("What is in it?"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (UTF-8) or Parquet, unpacked."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.parquet"}),
        error_messages={"required": _("Choose the file to import.")},
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(name, translate(mapping.mapping(name).title)) for name in mapping.known()]
        self.fields["mapping"].choices = offered  # type: ignore[attr-defined]


class ReportFilter(forms.Form):
    """What a list of reports shows; its state is the address."""

    q = forms.CharField(label=_("Words"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    urgency = forms.ChoiceField(label=_("Urgency"), required=False)
    unit = forms.ChoiceField(label=_("Handed in by"), required=False)
    since = day(label=_("From"), required=False)
    until = day(label=_("To"), required=False)
    mine = forms.BooleanField(label=_("Only my own"), required=False)
    requirement = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", translate("all"))]
        self.fields["urgency"].choices = every + choices("urgency")()  # type: ignore[attr-defined]
        self.fields["unit"].choices = every + [  # type: ignore[attr-defined]
            (unit.code, str(unit)) for unit in direction.units()
        ]

    def wanted(self) -> selectors.Wanted:
        """Return the filter as the selector takes it; what cannot be read is left out."""
        self.is_valid()
        names = ("q", "urgency", "unit", "since", "until", "requirement", "mine")
        kept = {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}
        return selectors.Wanted(**kept)
