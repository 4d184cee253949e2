"""Staff events read out of the audit log, and what stands near a member of staff."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models.fields.json import KT
from django.utils import timezone
from procrastinate.contrib.django import app

from openilp.collation.rules import romanise
from openilp.oversight.models import StaffPattern
from openilp.oversight.rules.misuse import Access, Known, Limits, Network, Shift
from openilp.safeguards import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.find import kinds
from openilp.safeguards.models import AuditEvent, Membership, User
from openilp.safeguards.records import ProtectedRecord

_CHUNK = 5000
_FIELDS = ("seq", "at", "who", "event__purpose", "event__opened", "event__delivered", "event__justified")


@dataclass(frozen=True)
class Event:
    """One event as the rules see it, with the ids that were opened by kind."""

    access: Access
    opened: Mapping[str, Sequence[str]] = field(default_factory=dict)


def content_kinds() -> frozenset[str]:
    """Return the kinds of rows that hold police data; matters, notices and approvals are the frame around them."""
    return frozenset(
        kind
        for kind, model in kinds().items()
        if issubclass(model, ProtectedRecord) or hasattr(model, "visible_through")
    )


def by_account(
    *, actor: Actor, since: datetime, until: datetime, active_since: datetime
) -> Iterator[tuple[str, list[Event]]]:
    """Yield the accounts that did something after a moment, each with its events, oldest first.

    Jobs that the worker runs under an account are no look-ups of that account and are left out; so is what was refused.

    Args:
        actor: Who oversees the log; row security shows it to nobody else.
        since: Begin of the look-back.
        until: End of it.
        active_since: Accounts without an event from then on are passed over.
    """
    acting.require("AuditEvent")
    done = AuditEvent.objects.filter(at__lt=until, event__outcome="done").annotate(who=KT("event__actor"))
    work = done.exclude(event__action__in=sorted(app.tasks))
    active = work.filter(at__gte=active_since).values_list("who", flat=True).distinct().order_by("who")
    rows = work.filter(at__gte=since, who__in=list(active)).order_by("who", "seq")
    content = content_kinds()
    found = rows.values_list(*_FIELDS).iterator(chunk_size=_CHUNK)
    for who, group in groupby(found, key=lambda row: row[2]):
        yield str(who), [_event(row, content) for row in group]


def _event(row: Sequence[Any], content: frozenset[str]) -> Event:
    seq, at, _who, purpose, opened, delivered, words = row
    mine = {kind: keys for kind, keys in (opened or {}).items() if kind in content}
    access = Access(
        seq,
        timezone.localtime(at),
        str(purpose or ""),
        tuple(key for keys in mine.values() for key in keys),
        tuple(key for kind, keys in (delivered or {}).items() if kind in content for key in keys),
        str(words or ""),
    )
    return Event(access, mine)


@dataclass(frozen=True)
class Reading:
    """What was handed out between two moments: events, accounts, and the different records by kind."""

    events: int
    accounts: int
    records: Mapping[str, frozenset[str]]
    first_seq: int | None
    last_seq: int | None


def read_between(*, actor: Actor, since: datetime, until: datetime, account: User | None = None) -> Reading:
    """Return what was handed out between two moments, jobs included, to one account or to all.

    Args:
        actor: Who oversees the log; row security shows it to nobody else.
        since: Begin of the time.
        until: End of it.
        account: Whose reading; without one everybody's.
    """
    acting.require("AuditEvent")
    done = AuditEvent.objects.filter(at__gte=since, at__lt=until, event__outcome="done").annotate(
        who=KT("event__actor")
    )
    if account is not None:
        done = done.filter(who=str(account.pk))
    records: dict[str, set[str]] = {kind: set() for kind in content_kinds()}
    events = 0
    whose: set[str] = set()
    seqs: list[int] = []
    rows = done.order_by("seq").values_list("seq", "who", "event__delivered")
    for seq, who, delivered in rows.iterator(chunk_size=_CHUNK):
        found = {kind: keys for kind, keys in (delivered or {}).items() if kind in records}
        if not found:
            continue
        events += 1
        whose.add(who)
        seqs = [*seqs[:1], seq]
        for kind, keys in found.items():
            records[kind].update(keys)
    read = {kind: frozenset(keys) for kind, keys in sorted(records.items()) if keys}
    return Reading(events, len(whose), read, seqs[0] if seqs else None, seqs[-1] if seqs else None)


@dataclass(frozen=True)
class Staff:
    """The accounts by id, and the ids of those that are called by a name, whatever its order."""

    accounts: Mapping[str, User]
    called: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, users: Sequence[User]) -> "Staff":
        """Return the staff of an agency, partners' accounts included."""
        called: dict[str, frozenset[str]] = {}
        for user in users:
            name = in_order(user.full_name)
            called[name] = called.get(name, frozenset()) | {str(user.pk)}
        return cls({str(user.pk): user for user in users}, called)


