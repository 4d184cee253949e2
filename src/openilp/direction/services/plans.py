"""Verbs of collection plans: who collects what, how, on which law, by when."""

from collections.abc import Sequence

from django.utils import timezone

from openilp.direction import rules, selectors
from openilp.direction.errors import AlreadyReturned, CollectorCannotSee, DirectionError, NotTheCollector
from openilp.direction.models import CollectionPlan, PlanLine, Requirement
from openilp.direction.rules import NewLine
from openilp.direction.services.requirements import ASKERS, check_open
from openilp.direction.services.written import address_of, tell
from openilp.safeguards import gate
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import CONTENT


@action("direction.plan_collection", roles=ASKERS)
def plan_collection(
    *, actor: Actor, requirement: Requirement, title: str, lines: Sequence[NewLine]
) -> CollectionPlan:
    """Plan how a requirement is answered: who collects what, how, on which law, by when.

    Raises:
        DirectionError: If there is no line, or one is incomplete; it names the field.
    """
    check_open(requirement, actor)
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
    check_open(requirement, actor)
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
        tell(actor, [line.created_by], "plan_line_returned", asked.ref, address_of(asked))
    return selectors.line(line.pk, actor=actor)


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
    tell(actor, collectors, "plan_line", requirement.ref, address_of(requirement))
    return found


def _collector(line: NewLine, plan: CollectionPlan) -> User:
    found = User.objects.filter(pk=line.collector, is_active=True).first()
    if found is None:
        raise DirectionError("collector", "There is no open account of this collector; choose another one.")
    if not actor_for(found).may_see(plan.label):
        raise CollectorCannotSee(str(found))
    return found
