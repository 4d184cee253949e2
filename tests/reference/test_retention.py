"""Retention rules: first review, later reviews, and the end."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp import reference
from openilp.reference import Period
from openilp.reference.catalogue import load

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2080, 1, 1))
PERIODS = st.builds(Period, st.integers(0, 100), st.integers(0, 30), st.integers(0, 400))
RULES = st.sampled_from(load().retention.get("retention-rules").values)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("1y", dt.date(2024, 2, 29), dt.date(2025, 2, 28)),
        ("4y", dt.date(2024, 2, 29), dt.date(2028, 2, 29)),
        ("6m", dt.date(2025, 8, 31), dt.date(2026, 2, 28)),
        ("1m", dt.date(2025, 12, 15), dt.date(2026, 1, 15)),
        ("30d", dt.date(2025, 12, 15), dt.date(2026, 1, 14)),
        ("1y6m", dt.date(2025, 7, 1), dt.date(2027, 1, 1)),
        ("0d", dt.date(2025, 7, 1), dt.date(2025, 7, 1)),
    ],
)
def test_a_period_ends_by_the_calendar(text: str, start: dt.date, end: dt.date) -> None:
    """Years and months are those of the calendar; a missing day is the month's last."""
    assert Period.parse(text).after(start) == end


@pytest.mark.parametrize("text", ["", "10", "y", "6 m", "-1y", "1d1y", "ten years"])
def test_what_is_not_a_period_is_refused(text: str) -> None:
    """A unit is never guessed."""
    with pytest.raises(ValueError, match="is not a period"):
        Period.parse(text)


@given(period=PERIODS, start=DAYS)
def test_a_period_never_lasts_longer_than_it_says(period: Period, start: dt.date) -> None:
    """`longest_days` is a bound that a database constraint may use."""
    assert dt.timedelta(0) <= period.after(start) - start <= dt.timedelta(days=period.longest_days)


@given(rule=RULES, start=DAYS)
def test_every_rule_ends_or_is_reviewed_again(rule: reference.RetentionRule, start: dt.date) -> None:
    """Nothing is kept without an end or another review (C-118/22)."""
    has_end = rule.hard_stop or rule.hard_stop_age or rule.ends_with_parent
    assert has_end or rule.repeat
    first = rule.first_review_on(start, reference.retention_rule("LED-REV"))
    stop = rule.ends_on(start)
    assert start <= first
    assert stop is None or first <= stop


def test_a_review_repeats_until_the_hard_stop() -> None:
    """Non-suspects: reviewed after one year and every year, gone after three."""
    rule = reference.retention_rule("NONCRIM")
    start = dt.date(2025, 3, 1)

    first = rule.first_review_on(start)
    second = rule.next_review_on(first, start)
    assert second is not None
    third = rule.next_review_on(second, start)

    assert (first, second, third) == (dt.date(2026, 3, 1), dt.date(2027, 3, 1), dt.date(2028, 3, 1))
    assert rule.next_review_on(dt.date(2028, 3, 1), start) is None
    assert rule.ends_on(start) == dt.date(2028, 3, 1)


def test_a_late_review_is_cut_off_by_the_hard_stop() -> None:
    """The last interval is shorter rather than the record older."""
    rule = reference.retention_rule("NONCRIM")

    assert rule.next_review_on(dt.date(2027, 10, 1), dt.date(2025, 3, 1)) == dt.date(2028, 3, 1)


def test_quarantine_is_not_renewed() -> None:
    """After six months an uncategorised import is erased, whatever anybody says."""
    rule = reference.retention_rule("QUAR")
    start = dt.date(2025, 1, 10)

    assert rule.first_review_on(start) == rule.ends_on(start) == dt.date(2025, 7, 10)
    assert rule.next_review_on(dt.date(2025, 4, 1), start) is None


def test_a_minor_waits_half_as_long_as_an_adult() -> None:
    """Half of the three years of the adult rule, and again at the eighteenth birthday."""
    rule = reference.retention_rule("MINOR")
    start = dt.date(2025, 1, 1)

    due = rule.first_review_on(start, adult=reference.retention_rule("LED-REV"))

    assert due == start + dt.timedelta(days=547)  # half of the 1,095 days to 2028-01-01
    assert rule.review_age == 18


def test_a_minors_rule_needs_the_adults() -> None:
    """Half of nothing is not a date."""
    with pytest.raises(ValueError, match="pass a rule with a first review"):
        reference.retention_rule("MINOR").first_review_on(dt.date(2025, 1, 1))


def test_the_earlier_of_age_and_period_ends_a_record() -> None:
    """Public protection lasts until the age of 100; without a birth date only reviews end it."""
    rule = reference.retention_rule("MOPI1")

    assert rule.ends_on(dt.date(2025, 1, 1), dt.date(1980, 2, 29)) == dt.date(2080, 2, 29)
    assert rule.ends_on(dt.date(2025, 1, 1)) is None


def test_an_acquittal_is_reviewed_at_once() -> None:
    """The link to the offence goes within thirty days."""
    rule = reference.retention_rule("ACQ")
    decided_on = dt.date(2025, 6, 1)

    assert rule.first_review_on(decided_on) == decided_on
    assert rule.ends_on(decided_on) == dt.date(2025, 7, 1)


def test_an_unknown_rule_is_an_error() -> None:
    """No rule is no licence to keep."""
    with pytest.raises(
        reference.UnknownCode, match="Retention rule 'FOREVER' is not in list 'retention-rules'"
    ):
        reference.retention_rule("FOREVER")
