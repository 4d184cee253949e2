"""Pages of direction: the room's home and the control strategy for print."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from openilp.direction import rules, selectors
from openilp.direction.forms import may_decide
from openilp.direction.models import PlanLine, Priority, Requirement
from openilp.direction.services import ASKERS
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT

#: Requirements that the room's home shows; the rest is one click away.
_SHOWN = 20


@dataclass(frozen=True)
class Asked:
    """A requirement in a list, with how its due date stands."""

    row: Requirement
    due: rules.Due


def asked(rows: list[Requirement]) -> list[Asked]:
    """Return requirements with how their due dates stand to today."""
    today = timezone.localdate()
    return [Asked(row, rules.due(row.due_on, today)) for row in rows]


@opens("direction.home", roles=CONTENT)
def home(request: ActorRequest) -> HttpResponse:
    """Show the priorities in force as a cascade, and the questions that wait."""
    actor = request.actor
    tree = selectors.cascade(actor=actor)
    counts = selectors.open_counts([row.priority.pk for row in tree], actor=actor)
    waiting = selectors.in_tray(actor=actor).select_related("asker").order_by("due_on", "ref")[:_SHOWN]
    planned = selectors.planned(list(waiting), actor=actor)
    context = {
        "tree": [(row, counts.get(row.priority.pk, 0)) for row in tree],
        "gaps": sum(1 for row in tree if row.missing),
        "additions": sum(1 for row in tree if row.is_addition),
        "waiting": asked(list(waiting)),
        "planned": planned,
        "overdue": selectors.overdue_requirements(actor=actor).count_up_to(99),
        "own_lines": selectors.own_lines(actor=actor)[:_SHOWN],
        "today": timezone.localdate(),
        "may_decide": may_decide(actor),
        "may_ask": actor.has_role(*ASKERS),
    }
    return render(request, "direction/home.html", context)


@dataclass(frozen=True)
class StrategyRow:
    """A priority with its questions and what is planned to answer them, for print."""

    priority: Priority
    depth: int
    missing: str
    strands: rules.Strands
    questions: list[tuple[Requirement, list[PlanLine]]]


@opens("direction.strategy", roles=CONTENT)
def strategy(request: ActorRequest) -> HttpResponse:
    """Show the whole control strategy on one page for print."""
    actor = request.actor
    tree = selectors.cascade(actor=actor)
    keys = [row.priority.pk for row in tree]
    questions = list(
        selectors.open_requirements(actor=actor)
        .filter(priority__in=keys)
        .select_related("asker")
        .order_by("due_on", "ref")[:500]
    )
    lines = selectors.lines_by_requirement(questions, actor=actor)
    rows = [
        StrategyRow(
            row.priority,
            row.depth,
            row.missing,
            selectors.strands_of(row.priority),
            [(q, lines.get(q.pk, [])) for q in questions if q.priority_id == row.priority.pk],
        )
        for row in tree
    ]
    level = max((row.priority.level for row in tree), default=1)
    level = max([level, *(question.level for question in questions)])
    context = {"rows": rows, "today": timezone.localdate(), "page_level": level}
    return render(request, "direction/strategy.html", context)
