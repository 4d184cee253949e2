"""The verbs of the room over HTTP."""

from datetime import date
from decimal import Decimal
from typing import Any

from ninja import Field, Router, Schema, Status

from openilp.direction import selectors as direction
from openilp.direction.services import ASKERS
from openilp.review import selectors, services
from openilp.review import thread as threads
from openilp.review.errors import ReviewError
from openilp.review.rules import Comparison
from openilp.review.services import MEASURERS, Measurement
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.safeguards.schemas import Created, Marked, Rows, created
from openilp.tasking import selectors as tasking

router = Router(tags=["review"])


class ThreadNode(Schema):
    """One object of a thread."""

    ref: str
    kind: str
    label: str
    room: str
    url: str
    at: str
    level: int
    side: str


class ThreadEdge(Schema):
    """One step of a thread, in the direction in which evidence flows."""

    source: str = Field(serialization_alias="from")
    target: str = Field(serialization_alias="to")
    kind: str


class ThreadOut(Schema):
    """What an object rests on and what rests on it."""

    ref: str
    nodes: list[ThreadNode]
    edges: list[ThreadEdge]
    note: str


@router.get("/thread/{ref}", response=ThreadOut, by_alias=True)
@opens("review.thread_api", roles=CONTENT, operation="combination")
def thread(request: ActorRequest, ref: str, direction: str = "both") -> dict[str, Any]:
    """Return the golden thread of an object, both ways or only back or forward."""
    found = threads.as_json(threads.thread(ref, actor=request.actor, direction=direction))
    edges = [{"source": e["from"], "target": e["to"], "kind": e["kind"]} for e in found["edges"]]
    return {**found, "edges": edges}


class OutcomeIn(Schema):
    """What came of a task."""

    result: str
    text: str
    happened_on: date
    disruption: str = ""


class OutcomeOut(Marked):
    """What came of a task."""

    result: str
    text: str
    happened_on: date
    disruption: str


class ResultsIn(Schema):
    """What is compared; priority and operation by reference, units by code, months by any day in them."""

    priority: str
    operation: str = ""
    unit: str = ""
    control: str = ""
    crime_types: list[str] = []
    before_from: date
    before_until: date
    after_from: date
    after_until: date
    reading: str

    def wanted(self, actor: Actor) -> Measurement:
        """Return it as the service takes it."""
        return Measurement(
            priority=direction.priority(self.priority, actor=actor),
            operation=tasking.operation(self.operation, actor=actor) if self.operation else None,
            comparison=Comparison(self.before_from, self.before_until, self.after_from, self.after_until),
            unit=_unit("unit", self.unit),
            control=_unit("control", self.control),
            crime_types=self.crime_types,
        )


class ResultsOut(Marked):
    """Before against after."""

    parameters: dict[str, Any]
    result: dict[str, Any]
    reading: str


class LessonIn(Schema):
    """What was learnt; outcome or results by reference. A question raises a requirement."""

    text: str
    outcome: str = ""
    results: str = ""
    question: str = Field("", max_length=300)
    due_on: date | None = None
    urgency: str = "low"


class LessonOut(Marked):
    """What was learnt."""

    text: str


class ShareOut(Schema):
    """A part of a whole."""

    part: int
    whole: int
    percent: float | None


class UseOut(Schema):
    """How far decisions rest on intelligence, and products lead to action."""

    citing: ShareOut
    followed: ShareOut
    acted_on: ShareOut


class SpentOut(Schema):
    """Planned and spent hours and money of a priority; without a reference, of operations that serve none."""

    priority: str
    hours_planned: int
    hours: Decimal
    money_planned: Decimal
    money: Decimal


def _unit(field: str, code: str) -> Unit | None:
    if not code:
        return None
    found = Unit.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Unit.objects.values_list("code", flat=True))
        raise ReviewError(field, f"There is no unit '{code}'; use one of {known}.")
    return found


@router.get("/outcomes", response=Rows[OutcomeOut])
@opens("review.list_outcomes_api", roles=CONTENT)
def list_outcomes(request: ActorRequest, after: str = "", size: int = 50) -> Rows[OutcomeOut]:
    """List the outcomes that stand, the newest first."""
    return Rows[OutcomeOut].of(page(selectors.outcomes(actor=request.actor), after=after, size=size))


