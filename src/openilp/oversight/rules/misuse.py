"""Signs of misuse in the audit log: what a member of staff looked at, and when, and for what.

The rules read staff events and nothing else; no rule says anything about a person in the records. A sign is no proof
and has no weight: it says which events somebody of the oversight body should ask about, and a human answers it.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median


@dataclass(frozen=True, slots=True)
class Access:
    """One event of an account.

    Attributes:
        seq: Number of the event in the log.
        at: When, in the agency's own time zone.
        purpose: Id of the matter acted for, or code of the reason.
        opened: Ids of the records that were asked for by name.
        seen: Ids of all records that were handed out.
        words: Fingerprint of the justification that was given, or empty.
    """

    seq: int
    at: datetime
    purpose: str
    opened: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Shift:
    """When an account is on duty: weekday (Monday is 0), begin and end; an end before the begin is on the next day."""

    weekday: int
    begins: time
    ends: time

    def covers(self, at: datetime, grace: timedelta) -> bool:
        """Tell whether a moment lies in the shift that begins on this weekday, give or take the grace."""
        begin = datetime.combine(at.date() - timedelta(days=(at.weekday() - self.weekday) % 7), self.begins)
        end = datetime.combine(begin.date() + timedelta(days=self.ends <= self.begins), self.ends)
        moment = at.replace(tzinfo=None)
        # Shortly before midnight the grace may be that of the shift which begins on the next day.
        weeks = (timedelta(0), timedelta(days=7))
        return any(begin + week - grace <= moment <= end + week + grace for week in weeks)


@dataclass(frozen=True)
class Network:
    """The neighbourhood of one record in the graph: how many records it has, and which of them the account opened."""

    hub: str
    size: int
    opened: frozenset[str]


@dataclass(frozen=True)
class Known:
    """What is known about an account and about the records that it opened, beside the log itself.

    Attributes:
        own: Records that bear the account holder's name.
        colleagues: Records that bear the name of another member of staff.
        surname: Records that bear the account holder's surname.
        neighbours: Records with an address in the account holder's street.
        shifts: When the account is on duty; without any nothing is off shift.
        joined: Since when the account belongs to each of its matters.
        operations: The operations that a record belongs to; a record of everybody is not in it.
        networks: Neighbourhoods of which the account opened a part.
    """

    own: frozenset[str] = frozenset()
    colleagues: frozenset[str] = frozenset()
    surname: frozenset[str] = frozenset()
    neighbours: frozenset[str] = frozenset()
    shifts: tuple[Shift, ...] = ()
    joined: Mapping[str, datetime] = field(default_factory=dict)
    operations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    networks: tuple[Network, ...] = ()


@dataclass(frozen=True)
class Limits:
    """From where on something is a sign. Our own figures, to be set by each agency; no law or study gives them.

    Attributes:
        surname: Different records of one's own surname in a day: one alone may be chance.
        off_task: Different records of other operations than the one acted for, in a day.
        bulk: Different records in a day below which nothing is bulk.
        bulk_times: How many times the account's own median day is bulk.
        own_days: Days with work that an account needs before its own median counts.
        reuse: Times that the same words justify different records.
        network_size: Records that a neighbourhood has at least.
        network_share: Part of a neighbourhood that is nearly all of it.
        network_days: Different days over which it was opened.
        grace: How long before and after a shift somebody may still be at work.
        look_back: How far the slow signs look back.
    """

    surname: int = 2
    off_task: int = 5
    bulk: int = 500
    bulk_times: float = 5.0
    own_days: int = 5
    reuse: int = 3
    network_size: int = 12
    network_share: float = 0.6
    network_days: int = 5
    grace: timedelta = timedelta(minutes=30)
    look_back: timedelta = timedelta(days=30)


@dataclass(frozen=True)
class Sign:
    """That the events of an account fit a rule: a case that is reported once, the events, and how many of what.

    `case` tells two signs of the same rule apart; the same case seen again on the next day is the same sign.
    """

    rule: str
    case: str
    events: tuple[int, ...]
    first_at: datetime
    last_at: datetime
    figures: Mapping[str, int]


@dataclass(frozen=True)
class Period:
    """The time that is examined: signs are reported whose last event lies in it."""

    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Tell whether a moment lies in it."""
        return self.since <= at < self.until


