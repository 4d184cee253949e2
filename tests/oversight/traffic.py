"""A month of ordinary work at an agency as the audit log keeps it, and one case of misuse for each rule among it."""

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from openilp.oversight.rules.misuse import Access, Known, Network, Shift

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 30
RECORDS, MATTERS = 100_000, 40
#: One record in five belongs to an operation; the others are everybody's.
CONFINED = 5
OFFICE = tuple(Shift(weekday, time(8), time(18)) for weekday in range(5))


@dataclass
class Traffic:
    """Accesses by account, what is known about each account, and when each seeded case was complete."""

    accesses: dict[str, list[Access]] = field(default_factory=lambda: defaultdict(list))
    known: dict[str, Known] = field(default_factory=dict)
    cases: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def count(self) -> int:
        """Return the number of events."""
        return sum(len(rows) for rows in self.accesses.values())


def ordinary(events: int, accounts: int, rng: random.Random) -> Traffic:
    """Return a month of office work: each account opens records of everybody and of the operation it acts for."""
    made = Traffic()
    operations = {f"r{n}": frozenset({f"m{n // CONFINED % MATTERS}"}) for n in range(0, RECORDS, CONFINED)}
    days = [BEGIN + timedelta(days=n) for n in range(DAYS) if (BEGIN + timedelta(days=n)).weekday() < 5]
    for number in range(accounts):
        who = f"a{number}"
        own = [f"m{rng.randrange(MATTERS)}" for _ in range(3)]
        made.known[who] = Known(
            own=frozenset({f"own-{who}"}),
            colleagues=frozenset(f"own-a{other}" for other in range(accounts)),
            surname=frozenset(f"kin-{who}-{n}" for n in range(3)),
            neighbours=frozenset({f"street-{who}"}),
            shifts=OFFICE,
            joined={matter: BEGIN - timedelta(days=90) for matter in own},
            operations=operations,
        )
        for _ in range(events // accounts):
            made.accesses[who].append(_look(rng, rng.choice(days), own))
    return made


def _look(rng: random.Random, day: datetime, own: list[str]) -> Access:
    matter = rng.choice(own)
    opened: tuple[str, ...] = ()
    if rng.random() < 0.3:
        other = (
            rng.randrange(RECORDS // CONFINED // MATTERS) * CONFINED * MATTERS + int(matter[1:]) * CONFINED
        )
        everybodys = rng.randrange(RECORDS // CONFINED) * CONFINED + 1 + rng.randrange(CONFINED - 1)
        opened = (f"r{other if rng.random() < 0.5 else everybodys}",)
    start = rng.randrange(RECORDS - 10)
    at = day + timedelta(hours=8, seconds=rng.randrange(10 * 3600))
    return Access(0, at, matter, opened, (*opened, f"r{start}", f"r{start + 1}"))


def seeded(traffic: Traffic) -> Traffic:
    """Add one case for each rule, each by an account of its own, complete by the morning of the twelfth day."""
    day = BEGIN + timedelta(days=11)
    nine = day + timedelta(hours=9)

    def add(rule: str, who: str, rows: list[Access]) -> None:
        traffic.accesses[who] += rows
        traffic.cases[rule] = (who, max(row.at for row in rows))

    def opens(record: str, at: datetime, purpose: str = "desk", words: str = "") -> Access:
        return Access(0, at, purpose, (record,), (record,), words)

    add("self_look_up", "a0", [opens("own-a0", nine)])
    add("colleague_look_up", "a1", [opens("own-a2", nine)])
    add("surname_look_up", "a2", [opens(f"kin-a2-{n}", nine + timedelta(minutes=n)) for n in range(2)])
    add("neighbour_look_up", "a3", [opens("street-a3", nine)])
    many = tuple(f"r{n}" for n in range(3000))
    add(
        "bulk_browsing",
        "a4",
        [Access(0, nine + timedelta(seconds=n), "desk", (), many[n * 50 : n * 50 + 50]) for n in range(60)],
    )
    alien = [
        n
        for n in range(0, RECORDS, CONFINED)
        if f"m{n // CONFINED % MATTERS}" not in traffic.known["a5"].joined
    ]
    mine = next(iter(traffic.known["a5"].joined))
    add(
        "off_task", "a5", [opens(f"r{n}", nine + timedelta(minutes=i), mine) for i, n in enumerate(alien[:6])]
    )
    add("off_shift", "a6", [opens("r1", day + timedelta(hours=3), "m1")])
    add("reused_words", "a7", [opens(f"r{n}", nine - timedelta(days=n), "desk", "0f3c") for n in (1, 2, 3)])
    members = [f"n{n}" for n in range(15)]
    add(
        "slow_coverage",
        "a8",
        [opens(name, nine - timedelta(days=n // 2), "desk") for n, name in enumerate(members[:12])],
    )
    traffic.known["a8"] = replace(
        traffic.known["a8"], networks=(Network("hub", 15, frozenset(members[:12])),)
    )
    late = [opens("late-1", nine - timedelta(days=2), "desk"), opens("late-1", nine, "m-new")]
    add("late_purpose", "a9", late)
    joined = {**traffic.known["a9"].joined, "m-new": nine - timedelta(days=1)}
    traffic.known["a9"] = replace(traffic.known["a9"], joined=joined)
    return _numbered(traffic)


def _numbered(traffic: Traffic) -> Traffic:
    for who, rows in traffic.accesses.items():
        ordered = sorted(rows, key=lambda row: row.at)
        traffic.accesses[who] = [replace(row, seq=n) for n, row in enumerate(ordered, 1)]
    return traffic
