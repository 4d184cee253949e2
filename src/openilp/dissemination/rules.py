"""The gate of release as pure rules: what bars an edition, whom a handling code lets in, what a copy says of itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from openilp import reference
from openilp.reference import HandlingCode, Onward

#: The common ladder on which codes of different schemes are shown; it stands on a release that mixes schemes.
DISPLAY_LADDER = "handling-display"
#: A cell that begins with one of these would run as a formula in a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Handling:
    """A handling code of an item, with its restriction in words."""

    scheme: str
    code: str
    text: str = ""

    @property
    def meaning(self) -> HandlingCode:
        """Return what the code forbids."""
        return reference.handling_code(self.scheme, self.code)


@dataclass(frozen=True)
class CitedItem:
    """What the gate must know of one item that an edition rests on.

    Attributes:
        ref: The item's reference.
        is_visible: Whether whoever releases may see it; what is hidden cannot be checked.
        is_evaluated: Whether a grade stands.
        is_returned: Whether a second person sent the standing grade back.
        is_regraded: Whether another grade stands than the one that the edition cites.
        dispute: Empty, `disputed` or `false`.
        review_on: The day on which the item must be reviewed.
        uncategorised: How many persons that it names have no settled category.
        originator: The unit that the item belongs to.
        originator_control: Whether each passing on needs the originator.
        handlings: The handling codes of the grade cited and of the grade that stands.
        consented: The units that the originator let it go to, in this edition.
    """

    ref: str
    is_visible: bool = True
    is_evaluated: bool = True
    is_returned: bool = False
    is_regraded: bool = False
    dispute: str = ""
    review_on: date | None = None
    uncategorised: int = 0
    originator: UUID | None = None
    originator_control: bool = False
    handlings: tuple[Handling, ...] = ()
    consented: frozenset[UUID] = frozenset()

    @property
    def is_originators(self) -> bool:
        """Tell whether it leaves its unit only with the originator's consent."""
        return self.originator_control or any(
            handling.meaning.onward is Onward.ORIGINATOR for handling in self.handlings
        )


@dataclass(frozen=True)
class Reader:
    """A person to whom an edition may go."""

    name: str
    username: str
    unit: UUID
    unit_code: str
    unit_name: str
    is_cleared: bool
    partner: str = ""


@dataclass(frozen=True)
class EditionFacts:
    """What the gate must know of an edition.

    Attributes:
        ref: Its reference.
        review_on: The day on which it must be reviewed.
        approval: `missing`, `given` or `sent_back`.
        is_latest: Whether no newer edition of the product exists.
        items: What it rests on.
        peer: The named reviewer's word: `missing`, `sound` or `objects`.
        originator_control: Whether each passing on needs an originator.
        owner_unit: The unit that the edition belongs to.
    """

    ref: str
    review_on: date
    approval: str
    is_latest: bool
    items: tuple[CitedItem, ...]
    peer: str = "missing"
    originator_control: bool = False
    owner_unit: UUID | None = None


@dataclass(frozen=True)
class Bar:
    """One reason why an edition may not go out: a code, a sentence with its remedy, and what it is about."""

    code: str
    message: str
    refs: tuple[str, ...] = ()


def bars(facts: EditionFacts, readers: Sequence[Reader], *, today: date) -> list[Bar]:
    """Return everything that bars an edition from going to these readers; an empty list opens the gate."""
    return [*edition_bars(facts, today=today), *reader_bars(facts, readers)]


def edition_bars(facts: EditionFacts, *, today: date) -> list[Bar]:
    """Return what bars an edition whoever reads it: approval, grades, categories, dates, disputes."""
    found: list[Bar] = []
    if facts.peer == "missing":
        found.append(Bar("not_reviewed", _("No colleague has reviewed it; name a reviewer.")))
    if facts.peer == "objects":
        found.append(
            Bar("review_objects", _("The reviewer found faults; finish a new edition that mends them."))
        )
    if facts.approval == "missing":
        found.append(
            Bar("not_approved", _("No second person has approved it; ask the head of intelligence."))
        )
    if facts.approval == "sent_back":
        found.append(Bar("sent_back", _("It was sent back; finish a new edition that answers the note.")))
    if not facts.is_latest:
        found.append(Bar("superseded_edition", _("A newer edition exists; release that one.")))
    if facts.review_on < today:
        found.append(
            Bar("expired", _("Its own review date has passed; have it reviewed first."), (facts.ref,))
        )
    tests = (
        (
            "hidden",
            [i for i in facts.items if not i.is_visible],
            _("Evidence out of your reach cannot be checked; somebody with that reach must release it: %s."),
        ),
        (
            "unevaluated",
            [i for i in facts.items if i.is_visible and not i.is_evaluated],
            _("Cited but not graded; have it evaluated: %s."),
        ),
        (
            "returned",
            [i for i in facts.items if i.is_visible and i.is_returned],
            _("The grade was sent back by a second person; have it graded again: %s."),
        ),
        (
            "regraded",
            [i for i in facts.items if i.is_visible and i.is_regraded],
            _("Graded anew since; finish a new edition with the new grade: %s."),
        ),
        (
            "false",
            [i for i in facts.items if i.dispute == "false"],
            _("The report was found false; take it out in a new edition: %s."),
        ),
        (
            "disputed",
            [i for i in facts.items if i.dispute == "disputed"],
            _("The report is disputed; have the dispute settled, or take it out: %s."),
        ),
        (
            "expired_item",
            [i for i in facts.items if i.review_on is not None and i.review_on < today],
            _("The review date has passed; have it reviewed first: %s."),
        ),
        (
            "uncategorised",
            [i for i in facts.items if i.uncategorised],
            _("Names persons without a category; settle who they are first: %s."),
        ),
    )
    for code, items, message in tests:
        if items:
            refs = tuple(item.ref for item in items)
            found.append(Bar(code, message % ", ".join(refs), refs))
    return found


