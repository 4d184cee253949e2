"""Questions about operations, tasks and what they cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Subquery, Sum, UUIDField
from django.db.models.functions import Coalesce
from django.utils import timezone

from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.roles import MANAGERS
from openilp.tasking.models import Completion, Decision, Effort, Operation, Resource, Task, TaskChange
from openilp.tasking.selectors.decisions import open_recommendations, to_ratify


@dataclass(frozen=True)
class Spent:
    """Hours and money, planned and spent."""

    hours_planned: int = 0
    hours: Decimal = Decimal(0)
    money_planned: Decimal = Decimal(0)
    money: Decimal = Decimal(0)


def operations(*, actor: Actor) -> Any:
    """Return the operations that the actor may see."""
    return Operation.objects.seen_by(actor)


def operation(ref: str, *, actor: Actor) -> Operation:
    """Return an operation by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Operation | None = operations(actor=actor).filter(ref=ref.upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def operations_of(row: Decision, *, actor: Actor) -> list[Operation]:
    """Return the operations that a decision opened."""
    return list(
        operations(actor=actor).filter(decision=row).select_related("plan_owner").order_by("created_at")
    )


def tasks(*, actor: Actor) -> Any:
    """Return tasks with `due` and `owner_now` as the newest change left them, and `is_done`."""
    newest = TaskChange.objects.seen_by(actor).filter(task=OuterRef("pk")).order_by("-created_at", "-pk")
    over = Completion.objects.seen_by(actor).filter(task=OuterRef("pk"))
    return Task.objects.seen_by(actor).annotate(
        due=Coalesce(Subquery(newest.values("due_on")[:1]), F("due_on")),
        owner_now=Coalesce(Subquery(newest.values("owner_id")[:1]), F("owner_id"), output_field=UUIDField()),
        is_done=Exists(over),
    )


def task(ref: str, *, actor: Actor) -> Any:
    """Return a task by its reference, with `due`, `owner_now` and `is_done`.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found = tasks(actor=actor).filter(ref=ref.upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def own_tasks(*, actor: Actor) -> Any:
    """Return the tasks that the actor has to do and has not finished, the first due first."""
    return tasks(actor=actor).filter(owner_now=actor.user_id, is_done=False).order_by("due", "created_at")


def completion_of(row: Task, *, actor: Actor) -> Completion | None:
    """Return the owner's word that a task is over."""
    found: Completion | None = Completion.objects.seen_by(actor).filter(task=row).first()
    return found


def changes_of(row: Task, *, actor: Actor) -> list[TaskChange]:
    """Return how a task was moved, the newest first."""
    found = TaskChange.objects.seen_by(actor).filter(task=row).select_related("owner", "created_by")
    return list(found.order_by("-created_at"))


def efforts_of(row: Task, *, actor: Actor) -> list[Effort]:
    """Return what was spent on a task, the newest first."""
    return list(Effort.objects.seen_by(actor).filter(task=row).order_by("-spent_on", "-created_at"))


def spent_by_task(keys: Iterable[UUID], *, actor: Actor) -> dict[UUID, tuple[Decimal, Decimal]]:
    """Return hours and money spent on each of some tasks."""
    found = (
        Effort.objects.seen_by(actor)
        .filter(task__in=list(keys))
        .values("task")
        .annotate(hours_spent=Sum("hours"), money_spent=Sum("money"))
        .values_list("task", "hours_spent", "money_spent")
    )
    return {key: (hours, money) for key, hours, money in found}


def spent_by_priority(*, actor: Actor) -> dict[UUID | None, Spent]:
    """Return planned and spent hours and money per priority, over the operations that serve it."""
    serves: dict[UUID, UUID | None] = dict(operations(actor=actor).values_list("pk", "priority"))
    planned = list(
        Task.objects.seen_by(actor)
        .filter(operation__in=serves)
        .values_list("pk", "operation", "hours_planned", "money_planned")
    )
    spent = spent_by_task([key for key, *_ in planned], actor=actor)
    found: dict[UUID | None, Spent] = {}
    for key, run, hours, money in planned:
        priority = serves[run]
        sum_ = found.get(priority, Spent())
        used_hours, used_money = spent.get(key, (Decimal(0), Decimal(0)))
        found[priority] = Spent(
            sum_.hours_planned + hours,
            sum_.hours + used_hours,
            sum_.money_planned + money,
            sum_.money + used_money,
        )
    return found


def resources(*, actor: Actor) -> Any:
    """Return what units can commit."""
    return Resource.objects.seen_by(actor)


def resource(ref: str, *, actor: Actor) -> Resource:
    """Return a resource by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Resource | None = resources(actor=actor).filter(ref=ref.upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


@dataclass(frozen=True)
class Tray:
    """What waits in several lists; each part is a gated query."""

    parts: tuple[Any, ...]

    def count_up_to(self, most: int) -> int:
        """Return how many wait in all, but never look further than `most`."""
        found = 0
        for part in self.parts:
            if found <= most:
                found += part.count_up_to(most - found)
        return found

    def exists(self) -> bool:
        """Tell whether anything waits."""
        return any(part.exists() for part in self.parts)


def in_tray(*, actor: Actor) -> Any:
    """Return what waits: one's own tasks, and for managers also recommendations and emergency decisions to answer."""
    if actor.has_role(*MANAGERS):
        return Tray((own_tasks(actor=actor), open_recommendations(actor=actor), to_ratify(actor=actor)))
    return own_tasks(actor=actor)


def urgent(*, actor: Actor) -> Any:
    """Return the actor's own tasks whose day has passed."""
    return own_tasks(actor=actor).filter(due__lt=timezone.localdate())
