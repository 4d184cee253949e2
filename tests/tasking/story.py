"""A product that waits for an answer, and the steps of a meeting, for tests of tasking and review."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from openilp.analysis.models import Assessment, Citation, Edition, Product, Recommendation
from openilp.collection.models import Item
from openilp.dissemination.models import Approval
from openilp.evaluation.models import Evaluation
from openilp.safeguards.roles import Role
from openilp.tasking import selectors, services
from openilp.tasking.models import Decision, Meeting
from openilp.tasking.rules import Answers, Option, with_nothing
from openilp.tasking.services import NewDecision, NewResponse, NewTask
from tests.factories import LEGAL_BASIS, World
from tests.review.growing import grow

ANSWERS = Answers("Yes: letters changed nothing.", "Yes, for six weeks.", "Night-shift workers of the port.")


def product(actor: Any, world: World, *, is_approved: bool = True) -> Product:
    """Record a product with an edition, a graded item, an assessment and two recommendations."""
    made: Product = grow(Product, actor=actor, world=world, title="Burglary series, Harbour", priority=None)
    item = grow(Item, actor=actor, world=world, text="Three flats were entered at night.")
    grade = grow(
        Evaluation,
        actor=actor,
        world=world,
        item=item,
        scheme="europol-4x4",
        source_grade="B",
        information_grade="2",
        handling="H1",
    )
    grow(
        Citation,
        actor=actor,
        world=world,
        product=made,
        item=item,
        evaluation=grade,
        run=None,
        assessment=None,
    )
    term = {"yardstick": "phia", "probability_term": "likely", "confidence": "moderate"}
    judged = grow(Assessment, actor=actor, world=world, requirement=None, **term)
    grow(Citation, actor=actor, world=world, product=made, item=None, run=None, assessment=judged)
    for number, (text, low, high) in enumerate([("Targeted patrol", 90, 330), ("Window locks", 20, 280)], 1):
        grow(
            Recommendation,
            actor=actor,
            world=world,
            product=made,
            number=number,
            text=text,
            strand="prevent",
            hours=200 * number,
            money=Decimal(1000),
            harm_low=low,
            harm_high=high,
        )
    edition = grow(Edition, actor=actor, world=world, product=made, number=1, sha256="e" * 64)
    grow(Approval, actor=actor, world=world, edition=edition, is_approved=is_approved)
    return made


def meeting(actor: Any, world: World, **more: Any) -> Meeting:
    """Call a meeting with the chair and the head of intelligence."""
    values = {
        "kind": "regional_operational",
        "title": "Tasking meeting",
        "unit": world.region,
        "chair": world.user(Role.CHAIR),
        "starts_at": timezone.now(),
        "members": [world.user(Role.HEAD_OF_INTELLIGENCE)],
        "legal_basis": LEGAL_BASIS,
    }
    return services.call_meeting(actor=actor, **values | more)


def opened(actor: Any, world: World, **more: Any) -> Meeting:
    """Call and open a meeting with the chair present."""
    row = meeting(actor, world, **more)
    return services.open_meeting(actor=actor, meeting=row, present=[world.user(Role.CHAIR)])


def new_decision(actor: Any, made: Product | None, **more: Any) -> NewDecision:
    """Return a decision for the first recommendation of a product, or of a measure of one's own."""
    evidence = [selectors.evidence_for(made, actor=actor)] if made else []
    rows = evidence[0].recommendations if evidence else ()
    options = [
        Option(key, r.text, r.hours, r.money, r.harm_low, r.harm_high, r.ref)
        for key, r in zip("ABC", rows, strict=False)
    ] or [Option("A", "Guard the pier", 40)]
    verdicts = ["accept", *["reject"] * len(rows)]
    values: dict[str, Any] = {
        "title": "Burglary series",
        "options": with_nothing(options, text="Do nothing"),
        "chosen": "A",
        "reasons": "The night pattern is firm.",
        "answers": ANSWERS,
        "effect_review_on": timezone.localdate() + timedelta(days=42),
        "evidence": evidence,
        "responses": [NewResponse(r, v) for r, v in zip(rows, verdicts, strict=False)],
    }
    return NewDecision(**values | more)


def decided(actor: Any, world: World, **more: Any) -> Decision:
    """Take a decision on a product in a meeting."""
    made = product(actor, world)
    row = opened(actor, world)
    item = next(i for i in selectors.agenda_of(row, actor=actor) if i.kind == "recommendation")
    return services.decide(actor=actor, meeting=row, item=item, new=new_decision(actor, made, **more))


def new_task(world: World, **more: Any) -> NewTask:
    """Return a task for the reporting officer."""
    values: dict[str, Any] = {
        "title": "Walk the quay at night",
        "strand": "prevent",
        "owner": world.user(Role.REPORTING_OFFICER),
        "due_on": timezone.localdate() + timedelta(days=14),
        "hours_planned": 40,
        "money_planned": Decimal(500),
    }
    return NewTask(**values | more)


def operation(actor: Any, world: World, **more: Any) -> Any:
    """Open an operation with one task out of a decision."""
    values: dict[str, Any] = {
        "name": "Operation Ferry",
        "goals": "Fewer burglaries than in the year before.",
        "plan_owner": world.user(Role.PLAN_OWNER),
        "starts_on": timezone.localdate(),
        "ends_on": timezone.localdate() + timedelta(days=42),
        "tasks": [new_task(world)],
    }
    decision = more.pop("decision", None) or decided(actor, world)
    return services.open_operation(actor=actor, decision=decision, **values | more)
