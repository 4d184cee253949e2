"""Questions about what must be known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from openilp.direction import rules
from openilp.direction.models import CollectionPlan, PlanLine, Priority, Requirement, RequirementClosure
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import Matter, Unit

#: More priorities than this are no longer priorities; the cascade shows the first ones.
MOST_IN_CASCADE = 500


@dataclass(frozen=True)
class CascadeRow:
    """A priority where it stands in the cascade; see `rules.Branch`."""

    priority: Priority
    depth: int
    missing: str
    is_addition: bool


def priorities(*, actor: Actor) -> Any:
    """Return all priorities that the actor may see, closed and superseded ones too."""
    return Priority.objects.seen_by(actor).select_related("unit", "owner")


def current_priorities(*, actor: Actor, on: date | None = None) -> Any:
    """Return the priorities in force on a day, today by default: neither closed nor superseded."""
    day = on or timezone.localdate()
    return (
        priorities(actor=actor)
        .filter(starts_on__lte=day, ends_on__gte=day)
        .filter(Q(closed_on=None) | Q(closed_on__gt=day))
        .filter(~_has_successor(Priority, actor))
    )


def standing_priorities(*, actor: Actor, level: str = "", unit: str = "", state: str = "open") -> Any:
    """Return priorities by level, unit code and state: `open` (also those to come), `closed` or `all`."""
    found = priorities(actor=actor)
    is_over = Q(closed_on__isnull=False) | Q(ends_on__lt=timezone.localdate())
    successor = _has_successor(Priority, actor)
    if state == "open":
        found = found.exclude(is_over).filter(~successor)
    elif state == "closed":
        found = found.filter(is_over | Q(successor))
    if level:
        found = found.filter(organisation_level=level)
    return found.filter(unit__code=unit) if unit else found


def priority(ref: str, *, actor: Actor) -> Priority:
    """Return a priority by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Priority = _one(priorities(actor=actor), ref)
    return found


def strands_of(row: Priority) -> rules.Strands:
    """Return what a priority says about intelligence, prevention and enforcement."""
    return rules.Strands(row.intelligence, row.prevention, row.enforcement)


def cascade(*, actor: Actor, on: date | None = None) -> list[CascadeRow]:
    """Return the priorities in force as a tree, national first, with gaps and local additions marked.

    A priority whose parent was superseded hangs below the newest successor.
    """
    rows = {row.pk: row for row in current_priorities(actor=actor, on=on)[:MOST_IN_CASCADE]}
    successor = _successors(actor=actor)
    placed = [
        rules.Placed(
            row.pk,
            row.organisation_level,
            row.unit_id,
            row.position,
            _newest(row.cascades_from_id, successor),
        )
        for row in rows.values()
    ]
    return [
        CascadeRow(rows[branch.key], branch.depth, branch.missing, branch.is_addition)
        for branch in rules.cascade(placed)
    ]


def below(row: Priority, *, actor: Actor) -> Any:
    """Return the priorities that cascade from one, or from a version of it that it superseded."""
    older = {row.pk, *_predecessors(row, actor=actor)}
    return (
        priorities(actor=actor)
        .filter(cascades_from__in=older)
        .filter(~_has_successor(Priority, actor))
        .order_by("unit__code", "position")
    )


def successor_of(row: Priority | Requirement, *, actor: Actor) -> Any:
    """Return the row that supersedes one, or nothing."""
    return type(row).objects.seen_by(actor).filter(supersedes=row).order_by("created_at").first()


def taken_positions(unit: Unit, starts_on: date, ends_on: date, *, actor: Actor) -> dict[int, Priority]:
    """Return which positions of a unit open priorities hold in a period."""
    found = (
        priorities(actor=actor)
        .filter(unit=unit, starts_on__lte=ends_on, ends_on__gte=starts_on, closed_on=None)
        .filter(~_has_successor(Priority, actor))
    )
    return {row.position: row for row in found}


def units() -> Any:
    """Return the units of the agency, the top first."""
    order = {level: n for n, level in enumerate(rules.LEVELS)}
    found = Unit.objects.select_related("parent").all()
    return sorted(found, key=lambda unit: (order.get(unit.organisation_level, len(order)), unit.code))


