"""Pure decisions at entry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from openilp import reference
from openilp.collection.errors import CollectionError, NoItems, PredicateMissing

TITLE_LENGTH = 80
#: Columns that hold short texts, with their lengths.
_LENGTHS = {"title": 160, "provenance_note": 300, "place": 160}
_MENTION_LENGTH = 200
#: A clock that runs ahead by this much is not called wrong.
_CLOCK_SKEW = timedelta(minutes=10)
#: Words shorter than this say little about what a text is about; longer ones are compared by their beginning.
_WORD_LENGTH = 4
_STEM_LENGTH = 6
#: Words that a text and a question must share before the one is suggested for the other.
_SHARED_WORDS = 2


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
    necessary_wording: Sequence[str] = ()


def check(new: NewReport, *, now: datetime) -> None:
    """Check a report before anything is written.

    Args:
        new: The report.
        now: The present moment; what was observed later is an error.

    Raises:
        NoItems: Without an item.
        PredicateMissing: If somebody is proposed as suspect without facts.
        CollectionError: If a code is unknown or a coordinate impossible; it names the field.
    """
    if not new.items or not all(item.text.strip() for item in new.items):
        raise NoItems
    _check_texts(new)
    _require("urgency", new.urgency, "urgency")
    _require("language", new.language, "languages")
    _require("provenance", new.provenance, "provenance-kinds")
    for item in new.items:
        _require("kind", item.kind, "statement-kinds")
        for mention in item.mentions:
            _check_mention(mention)
    _check_place(new.longitude, new.latitude)
    if new.observed_at is not None and new.observed_at > now + _CLOCK_SKEW:
        raise CollectionError(
            "observed_at", f"{new.observed_at:%Y-%m-%d %H:%M} lies ahead; give the time of the observation."
        )


def _check_texts(new: NewReport) -> None:
    for name, most in _LENGTHS.items():
        _check_text(name, getattr(new, name), most)
    for item in new.items:
        _check_text("items", item.text)
        for mention in item.mentions:
            _check_text("mention", mention.text, _MENTION_LENGTH)
            _check_text("predicate", mention.predicate)


def _check_text(name: str, text: str, most: int | None = None) -> None:
    if "\x00" in text:
        raise CollectionError(name, f"The field '{name}' holds a NUL character; type the text again.")
    if most is not None and len(text) > most:
        raise CollectionError(name, f"The field '{name}' has {len(text)} characters; shorten it to {most}.")


def _check_mention(mention: NewMention) -> None:
    _require("entity_type", mention.entity_type, "entity-types")
    if not mention.text.strip():
        raise CollectionError("mention", "A mention has no text; write who or what it is, or leave it out.")
    if not mention.proposed_category:
        return
    _require("proposed_category", mention.proposed_category, "subject-categories")
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


def reason(text: str, most: int = 300) -> str:
    """Return a reason without blanks around it.

    Raises:
        CollectionError: If it is empty or too long.
    """
    kept = text.strip()
    _check_text("reason", kept, most)
    if not kept:
        raise CollectionError("reason", "The reason is empty; say in a sentence why.")
    return kept


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


def about(text: str) -> frozenset[str]:
    """Return the beginnings of the words that say what a text is about, in any script."""
    words = re.findall(r"\w+", text.casefold())
    return frozenset(word[:_STEM_LENGTH] for word in words if len(word) >= _WORD_LENGTH)


def matching(text: str, questions: Sequence[tuple[str, str]]) -> list[str]:
    """Return the keys of the questions that share words with a text, those that share most first.

    Args:
        text: What a report says.
        questions: Pairs of key and question.
    """
    words = about(text)
    shared = [(len(words & about(question)), key) for key, question in questions]
    return [key for n, key in sorted(shared, key=lambda each: (-each[0], each[1])) if n >= _SHARED_WORDS]
