"""Questions to the audit log for those who oversee: who saw or wrote a record between two times."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL

from openilp.safeguards import acting, references
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import InvalidInput, NotPermitted
from openilp.safeguards.find import by_prefix
from openilp.safeguards.models import AuditEvent, Matter, User
from openilp.safeguards.roles import OVERSEERS

MOST = 500


class NoSuchRecord(InvalidInput):
    """Say that nothing is kept under what was asked for."""

    field = "record"

    def __init__(self, asked: str) -> None:
        self.asked = asked
        super().__init__(
            f"Nothing is kept under '{asked[:60]}'; give a reference such as R-7K4M-2QXD, or the id of a record that "
            "was erased."
        )


class NoSuchTime(InvalidInput):
    """Say that a question has no time in it."""

    field = "since"

    def __init__(self, since: datetime, until: datetime) -> None:
        self.since, self.until = since, until
        super().__init__(
            f"{since:%Y-%m-%d %H:%M} is not before {until:%Y-%m-%d %H:%M}; exchange the two times."
        )


@dataclass(frozen=True)
class Look:
    """One event in which a record was handed out or written."""

    seq: int
    at: datetime
    who: str
    purpose: str
    action: str
    operation: str
    outcome: str
    has_written: bool


@dataclass(frozen=True)
class Looks:
    """Who saw a record, newest first; `is_all` tells whether the list is whole."""

    record: UUID
    rows: list[Look]
    is_all: bool


def record_of(asked: str, *, actor: Actor) -> UUID:
    """Return the id of a record from its reference, or from the id itself where the record is erased.

    Whoever oversees the log may ask for records that they cannot see: no content is returned, only who saw it.

    Raises:
        NotPermitted: If the actor does not oversee the log.
        NoSuchRecord: If there is none.
    """
    _need_overseer(actor)
    wanted = asked.strip().upper()
    try:
        return UUID(wanted)
    except ValueError:
        model = by_prefix().get(references.prefix_of(wanted) or "")
    if model is None:
        raise NoSuchRecord(asked)
    with connection.cursor() as cursor:
        cursor.execute("SELECT openilp_id_behind(%s, %s)", [model._meta.db_table, wanted])
        (found,) = cursor.fetchone()
    if found is None:
        raise NoSuchRecord(asked)
    return UUID(str(found))


def who_saw(record: UUID, *, actor: Actor, since: datetime, until: datetime, most: int = MOST) -> Looks:
    """Return who was handed a record, or wrote it, between two times; newest first.

    Raises:
        NotPermitted: If the actor does not oversee the log.
        NoSuchTime: If the first time is not before the second one.
    """
    _need_overseer(actor)
    if since >= until:
        raise NoSuchTime(since, until)
    keys = RawSQL("SELECT openilp_who_saw(%s, %s, %s, %s)", [record, since, until, most + 1])
    events = list(AuditEvent.objects.filter(seq__in=keys).order_by("-seq"))
    shown = events[:most]
    names = _names(shown)
    titles = _titles(shown, actor)
    return Looks(record, [_look(row, str(record), names, titles) for row in shown], len(events) <= most)


def _need_overseer(actor: Actor) -> None:
    acting.require("AuditEvent")
    if not actor.has_role(*OVERSEERS):
        raise NotPermitted("safeguards.who_saw", OVERSEERS)


def _look(row: AuditEvent, record: str, names: dict[str, str], titles: dict[str, str]) -> Look:
    event: dict[str, Any] = row.event
    purpose = str(event.get("purpose", ""))
    written = any(record in keys for write in event.get("writes", []) for keys in write["objects"].values())
    return Look(
        row.seq,
        row.at,
        names.get(str(event.get("actor", "")), str(event.get("actor", ""))),
        titles.get(purpose, purpose),
        str(event.get("action", "")),
        str(event.get("operation", "")),
        str(event.get("outcome", "")),
        written,
    )


def _names(events: list[AuditEvent]) -> dict[str, str]:
    keys = {row.event.get("actor") for row in events}
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=keys)}


def _titles(events: list[AuditEvent], actor: Actor) -> dict[str, str]:
    """Return the titles of the matters that the overseer may know of; others stay a number."""
    keys = {str(row.event.get("purpose", "")) for row in events}
    known = [key for key in keys if len(key) == 36]
    return {str(row.pk): row.title for row in Matter.objects.seen_by(actor).filter(pk__in=known)}