Rule = Callable[[Sequence[Access], Known, Limits, Period], Iterator[Sign]]


def signs(accesses: Sequence[Access], known: Known, limits: Limits, period: Period) -> list[Sign]:
    """Return the signs in the accesses of one account, rule by rule.

    Args:
        accesses: Those of the look-back and of the period, oldest first.
        known: What is known about account and records.
        limits: From where on something is a sign.
        period: The time that is examined.
    """
    found = (sign for rule in RULES.values() for sign in rule(accesses, known, limits, period))
    return [sign for sign in found if period.holds(sign.last_at)]


def _sign(rule: str, case: str, hits: Sequence[Access], **figures: int) -> Sign:
    events = tuple(dict.fromkeys(access.seq for access in hits))
    return Sign(rule, case, events, hits[0].at, hits[-1].at, {"events": len(events), **figures})


def _days(accesses: Iterable[Access]) -> dict[date, list[Access]]:
    found: dict[date, list[Access]] = defaultdict(list)
    for access in accesses:
        found[access.at.date()].append(access)
    return found


def _examined(accesses: Sequence[Access], period: Period) -> dict[date, list[Access]]:
    """Return the days that the period touches, whole up to its end: a day is read again until it is over."""
    midnight = period.since.replace(hour=0, minute=0, second=0, microsecond=0)
    begin = bisect_left(accesses, midnight, key=lambda access: access.at)
    end = bisect_left(accesses, period.until, key=lambda access: access.at)
    days = _days(accesses[begin:end])
    return {day: on_day for day, on_day in days.items() if period.holds(on_day[-1].at)}


def _looked_up(
    rule: str, accesses: Sequence[Access], wanted: frozenset[str], least: int, period: Period
) -> Iterator[Sign]:
    """Yield one sign a day on which at least so many of the wanted records were opened."""
    if not wanted:
        return
    for day, on_day in _examined(accesses, period).items():
        hits = [access for access in on_day if not wanted.isdisjoint(access.opened)]
        records = {record for access in hits for record in access.opened} & wanted
        if len(records) >= least:
            yield _sign(rule, str(day), hits, records=len(records))


def self_look_up(accesses: Sequence[Access], known: Known, limits: Limits, period: Period) -> Iterator[Sign]:
    """Yield the days on which somebody opened a record that bears one's own name."""
    yield from _looked_up("self_look_up", accesses, known.own, 1, period)


def colleague_look_up(
    accesses: Sequence[Access], known: Known, limits: Limits, period: Period
) -> Iterator[Sign]:
    """Yield the days on which somebody opened a record that bears the name of another member of staff."""
    yield from _looked_up("colleague_look_up", accesses, known.colleagues - known.own, 1, period)


def surname_look_up(
    accesses: Sequence[Access], known: Known, limits: Limits, period: Period
) -> Iterator[Sign]:
    """Yield the days on which somebody opened several records of one's own surname."""
    yield from _looked_up("surname_look_up", accesses, known.surname - known.own, limits.surname, period)


def neighbour_look_up(
    accesses: Sequence[Access], known: Known, limits: Limits, period: Period
) -> Iterator[Sign]:
    """Yield the days on which somebody opened a record with an address in one's own street."""
    yield from _looked_up("neighbour_look_up", accesses, known.neighbours - known.own, 1, period)


def bulk_browsing(accesses: Sequence[Access], known: Known, limits: Limits, period: Period) -> Iterator[Sign]:
    """Yield the days on which somebody was handed far more different records than on one's own ordinary day."""
    amounts = {day: len({r for a in on_day for r in a.seen}) for day, on_day in _days(accesses).items()}
    for day, on_day in _examined(accesses, period).items():
        before = [amount for other, amount in amounts.items() if other < day and amount]
        ordinary = median(before) if len(before) >= limits.own_days else 0.0
        if amounts[day] >= max(limits.bulk, limits.bulk_times * ordinary):
            yield _sign("bulk_browsing", str(day), on_day, records=amounts[day], ordinary=round(ordinary))


def off_task(accesses: Sequence[Access], known: Known, limits: Limits, period: Period) -> Iterator[Sign]:
    """Yield the days on which somebody opened records of other operations than the one acted for."""
    for day, on_day in _examined(accesses, period).items():
        hits, records = [], set()
        for access in on_day:
            others = {r for r in access.opened if _is_elsewhere(r, access.purpose, known)}
            if others:
                hits.append(access)
                records |= others
        if len(records) >= limits.off_task:
            yield _sign("off_task", str(day), hits, records=len(records))


