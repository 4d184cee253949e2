"""Pure decisions at entry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from openilp import reference
from openilp.collection.errors import CollectionError, NoItems, PredicateMissing

TITLE_LENGTH = 80


@dataclass(frozen=True)
class NewMention:
    """Somebody or something that an item names, as the reporter saw it."""

    entity_type: str
    text: str
    proposed_category: str = ""
    predicate: str = ""


@dataclass(frozen=True)
class NewItem:
    """One piece of information, as the reporter wrote it."""

    text: str
    kind: str
    mentions: Sequence[NewMention] = ()


@dataclass(frozen=True)
class NewReport:
    """A report as the reporter hands it in."""

    items: Sequence[NewItem]
    urgency: str
    provenance: str
    title: str = ""
    provenance_note: str = ""
    language: str = "en"
    observed_at: datetime | None = None
    place: str = ""
    longitude: float | None = None
    latitude: float | None = None
    attachments: Sequence[str] = field(default=())


def check(new: NewReport) -> None:
    """Check a report before anything is written.

    Raises:
        NoItems: Without an item.
        PredicateMissing: If somebody is proposed as suspect without facts.
        CollectionError: If a code is unknown or a coordinate impossible; it names the field.
    """
    if not new.items or not all(item.text.strip() for item in new.items):
        raise NoItems
    _require("urgency", new.urgency, "urgency")
    _require("provenance", new.provenance, "provenance-kinds")
    for item in new.items:
        _require("kind", item.kind, "statement-kinds")
        for mention in item.mentions:
            _check_mention(mention)
    _check_place(new.longitude, new.latitude)


def _check_mention(mention: NewMention) -> None:
    _require("entity_type", mention.entity_type, "entity-types")
    if not mention.proposed_category:
        return
    category = reference.subject_category(mention.proposed_category)
    if category.needs_predicate and not mention.predicate.strip():
        raise PredicateMissing(mention.text)


def _require(name: str, code: str, vocabulary: str) -> None:
    try:
        reference.vocabulary(vocabulary).require(code)
    except reference.UnknownCode as error:
        raise CollectionError(name, str(error)) from error


def _check_place(longitude: float | None, latitude: float | None) -> None:
    if (longitude is None) != (latitude is None):
        raise CollectionError("place", "One of longitude and latitude is missing; give both or neither.")
    if (
        longitude is not None
        and latitude is not None
        and not (-180 <= longitude <= 180 and -90 <= latitude <= 90)
    ):
        raise CollectionError(
            "place", f"{longitude}, {latitude} is no place on Earth; give degrees of WGS 84."
        )


def title_of(new: NewReport) -> str:
    """Return the title, or the first words of the first item."""
    if new.title.strip():
        return new.title.strip()
    first = re.sub(r"\s+", " ", new.items[0].text).strip()
    return first if len(first) <= TITLE_LENGTH else first[:TITLE_LENGTH].rsplit(" ", 1)[0] + " …"


def text_of(new: NewReport) -> tuple[str, list[tuple[int, int]]]:
    """Return the report's text, one paragraph an item, and where each item stands in it."""
    spans: list[tuple[int, int]] = []
    text = ""
    for item in new.items:
        begin = len(text)
        text += item.text.strip()
        spans.append((begin, len(text)))
        text += "\n\n"
    return text.rstrip("\n"), spans
