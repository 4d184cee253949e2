"""The clock of a record: which rule, when it is reviewed, when it goes."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from openilp import reference
from openilp.reference import Lapse, Period, RetentionRule
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import RetentionClock
from openilp.safeguards.retention import handling

#: Days between a missed review, which restricts a record, and its erasure: the span that retention rule ACQ gives
#: whoever has a reason to keep a record after all (own proposal).
GRACE_DAYS = 30
#: Why a clock was brought forward. `child` and `death` are about a person, the others about one involvement.
CAUSES = ("acquittal", "no_further_action", "no_crime", "death", "child")


def rule_of(code: str) -> RetentionRule:
    """Return a retention rule.

    Raises:
        UnknownCode: If there is none with this code.
    """
    return reference.retention_rule(code)


def grace(rule: RetentionRule) -> int:
    """Return the days for which a record stays restricted after a missed review, before it is erased."""
    return GRACE_DAYS if rule.lapse is Lapse.RESTRICT_THEN_ERASE else 0


def wind(model: type[Any], rows: Sequence[Any]) -> None:
    """Wind the clocks of rows that were just recorded; a row without one goes with what it is a part of."""
    each = handling.kept().get(str(model._meta.model_name))
    if each is None:
        return
    for code, found in _by_rule(each, rows).items():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT openilp_clock_wind(%s, %s::uuid[], %s)", [each.kind, [row.pk for row in found], code]
            )


def release(model: type[Any], rows: Sequence[Any]) -> None:
    """Give rows that have just left quarantine the rule of what they are; the day of their review stays."""
    each = handling.kept()[str(model._meta.model_name)]
    for code, found in _by_rule(each, rows).items():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT openilp_clock_release(%s, %s::uuid[], %s)",
                [each.kind, [row.pk for row in found], code],
            )


def _by_rule(each: handling.Handling, rows: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        code = each.rule if isinstance(each.rule, str) else each.rule(row)
        found.setdefault(code, []).append(row)
    return found


def wind_missing() -> int:
    """Wind the clocks of rows that have none, such as those of before retention was run; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT openilp_clock_wind_missing()")
        return int(cursor.fetchone()[0])


def pull(kind: str, key: UUID, *, due: date, cause: str, rule: str = "") -> None:
    """Bring the clock of a record, or of all that points at an entity, forward to a day; none is put back.

    It reaches records that the actor does not see, and tells nothing of them. Whatever the rule, a pulled record is
    restricted for `GRACE_DAYS` before it is erased: nobody has records erased by saying something of a person.

    Args:
        kind: Kind of the record or entity.
        key: Its key.
        due: The day of the review; a past day counts as today.
        cause: One of `CAUSES`.
        rule: Code of the rule that holds from now on; empty to keep each record's own.
    """
    due = max(due, timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute("SELECT openilp_clock_pull(%s, %s, %s::date, %s, %s)", [kind, key, due, cause, rule])


def comes_of_age_on(born_on: date) -> date:
    """Return the day on which a person comes of age by the agency's national profile."""
    adult: int = reference.national_profile(settings.OPENILP_PROFILE).adult_age
    return Period(years=adult).after(born_on)


def shorten_for_child(kind: str, key: UUID, *, born_on: date | None, adult_rule: str) -> None:
    """Bring a clock forward because the person is a child: half of the adult period, never past the coming of age.

    A person of age keeps the clock.

    Args:
        kind: Kind of the record, or `entity` for all that points at the person.
        key: Its key.
        born_on: Day of birth; None where only that the person is a child is known.
        adult_rule: Code of the rule that would hold for an adult.
    """
    today = timezone.localdate()
    due = rule_of("MINOR").first_review_on(today, adult=rule_of(adult_rule))
    if born_on is not None:
        of_age = comes_of_age_on(born_on)
        if of_age <= today:
            return
        due = min(due, of_age)
    pull(kind, key, due=due, cause="child", rule="MINOR")


def clock_of(kind: str, key: UUID, *, actor: Actor, states: Any = None) -> RetentionClock | None:
    """Return the clock of a record, if the actor sees the record."""
    gated = (
        RetentionClock.objects.seen_by(actor, states=states)
        if states
        else RetentionClock.objects.seen_by(actor)
    )
    found: RetentionClock | None = gated.filter(kind=kind, record_id=key).first()
    return found
