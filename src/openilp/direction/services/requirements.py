"""Verbs of requirements: the questions that somebody needs answered to decide."""

from datetime import date

from django.utils import timezone

from openilp.direction import rules, selectors
from openilp.direction.errors import AlreadyClosed, NotTheAsker
from openilp.direction.models import Priority, Requirement, RequirementClosure
from openilp.direction.services.written import address_of, lawful, once, tell
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label
from openilp.safeguards.roles import INTELLIGENCE, MANAGERS, Role

#: Who may ask a question: those who decide, those who analyse, and those who own a plan or an operation.
ASKERS = MANAGERS | INTELLIGENCE | {Role.PLAN_OWNER}


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
        check_open(supersedes, actor)
        check_asker(supersedes, actor)
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
        **lawful(legal_basis, label, review_on),
    )
    if priority is not None:
        tell(actor, [priority.owner], "requirement_raised", row.ref, address_of(row))
    return row


@action("direction.close_requirement", roles=ASKERS)
def close_requirement(
    *, actor: Actor, requirement: Requirement, is_answered: bool, note: str
) -> RequirementClosure:
    """Close a requirement as answered or given up: the word of the person who asked.

    When that person has left, the head of intelligence closes it.
    """
    check_open(requirement, actor)
    check_asker(requirement, actor)
    row: RequirementClosure = once(
        RequirementClosure,
        AlreadyClosed(requirement.ref, "closed"),
        actor=actor,
        requirement=requirement,
        is_answered=is_answered,
        note=rules.check_text("note", note),
    )
    waiting = selectors.lines_of(selectors.plans_of(requirement, actor=actor), actor=actor)
    collectors = [line.collector for line in waiting if line.returned_on is None]
    tell(actor, collectors, "collection_ended", requirement.ref, address_of(requirement))
    return row


def check_open(row: Requirement, actor: Actor) -> None:
    """Check that nobody has closed or superseded a requirement.

    Raises:
        AlreadyClosed: Otherwise.
    """
    if selectors.closure_of(row, actor=actor) is not None:
        raise AlreadyClosed(row.ref, "closed")
    if selectors.successor_of(row, actor=actor) is not None:
        raise AlreadyClosed(row.ref, "superseded")


def check_asker(row: Requirement, actor: Actor) -> None:
    """Check that the actor asked a requirement, or stands in for somebody who has left.

    Raises:
        NotTheAsker: Otherwise.
    """
    if row.asker_id == actor.user_id:
        return
    if not row.asker.is_active and actor.has_role(Role.HEAD_OF_INTELLIGENCE):
        return
    raise NotTheAsker(row.ref, str(row.asker))