def in_order(name: str) -> str:
    """Return the folded words of a name in alphabetical order: family names stand first here and last there."""
    return " ".join(sorted(romanise.folded(name).split()))


def known(user: User, accesses: Sequence[Access], staff: Staff, limits: Limits, *, actor: Actor) -> Known:
    """Return what the rules must know about an account and about the records that it opened."""
    opened = sorted({key for access in accesses for key in access.opened})
    pattern = StaffPattern.objects.seen_by(actor).filter(user=user).order_by("-created_at").first()
    near = _near(user, opened, staff, pattern.street if pattern else "")
    return Known(
        own=frozenset(near["own"]),
        colleagues=frozenset(near["colleague"]),
        surname=frozenset(near["surname"]),
        neighbours=frozenset(near["street"]),
        shifts=shifts_of(pattern.shifts) if pattern else (),
        joined=_joined(user),
        operations=_operations(opened),
        networks=_networks(opened, limits),
    )


def shifts_of(rows: Sequence[Sequence[Any]]) -> tuple[Shift, ...]:
    """Return shifts from how they are kept: weekday, begin, end."""
    return tuple(
        Shift(int(day), time.fromisoformat(begins), time.fromisoformat(ends)) for day, begins, ends in rows
    )


def _near(user: User, opened: Sequence[str], staff: Staff, street: str) -> dict[str, set[str]]:
    """Return the opened records that bear one's own name, a colleague's, the surname, or lie in one's own street."""
    found: dict[str, set[str]] = {"own": set(), "colleague": set(), "surname": set(), "street": set()}
    surname = (romanise.folded(user.full_name).split() or [""])[-1]
    rows = _ask("openilp_close_to(%s::uuid[], %s, %s, %s)", opened, sorted(staff.called), surname, street)
    for record, nearness, whose in rows:
        if nearness == "name":
            named = staff.called[whose]
            found["own" if str(user.pk) in named else "colleague"].add(str(record))
        else:
            found[nearness].add(str(record))
    return found


def _joined(user: User) -> dict[str, datetime]:
    since: dict[str, datetime] = {}
    for matter, at in (
        Membership.objects.filter(user=user).order_by("since").values_list("matter_id", "since")
    ):
        since.setdefault(str(matter), timezone.localtime(at))
    return since


def _operations(opened: Sequence[str]) -> dict[str, frozenset[str]]:
    rows = _ask("openilp_operations_of(%s::uuid[])", opened)
    return {str(record): frozenset(map(str, operations)) for record, operations in rows}


def _networks(opened: Sequence[str], limits: Limits) -> tuple[Network, ...]:
    if len(opened) < limits.network_share * limits.network_size:
        return ()
    asked = "openilp_networks_around(%s::uuid[], %s, %s)"
    rows = _ask(asked, opened, limits.network_size, limits.network_share)
    return tuple(Network(str(hub), size, frozenset(map(str, part))) for hub, size, part in rows)


def _ask(call: str, opened: Sequence[str], *more: Any) -> list[tuple[Any, ...]]:
    if not opened:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {call}", [list(opened), *more])  # noqa: S608 (calls of our own functions)
        return list(cursor.fetchall())


def accounts() -> list[User]:
    """Return every account, closed ones too: who has left may still be looked up."""
    acting.require("User")
    return list(User.objects.select_related("unit").order_by("pk"))


def duty_of(user: User) -> str:
    """Return the duty under which an account is counted: the first of its duties in alphabetical order."""
    return min(user.roles, default="")