def is_beneath(lower: Unit, upper: Unit) -> bool:
    """Tell whether a unit belongs to another one, directly or further down."""
    at: Unit | None = lower.parent
    while at is not None:
        if at.pk == upper.pk:
            return True
        at = at.parent
    return False


def requirements(*, actor: Actor) -> Any:
    """Return all requirements that the actor may see."""
    return Requirement.objects.seen_by(actor)


def open_requirements(*, actor: Actor) -> Any:
    """Return the requirements that nobody has closed or superseded."""
    return (
        requirements(actor=actor)
        .filter(~Exists(RequirementClosure.objects.seen_by(actor).filter(requirement=OuterRef("pk"))))
        .filter(~_has_successor(Requirement, actor))
    )


def overdue_requirements(*, actor: Actor) -> Any:
    """Return the open requirements whose day has passed."""
    return open_requirements(actor=actor).filter(due_on__lt=timezone.localdate())


def requirements_by(
    *, actor: Actor, state: str = "open", urgency: str = "", priority: str = "", mine: bool = False
) -> Any:
    """Return requirements by state (`open`, `overdue`, `unplanned`, `closed`, `all`), urgency, priority, own."""
    sources = {
        "open": open_requirements,
        "overdue": overdue_requirements,
        "unplanned": unplanned_requirements,
        "all": requirements,
    }
    if state == "closed":
        still = open_requirements(actor=actor).values("pk")
        found = requirements(actor=actor).exclude(pk__in=still)
    else:
        found = sources.get(state, open_requirements)(actor=actor)
    if urgency:
        found = found.filter(urgency=urgency)
    if priority:
        visible = Priority.objects.seen_by(actor).filter(ref=priority.upper())
        found = found.filter(priority__in=visible)
    return found.filter(asker_id=actor.user_id) if mine else found


def unplanned_requirements(*, actor: Actor) -> Any:
    """Return the open requirements that no collection plan answers."""
    return open_requirements(actor=actor).filter(~_has_plan(actor))


def requirement(ref: str, *, actor: Actor) -> Requirement:
    """Return a requirement by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Requirement = _one(requirements(actor=actor), ref)
    return found


def closure_of(row: Requirement, *, actor: Actor) -> RequirementClosure | None:
    """Return how a requirement was closed, or nothing while it is open."""
    found: RequirementClosure | None = (
        RequirementClosure.objects.seen_by(actor).filter(requirement=row).order_by("created_at").first()
    )
    return found


def plan(ref: str, *, actor: Actor) -> CollectionPlan:
    """Return a collection plan by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: CollectionPlan = _one(plans(actor=actor), ref)
    return found


def plans(*, actor: Actor) -> Any:
    """Return the collection plans that the actor may see."""
    return CollectionPlan.objects.seen_by(actor)


def plans_of(row: Requirement, *, actor: Actor) -> list[CollectionPlan]:
    """Return the plans for a requirement, oldest first."""
    return plans_for([row], actor=actor)


def plans_for(rows: Sequence[Requirement], *, actor: Actor) -> list[CollectionPlan]:
    """Return the plans for several requirements, oldest first."""
    return list(plans(actor=actor).filter(requirement__in=rows).order_by("created_at"))


def lines_of(rows: Sequence[CollectionPlan], *, actor: Actor) -> list[PlanLine]:
    """Return the lines of plans, the first due first."""
    found = PlanLine.objects.seen_by(actor).filter(plan__in=rows).select_related("collector")
    return list(found.order_by("due_on", "created_at"))


def line(key: UUID, *, actor: Actor) -> PlanLine:
    """Return a plan line by its key.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: PlanLine | None = (
        PlanLine.objects.seen_by(actor).filter(pk=key).select_related("collector").first()
    )
    if found is None:
        raise RecordNotFound(str(key))
    return found


def own_lines(*, actor: Actor) -> Any:
    """Return the plan lines that wait for the actor's own return, the first due first."""
    found = PlanLine.objects.seen_by(actor).filter(collector_id=actor.user_id, returned_on=None)
    return found.select_related("plan__requirement").order_by("due_on", "pk")