def reader_bars(facts: EditionFacts, readers: Sequence[Reader]) -> list[Bar]:
    """Return what bars an edition from these readers: reach, and what the handling codes forbid."""
    if not readers:
        return [Bar("no_readers", _("Nobody is named; choose at least one reader."))]
    found: list[Bar] = []
    uncleared = [reader.name for reader in readers if not reader.is_cleared]
    if uncleared:
        found.append(
            Bar(
                "not_cleared",
                _("Clearance or matter is missing: %s.") % ", ".join(uncleared),
                tuple(uncleared),
            )
        )
    tests = (
        ("outside_agency", Onward.AGENCY, _("Handling keeps it inside the agency: %s.")),
        ("originator", Onward.ORIGINATOR, _("Needs the originator's consent before it goes to: %s.")),
        ("not_named", Onward.NAMED, _("The restriction does not name: %s.")),
    )
    for code, limit, message in tests:
        shut = sorted({r.name for r in readers for item in facts.items if not _lets(item, r, limit)})
        if (
            code == "originator"
            and facts.originator_control
            and not any(i.is_originators for i in facts.items)
        ):
            shut = sorted({*shut, *(r.name for r in readers if r.unit != facts.owner_unit)})
        if shut:
            found.append(Bar(code, message % ", ".join(shut), tuple(shut)))
    return found


def _lets(item: CitedItem, reader: Reader, limit: Onward) -> bool:
    codes = [handling for handling in item.handlings if handling.meaning.onward is limit]
    if limit is Onward.AGENCY:
        return not codes or not reader.partner
    if limit is Onward.ORIGINATOR:
        return not item.is_originators or reader.unit in {item.originator, *item.consented}
    return all(is_named(handling.text, reader) for handling in codes)


def consents_needed(facts: EditionFacts, units: Iterable[UUID]) -> list[tuple[str, UUID]]:
    """Return which items still need their originator's consent before they go to which units."""
    return [
        (item.ref, unit)
        for item in facts.items
        if item.is_visible and item.is_originators
        for unit in dict.fromkeys(units)
        if unit != item.originator and unit not in item.consented
    ]


def is_named(text: str, reader: Reader) -> bool:
    """Tell whether a restriction in words names a reader or the reader's unit."""
    said = f" {_plain(text)} "
    names = (reader.name, reader.username, reader.unit_code, reader.unit_name)
    return any(f" {_plain(name)} " in said for name in names if _plain(name))


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def strictest(items: Iterable[CitedItem]) -> tuple[str, str]:
    """Return scheme and code of the strictest handling.

    Where the items are handled in one scheme it is a code of that scheme; codes of several schemes are never
    converted, so a mixture is said on the common display ladder.
    """
    handlings = {handling for item in items for handling in item.handlings}
    schemes = {handling.scheme for handling in handlings}
    if len(schemes) == 1:
        return schemes.pop(), reference.strictest(h.meaning for h in handlings).code
    return DISPLAY_LADDER, str(reference.restriction(h.meaning for h in handlings).display)


class Standing(StrEnum):
    """Where an edition stands on its way to its readers."""

    DRAFT = "draft"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    RELEASED = "released"
    RECALLED = "recalled"


#: What only those read who had a hand in it, review it or approve it.
_OF_THE_FEW = frozenset({Standing.DRAFT, Standing.SENT_BACK, Standing.RECALLED})


def standing(*, approval: str, releases: int, recalls: int) -> Standing:
    """Return where an edition stands; it counts as recalled when none of its releases stands any more."""
    if releases and releases == recalls:
        return Standing.RECALLED
    if releases:
        return Standing.RELEASED
    return {"given": Standing.APPROVED, "sent_back": Standing.SENT_BACK}.get(approval, Standing.DRAFT)


def may_read(stands: Standing, *, is_involved: bool) -> bool:
    """Tell whether an edition is open to a colleague who may see its label.

    What is not approved, or was withdrawn, is read by its authors, the named reviewer and the approvers alone.
    """
    return is_involved or stands not in _OF_THE_FEW


def reading_notice(stands: Standing, *, recall: str = "") -> str:
    """Return the warning that stands at the head of every page; empty for what was released."""
    words = {
        Standing.DRAFT: _("DRAFT. Not approved; pass nothing of it on."),
        Standing.SENT_BACK: _("DRAFT. Sent back by its approver; pass nothing of it on."),
        Standing.APPROVED: _("Approved, not yet released; pass nothing of it on."),
        Standing.RECALLED: _("RECALLED. Use nothing of it: %s") % recall,
    }
    return words.get(stands, "")


def reading_mark(stands: Standing, *, reader: str, edition: str, at: datetime) -> str:
    """Return the words across a working copy: what it is, whose copy, when."""
    words = {
        Standing.DRAFT: _("Draft"),
        Standing.SENT_BACK: _("Draft, sent back"),
        Standing.APPROVED: _("Not released"),
        Standing.RELEASED: _("Working copy"),
        Standing.RECALLED: _("Recalled"),
    }
    return f"{words[stands]} · {reader} · {edition} · {at.strftime('%Y-%m-%d %H:%M %Z')}"


def watermark(*, reader: str, release: str, at: datetime) -> str:
    """Return the line that every opened, printed or saved copy carries: who, what, when."""
    return _("Released to %(reader)s · %(release)s · opened %(at)s") % {
        "reader": reader,
        "release": release,
        "at": at.strftime("%Y-%m-%d %H:%M %Z"),
    }


def neutral_cell(value: object) -> str:
    """Return a value as a spreadsheet cell that is text, never a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) or text.startswith("'") else text
