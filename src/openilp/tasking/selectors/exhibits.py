"""What was laid before a meeting, frozen when it was opened, and what has changed since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from openilp.analysis.canonical import digest
from openilp.analysis.models import Edition, Product
from openilp.direction import selectors as direction
from openilp.direction.models import Priority
from openilp.safeguards import find, gate
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label
from openilp.safeguards.models import ThreadEdge, Unit, User
from openilp.tasking.changes import Change, differences
from openilp.tasking.models import AgendaItem, Completion, Decision, Exhibit, Meeting, Task
from openilp.tasking.selectors.evidence import evidence_for
from openilp.tasking.selectors.operations import Spent, spent_by_priority, spent_by_task, tasks

#: Tasks that are over stay on the agenda so many days, with what came of them.
TOLD_DAYS = 31
_MOST_TASKS = 200


@dataclass(frozen=True)
class Piece:
    """One thing that a point of the agenda lays before a meeting, as it is now.

    Attributes:
        kind: `product`, `priority`, `task` or `decision`.
        title: What it is called.
        rows: The rows that the exhibit points at, by column.
        content: What it says, in plain values.
        label: The label of something that quotes all of it.
    """

    kind: str
    title: str
    rows: Mapping[str, Any]
    content: dict[str, Any]
    label: Label

    @property
    def sha256(self) -> str:
        """Return the hash of what it says."""
        return digest(self.content)


def pieces_of(item: AgendaItem, *, actor: Actor) -> list[Piece]:
    """Return what a point of the agenda lays before the meeting, as the actor may see it now."""
    if item.kind == "recommendation":
        product = product_of(item)
        return [_product(product, actor=actor)] if product is not None else []
    if item.kind == "decision":
        decision: Decision | None = gate.related(item, "decision")
        return [_decision(decision)] if decision is not None else []
    if item.kind == "open_tasks":
        return _tasks(list(tasks_of_meeting(actor=actor)[:_MOST_TASKS]), actor=actor)
    if item.kind == "priority":
        return _priorities(list(direction.current_priorities(actor=actor)), actor=actor)
    return []


def product_of(item: AgendaItem) -> Product | None:
    """Return the product whose recommendations a point of the agenda puts, if the actor may see it."""
    recommendation = gate.related(item, "recommendation") if item.recommendation_id else None
    found: Product | None = gate.related(recommendation, "product") if recommendation is not None else None
    return found


def _product(row: Product, *, actor: Actor, edition: Edition | None = None) -> Piece:
    seen = evidence_for(row, actor=actor, edition=edition)
    rows = {"product": row, "edition": seen.edition}
    return Piece("product", row.title, rows, seen.as_seen(), seen.label)


def _decision(row: Decision) -> Piece:
    content = {
        "ref": row.ref,
        "title": row.title,
        "chosen": row.chosen,
        "decided_at": row.created_at.isoformat(timespec="seconds"),
        "evidence_sha256": row.evidence_sha256,
    }
    return Piece("decision", row.title, {"decision": row}, content, row.label)


def tasks_of_meeting(*, actor: Actor) -> Any:
    """Return the tasks that a meeting looks at: all open ones, and those that ended in the last month."""
    since = timezone.localdate() - timedelta(days=TOLD_DAYS)
    ended = Completion.objects.seen_by(actor).filter(task=OuterRef("pk"), done_on__gte=since)
    return (
        tasks(actor=actor).filter(Q(is_done=False) | Exists(ended)).order_by("is_done", "due", "created_at")
    )


def _tasks(rows: list[Any], *, actor: Actor) -> list[Piece]:
    owners = User.objects.in_bulk({row.owner_now for row in rows})
    spent = spent_by_task([row.pk for row in rows], actor=actor)
    told = outcomes_of([row.pk for row in rows], actor=actor)
    found = []
    for row in rows:
        hours, _money = spent.get(row.pk, (0, 0))
        outcome = told.get(row.pk)
        content = {
            "ref": row.ref,
            "title": row.title,
            "owner": str(owners[row.owner_now]),
            "due": row.due.isoformat(),
            "is_over": row.is_done,
            "hours_planned": row.hours_planned,
            "hours_spent": f"{float(hours):g}",
            "outcome": outcome and {"ref": outcome.ref, "result": outcome.result, "text": outcome.text},
        }
        label = row.label.join(outcome.label) if outcome else row.label
        found.append(Piece("task", row.title, {"task": row}, content, label))
    return found


def outcomes_of(keys: Iterable[UUID], *, actor: Actor) -> dict[UUID, Any]:
    """Return what was said to have come of each task, the newest word; it is read along the golden thread."""
    drawn = ThreadEdge.objects.seen_by(actor).filter(
        from_kind="task", from_id__in=list(keys), kind="results in"
    )
    ends = {edge.to_id: edge.from_id for edge in drawn}
    rows = find.kinds()["outcome"].objects.seen_by(actor).filter(pk__in=ends).order_by("created_at")
    return {ends[row.pk]: row for row in rows}


def _priorities(rows: list[Priority], *, actor: Actor) -> list[Piece]:
    spent = spent_by_priority(actor=actor) if rows else {}
    units = Unit.objects.in_bulk({row.unit_id for row in rows})
    found = []
    for row in rows:
        used = spent.get(row.pk, Spent())
        content = {
            "ref": row.ref,
            "title": row.title,
            "position": row.position,
            "hours_set": row.hours_set,
            "hours_planned": used.hours_planned,
            "hours_spent": f"{float(used.hours):g}",
            "money_spent": f"{float(used.money):g}",
        }
        found.append(
            Piece("priority", f"{row.title}, {units[row.unit_id]}", {"priority": row}, content, row.label)
        )
    return found


def exhibits_of(item: AgendaItem, *, actor: Actor) -> list[Exhibit]:
    """Return what a point laid before the meeting when it was opened, as far as the actor may see it."""
    return list(Exhibit.objects.seen_by(actor).filter(agenda_item=item).order_by("created_at", "title", "pk"))


def pack_of(row: Meeting, *, actor: Actor) -> list[tuple[AgendaItem, list[Exhibit]]]:
    """Return the agenda with what each point laid before the meeting."""
    items = list(AgendaItem.objects.seen_by(actor).filter(meeting=row).order_by("number"))
    found = Exhibit.objects.seen_by(actor).filter(agenda_item__in=[item.pk for item in items])
    by_item: dict[UUID, list[Exhibit]] = {}
    for each in found.order_by("created_at", "title", "pk"):
        by_item.setdefault(each.agenda_item_id, []).append(each)
    return [(item, by_item.get(item.pk, [])) for item in items]


def changes_since(exhibits: Sequence[Exhibit], *, actor: Actor) -> tuple[Change, ...]:
    """Return what has changed since exhibits were frozen, the gravest first within each."""
    by_exhibit = changes_by_exhibit(exhibits, actor=actor)
    return tuple(change for row in exhibits for change in by_exhibit[row.pk])


def changes_by_exhibit(exhibits: Sequence[Exhibit], *, actor: Actor) -> dict[UUID, tuple[Change, ...]]:
    """Return what has changed since each exhibit was frozen."""
    now = _tasks_now(exhibits, actor=actor) | _priorities_now(exhibits, actor=actor)
    for row in exhibits:
        if row.kind == "product":
            now[row.pk] = _product_now(row, actor=actor)
        elif row.kind == "decision":
            decision = gate.related(row, "decision")
            now[row.pk] = _decision(decision).content if decision is not None else None
    return {row.pk: differences(row.kind, row.content, now.get(row.pk)) for row in exhibits}


def _tasks_now(exhibits: Sequence[Exhibit], *, actor: Actor) -> dict[UUID, dict[str, Any] | None]:
    keys = {row.task_id: row.pk for row in exhibits if row.kind == "task"}
    rows = list(tasks(actor=actor).filter(pk__in=keys)) if keys else []
    return {keys[row.pk]: piece.content for row, piece in zip(rows, _tasks(rows, actor=actor), strict=True)}


def _priorities_now(exhibits: Sequence[Exhibit], *, actor: Actor) -> dict[UUID, dict[str, Any] | None]:
    keys = {row.priority_id: row.pk for row in exhibits if row.kind == "priority"}
    rows = list(Priority.objects.seen_by(actor).filter(pk__in=keys)) if keys else []
    return {
        keys[row.pk]: piece.content for row, piece in zip(rows, _priorities(rows, actor=actor), strict=True)
    }


def _product_now(row: Exhibit, *, actor: Actor) -> dict[str, Any] | None:
    product = gate.related(row, "product")
    if product is None:
        return None
    edition = gate.related(row, "edition") if row.edition_id else None
    return _product(product, actor=actor, edition=edition).content


def changes_after(row: Decision, *, actor: Actor) -> tuple[Change, ...]:
    """Return what has changed in the evidence of a decision since it was taken."""
    known = {Change(**each) for each in row.evidence.get("changed", ())}
    found: list[Change] = []
    for shown in row.evidence.get("products", ()):
        found += differences("product", shown, _as_now(shown, actor=actor))
    return tuple(change for change in found if change not in known)


def _as_now(shown: Mapping[str, Any], *, actor: Actor) -> dict[str, Any] | None:
    product = Product.objects.seen_by(actor).filter(ref=shown["product"]["ref"]).first()
    if product is None:
        return None
    edition = Edition.objects.seen_by(actor).filter(ref=(shown.get("edition") or {}).get("ref", "")).first()
    return _product(product, actor=actor, edition=edition).content


def task_rows(rows: Sequence[Task], *, actor: Actor) -> list[tuple[Task, Any]]:
    """Return tasks with what came of each."""
    told = outcomes_of([row.pk for row in rows], actor=actor)
    return [(row, told.get(row.pk)) for row in rows]