def lines_by_requirement(rows: Sequence[Requirement], *, actor: Actor) -> dict[UUID, list[PlanLine]]:
    """Return the plan lines of each requirement, the first due first."""
    asked = dict(plans(actor=actor).filter(requirement__in=rows).values_list("pk", "requirement_id"))
    found: dict[UUID, list[PlanLine]] = {}
    lines = PlanLine.objects.seen_by(actor).filter(plan__in=asked).select_related("collector")
    for each in lines.order_by("due_on", "created_at"):
        found.setdefault(asked[each.plan_id], []).append(each)
    return found


def planned(rows: Sequence[Requirement], *, actor: Actor) -> set[UUID]:
    """Return which of some requirements have a collection plan."""
    return set(plans(actor=actor).filter(requirement__in=rows).values_list("requirement_id", flat=True))


def in_tray(*, actor: Actor) -> Any:
    """Return the open requirements that have no plan, or are due within a week."""
    soon = timezone.localdate() + timedelta(days=rules.DUE_SOON_DAYS)
    return open_requirements(actor=actor).filter(Q(due_on__lte=soon) | ~_has_plan(actor))


def urgent(*, actor: Actor) -> Any:
    """Return what of the in-tray is of high urgency."""
    return in_tray(actor=actor).filter(urgency="high")


def purpose_of(*, actor: Actor) -> Matter | None:
    """Return the matter that the actor acts for, or nothing when there is only a reason."""
    if actor.purpose is None:
        return None
    found: Matter | None = Matter.objects.seen_by(actor).filter(pk=actor.purpose).first()
    return found


def compartment_of(matter: Matter | None) -> Matter | None:
    """Return the matter when its records belong to its members only: an operation, not a standing task."""
    if matter is None or matter.is_agency_wide or matter.kind == "standing_task":
        return None
    return matter


def compartment_titles(row: Any, *, actor: Actor) -> list[str]:
    """Return the titles of the matters that a row is confined to."""
    if not row.compartments:
        return []
    return [str(m) for m in Matter.objects.seen_by(actor).filter(pk__in=row.compartments)]


def open_counts(keys: Sequence[UUID], *, actor: Actor) -> dict[UUID, int]:
    """Return how many open requirements each priority has."""
    found = open_requirements(actor=actor).filter(priority__in=keys)
    counted = found.order_by().values_list("priority").annotate(n=Count("pk"))
    return dict(counted)


def not_taken_up(row: Priority, *, actor: Actor) -> list[Unit]:
    """Return the units right below a priority's unit that have not taken it up."""
    taken = {each.unit_id for each in below(row, actor=actor).filter(closed_on=None)}
    wanted = rules.level_below(row.organisation_level)
    return [
        unit
        for unit in units()
        if unit.organisation_level == wanted and unit.pk not in taken and is_beneath(unit, row.unit)
    ]


def _has_plan(actor: Actor) -> Any:
    return Exists(CollectionPlan.objects.seen_by(actor).filter(requirement=OuterRef("pk")))


def _has_successor(model: Any, actor: Actor) -> Any:
    return Exists(model.objects.seen_by(actor).filter(supersedes=OuterRef("pk")))


def _successors(*, actor: Actor) -> dict[UUID, UUID]:
    pairs = Priority.objects.seen_by(actor).exclude(supersedes=None).values_list(F("supersedes_id"), "pk")
    return dict(pairs)


def _newest(key: UUID | None, successor: dict[UUID, UUID]) -> UUID | None:
    seen: set[UUID] = set()
    while key is not None and key in successor and key not in seen:
        seen.add(key)
        key = successor[key]
    return key


def _predecessors(row: Priority, *, actor: Actor) -> set[UUID]:
    older = {new: old for old, new in _successors(actor=actor).items()}
    found: set[UUID] = set()
    key = older.get(row.pk)
    while key is not None and key not in found:
        found.add(key)
        key = older.get(key)
    return found


def _one(rows: Any, ref: str) -> Any:
    found = rows.filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found
