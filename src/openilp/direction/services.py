"""Verbs of direction: priorities, requirements, and the plans to collect for them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from openilp.direction import rules, selectors
from openilp.direction.errors import (
    AlreadyClosed,
    AlreadyReturned,
    CollectorCannotSee,
    DirectionError,
    NotTheAsker,
    NotTheCollector,
    PositionTaken,
)
from openilp.direction.models import CollectionPlan, PlanLine, Priority, Requirement, RequirementClosure
from openilp.direction.rules import NewLine
from openilp.safeguards import gate, notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label
from openilp.safeguards.models import Unit, User
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import CONTENT, INTELLIGENCE, MANAGERS, Role

#: Who may ask a question: those who decide, those who analyse, and those who own a plan or an operation.
ASKERS = MANAGERS | INTELLIGENCE | {Role.PLAN_OWNER}


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
    cascades_from: Priority | None = None,
    label: Label | None = None,
    review_on: date | None = None,
) -> Priority:
    """Record what a unit puts first in a period, with its owner, reason and source document.

    Args:
        actor: Who records it.
        title: What it is about.
        reason: Why it comes first.
        source_document: The document that it is taken from.
        unit: Whose priority it is; its level is the priority's.
        owner: Who answers for it.
        starts_on: First day of the period.
        ends_on: Last day.
        legal_basis: Code of the law.
        position: Place among the unit's priorities; by default the next free one.
        crime_types: Codes of the crime types that it is about.
        hours_set: Hours set aside.
        money_set: Money set aside, in the agency's currency.
        goals: What shall be reached, in words.
        cascades_from: The priority of the level right above that it carries on.
        label: Who may see it; at least as strict as the priority that it comes from.
        review_on: First review.

    Raises:
        DirectionError: If something is missing, unknown or contradictory; it names the field.
    """
    rules.check_period(starts_on, ends_on)
    rules.check_amounts(hours_set, money_set)
    for code in crime_types:
        rules.check_code("crime_types", code, "crime-types")
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
        **_lawful(legal_basis, label, review_on),
    )
    if owner.pk != actor.user_id:
        _tell(actor, [owner], "priority_is_yours", row.ref, f"/direction/priorities/{row.ref}")
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
) -> Priority:
    """Carry a priority on to a unit of the level right below: same period, own owner and reason."""
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
        cascades_from=priority,
        review_on=priority.review_on,
    )


@action("direction.supersede_priority", roles=MANAGERS)
def supersede_priority(
    *,
    actor: Actor,
    priority: Priority,
    reason: str,
    title: str | None = None,
    owner: User | None = None,
    position: int | None = None,
    ends_on: date | None = None,
    hours_set: int | None = None,
    money_set: Decimal | int | None = None,
    goals: str | None = None,
) -> Priority:
    """Replace a priority by a new version with a reason; what is not given stays as it was."""
    _check_open_priority(priority, actor)
    last = ends_on or priority.ends_on
    rules.check_period(priority.starts_on, last)
    hours = priority.hours_set if hours_set is None else hours_set
    money = priority.money_set if money_set is None else money_set
    rules.check_amounts(hours, money)
    kept = priority.position if position is None else position
    found: Priority = _once(
        Priority,
        AlreadyClosed(priority.ref, "superseded"),
        actor=actor,
        title=rules.check_text("title", priority.title if title is None else title, most=160),
        reason=rules.check_text("reason", reason),
        source_document=priority.source_document,
        organisation_level=priority.organisation_level,
        unit_id=priority.unit_id,
        owner_id=owner.pk if owner else priority.owner_id,
        position=_position(actor, priority.unit, priority.starts_on, last, kept, replaces=priority),
        starts_on=priority.starts_on,
        ends_on=last,
        crime_types=priority.crime_types,
        hours_set=hours,
        money_set=money,
        goals=(priority.goals if goals is None else goals).strip(),
        cascades_from_id=priority.cascades_from_id,
        supersedes=priority,
        **_lawful(priority.legal_basis, priority.label, priority.review_on),
    )
    return found


@action("direction.close_priority", roles=MANAGERS)
def close_priority(*, actor: Actor, priority: Priority, reason: str) -> Priority:
    """End a priority today, with the reason."""
    _check_open_priority(priority, actor)
    Priority.objects.seen_by(actor).filter(pk=priority.pk, closed_on=None).amend(
        closed_on=timezone.localdate(),
        closing_reason=rules.check_text("reason", reason),
        closed_by=actor.user_id,
    )
    return priority


@action("direction.raise_requirement", roles=ASKERS)
def raise_requirement(
    *,
    actor: Actor,
    question: str,
    why: str,
    due_on: date,
    urgency: str,
    legal_basis: str,
    priority: Priority | None = None,
    label: Label | None = None,
    review_on: date | None = None,
    supersedes: Requirement | None = None,
) -> Requirement:
    """Ask a question that somebody needs answered to decide; the actor is the asker.

    Raises:
        DirectionError: If question or reason are empty, the urgency is unknown or the day has passed.
        AlreadyClosed: If `supersedes` names a requirement that is closed or superseded.
    """
    rules.check_due(due_on, timezone.localdate())
    rules.check_code("urgency", urgency, "urgency")
    if supersedes is not None:
        _check_open_requirement(supersedes, actor)
        _check_asker(supersedes, actor)
        label = (label or actor.label()).join(supersedes.label)
    if priority is not None:
        label = (label or actor.label()).join(priority.label)
    row: Requirement = Requirement.objects.record(
        actor=actor,
        question=rules.check_text("question", question, most=300),
        why=rules.check_text("why", why),
        asker_id=actor.user_id,
        due_on=due_on,
        urgency=urgency,
        priority=priority,
        supersedes=supersedes,
        **_lawful(legal_basis, label, review_on),
    )
    if priority is not None:
        _tell(actor, [priority.owner], "requirement_raised", row.ref, _address(row))
    return row


@action("direction.close_requirement", roles=ASKERS)
def close_requirement(
    *, actor: Actor, requirement: Requirement, is_answered: bool, note: str
) -> RequirementClosure:
    """Close a requirement as answered or given up: the word of the person who asked.

    When that person has left, the head of intelligence closes it.
    """
    _check_open_requirement(requirement, actor)
    _check_asker(requirement, actor)
    row: RequirementClosure = _once(
        RequirementClosure,
        AlreadyClosed(requirement.ref, "closed"),
        actor=actor,
        requirement=requirement,
        is_answered=is_answered,
        note=rules.check_text("note", note),
    )
    waiting = selectors.lines_of(selectors.plans_of(requirement, actor=actor), actor=actor)
    collectors = [line.collector for line in waiting if line.returned_on is None]
    _tell(actor, collectors, "collection_ended", requirement.ref, _address(requirement))
    return row


@action("direction.plan_collection", roles=ASKERS)
def plan_collection(
    *, actor: Actor, requirement: Requirement, title: str, lines: Sequence[NewLine]
) -> CollectionPlan:
    """Plan how a requirement is answered: who collects what, how, on which law, by when.

    Raises:
        DirectionError: If there is no line, or one is incomplete; it names the field.
    """
    _check_open_requirement(requirement, actor)
    if not lines:
        raise DirectionError("lines", "The plan has no line; say at least once who collects what.")
    row: CollectionPlan = CollectionPlan.objects.record(
        actor=actor,
        requirement=requirement,
        title=rules.check_text("title", title or requirement.question[:160], most=160),
    )
    _record_lines(actor, row, requirement, lines)
    return row


@action("direction.add_line", roles=ASKERS)
def add_line(*, actor: Actor, plan: CollectionPlan, line: NewLine) -> PlanLine:
    """Add a line to a collection plan."""
    requirement = gate.related(plan, "requirement")
    _check_open_requirement(requirement, actor)
    return _record_lines(actor, plan, requirement, [line])[0]


@action("direction.return_line", roles=CONTENT)
def return_line(*, actor: Actor, line: PlanLine) -> PlanLine:
    """Return a plan line: what could be collected has come in."""
    if line.returned_on is not None:
        raise AlreadyReturned(line.what, line.returned_on)
    if actor.user_id not in (line.collector_id, line.created_by_id):
        raise NotTheCollector(str(line.collector))
    PlanLine.objects.seen_by(actor).filter(pk=line.pk, returned_on=None).amend(
        returned_on=timezone.localdate()
    )
    plan = gate.related(line, "plan")
    asked = gate.related(plan, "requirement")
    if line.created_by_id != actor.user_id:
        _tell(actor, [line.created_by], "plan_line_returned", asked.ref, _address(asked))
    return selectors.line(line.pk, actor=actor)


def _once(model: Any, refusal: AlreadyClosed, **values: Any) -> Any:
    """Record a row that may be there once; who comes second at the same moment is refused as who comes later."""
    try:
        with transaction.atomic():
            return model.objects.record(**values)
    except IntegrityError as error:
        raise refusal from error


def _record_lines(
    actor: Actor, plan: CollectionPlan, requirement: Requirement, lines: Sequence[NewLine]
) -> list[PlanLine]:
    today = timezone.localdate()
    rows, collectors = [], []
    for line in lines:
        rules.check_code("method", line.method, "collection-methods")
        rules.check_due(line.due_on, today)
        collector = _collector(line, plan)
        rows.append(
            {
                "plan": plan,
                "what": rules.check_text("what", line.what, most=200),
                "method": line.method,
                "collector": collector,
                "due_on": line.due_on,
                "hours": max(line.hours, 0),
                **({"legal_basis": line.legal_basis} if line.legal_basis else {}),
            }
        )
        collectors.append(collector)
    found: list[PlanLine] = PlanLine.objects.record_many(actor=actor, rows=rows)
    _tell(actor, collectors, "plan_line", requirement.ref, _address(requirement))
    return found


def _collector(line: NewLine, plan: CollectionPlan) -> User:
    found = User.objects.filter(pk=line.collector, is_active=True).first()
    if found is None:
        raise DirectionError("collector", "There is no open account of this collector; choose another one.")
    if not actor_for(found).may_see(plan.label):
        raise CollectorCannotSee(str(found))
    return found


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


def _check_open_priority(row: Priority, actor: Actor) -> None:
    if row.closed_on is not None:
        raise AlreadyClosed(row.ref, "closed")
    if selectors.successor_of(row, actor=actor) is not None:
        raise AlreadyClosed(row.ref, "superseded")


def _check_open_requirement(row: Requirement, actor: Actor) -> None:
    if selectors.closure_of(row, actor=actor) is not None:
        raise AlreadyClosed(row.ref, "closed")
    if selectors.successor_of(row, actor=actor) is not None:
        raise AlreadyClosed(row.ref, "superseded")


def _check_asker(row: Requirement, actor: Actor) -> None:
    if row.asker_id == actor.user_id:
        return
    if not row.asker.is_active and actor.has_role(Role.HEAD_OF_INTELLIGENCE):
        return
    raise NotTheAsker(row.ref, str(row.asker))


def _address(row: Requirement) -> str:
    return f"/direction/requirements/{row.ref}"


def _tell(actor: Actor, people: Sequence[User], kind: str, ref: str, url: str) -> None:
    others = {person.pk for person in people} - {actor.user_id}
    notices.notify(actor=actor, recipients=others, kind=kind, ref=ref, url=url)


def _lawful(legal_basis: str, label: Label | None, review_on: date | None) -> dict[str, Any]:
    values: dict[str, Any] = {"legal_basis": legal_basis}
    if label is not None:
        values["label"] = label
    if review_on is not None:
        values["review_on"] = review_on
    return values
