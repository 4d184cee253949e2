"""Signs of misuse: each seeded case is found within a day among ordinary work, and ordinary work gives few signs."""

import random
from collections import Counter
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.oversight.rules.misuse import RULES, Access, Known, Limits, Network, Period, Shift, Sign, signs
from tests.oversight.traffic import BEGIN, DAYS, OFFICE, Traffic, ordinary, seeded

LIMITS = Limits()
DAY = timedelta(days=1)


def nightly(traffic: Traffic, who: str) -> list[tuple[datetime, Sign]]:
    """Return the signs of an account as a nightly job reports them, each case once, with when it was reported."""
    known, found = traffic.known[who], {}
    for number in range(DAYS):
        period = Period(BEGIN + number * DAY, BEGIN + (number + 1) * DAY)
        window = [a for a in traffic.accesses[who] if period.until - LIMITS.look_back <= a.at < period.until]
        for sign in signs(window, known, LIMITS, period):
            found.setdefault((sign.rule, sign.case), (period.until, sign))
    return list(found.values())


def whole(traffic: Traffic, who: str) -> list[Sign]:
    """Return the signs of an account in one examination of the whole month, each case once."""
    found = signs(traffic.accesses[who], traffic.known[who], LIMITS, Period(BEGIN, BEGIN + DAYS * DAY))
    return list({(sign.rule, sign.case): sign for sign in found}.values())


def check(traffic: Traffic) -> Counter[str]:
    """Check that each seeded case is reported within a day, and return the signs that nobody seeded.

    The accounts with a case are examined night by night, as the job does; the others at once.
    """
    assert traffic.cases.keys() == RULES.keys()
    for rule, (who, done) in traffic.cases.items():
        reported = [at for at, sign in nightly(traffic, who) if sign.rule == rule]
        assert reported, rule
        assert min(reported) - done <= DAY, rule
    seeded_for = {who for who, _ in traffic.cases.values()}
    others = [who for who in traffic.accesses if who not in seeded_for]
    return Counter(sign.rule for who in others for sign in whole(traffic, who))


def test_each_seeded_case_is_found_within_a_day() -> None:
    """Ten cases of ten accounts among 20,000 ordinary events [LEG-12]."""
    traffic = seeded(ordinary(20_000, 40, random.Random(4)))

    assert traffic.count() > 20_000
    assert sum(check(traffic).values()) == 0


@pytest.mark.deep
def test_each_seeded_case_is_found_among_a_million_events() -> None:
    """The same among a million events of 300 accounts; what nobody seeded is at most one sign in 10,000 events."""
    traffic = seeded(ordinary(1_000_200, 300, random.Random(4)))

    assert traffic.count() > 1_000_000
    others = check(traffic)
    print(f"{traffic.count():,} events; signs that nobody seeded: {dict(others)}")
    assert sum(others.values()) <= 100


def _opened(record: str, hour: float, purpose: str = "desk", words: str = "") -> Access:
    at = BEGIN + timedelta(hours=hour)
    return Access(int(hour * 3600), at, purpose, (record,), (record,), words)


def _signs(rule: str, accesses: list[Access], known: Known, limits: Limits = LIMITS) -> list[Sign]:
    return list(RULES[rule](accesses, known, limits, Period(BEGIN, BEGIN + 10 * DAY)))


def test_a_look_up_is_a_record_that_was_asked_for() -> None:
    """A record that only stood in a list was not looked up; one's own name is not also a colleague's."""
    known = Known(own=frozenset({"me"}), colleagues=frozenset({"me", "other"}))
    listed = Access(1, BEGIN, "desk", (), ("me", "other"))

    assert _signs("self_look_up", [listed], known) == []
    assert _signs("colleague_look_up", [_opened("me", 1)], known) == []
    assert [s.figures["records"] for s in _signs("self_look_up", [_opened("me", 1)], known)] == [1]


