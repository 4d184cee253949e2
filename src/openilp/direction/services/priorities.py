"""Verbs of priorities: what a unit puts first, carried down the levels, replaced and ended with a reason."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Unpack

from django.utils import timezone

from openilp.direction import rules, selectors
from openilp.direction.errors import AlreadyClosed, DirectionError, PositionTaken
from openilp.direction.models import Priority
from openilp.direction.rules import NO_STRANDS, Changes, Strands
from openilp.direction.services.written import lawful, once, tell
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label
from openilp.safeguards.models import Unit, User
from openilp.safeguards.roles import MANAGERS

#: What every version of a priority has in common.
_KEPT = ("source_document", "organisation_level", "unit_id", "starts_on", "crime_types", "cascades_from_id")


@action("direction.set_priority", roles=MANAGERS)
def set_priority(
    *,
    actor: Actor,
    title: str,
    reason: str,
    source_document: str,
    unit: Unit,
    owner: User,
    starts_on: date,
    ends_on: date,
    legal_basis: str,
    position: int | None = None,
    crime_types: Sequence[str] = (),
    hours_set: int = 0,
    money_set: Decimal | int = 0,
    goals: str = "",
    strands: Strands = NO_STRANDS,
    cascades_from: Priority | None = None,
    label: Label | None = None,
    review_on: date | None = None,
) -> Priority:
    """Record what a unit puts first in a period, with owner, reason, source document and its three strands.

    The unit's level is the priority's. Without a position it takes the next free one. Its label is at least as strict
    as that of the priority, one level above, that it carries on.

    Raises:
        DirectionError: If something is missing, unknown or contradictory; it names the field.
    """
    _check(starts_on, ends_on, hours_set, money_set, crime_types)
    if cascades_from is not None:
        _check_cascade(cascades_from, unit)
        label = (label or actor.label()).join(cascades_from.label)
    row: Priority = Priority.objects.record(
        actor=actor,
        title=rules.check_text("title", title, most=160),
        reason=rules.check_text("reason", reason),
        source_document=rules.check_text("source_document", source_document, most=200),
        organisation_level=unit.organisation_level,
        unit=unit,
        owner=owner,
        position=_position(actor, unit, starts_on, ends_on, position),
        starts_on=starts_on,
        ends_on=ends_on,
        crime_types=list(crime_types),
        hours_set=hours_set,
        money_set=money_set,
        goals=goals.strip(),
        cascades_from=cascades_from,
        **strands.columns(),
        **lawful(legal_basis, label, review_on),
    )
    tell(actor, [owner], "priority_is_yours", row.ref, f"/direction/priorities/{row.ref}")
    return row


@action("direction.cascade_priority", roles=MANAGERS)
def cascade_priority(
    *,
    actor: Actor,
    priority: Priority,
    unit: Unit,
    owner: User,
    reason: str,
    title: str = "",
    position: int | None = None,
    hours_set: int = 0,
    money_set: Decimal | int = 0,
    goals: str = "",
    strands: Strands = NO_STRANDS,
) -> Priority:
    """Carry a priority on to a unit of the level right below: same period, own owner, reason and strands."""
    return set_priority(
        actor=actor,
        title=title or priority.title,
        reason=reason,
        source_document=f"{priority.ref}: {priority.source_document}"[:200],
        unit=unit,
        owner=owner,
        starts_on=priority.starts_on,
        ends_on=priority.ends_on,
        legal_basis=priority.legal_basis,
        position=position,
        crime_types=priority.crime_types,
        hours_set=hours_set,
        money_set=money_set,
        goals=goals,
        strands=strands,
        cascades_from=priority,
        review_on=priority.review_on,
    )


@action("direction.supersede_priority", roles=MANAGERS)
def supersede_priority(
    *, actor: Actor, priority: Priority, reason: str, owner: User | None = None, **changes: Unpack[Changes]
) -> Priority:
    """Replace a priority by a new version with a reason; what is not given stays as it was.

    Args:
        actor: Who replaces it.
        priority: The version in force.
        reason: Why it changes.
        owner: Who answers for it from now on.
        changes: New values of title, ends_on, position, hours_set, money_set, goals and the three strands.

    Raises:
        AlreadyClosed: If it is closed or superseded, or somebody else supersedes it at the same moment.
        DirectionError: If something is contradictory; it names the field.
    """
    _check_open(priority, actor)
    new = _version(priority, changes)
    _check(priority.starts_on, new["ends_on"], new["hours_set"], new["money_set"], priority.crime_types)
    new["position"] = _position(
        actor, priority.unit, priority.starts_on, new["ends_on"], new["position"], replaces=priority
    )
    found: Priority = once(
        Priority,
        AlreadyClosed(priority.ref, "superseded"),
        actor=actor,
        **new,
        reason=rules.check_text("reason", reason),
        owner_id=owner.pk if owner else priority.owner_id,
        supersedes=priority,
        **{name: getattr(priority, name) for name in _KEPT},
        **lawful(priority.legal_basis, priority.label, priority.review_on),
    )
    return found


@action("direction.close_priority", roles=MANAGERS)
def close_priority(*, actor: Actor, priority: Priority, reason: str) -> Priority:
    """End a priority today, with the reason."""
    _check_open(priority, actor)
    Priority.objects.seen_by(actor).filter(pk=priority.pk, closed_on=None).amend(
        closed_on=timezone.localdate(),
        closing_reason=rules.check_text("reason", reason),
        closed_by=actor.user_id,
    )
    return priority


def _version(row: Priority, changes: Changes) -> dict[str, Any]:
    """Return the columns that a new version may change, with the changes in them."""
    new: dict[str, Any] = {name: getattr(row, name) for name in Changes.__annotations__}
    new |= {name: value for name, value in changes.items() if value is not None}
    new["title"] = rules.check_text("title", new["title"], most=160)
    return {name: value.strip() if isinstance(value, str) else value for name, value in new.items()}


def _check(
    starts_on: date, ends_on: date, hours: int, money: Decimal | int, crime_types: Sequence[str]
) -> None:
    rules.check_period(starts_on, ends_on)
    rules.check_amounts(hours, money)
    for code in crime_types:
        rules.check_code("crime_types", code, "crime-types")


def _position(
    actor: Actor,
    unit: Unit,
    starts_on: date,
    ends_on: date,
    wanted: int | None,
    *,
    replaces: Priority | None = None,
) -> int:
    taken = selectors.taken_positions(unit, starts_on, ends_on, actor=actor)
    if replaces is not None and taken.get(replaces.position) == replaces:
        del taken[replaces.position]
    if wanted is None:
        return rules.next_position(taken)
    if wanted < 1:
        raise DirectionError("position", f"Position {wanted} does not exist; the first one is 1.")
    if wanted in taken:
        raise PositionTaken(wanted, taken[wanted].ref, rules.next_position(taken))
    return wanted


def _check_cascade(upper: Priority, unit: Unit) -> None:
    rules.check_cascade(
        upper.organisation_level,
        unit.organisation_level,
        is_beneath=selectors.is_beneath(unit, upper.unit),
        upper=str(upper.unit),
        lower=str(unit),
    )


def _check_open(row: Priority, actor: Actor) -> None:
    if row.closed_on is not None:
        raise AlreadyClosed(row.ref, "closed")
    if selectors.successor_of(row, actor=actor) is not None:
        raise AlreadyClosed(row.ref, "superseded")
