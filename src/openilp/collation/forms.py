"""Forms of collation: statements, links, categories, judgements, searches."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from openilp import reference
from openilp.collation import rules
from openilp.collation.models import Entity
from openilp.collation.rules import NewInvolvement, NewStatement
from openilp.collation.selectors import Filters
from openilp.collation.services import NewLink
from openilp.direction.forms import LawfulForm, choices, day
from openilp.safeguards.models import Matter

_WATCH_DAYS = 90
#: The content comes first, the law last; what a form does not have is passed over.
_CONTENT_FIRST = (
    "title",
    "q",
    "entity_kind",
    "matter",
    "category",
    "predicate",
    "since",
    "type",
    "target",
    "confirmation",
    "marking",
    "reason",
    "about",
    "value",
    "kind",
    "valid_from",
    "valid_until",
    "until",
    "expires_on",
    "item",
)
_SUGGEST = "/api/v1/collation/entities/suggestions"


def _optional(vocabulary: str) -> Any:
    listed = choices(vocabulary)
    return lambda: [("", "—"), *listed()]


def _categories() -> list[tuple[str, str]]:
    listed = reference.vocabulary("subject-categories").choices()
    return [("", translate("Choose the category …"))] + [
        (code, translate(label)) for code, label in listed if code != "UNK"
    ]


class SourcedForm(LawfulForm):
    """A form for a new row, with the item that says so."""

    item = forms.CharField(
        label=_("Item of a report"),
        required=False,
        max_length=16,
        help_text=_("Its reference, such as I-7K4M-2QXD; left empty, the row stands on your own word."),
    )


class SaidForm(SourcedForm):
    """One claim about an entity."""

    about = forms.ChoiceField(label=_("About"))
    value = forms.CharField(label=_("Says"), max_length=400)
    kind = forms.ChoiceField(
        label=_("Kind of statement"), choices=choices("statement-kinds"), widget=forms.RadioSelect
    )
    valid_from = day(label=_("Valid from"), required=False)
    valid_until = day(label=_("Valid until"), required=False)

    def __init__(self, *args: Any, entity_kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entity_kind = entity_kind
        self.order_fields(_CONTENT_FIRST)
        self.fields["about"].choices = properties_of(entity_kind)  # type: ignore[attr-defined]
        self.initial.setdefault("kind", "fact")

    @property
    def new(self) -> NewStatement:
        """Return it as the service takes it."""
        data = self.cleaned_data
        return NewStatement(
            data["about"],
            data["value"],
            data["kind"],
            None,
            data.get("valid_from"),
            data.get("valid_until"),
        )


def properties_of(kind: str) -> list[tuple[str, str]]:
    """Return the properties of a type of entity, the most telling first."""
    return [
        (code, translate(reference.entity_property(code).label))
        for code in reference.entity_type(kind).properties
    ]


class CategoryFields(forms.Form):
    """A person's category and the facts behind it."""

    category = forms.ChoiceField(label=_("Category in this matter"), choices=_categories)
    predicate = forms.CharField(
        label=_("Facts behind it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed before somebody becomes a suspect or is thought about to offend."),
    )

    @property
    def involvement(self) -> NewInvolvement:
        """Return it as the service takes it."""
        data = self.cleaned_data
        matter = data.get("matter")
        return NewInvolvement(
            data.get("category", ""),
            data.get("predicate", ""),
            matter.pk if matter else None,
            data.get("since"),
        )


class EntityForm(CategoryFields, SaidForm):
    """Somebody or something new with the first statement; a person comes with a category."""

    def __init__(self, *args: Any, entity_kind: str, **kwargs: Any) -> None:
        super().__init__(*args, entity_kind=entity_kind, **kwargs)
        known = reference.entity_type(entity_kind)
        self.is_person = known.is_person
        self.fields["about"].initial = known.names[0]
        if not known.is_person:
            del self.fields["category"], self.fields["predicate"]
        self.order_fields(
            ["about", "value", "kind", "valid_from", "valid_until", "category", "predicate", "item"]
        )


