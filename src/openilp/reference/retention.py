"""Retention rules: when a record is reviewed and when it ends."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from openilp.reference.fields import Fields
from openilp.reference.values import Head, Value, Vocabulary, read_values

_PERIOD = re.compile(r"(?:(\d+)y)?(?:(\d+)m)?(?:(\d+)d)?")
# The longest a month and a year can be, so that a maximum in days never cuts a period short.
_DAYS_A_MONTH = 31
_DAYS_A_YEAR = 366


class Clock(StrEnum):
    """What starts the clock of a retention rule."""

    CREATION = "creation"
    ENTRY = "entry"
    RECEIPT = "receipt"
    PROCESSING = "processing"
    LAST_EVENT = "last_event"
    CLOSURE = "closure"
    DECISION = "decision"
    LAST_CONTACT = "last_contact"
    EVENT = "event"
    SENT = "sent"


class Lapse(StrEnum):
    """What happens to a record whose review was missed or whose end has come."""

    ERASE = "erase"
    RESTRICT_THEN_ERASE = "restrict_then_erase"
    PURGE_AND_NOTIFY = "purge_and_notify"
    SHRED_KEY = "shred_key"
    ERASE_DETAIL = "erase_detail"
    ERASE_KEEP_LEDGER = "erase_keep_ledger"


@dataclass(frozen=True)
class Period:
    """Hold a span of calendar time.

    Attributes:
        years: Whole years.
        months: Whole months.
        days: Days.
    """

    years: int = 0
    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a period such as `10y`, `6m`, `30d`, `1y6m` or `0d`.

        Raises:
            ValueError: If the text is not a period.
        """
        match = _PERIOD.fullmatch(text)
        if not text or match is None:
            raise ValueError(f"'{text}' is not a period; write '10y', '6m', '30d' or '1y6m'")
        years, months, days = (int(part or 0) for part in match.groups())
        return cls(years, months, days)

    @property
    def longest_days(self) -> int:
        """Return the most days that the period can last."""
        return self.years * _DAYS_A_YEAR + self.months * _DAYS_A_MONTH + self.days

    def after(self, start: dt.date) -> dt.date:
        """Return the day on which the period ends; a missing 29 to 31 becomes the month's last day."""
        month = start.year * 12 + start.month - 1 + self.years * 12 + self.months
        year, zero_based = divmod(month, 12)
        day = min(start.day, calendar.monthrange(year, zero_based + 1)[1])
        return dt.date(year, zero_based + 1, day) + dt.timedelta(days=self.days)


@dataclass(frozen=True)
class RetentionRule(Value):
    """Hold one retention rule.

    Attributes:
        basis: The law or proposal that it follows.
        applies_to: What it applies to, in words.
        clock: What starts the clock.
        first_review: Time to the first review; None when it is a share of the adult rule.
        first_review_share: Share of the adult rule's first review, for minors; None otherwise.
        repeat: Time between later reviews; None when there are none.
        repeat_if: Condition, in words, under which the review repeats; empty when it always does.
        hard_stop: Time after which the record ends whatever a review says; None without one.
        hard_stop_age: Age of the person at which it ends; None without one.
        review_age: Age of the person at which it is reviewed at once; None without one.
        ends_with_parent: Whether it ends together with the record that it belongs to.
        lapse: What happens when a review is missed or the end has come.
    """

    basis: str
    applies_to: str
    clock: Clock
    first_review: Period | None
    first_review_share: float | None
    repeat: Period | None
    repeat_if: str
    hard_stop: Period | None
    hard_stop_age: int | None
    review_age: int | None
    ends_with_parent: bool
    lapse: Lapse

    def first_review_on(self, started_on: dt.date, adult: RetentionRule | None = None) -> dt.date:
        """Return the day of the first review, never after the hard stop.

        Args:
            started_on: Day on which the clock started.
            adult: The rule that would apply to an adult; needed where this one is a share of it.

        Raises:
            ValueError: If the rule is a share of an adult rule and that rule is missing or a share itself.
        """
        if self.first_review is not None:
            due = self.first_review.after(started_on)
        elif adult is None or adult.first_review is None or self.first_review_share is None:
            raise ValueError(
                f"Rule '{self.code}' is a share of the adult rule; pass a rule with a first review."
            )
        else:
            whole = adult.first_review.after(started_on) - started_on
            due = started_on + dt.timedelta(days=int(whole.days * self.first_review_share))
        return self._before_stop(due, started_on)

    def next_review_on(self, reviewed_on: dt.date, started_on: dt.date) -> dt.date | None:
        """Return the day of the review after one that kept the record, or None when the record ends instead."""
        stop = self.hard_stop.after(started_on) if self.hard_stop else None
        if self.repeat is None or (stop is not None and reviewed_on >= stop):
            return None
        return self._before_stop(self.repeat.after(reviewed_on), started_on)

    def ends_on(self, started_on: dt.date, born_on: dt.date | None = None) -> dt.date | None:
        """Return the day of the hard stop, the earlier of period and age, or None when only reviews end it."""
        ends: list[dt.date] = []
        if self.hard_stop is not None:
            ends.append(self.hard_stop.after(started_on))
        if self.hard_stop_age is not None and born_on is not None:
            ends.append(Period(years=self.hard_stop_age).after(born_on))
        return min(ends, default=None)

    def _before_stop(self, due: dt.date, started_on: dt.date) -> dt.date:
        return min(due, self.hard_stop.after(started_on)) if self.hard_stop else due


def read_retention(fields: Fields, head: Head) -> Vocabulary[RetentionRule]:
    """Read a list of retention rules.

    Raises:
        InvalidReferenceFile: If a rule has neither a hard stop nor a repeated review (CJEU C-118/22).
    """
    return read_values(fields, head, _rule)


def _rule(fields: Fields, value: Value) -> RetentionRule:
    rule = RetentionRule(
        **vars(value),
        basis=fields.text("basis"),
        applies_to=fields.text("applies_to"),
        clock=fields.choice("clock", Clock),
        first_review=_period(fields, "first_review"),
        first_review_share=(
            fields.number("first_review_share", minimum=0, maximum=1)
            if fields.has("first_review_share")
            else None
        ),
        repeat=_period(fields, "repeat"),
        repeat_if=fields.text_or("repeat_if", ""),
        hard_stop=_period(fields, "hard_stop"),
        hard_stop_age=_age(fields, "hard_stop_age"),
        review_age=_age(fields, "review_age"),
        ends_with_parent=fields.flag("ends_with_parent", default=False),
        lapse=fields.choice("lapse", Lapse),
    )
    if (rule.first_review is None) == (rule.first_review_share is None):
        raise fields.refuse("first_review", "write either first_review or first_review_share")
    if not (rule.repeat or rule.hard_stop or rule.hard_stop_age or rule.ends_with_parent):
        raise fields.refuse(
            "hard_stop",
            f"rule '{rule.code}' has neither a hard stop nor a repeated review; set hard_stop or repeat",
        )
    return rule


def _period(fields: Fields, key: str) -> Period | None:
    if not fields.has(key):
        return None
    try:
        return Period.parse(fields.text(key))
    except ValueError as error:
        raise fields.refuse(key, str(error)) from None


def _age(fields: Fields, key: str) -> int | None:
    return fields.integer(key, minimum=1) if fields.has(key) else None
