"""Who may see what, in one page that can be read aloud in court.

This is the rule in plain Python. It is not what decides: the gate asks the database with the rule of `predicate.py`,
and row security repeats it beneath. A test compares all three on random accounts, memberships, conflicts and records.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

#: Who keeps accounts, reads the log, reads registers or knows sources sees no content.
WITHOUT_CONTENT = {"administrator", "oversight", "supervisory_authority"}
WITHOUT_CONTENT |= {"source_handler", "source_controller"}
#: Who looks at rows that nobody has categorised yet, and who at rows that are set aside.
RESTRICTED_DESK = {"data_protection_officer"}
QUARANTINE_DESK = {"intelligence_officer", "head_of_intelligence", "liaison_officer"} | RESTRICTED_DESK


@dataclass(frozen=True)
class Span:
    """From when until when somebody belongs to a matter, or must keep away from it; without an end it goes on."""

    matter: object
    since: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Tell whether it holds now."""
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True)
class Person:
    """What is known about an account."""

    roles: frozenset[str]
    clearance: int
    memberships: tuple[Span, ...] = ()
    conflicts: tuple[Span, ...] = ()
    partner: str = ""
    acts_for_a_matter: bool = True


@dataclass(frozen=True)
class Record:
    """What the label of a record says."""

    level: int
    matters: frozenset[object] = frozenset()
    state: str = "normal"
    releasable_to: frozenset[str] = frozenset()


def reasons_against(person: Person, record: Record, now: datetime) -> list[str]:
    """Return why a person may not see a record; with no reason against it, the person may."""
    against = []
    if not person.roles - WITHOUT_CONTENT:
        against.append("None of the person's duties is work with content.")
    if record.level > person.clearance:
        against.append("The record is marked higher than the person is cleared.")
    if missing := record.matters - open_matters(person, now):
        against.append(f"The record belongs to {len(missing)} matter(s) that are not open to the person.")
    if record.state == "quarantined" and not person.roles & QUARANTINE_DESK:
        against.append("Nobody has categorised the record yet.")
    if record.state == "restricted" and not person.roles & RESTRICTED_DESK:
        against.append("The record is set aside.")
    if person.partner and person.partner not in record.releasable_to:
        against.append("The record is not released to the person's agency.")
    return against


def open_matters(person: Person, now: datetime) -> frozenset[object]:
    """Return the matters that are open to a person now: those it belongs to, without those it must keep away from."""
    if not person.acts_for_a_matter:
        return frozenset()
    inside = {span.matter for span in person.memberships if span.holds(now)}
    barred = {span.matter for span in person.conflicts if span.holds(now)}
    return frozenset(inside - barred)


def must_say_why(*, is_sensitive: bool, said_why_at: Iterable[datetime], now: datetime) -> bool:
    """Tell whether a person who may see a record has to say why before it opens: a reason counts for one hour."""
    return is_sensitive and not any(at <= now < at + timedelta(hours=1) for at in said_why_at)


def standing_in(delegate: Person, grantor: Person, roles: set[str], matters: set[object]) -> Person:
    """Return what a delegate is meanwhile: the grantor, cut down to what was delegated and to one's own clearance."""
    return replace(
        grantor,
        roles=grantor.roles & roles,
        clearance=min(grantor.clearance, delegate.clearance),
        memberships=tuple(span for span in grantor.memberships if span.matter in matters),
        conflicts=grantor.conflicts + delegate.conflicts,
    )


def may_see(person: Person, records: Iterable[Record], now: datetime) -> list[Record]:
    """Return those records that nothing stands against."""
    return [record for record in records if not reasons_against(person, record, now)]