@router.post("/tasks/{ref}/outcome", response={201: Created})
@opens("review.record_outcome_api", roles=CONTENT)
def record_outcome(request: ActorRequest, ref: str, payload: OutcomeIn) -> Status[Created]:
    """Say what came of a task."""
    task = tasking.task(ref, actor=request.actor)
    row = services.record_outcome(actor=request.actor, task=task, **payload.dict())
    return Status(201, created(row, f"/api/v1/review/outcomes/{row.ref}"))


@router.get("/outcomes/{ref}", response=OutcomeOut)
@opens("review.outcome_api", roles=CONTENT)
def outcome(request: ActorRequest, ref: str) -> Any:
    """Return an outcome."""
    return selectors.outcome(ref, actor=request.actor)


@router.post("/outcomes/{ref}/correction", response={201: Created})
@opens("review.correct_outcome_api", roles=CONTENT)
def correct_outcome(request: ActorRequest, ref: str, payload: OutcomeIn) -> Status[Created]:
    """Replace an outcome that proved wrong."""
    known = selectors.outcome(ref, actor=request.actor)
    row = services.correct_outcome(actor=request.actor, outcome=known, **payload.dict())
    return Status(201, created(row, f"/api/v1/review/outcomes/{row.ref}"))


@router.get("/results", response=Rows[ResultsOut])
@opens("review.list_results_api", roles=CONTENT)
def list_results(request: ActorRequest, after: str = "", size: int = 50) -> Rows[ResultsOut]:
    """List the results analyses, the newest first."""
    return Rows[ResultsOut].of(page(selectors.results(actor=request.actor), after=after, size=size))


@router.post("/results", response={201: Created})
@opens("review.analyse_results_api", roles=MEASURERS)
def analyse_results(request: ActorRequest, payload: ResultsIn) -> Status[Created]:
    """Compare incidents before and after."""
    wanted = payload.wanted(request.actor)
    row = services.analyse_results(actor=request.actor, wanted=wanted, reading=payload.reading)
    return Status(201, created(row, f"/api/v1/review/results/{row.ref}"))


@router.get("/results/{ref}", response=ResultsOut)
@opens("review.results_api", roles=CONTENT)
def result(request: ActorRequest, ref: str) -> Any:
    """Return a results analysis."""
    return selectors.result(ref, actor=request.actor)


@router.get("/lessons", response=Rows[LessonOut])
@opens("review.list_lessons_api", roles=CONTENT)
def list_lessons(request: ActorRequest, after: str = "", size: int = 50) -> Rows[LessonOut]:
    """List the lessons, the newest first."""
    return Rows[LessonOut].of(page(selectors.lessons(actor=request.actor), after=after, size=size))


@router.post("/lessons", response={201: Created})
@opens("review.draw_lesson_api", roles=ASKERS)
def draw_lesson(request: ActorRequest, payload: LessonIn) -> Status[Created]:
    """Draw a lesson; with a question it raises a requirement."""
    actor, said = request.actor, payload.dict()
    said["outcome"] = selectors.outcome(payload.outcome, actor=actor) if payload.outcome else None
    said["results"] = selectors.result(payload.results, actor=actor) if payload.results else None
    row = services.draw_lesson(actor=actor, **said)
    return Status(201, created(row, f"/api/v1/review/lessons/{row.ref}"))


@router.get("/lessons/{ref}", response=LessonOut)
@opens("review.lesson_api", roles=CONTENT)
def lesson(request: ActorRequest, ref: str) -> Any:
    """Return a lesson."""
    return selectors.lesson(ref, actor=request.actor)


@router.get("/use-of-intelligence", response=UseOut)
@opens("review.use_of_intelligence_api", roles=CONTENT)
def use_of_intelligence(request: ActorRequest) -> Any:
    """Return the share of decisions that cite intelligence, and of products that led to action."""
    return selectors.use_of_intelligence(actor=request.actor)


@router.get("/spent", response=list[SpentOut])
@opens("review.spent_api", roles=CONTENT)
def spent(request: ActorRequest) -> Any:
    """Return planned and spent hours and money per priority."""
    found = tasking.spent_by_priority(actor=request.actor)
    keys = [key for key in found if key is not None]
    refs = dict(direction.priorities(actor=request.actor).filter(pk__in=keys).values_list("pk", "ref"))
    return [SpentOut(priority=refs.get(key, ""), **vars(each)) for key, each in found.items()]