def _is_elsewhere(record: str, purpose: str, known: Known) -> bool:
    operations = known.operations.get(record)
    return bool(operations) and purpose not in (operations or ())


def off_shift(accesses: Sequence[Access], known: Known, limits: Limits, period: Period) -> Iterator[Sign]:
    """Yield the days on which somebody was handed records while not on duty."""
    if not known.shifts:
        return
    for day, on_day in _examined(accesses, period).items():
        hits = [a for a in on_day if a.seen and not any(s.covers(a.at, limits.grace) for s in known.shifts)]
        if hits:
            yield _sign("off_shift", str(day), hits, records=len({r for a in hits for r in a.seen}))


def reused_words(accesses: Sequence[Access], known: Known, limits: Limits, period: Period) -> Iterator[Sign]:
    """Yield justifications whose words were given again for other records."""
    given: dict[str, list[Access]] = defaultdict(list)
    for access in accesses:
        if access.words:
            given[access.words].append(access)
    for words, hits in given.items():
        about = {access.opened or access.seen or (str(access.seq),) for access in hits}
        if len(about) >= limits.reuse and period.holds(hits[-1].at):
            yield _sign("reused_words", f"{words} {hits[-1].at.date()}", hits, records=len(about))


def slow_coverage(accesses: Sequence[Access], known: Known, limits: Limits, period: Period) -> Iterator[Sign]:
    """Yield neighbourhoods of the graph that somebody opened nearly whole, a little a day, for no operation on them."""
    large = [
        n
        for n in known.networks
        if n.size >= limits.network_size and len(n.opened) >= limits.network_share * n.size
    ]
    if not large:
        return
    opened: dict[str, list[Access]] = defaultdict(list)
    for access in accesses:
        for record in access.opened:
            if not _is_own_work(record, access.purpose, known):
                opened[record].append(access)
    for network in _apart(large):
        hits = sorted((a for r in network.opened for a in opened.get(r, ())), key=lambda a: a.seq)
        records = {r for a in hits for r in a.opened} & network.opened
        is_slow = len({a.at.date() for a in hits}) >= limits.network_days
        if is_slow and len(records) >= limits.network_share * network.size and period.holds(hits[-1].at):
            yield _sign("slow_coverage", network.hub, hits, records=len(records), network=network.size)


def _apart(networks: Sequence[Network]) -> Iterator[Network]:
    """Yield networks, the largest opened part first, without those whose part lies in one before: it is one effort."""
    taken: list[frozenset[str]] = []
    for network in sorted(networks, key=lambda n: (-len(n.opened), n.hub)):
        if not any(network.opened <= part for part in taken):
            taken.append(network.opened)
            yield network


def _is_own_work(record: str, purpose: str, known: Known) -> bool:
    return purpose in known.operations.get(record, ())


def late_purpose(accesses: Sequence[Access], known: Known, limits: Limits, period: Period) -> Iterator[Sign]:
    """Yield matters that somebody joined only after having opened their records for another purpose."""
    first: dict[str, Access] = {}
    found: dict[str, list[Access]] = defaultdict(list)
    for access in accesses:
        joined = known.joined.get(access.purpose)
        for record in access.opened:
            before = first.setdefault(record, access)
            if joined is not None and before.purpose != access.purpose and before.at < joined <= access.at:
                found[access.purpose] += [before, access]
    for matter, hits in found.items():
        ordered = sorted(hits, key=lambda access: access.seq)
        if period.holds(ordered[-1].at):
            records = Counter(r for access in ordered for r in access.opened)
            yield _sign("late_purpose", matter, ordered, records=sum(1 for n in records.values() if n > 1))


RULES: Mapping[str, Rule] = {
    "self_look_up": self_look_up,
    "colleague_look_up": colleague_look_up,
    "surname_look_up": surname_look_up,
    "neighbour_look_up": neighbour_look_up,
    "bulk_browsing": bulk_browsing,
    "off_task": off_task,
    "off_shift": off_shift,
    "reused_words": reused_words,
    "slow_coverage": slow_coverage,
    "late_purpose": late_purpose,
}
