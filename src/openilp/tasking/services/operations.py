"""Verbs of carrying out: open an operation, give, change and finish tasks, book hours and money."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from openilp.safeguards import notices, people
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label
from openilp.safeguards.models import Unit, User
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import CONTENT, MANAGERS, Role
from openilp.tasking import rules, selectors
from openilp.tasking.errors import AlreadyDone, NotTheOwner, OwnerCannotSee, TaskingError
from openilp.tasking.models import (
    Completion,
    Decision,
    Effort,
    Operation,
    Resource,
    Task,
    TaskChange,
)

PLANNERS = MANAGERS | {Role.PLAN_OWNER}
#: Day's hours of one entry: a day has 24 and a team of 100 may book together.
_MOST_HOURS = 2400


@dataclass(frozen=True)
class NewTask:
    """A task as it is given."""

    title: str
    strand: str
    owner: User
    due_on: date
    hours_planned: int = 0
    money_planned: Decimal = Decimal(0)


@action("tasking.open_operation", roles=[Role.CHAIR, Role.TASKING_COORDINATOR, Role.HEAD_OF_INTELLIGENCE])
def open_operation(
    *,
    actor: Actor,
    decision: Decision,
    name: str,
    goals: str,
    plan_owner: User,
    starts_on: date,
    ends_on: date,
    members: Iterable[User] = (),
    tasks: Sequence[NewTask] = (),
) -> Operation:
    """Open the operation that a decision sets in motion, as a matter of its own, with its first tasks."""
    rules.check_period(starts_on, ends_on)
    title = rules.check_text("name", name, most=120)
    matter = people.open_matter(
        actor=actor,
        title=title,
        kind="operation",
        purpose_code=decision.purpose.purpose_code,
        legal_basis=decision.legal_basis,
        owner_unit=plan_owner.unit,
        members=[plan_owner, *members, *(new.owner for new in tasks)],
    )
    row: Operation = Operation.objects.record(
        actor=actor,
        decision=decision,
        matter=matter,
        priority_id=decision.priority_id,
        name=title,
        goals=rules.check_text("goals", goals),
        plan_owner=plan_owner,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _tell(actor, [plan_owner], "operation_opened", row.ref, f"/tasking/operations/{row.ref}")
    for new in tasks:
        _give(actor, row, new)
    return row


@action("tasking.end_operation", roles=PLANNERS)
def end_operation(*, actor: Actor, operation: Operation) -> Operation:
    """End an operation today; its results can be analysed from now on."""
    _check_running(operation)
    Operation.objects.seen_by(actor).filter(pk=operation.pk, ended_on=None).amend(
        ended_on=timezone.localdate()
    )
    return selectors.operation(operation.ref, actor=actor)


@action("tasking.give_task", roles=PLANNERS)
def give_task(*, actor: Actor, operation: Operation, new: NewTask) -> Task:
    """Give somebody a task in an operation, with day, hours and money."""
    _check_running(operation)
    return _give(actor, operation, new)


def _give(actor: Actor, operation: Operation, new: NewTask) -> Task:
    rules.check_code("strand", new.strand, "response-strands")
    rules.check_amounts(hours_planned=new.hours_planned, money_planned=new.money_planned)
    rules.check_period(operation.starts_on, new.due_on, field="due_on")
    _check_sees(new.owner, operation)
    row: Task = Task.objects.record(
        actor=actor,
        operation=operation,
        title=rules.check_text("title", new.title, most=200),
        strand=new.strand,
        owner=new.owner,
        due_on=new.due_on,
        hours_planned=new.hours_planned,
        money_planned=new.money_planned,
    )
    _tell(actor, [new.owner], "task_given", row.ref, f"/tasking/tasks/{row.ref}")
    return row


@action("tasking.change_task", roles=PLANNERS)
def change_task(
    *, actor: Actor, task: Task, reason: str, due_on: date | None = None, owner: User | None = None
) -> TaskChange:
    """Move a task to another day or person, with the reason; the task itself stays as it was given."""
    now = selectors.task(task.ref, actor=actor)
    if now.is_done:
        raise AlreadyDone(_("Task %(ref)s") % {"ref": now.ref})
    operation = selectors.operation(now.operation.ref, actor=actor)
    day = due_on or now.due
    holder = owner or User.objects.get(pk=now.owner_now)
    if day == now.due and holder.pk == now.owner_now:
        raise TaskingError("due_on", f"{now.ref} is due on {day} already; choose another day or person.")
    rules.check_period(operation.starts_on, day, field="due_on")
    _check_sees(holder, operation)
    row: TaskChange = TaskChange.objects.record(
        actor=actor, task=now, owner=holder, due_on=day, reason=rules.check_text("reason", reason, most=300)
    )
    _tell(actor, [holder], "task_changed", now.ref, f"/tasking/tasks/{now.ref}")
    return row


@action("tasking.record_effort", roles=CONTENT)
def record_effort(
    *,
    actor: Actor,
    task: Task,
    spent_on: date,
    hours: Decimal,
    money: Decimal = Decimal(0),
    note: str = "",
) -> Effort:
    """Book hours and money on a task; its owner and the planners may."""
    now = selectors.task(task.ref, actor=actor)
    _check_owner(actor, now, "tasking.record_effort")
    rules.check_amounts(hours=hours, money=money)
    if not hours and not money:
        raise TaskingError("hours", "Neither hours nor money are given; book at least one of them.")
    if hours > _MOST_HOURS:
        raise TaskingError(
            "hours", f"{hours} hours in one entry; {_MOST_HOURS} is the most, book day by day."
        )
    if spent_on > timezone.localdate():
        raise TaskingError("spent_on", f"{spent_on} lies ahead; book what was spent.")
    row: Effort = Effort.objects.record(
        actor=actor, task=now, spent_on=spent_on, hours=hours, money=money, note=note.strip()[:300]
    )
    return row


@action("tasking.finish_task", roles=CONTENT)
def finish_task(*, actor: Actor, task: Task, done_on: date | None = None, note: str = "") -> Completion:
    """Say that a task is over; what came of it is recorded in the review."""
    now = selectors.task(task.ref, actor=actor)
    _check_owner(actor, now, "tasking.finish_task")
    if now.is_done:
        raise AlreadyDone(_("Task %(ref)s") % {"ref": now.ref})
    day = done_on or timezone.localdate()
    if day > timezone.localdate():
        raise TaskingError("done_on", f"{day} lies ahead; give the day on which it was over.")
    row: Completion = Completion.objects.record(actor=actor, task=now, done_on=day, note=note.strip()[:300])
    return row


@action("tasking.commit_resource", roles=MANAGERS)
def commit_resource(
    *,
    actor: Actor,
    unit: Unit,
    kind: str,
    starts_on: date,
    ends_on: date,
    hours: int,
    money: Decimal = Decimal(0),
    legal_basis: str,
    label: Label | None = None,
    review_on: date | None = None,
) -> Resource:
    """Say what a unit can commit in a period: hours and money."""
    rules.check_period(starts_on, ends_on)
    rules.check_amounts(hours=hours, money=money)
    lawful: dict[str, Any] = {} if review_on is None else {"review_on": review_on}
    row: Resource = Resource.objects.record(
        actor=actor,
        unit=unit,
        kind=rules.check_text("kind", kind, most=40),
        starts_on=starts_on,
        ends_on=ends_on,
        hours=hours,
        money=money,
        legal_basis=legal_basis,
        label=label or actor.label(),
        **lawful,
    )
    return row


def _check_running(operation: Operation) -> None:
    if operation.ended_on is not None:
        raise AlreadyDone(_("Operation %(ref)s") % {"ref": operation.ref})


def _check_owner(actor: Actor, task: Any, action: str) -> None:
    if task.owner_now != actor.user_id and not actor.has_role(*PLANNERS):
        raise NotTheOwner(action, str(User.objects.get(pk=task.owner_now)))


def _check_sees(person: User, operation: Operation) -> None:
    people.check_open([person], field="owner")
    if not actor_for(person).may_see(operation.label):
        raise OwnerCannotSee(str(person))


def _tell(actor: Actor, to: Iterable[User], kind: str, ref: str, url: str) -> None:
    told = [person.pk for person in to if person.pk != actor.user_id]
    notices.notify(actor=actor, recipients=told, kind=kind, ref=ref, url=url)