class InvolvementForm(CategoryFields, SourcedForm):
    """A person's category in a matter."""

    matter = forms.ModelChoiceField(Matter.objects.none(), label=_("Matter"))
    since = day(label=_("Since"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Matter.objects.seen_by(self.actor).filter(pk__in=self.actor.compartments)
        self.fields["matter"].queryset = own  # type: ignore[attr-defined]
        self.initial.setdefault("matter", self.actor.purpose)
        self.order_fields(_CONTENT_FIRST)


class MarkingForm(SourcedForm):
    """A marking that asks for care."""

    marking = forms.ChoiceField(label=_("Marking"), choices=choices("markings"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("What it rests on"), max_length=300)
    field_order = _CONTENT_FIRST


class LinkFields(forms.Form):
    """How two entities are connected, and how sure that is."""

    type = forms.ChoiceField(label=_("Connection"))
    confirmation = forms.ChoiceField(
        label=_("How sure"), choices=choices("link-confirmations"), widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(
        label=_("Kind of statement"), choices=choices("statement-kinds"), widget=forms.RadioSelect
    )
    valid_from = day(label=_("Since"), required=False)
    valid_until = day(label=_("Until"), required=False)

    @property
    def new(self) -> NewLink:
        """Return it as the service takes it."""
        data = self.cleaned_data
        return NewLink(
            data["type"],
            data["confirmation"],
            data["kind"],
            data.get("valid_from"),
            data.get("valid_until"),
        )


class LinkForm(LinkFields, SourcedForm):
    """A link from the entity of the page to another one."""

    target = forms.CharField(
        label=_("To"),
        max_length=16,
        widget=forms.TextInput(attrs={"data-autocomplete": _SUGGEST, "placeholder": "EN-…"}),
        help_text=_("Type a name, plate or number and choose; or write the reference."),
    )

    def __init__(self, *args: Any, source: Entity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = link_choices(source.kind)  # type: ignore[attr-defined]
        self.initial.setdefault("kind", "fact")
        self.order_fields(_CONTENT_FIRST)


class LinkChangeForm(LinkFields):
    """What replaces a link."""

    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = reference.link_types_between(*kinds)
        self.fields["type"].choices = [(each.code, translate(each.label)) for each in found]  # type: ignore[attr-defined]


def link_choices(source_kind: str) -> list[tuple[str, str]]:
    """Return the types of link that may begin at a type of entity."""
    kinds = reference.vocabulary("entity-types").codes
    found: dict[str, str] = {}
    for kind in kinds:
        for each in reference.link_types_between(source_kind, kind):
            found[each.code] = translate(each.label)
    order = reference.vocabulary("link-types").codes
    return sorted(found.items(), key=lambda pair: order.index(pair[0]))


class SettleForm(CategoryFields):
    """Which entity a mention means."""

    entity = forms.CharField(
        label=_("Known as"),
        required=False,
        max_length=16,
        widget=forms.TextInput(attrs={"data-autocomplete": _SUGGEST, "placeholder": "EN-…"}),
        help_text=_("Left empty, a new entity is recorded."),
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].required = False
        self.fields["entity"].widget.attrs["data-autocomplete"] = f"{_SUGGEST}?kind={kind}"
        if not reference.entity_type(kind).is_person:
            del self.fields["category"], self.fields["predicate"]
        self.order_fields(["entity"])


class JudgementForm(forms.Form):
    """Whether two entities are one, and why."""

    VERDICTS = (
        (rules.SAME, _("the same")),
        (rules.DIFFERENT, _("not the same")),
        (rules.UNSURE, _("undecided")),
    )

    verdict = forms.ChoiceField(label=_("These two are"), choices=VERDICTS, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("What convinced you"), widget=forms.Textarea(attrs={"rows": 3}))
    supersedes = forms.CharField(required=False, widget=forms.HiddenInput)
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)


class SearchFields(forms.Form):
    """What to look for, and what to narrow it to."""

    q = forms.CharField(label=_("Words, plate, number or reference"), required=False, max_length=200)
    entity_kind = forms.ChoiceField(label=_("Type"), required=False, choices=_optional("entity-types"))
    about = forms.ChoiceField(label=_("About"), required=False, choices=_optional("entity-properties"))
    since = day(label=_("Recorded since"), required=False)
    until = day(label=_("Recorded until"), required=False)
    matter = forms.ModelChoiceField(Matter.objects.none(), label=_("Matter"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actor = kwargs.get("actor") or getattr(self, "actor", None)
        if actor is not None:
            self.fields["matter"].queryset = Matter.objects.seen_by(actor)  # type: ignore[attr-defined]

    @property
    def filters(self) -> Filters:
        """Return what it narrows to."""
        data = self.cleaned_data
        matter = data.get("matter")
        return Filters(
            entity_kind=data.get("entity_kind", ""),
            property=data.get("about", ""),
            since=data.get("since"),
            until=data.get("until"),
            matter=matter.pk if matter else None,
        )


class SavedSearchForm(SearchFields, LawfulForm):
    """A search to keep, with owner, reason and expiry."""

    title = forms.CharField(label=_("Title"), max_length=120)
    reason = forms.CharField(label=_("What the watch is for"), max_length=300)
    expires_on = day(label=_("Ends on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("level")
        self.order_fields(_CONTENT_FIRST)
        self.initial.setdefault("expires_on", timezone.localdate() + timedelta(days=_WATCH_DAYS))


class CategoriseForm(CategoryFields):
    """What an imported entity needs before it may be used."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not reference.entity_type(kind).is_person:
            del self.fields["category"], self.fields["predicate"]
