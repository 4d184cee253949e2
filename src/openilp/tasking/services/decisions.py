"""Verbs of deciding: answer, decide, ratify, adopt, commission. Only a person who chairs decides."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from openilp.analysis import services as analysis
from openilp.analysis.canonical import digest
from openilp.analysis.models import Product, Recommendation
from openilp.direction import services as direction
from openilp.direction.models import Priority, Requirement
from openilp.safeguards import turns
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import joined
from openilp.safeguards.models import Unit, User
from openilp.safeguards.roles import MANAGERS, Role
from openilp.tasking import rules, selectors
from openilp.tasking.changes import Change, token_of
from openilp.tasking.errors import (
    AlreadyAnswered,
    AlreadyDone,
    EvidenceChanged,
    NotTheChair,
    QuorumMissing,
    TaskingError,
)
from openilp.tasking.models import (
    Adoption,
    AgendaItem,
    Comparison,
    Decision,
    DecisionBasis,
    Exhibit,
    Meeting,
    Ratification,
    Response,
)
from openilp.tasking.rules import Answers, Option
from openilp.tasking.selectors.evidence import Evidence
from openilp.tasking.services.meetings import check_running


@dataclass(frozen=True)
class NewResponse:
    """The answer to one recommendation; without a reason that of the decision stands."""

    recommendation: Recommendation
    verdict: str
    reason: str = ""
    changed_text: str = ""


@dataclass(frozen=True)
class NewDecision:
    """A decision as it is taken.

    Attributes:
        title: What it is about.
        options: What was on the table.
        chosen: The letter of the option that was chosen.
        reasons: Why.
        answers: Necessity, proportionality, non-discrimination.
        effect_review_on: The day on which its effect is looked at.
        dissent: Who saw it otherwise, and why.
        evidence: What it rests on; kept as it was seen.
        responses: The answers that it gives to recommendations.
        priority: The priority that it serves.
        knowing: What `changes.token_of` said of the changes since the opening that the chair has read.
    """

    title: str
    options: Sequence[Option]
    chosen: str
    reasons: str
    answers: Answers
    effect_review_on: date
    dissent: str = ""
    evidence: Sequence[Evidence] = ()
    responses: Sequence[NewResponse] = field(default=())
    priority: Priority | None = None
    knowing: str = ""


@action("tasking.decide", roles=[Role.CHAIR])
def decide(*, actor: Actor, meeting: Meeting, item: AgendaItem | None, new: NewDecision) -> Decision:
    """Decide in a meeting: options, reasons, law, dissent, and the evidence as the meeting was shown it.

    What the point laid before the meeting counts as it was frozen at the opening. Where it has changed since, the
    decision is refused until the chair says which changes are known; they are kept with it.

    Raises:
        NotTheChair: If the actor does not chair this meeting.
        MeetingNotOpen: If it has not begun or is over.
        QuorumMissing: If too few members with a vote are present.
        AlreadyDone: If the point is decided.
        EvidenceChanged: If the evidence changed since the opening and the chair has not read how.
        TaskingError: If something is missing; it names the field.
    """
    _check_may_decide(actor, meeting, "tasking.decide")
    if item is not None and item.meeting_id != meeting.pk:
        raise TaskingError("agenda_item", f"Point {item.number} stands on the agenda of another meeting.")
    if item is not None:
        turns.take("decide", item.pk)
    if item is not None and item.pk in selectors.decided_items(meeting, actor=actor):
        raise AlreadyDone(_("Point %(number)d of the agenda") % {"number": item.number})
    exhibits = selectors.exhibits_of(item, actor=actor) if item is not None else []
    changes = selectors.changes_since(exhibits, actor=actor)
    if changes and new.knowing != token_of(changes):
        raise EvidenceChanged([change.words for change in changes], token_of(changes))
    shown = _Shown(tuple(e for e in exhibits if e.kind == "product"), changes)
    return _record(actor, new, shown=shown, meeting=meeting, item=item, legal_basis=meeting.legal_basis)


@dataclass(frozen=True)
class _Shown:
    """What a meeting was shown on a point, and what has changed since."""

    exhibits: tuple[Exhibit, ...] = ()
    changes: tuple[Change, ...] = ()


def _check_may_decide(actor: Actor, meeting: Meeting, name: str) -> None:
    check_running(meeting)
    if meeting.chair_id != actor.user_id:
        raise NotTheChair(name, str(meeting.chair))
    present = selectors.present_votes(meeting, actor=actor)
    if present < meeting.quorum:
        raise QuorumMissing(present, meeting.quorum)


@action("tasking.decide_emergency", roles=[Role.CHAIR])
def decide_emergency(
    *, actor: Actor, new: NewDecision, legal_basis: str, review_on: date | None = None
) -> Decision:
    """Decide between meetings what cannot wait; the next meeting is asked to ratify it."""
    lawful: dict[str, Any] = {} if review_on is None else {"review_on": review_on}
    return _record(actor, new, legal_basis=legal_basis, is_emergency=True, **lawful)


def _record(
    actor: Actor,
    new: NewDecision,
    *,
    legal_basis: str,
    shown: _Shown = _Shown(),
    meeting: Meeting | None = None,
    item: AgendaItem | None = None,
    is_emergency: bool = False,
    **lawful: Any,
) -> Decision:
    rules.check_options(new.options, new.chosen)
    rules.check_answers(new.answers)
    frozen = {exhibit.product_id for exhibit in shown.exhibits}
    fresh = [part for part in new.evidence if part.product.pk not in frozen]
    content = _evidence(shown, fresh)
    weighed = _weighed(actor, meeting, item)
    parts = [part.label for part in fresh] + [exhibit.label for exhibit in shown.exhibits]
    parts += [row.label for row in (meeting, item, new.priority, weighed) if row is not None]
    parts += [response.recommendation.label for response in new.responses]
    row: Decision = Decision.objects.record(
        actor=actor,
        title=rules.check_text("title", new.title, most=200),
        meeting=meeting,
        agenda_item=item,
        priority=new.priority,
        comparison=weighed,
        options=[option.as_json() for option in new.options],
        chosen=new.chosen,
        reasons=rules.check_text("reasons", new.reasons),
        evidence=content,
        evidence_sha256=digest(content),
        necessity=new.answers.necessity.strip(),
        proportionality=new.answers.proportionality.strip(),
        non_discrimination=new.answers.non_discrimination.strip(),
        dissent=new.dissent.strip(),
        effect_review_on=new.effect_review_on,
        is_emergency=is_emergency,
        label=joined([actor.label(), *parts]),
        legal_basis=legal_basis,
        **lawful,
    )
    bases = [(part.edition, None) for part in fresh] + [(e.edition, e) for e in shown.exhibits]
    DecisionBasis.objects.record_many(
        actor=actor,
        rows=[
            {"decision": row, "edition": edition, "exhibit": exhibit, "label": edition.label}
            for edition, exhibit in bases
            if edition is not None
        ],
    )
    for response in new.responses:
        _answer(actor, response, meeting=meeting, decision=row, reason=new.reasons)
    return row


def _weighed(actor: Actor, meeting: Meeting | None, item: AgendaItem | None) -> Comparison | None:
    """Return the newest comparison that was drawn up for a point of the agenda."""
    if meeting is None or item is None:
        return None
    found = [row for row in selectors.comparisons_in(meeting, actor=actor) if row.agenda_item_id == item.pk]
    return found[-1] if found else None


def _evidence(shown: _Shown, fresh: Sequence[Evidence]) -> dict[str, Any]:
    """Return evidence in plain values: exhibits as frozen, what was added in the room as it is, and the changes."""
    frozen = [
        {
            **exhibit.content,
            "exhibit": exhibit.ref,
            "sha256": exhibit.sha256,
            "frozen_at": exhibit.created_at.isoformat(timespec="seconds"),
        }
        for exhibit in shown.exhibits
    ]
    return {
        "version": 2,
        "products": [*frozen, *(part.as_seen() for part in fresh)],
        "changed": [change.as_json() for change in shown.changes],
    }


@action("tasking.answer_recommendation", roles=[Role.CHAIR])
def answer_recommendation(
    *, actor: Actor, new: NewResponse, meeting: Meeting | None = None, decision: Decision | None = None
) -> Response:
    """Accept, change or reject a recommendation, with the reason."""
    return _answer(actor, new, meeting=meeting, decision=decision, reason="")


def _answer(
    actor: Actor, new: NewResponse, *, meeting: Meeting | None, decision: Decision | None, reason: str
) -> Response:
    rules.check_code("verdict", new.verdict, "response-answers")
    changed = new.changed_text.strip()
    if new.verdict == rules.CHANGE and not changed:
        raise TaskingError("changed_text", "The recommendation is changed; write what is done instead.")
    if selectors.response_of(new.recommendation, actor=actor) is not None:
        raise AlreadyAnswered(new.recommendation.ref)
    parts = [row.label for row in (meeting, decision) if row is not None]
    row: Response = Response.objects.record(
        actor=actor,
        recommendation=new.recommendation,
        meeting=meeting,
        decision=decision,
        verdict=new.verdict,
        reason=rules.check_text("reason", new.reason or reason),
        changed_text=changed[:300],
        label=joined([new.recommendation.label, *parts]),
    )
    return row


@action("tasking.ratify_decision", roles=[Role.CHAIR])
def ratify_decision(
    *, actor: Actor, decision: Decision, meeting: Meeting, is_ratified: bool, reason: str
) -> Ratification:
    """Say in a meeting whether a decision taken in an emergency stands.

    Raises:
        NotTheChair: If the actor does not chair this meeting.
        MeetingNotOpen: If it has not begun or is over.
        QuorumMissing: If too few members with a vote are present.
        AlreadyDone: If a meeting spoke on it before.
    """
    _check_may_decide(actor, meeting, "tasking.ratify_decision")
    if not decision.is_emergency:
        raise TaskingError(
            "decision", f"{decision.ref} was taken in a meeting; only emergencies are ratified."
        )
    if selectors.ratification_of(decision, actor=actor) is not None:
        raise AlreadyDone(_("The ratification of %(ref)s") % {"ref": decision.ref})
    row: Ratification = Ratification.objects.record(
        actor=actor,
        decision=decision,
        meeting=meeting,
        is_ratified=is_ratified,
        reason=rules.check_text("reason", reason),
        label=decision.label.join(meeting.label),
    )
    return row


@action("tasking.adopt_priority", roles=[Role.CHAIR])
def adopt_priority(
    *,
    actor: Actor,
    decision: Decision,
    title: str,
    reason: str,
    unit: Unit,
    owner: User,
    starts_on: date,
    ends_on: date,
    hours_set: int = 0,
    money_set: Decimal | int = 0,
    cascades_from: Priority | None = None,
) -> Priority:
    """Set a priority by decision; the decision is its source document."""
    row = direction.set_priority(
        actor=actor,
        title=title,
        reason=reason,
        source_document=f"{decision.ref}: {decision.title}"[:200],
        unit=unit,
        owner=owner,
        starts_on=starts_on,
        ends_on=ends_on,
        legal_basis=decision.legal_basis,
        hours_set=hours_set,
        money_set=money_set,
        cascades_from=cascades_from,
        label=decision.label,
    )
    Adoption.objects.record(actor=actor, decision=decision, priority=row, label=row.label)
    return row


@action("tasking.commission_requirement", roles=MANAGERS)
def commission_requirement(
    *, actor: Actor, decision: Decision, question: str, why: str, due_on: date, urgency: str
) -> Requirement:
    """Raise a requirement out of a decision: what must be known next."""
    row = direction.raise_requirement(
        actor=actor,
        question=question,
        why=why,
        due_on=due_on,
        urgency=urgency,
        legal_basis=decision.legal_basis,
        priority=decision.priority,
        label=decision.label,
    )
    Adoption.objects.record(actor=actor, decision=decision, requirement=row, label=row.label)
    return row


@action("tasking.commission_product", roles=MANAGERS)
def commission_product(
    *,
    actor: Actor,
    decision: Decision,
    product_type: str,
    title: str,
    question: str,
    due_on: date,
    urgency: str,
) -> Product:
    """Commission a product out of a decision: the requirement that asks for it, and its draft in analysis."""
    rules.check_code("product_type", product_type, "product-types")
    wanted = rules.check_text("title", title, most=160)
    why = _("Commissioned by decision %(ref)s as %(type)s: %(title)s") % {
        "ref": decision.ref,
        "type": product_type,
        "title": wanted,
    }
    asked = commission_requirement(
        actor=actor, decision=decision, question=question, why=why, due_on=due_on, urgency=urgency
    )
    row = analysis.commission_product(
        actor=actor, product_type=product_type, title=wanted, question=question, requirement=asked
    )
    Adoption.objects.record(actor=actor, decision=decision, product=row, label=row.label)
    return row