def test_work_for_the_operation_of_a_record_is_no_sign() -> None:
    """Opening what the purpose covers is work, however much of a network it is."""
    members = [f"n{n}" for n in range(12)]
    known = Known(
        operations={name: frozenset({"lantern"}) for name in members},
        networks=(Network("hub", 12, frozenset(members)),),
    )
    own = [_opened(name, 9 + 24 * (n // 2), "lantern") for n, name in enumerate(members)]
    foreign = [_opened(name, 9 + 24 * (n // 2), "desk") for n, name in enumerate(members)]

    assert _signs("slow_coverage", own, known) == []
    assert _signs("off_task", own, known) == []
    assert len(_signs("slow_coverage", foreign, known)) == 1


def test_a_day_of_great_work_is_bulk_only_against_the_own_ordinary_day() -> None:
    """Somebody who always reads much reads much today too."""
    busy = [Access(d, BEGIN + d * DAY, "desk", (), tuple(f"r{d}-{n}" for n in range(600))) for d in range(8)]
    sudden = [
        Access(d, BEGIN + d * DAY, "desk", (), tuple(f"r{d}-{n}" for n in range(600 if d == 7 else 20)))
        for d in range(8)
    ]

    assert [s.case for s in _signs("bulk_browsing", busy[5:], Known())] != []
    assert [s.events for s in _signs("bulk_browsing", busy, Known())] == [(d,) for d in range(5)]
    assert [s.events for s in _signs("bulk_browsing", sudden, Known())] == [(7,)]


def test_a_purpose_that_was_there_before_is_not_late() -> None:
    """Only a matter joined between the two looks is."""
    looks = [_opened("r", 1, "desk"), _opened("r", 30, "lantern")]

    late = Known(joined={"lantern": BEGIN + timedelta(hours=20)})
    before = Known(joined={"lantern": BEGIN - DAY})
    assert [s.case for s in _signs("late_purpose", looks, late)] == ["lantern"]
    assert _signs("late_purpose", looks, before) == []
    assert _signs("late_purpose", [_opened("r", 30, "lantern")], late) == []


def test_the_same_words_for_the_same_record_are_no_sign() -> None:
    """Who opens one record three times may well have one reason."""
    same = [_opened("r", n, words="x") for n in range(3)]
    other = [_opened(f"r{n}", n, words="x") for n in range(3)]

    assert _signs("reused_words", same, Known()) == []
    assert len(_signs("reused_words", other, Known())) == 1


SHIFTS = st.builds(Shift, st.integers(0, 6), st.times(), st.times())
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))  # noqa: DTZ001 (the clock on the wall)


@given(SHIFTS, MOMENTS, st.integers(0, 120))
def test_a_shift_covers_what_a_walk_over_its_beginnings_covers(
    shift: Shift, at: datetime, minutes: int
) -> None:
    """The naive twin looks at every day from a week before to a week after."""
    grace, covered = timedelta(minutes=minutes), False
    for offset in range(-8, 9):
        day = at.date() + timedelta(days=offset)
        if day.weekday() == shift.weekday:
            begin = datetime.combine(day, shift.begins)
            end = datetime.combine(day, shift.ends) + (DAY if shift.ends <= shift.begins else timedelta(0))
            covered |= begin - grace <= at <= end + grace

    assert shift.covers(at, grace) is covered


def test_without_a_rota_nothing_is_off_shift() -> None:
    """Nobody is suspected of hours that nobody set; with a rota the night is not covered, ten minutes after it is."""
    night, evening = _opened("r", 2), _opened("r", 18.2)

    assert _signs("off_shift", [night], Known()) == []
    assert [s.events for s in _signs("off_shift", [night, evening], Known(shifts=OFFICE))] == [(night.seq,)]
    assert Shift(6, time(22), time(6)).covers(BEGIN + timedelta(hours=3), timedelta(0))


ACCESSES = st.lists(
    st.builds(
        lambda hour, record, purpose: _opened(record, hour, purpose),
        st.integers(0, 239),
        st.sampled_from([f"r{n}" for n in range(8)]),
        st.sampled_from(["desk", "lantern", "ember"]),
    ),
    max_size=40,
)


@given(ACCESSES)
def test_signs_name_events_of_the_account_and_nothing_that_was_not_there(accesses: list[Access]) -> None:
    """Every event of a sign is one of the accesses, its last one lies in the period, and its records are so many."""
    accesses.sort(key=lambda access: access.at)
    known = Known(
        own=frozenset({"r0"}),
        surname=frozenset({"r1", "r2"}),
        operations={"r3": frozenset({"ember"}), "r4": frozenset({"ember"})},
        joined={"lantern": BEGIN + 3 * DAY},
        shifts=OFFICE,
    )
    period = Period(BEGIN + 2 * DAY, BEGIN + 8 * DAY)
    numbers = {access.seq for access in accesses}

    for sign in signs(accesses, known, Limits(off_task=2), period):
        assert set(sign.events) <= numbers
        assert period.holds(sign.last_at)
        assert sign.first_at <= sign.last_at
        assert sign.figures["events"] == len(sign.events)
