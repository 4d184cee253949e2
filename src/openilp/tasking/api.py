"""The verbs of tasking over HTTP."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp.analysis import selectors as analysis
from openilp.direction import selectors as direction
from openilp.direction.errors import DirectionError
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit, User
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, MANAGERS, Role
from openilp.safeguards.schemas import Created, Lawful, Marked, Rows, created
from openilp.tasking import selectors, services
from openilp.tasking.errors import TaskingError
from openilp.tasking.rules import Answers, Option
from openilp.tasking.services import NewDecision, NewResponse, NewTask
from openilp.tasking.services.operations import PLANNERS

router = Router(tags=["tasking"])
OPENERS = [Role.CHAIR, Role.TASKING_COORDINATOR, Role.HEAD_OF_INTELLIGENCE]


class MeetingIn(Lawful):
    """A meeting to call; people are named by user name, the unit by code."""

    kind: str
    title: str = Field(max_length=160)
    unit: str
    chair: str
    starts_at: datetime
    members: list[str] = []
    without_vote: list[str] = []
    quorum: int = 1


class MeetingOut(Marked):
    """A meeting in a list."""

    kind: str
    title: str
    organisation_level: str
    starts_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


class PointOut(Schema):
    """A point of an agenda."""

    number: int
    kind: str
    title: str
    noted: str
    decision: str = ""


class MeetingDetail(MeetingOut):
    """A meeting with its agenda."""

    quorum: int
    agenda: list[PointOut]


class PresentIn(Schema):
    """Who is there, by user name."""

    present: list[str] = []


class PointIn(Schema):
    """A point of one's own."""

    title: str = Field(max_length=200)


class NoteIn(Schema):
    """What was said on a point."""

    noted: str


class OptionIn(Schema):
    """A way to decide; a recommendation is named by its reference."""

    key: str = Field(max_length=4)
    text: str = Field(max_length=300)
    hours: int = 0
    money: Decimal = Decimal(0)
    harm_low: float | None = None
    harm_high: float | None = None
    recommendation: str = ""


class AnswerIn(Schema):
    """The answer to a recommendation."""

    recommendation: str
    verdict: str
    reason: str = ""
    changed_text: str = Field("", max_length=300)


class DecisionIn(Schema):
    """A decision: what was on the table, what was chosen, why, and the three answers of law."""

    title: str = Field(max_length=200)
    options: list[OptionIn]
    chosen: str
    reasons: str
    necessity: str
    proportionality: str
    non_discrimination: str
    effect_review_on: date
    dissent: str = ""
    products: list[str] = []
    answers: list[AnswerIn] = []
    priority: str = ""
    agenda_item: int | None = None

    def new(self, actor: Actor) -> NewDecision:
        """Return it as the service takes it."""
        return NewDecision(
            title=self.title,
            options=[Option(**option.dict()) for option in self.options],
            chosen=self.chosen,
            reasons=self.reasons,
            answers=Answers(self.necessity, self.proportionality, self.non_discrimination),
            effect_review_on=self.effect_review_on,
            dissent=self.dissent,
            evidence=[
                selectors.evidence_for(analysis.product(ref, actor=actor), actor=actor)
                for ref in self.products
            ],
            responses=[answer(each, actor) for each in self.answers],
            priority=direction.priority(self.priority, actor=actor) if self.priority else None,
        )


class EmergencyIn(DecisionIn, Lawful):
    """A decision between meetings."""


class DecisionOut(Marked):
    """A decision in a list."""

    title: str
    chosen: str
    is_emergency: bool
    effect_review_on: date
    evidence_sha256: str


class DecisionDetail(DecisionOut):
    """A decision with what it keeps."""

    options: list[dict[str, Any]]
    reasons: str
    dissent: str
    necessity: str
    proportionality: str
    non_discrimination: str
    evidence: dict[str, Any]


class RatificationIn(Schema):
    """Whether an emergency decision stands."""

    meeting: str
    is_ratified: bool
    reason: str


class RequirementIn(Schema):
    """A question out of a decision."""

    question: str = Field(max_length=300)
    why: str
    due_on: date
    urgency: str


class ProductIn(Schema):
    """A product that is wanted."""

    product_type: str
    title: str = Field(max_length=160)
    question: str = Field(max_length=300)
    due_on: date
    urgency: str


class PriorityIn(Schema):
    """A priority set by decision; the unit by code, the owner by user name."""

    title: str = Field(max_length=160)
    reason: str
    unit: str
    owner: str
    starts_on: date
    ends_on: date
    hours_set: int = 0
    money_set: Decimal = Decimal(0)
    cascades_from: str = ""


class TaskIn(Schema):
    """A task; its owner by user name."""

    title: str = Field(max_length=200)
    strand: str
    owner: str
    due_on: date
    hours_planned: int = 0
    money_planned: Decimal = Decimal(0)

    def new(self) -> NewTask:
        """Return it as the service takes it."""
        return NewTask(**{**self.dict(), "owner": person("owner", self.owner)})


class OperationIn(Schema):
    """What a decision sets in motion; people by user name."""

    name: str = Field(max_length=120)
    goals: str
    plan_owner: str
    starts_on: date
    ends_on: date
    members: list[str] = []
    tasks: list[TaskIn] = []


class OperationOut(Marked):
    """An operation in a list."""

    name: str
    goals: str
    starts_on: date
    ends_on: date
    ended_on: date | None


class TaskOut(Marked):
    """A task as its newest change left it."""

    title: str
    strand: str
    due: date
    owner_now: UUID
    is_done: bool
    hours_planned: int
    money_planned: Decimal


class ChangeIn(Schema):
    """Another day or person for a task."""

    reason: str = Field(max_length=300)
    due_on: date | None = None
    owner: str = ""


class EffortIn(Schema):
    """Hours and money of a day."""

    spent_on: date
    hours: Decimal = Decimal(0)
    money: Decimal = Decimal(0)
    note: str = Field("", max_length=300)


class FinishIn(Schema):
    """That a task is over."""

    done_on: date | None = None
    note: str = Field("", max_length=300)


class ResourceIn(Lawful):
    """What a unit can commit; the unit by code."""

    unit: str
    kind: str = Field(max_length=40)
    starts_on: date
    ends_on: date
    hours: int
    money: Decimal = Decimal(0)


class ResourceOut(Marked):
    """What a unit can commit."""

    kind: str
    starts_on: date
    ends_on: date
    hours: int
    money: Decimal


class RecommendationOut(Marked):
    """A recommendation that waits for an answer."""

    text: str
    strand: str
    effect: str
    hours: int
    money: Decimal
    harm_low: float | None
    harm_high: float | None


def person(field: str, username: str) -> User:
    """Return an open account by its name."""
    found = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if found is None:
        raise TaskingError(field, f"There is no open account '{username}'; give the user name.")
    return found


def unit_of(code: str) -> Unit:
    """Return a unit by its code."""
    found = Unit.objects.filter(code=code.strip()).first()
    if found is None:
        known = ", ".join(Unit.objects.values_list("code", flat=True))
        raise DirectionError("unit", f"There is no unit '{code}'; use one of {known}.")
    return found


def answer(given: AnswerIn, actor: Actor) -> NewResponse:
    """Return an answer as the service takes it."""
    row = selectors.recommendation(given.recommendation, actor=actor)
    return NewResponse(row, given.verdict, given.reason, given.changed_text)


@router.get("/meetings", response=Rows[MeetingOut])
@opens("tasking.list_meetings_api", roles=CONTENT)
def list_meetings(request: ActorRequest, after: str = "", size: int = 50) -> Rows[MeetingOut]:
    """List the meetings, the newest first."""
    return Rows[MeetingOut].of(page(selectors.meetings(actor=request.actor), after=after, size=size))


@router.post("/meetings", response={201: Created})
@opens("tasking.call_meeting_api", roles=MANAGERS)
def call_meeting(request: ActorRequest, payload: MeetingIn) -> Status[Created]:
    """Call a meeting; its agenda fills itself."""
    values = payload.dict(exclude={"legal_basis", "review_on"})
    values["unit"] = unit_of(payload.unit)
    values["chair"] = person("chair", payload.chair)
    for field in ("members", "without_vote"):
        values[field] = [person(field, name) for name in values[field]]
    row = services.call_meeting(actor=request.actor, **values, **payload.lawful())
    return Status(201, created(row, f"/api/v1/tasking/meetings/{row.ref}"))


@router.get("/meetings/{ref}", response=MeetingDetail)
@opens("tasking.meeting_api", roles=CONTENT)
def meeting(request: ActorRequest, ref: str) -> Any:
    """Return a meeting with its agenda."""
    row = selectors.meeting(ref, actor=request.actor)
    decided = selectors.decided_items(row, actor=request.actor)
    row.agenda = [  # type: ignore[attr-defined]
        PointOut(
            number=item.number,
            kind=item.kind,
            title=item.title,
            noted=item.noted,
            decision=decided[item.pk].ref if item.pk in decided else "",
        )
        for item in selectors.agenda_of(row, actor=request.actor)
    ]
    return row


@router.post("/meetings/{ref}/open", response=MeetingOut)
@opens("tasking.open_meeting_api", roles=MANAGERS)
def open_meeting(request: ActorRequest, ref: str, payload: PresentIn) -> Any:
    """Open a meeting with those who are there."""
    row = selectors.meeting(ref, actor=request.actor)
    present = [person("present", name) for name in payload.present]
    return services.open_meeting(actor=request.actor, meeting=row, present=present)


@router.post("/meetings/{ref}/presence", response=MeetingOut)
@opens("tasking.mark_presence_api", roles=MANAGERS)
def mark_presence(request: ActorRequest, ref: str, payload: PresentIn) -> Any:
    """Correct who is there."""
    row = selectors.meeting(ref, actor=request.actor)
    present = [person("present", name) for name in payload.present]
    services.mark_presence(actor=request.actor, meeting=row, present=present)
    return row


@router.post("/meetings/{ref}/agenda", response={201: Created})
@opens("tasking.add_agenda_item_api", roles=MANAGERS)
def add_agenda_item(request: ActorRequest, ref: str, payload: PointIn) -> Status[Created]:
    """Add a point of one's own."""
    row = selectors.meeting(ref, actor=request.actor)
    made = services.add_agenda_item(actor=request.actor, meeting=row, title=payload.title)
    return Status(201, created(made, f"/api/v1/tasking/meetings/{row.ref}"))


@router.post("/meetings/{ref}/agenda/fill", response=list[PointOut])
@opens("tasking.fill_agenda_api", roles=MANAGERS)
def fill_agenda(request: ActorRequest, ref: str) -> Any:
    """Bring the agenda up to date; the added points are answered."""
    row = selectors.meeting(ref, actor=request.actor)
    added = services.fill_agenda(actor=request.actor, meeting=row)
    return [PointOut(number=i.number, kind=i.kind, title=i.title, noted=i.noted) for i in added]


@router.post("/meetings/{ref}/agenda/{number}/note", response=PointOut)
@opens("tasking.note_agenda_item_api", roles=MANAGERS)
def note(request: ActorRequest, ref: str, number: int, payload: NoteIn) -> Any:
    """Write down what was said on a point."""
    row = selectors.meeting(ref, actor=request.actor)
    item = selectors.agenda_item(row, number, actor=request.actor)
    item = services.note_agenda_item(actor=request.actor, item=item, noted=payload.noted)
    return PointOut(number=item.number, kind=item.kind, title=item.title, noted=item.noted)


@router.post("/meetings/{ref}/decisions", response={201: Created})
@opens("tasking.decide_api", roles=[Role.CHAIR])
def decide(request: ActorRequest, ref: str, payload: DecisionIn) -> Status[Created]:
    """Decide in a meeting that the caller chairs."""
    actor = request.actor
    row = selectors.meeting(ref, actor=actor)
    number = payload.agenda_item
    item = None if number is None else selectors.agenda_item(row, number, actor=actor)
    made = services.decide(actor=actor, meeting=row, item=item, new=payload.new(actor))
    return Status(201, created(made, f"/api/v1/tasking/decisions/{made.ref}"))


@router.post("/meetings/{ref}/close", response={201: Created})
@opens("tasking.close_meeting_api", roles=[Role.CHAIR])
def close_meeting(request: ActorRequest, ref: str) -> Status[Created]:
    """Close a meeting; its minutes are written."""
    row = selectors.meeting(ref, actor=request.actor)
    made = services.close_meeting(actor=request.actor, meeting=row)
    return Status(201, created(made, f"/api/v1/tasking/meetings/{row.ref}/minutes"))


@router.get("/meetings/{ref}/minutes", response=dict[str, Any])
@opens("tasking.minutes_api", roles=CONTENT)
def minutes(request: ActorRequest, ref: str) -> Any:
    """Return the frozen minutes of a closed meeting."""
    row = selectors.meeting(ref, actor=request.actor)
    found = selectors.minutes_of(row, actor=request.actor)
    if found is None:
        return {}
    return {"ref": found.ref, "sha256": found.sha256, "content": found.content}


@router.get("/recommendations", response=Rows[RecommendationOut])
@opens("tasking.list_recommendations_api", roles=CONTENT)
def list_recommendations(request: ActorRequest, after: str = "", size: int = 50) -> Rows[RecommendationOut]:
    """List the recommendations that wait for an answer."""
    rows = selectors.open_recommendations(actor=request.actor)
    return Rows[RecommendationOut].of(page(rows, after=after, size=size))


@router.post("/responses", response={201: Created})
@opens("tasking.answer_recommendation_api", roles=[Role.CHAIR])
def respond(request: ActorRequest, payload: AnswerIn) -> Status[Created]:
    """Accept, change or reject a recommendation outside a decision."""
    made = services.answer_recommendation(actor=request.actor, new=answer(payload, request.actor))
    return Status(201, created(made))


@router.get("/decisions", response=Rows[DecisionOut])
@opens("tasking.list_decisions_api", roles=CONTENT)
def list_decisions(request: ActorRequest, after: str = "", size: int = 50) -> Rows[DecisionOut]:
    """List the decisions, the newest first."""
    return Rows[DecisionOut].of(page(selectors.decisions(actor=request.actor), after=after, size=size))


@router.post("/decisions", response={201: Created})
@opens("tasking.decide_emergency_api", roles=[Role.CHAIR])
def decide_emergency(request: ActorRequest, payload: EmergencyIn) -> Status[Created]:
    """Decide between meetings what cannot wait."""
    made = services.decide_emergency(actor=request.actor, new=payload.new(request.actor), **payload.lawful())
    return Status(201, created(made, f"/api/v1/tasking/decisions/{made.ref}"))


@router.get("/decisions/{ref}", response=DecisionDetail)
@opens("tasking.decision_api", roles=CONTENT)
def decision(request: ActorRequest, ref: str) -> Any:
    """Return a decision with the evidence as it was seen."""
    return selectors.decision(ref, actor=request.actor)


@router.post("/decisions/{ref}/ratification", response={201: Created})
@opens("tasking.ratify_decision_api", roles=[Role.CHAIR])
def ratify(request: ActorRequest, ref: str, payload: RatificationIn) -> Status[Created]:
    """Say in a meeting whether an emergency decision stands."""
    actor = request.actor
    made = services.ratify_decision(
        actor=actor,
        decision=selectors.decision(ref, actor=actor),
        meeting=selectors.meeting(payload.meeting, actor=actor),
        is_ratified=payload.is_ratified,
        reason=payload.reason,
    )
    return Status(201, created(made))


@router.post("/decisions/{ref}/requirements", response={201: Created})
@opens("tasking.commission_requirement_api", roles=MANAGERS)
def commission_requirement(request: ActorRequest, ref: str, payload: RequirementIn) -> Status[Created]:
    """Raise a requirement out of a decision."""
    row = selectors.decision(ref, actor=request.actor)
    made = services.commission_requirement(actor=request.actor, decision=row, **payload.dict())
    return Status(201, created(made, f"/api/v1/direction/requirements/{made.ref}"))


@router.post("/decisions/{ref}/products", response={201: Created})
@opens("tasking.commission_product_api", roles=[Role.HEAD_OF_INTELLIGENCE, Role.CHAIR])
def commission_product(request: ActorRequest, ref: str, payload: ProductIn) -> Status[Created]:
    """Commission a product out of a decision; it is asked for as a requirement."""
    row = selectors.decision(ref, actor=request.actor)
    made = services.commission_product(actor=request.actor, decision=row, **payload.dict())
    return Status(201, created(made, f"/api/v1/direction/requirements/{made.ref}"))


@router.post("/decisions/{ref}/priorities", response={201: Created})
@opens("tasking.adopt_priority_api", roles=[Role.CHAIR])
def adopt_priority(request: ActorRequest, ref: str, payload: PriorityIn) -> Status[Created]:
    """Set a priority by decision."""
    actor = request.actor
    values = payload.dict()
    values["unit"], values["owner"] = unit_of(payload.unit), person("owner", payload.owner)
    above = payload.cascades_from
    values["cascades_from"] = direction.priority(above, actor=actor) if above else None
    row = selectors.decision(ref, actor=actor)
    made = services.adopt_priority(actor=actor, decision=row, **values)
    return Status(201, created(made, f"/api/v1/direction/priorities/{made.ref}"))


@router.post("/decisions/{ref}/operations", response={201: Created})
@opens("tasking.open_operation_api", roles=OPENERS)
def open_operation(request: ActorRequest, ref: str, payload: OperationIn) -> Status[Created]:
    """Open the operation that a decision sets in motion, with its first tasks."""
    row = selectors.decision(ref, actor=request.actor)
    made = services.open_operation(
        actor=request.actor,
        decision=row,
        name=payload.name,
        goals=payload.goals,
        plan_owner=person("plan_owner", payload.plan_owner),
        starts_on=payload.starts_on,
        ends_on=payload.ends_on,
        members=[person("members", name) for name in payload.members],
        tasks=[task.new() for task in payload.tasks],
    )
    return Status(201, created(made, f"/api/v1/tasking/operations/{made.ref}"))


@router.get("/operations", response=Rows[OperationOut])
@opens("tasking.list_operations_api", roles=CONTENT)
def list_operations(request: ActorRequest, after: str = "", size: int = 50) -> Rows[OperationOut]:
    """List the operations, the newest first."""
    return Rows[OperationOut].of(page(selectors.operations(actor=request.actor), after=after, size=size))


@router.get("/operations/{ref}", response=OperationOut)
@opens("tasking.operation_api", roles=CONTENT)
def operation(request: ActorRequest, ref: str) -> Any:
    """Return an operation."""
    return selectors.operation(ref, actor=request.actor)


@router.post("/operations/{ref}/tasks", response={201: Created})
@opens("tasking.give_task_api", roles=PLANNERS)
def give_task(request: ActorRequest, ref: str, payload: TaskIn) -> Status[Created]:
    """Give somebody a task in an operation."""
    row = selectors.operation(ref, actor=request.actor)
    made = services.give_task(actor=request.actor, operation=row, new=payload.new())
    return Status(201, created(made, f"/api/v1/tasking/tasks/{made.ref}"))


@router.post("/operations/{ref}/end", response=OperationOut)
@opens("tasking.end_operation_api", roles=PLANNERS)
def end_operation(request: ActorRequest, ref: str) -> Any:
    """End an operation today."""
    row = selectors.operation(ref, actor=request.actor)
    return services.end_operation(actor=request.actor, operation=row)


@router.get("/tasks", response=Rows[TaskOut])
@opens("tasking.list_tasks_api", roles=CONTENT)
def list_tasks(
    request: ActorRequest, mine: bool = False, is_open: bool = False, after: str = "", size: int = 50
) -> Rows[TaskOut]:
    """List tasks, the newest first: all, the caller's own, or the open ones."""
    rows = selectors.tasks(actor=request.actor)
    if mine:
        rows = rows.filter(owner_now=request.actor.user_id)
    if is_open:
        rows = rows.filter(is_done=False)
    return Rows[TaskOut].of(page(rows, after=after, size=size))


@router.get("/tasks/{ref}", response=TaskOut)
@opens("tasking.task_api", roles=CONTENT)
def task(request: ActorRequest, ref: str) -> Any:
    """Return a task as its newest change left it."""
    return selectors.task(ref, actor=request.actor)


@router.post("/tasks/{ref}/changes", response={201: Created})
@opens("tasking.change_task_api", roles=PLANNERS)
def change_task(request: ActorRequest, ref: str, payload: ChangeIn) -> Status[Created]:
    """Move a task to another day or person."""
    row = selectors.task(ref, actor=request.actor)
    owner = person("owner", payload.owner) if payload.owner else None
    made = services.change_task(
        actor=request.actor, task=row, reason=payload.reason, due_on=payload.due_on, owner=owner
    )
    return Status(201, created(made, f"/api/v1/tasking/tasks/{row.ref}"))


@router.post("/tasks/{ref}/efforts", response={201: Created})
@opens("tasking.record_effort_api", roles=CONTENT)
def record_effort(request: ActorRequest, ref: str, payload: EffortIn) -> Status[Created]:
    """Book hours and money on a task."""
    row = selectors.task(ref, actor=request.actor)
    made = services.record_effort(actor=request.actor, task=row, **payload.dict())
    return Status(201, created(made, f"/api/v1/tasking/tasks/{row.ref}"))


@router.post("/tasks/{ref}/completion", response={201: Created})
@opens("tasking.finish_task_api", roles=CONTENT)
def finish_task(request: ActorRequest, ref: str, payload: FinishIn) -> Status[Created]:
    """Say that a task is over."""
    row = selectors.task(ref, actor=request.actor)
    made = services.finish_task(actor=request.actor, task=row, **payload.dict())
    return Status(201, created(made, f"/api/v1/tasking/tasks/{row.ref}"))


@router.get("/resources", response=Rows[ResourceOut])
@opens("tasking.list_resources_api", roles=CONTENT)
def list_resources(request: ActorRequest, after: str = "", size: int = 50) -> Rows[ResourceOut]:
    """List what units can commit."""
    return Rows[ResourceOut].of(page(selectors.resources(actor=request.actor), after=after, size=size))


@router.post("/resources", response={201: Created})
@opens("tasking.commit_resource_api", roles=MANAGERS)
def commit_resource(request: ActorRequest, payload: ResourceIn) -> Status[Created]:
    """Say what a unit can commit in a period."""
    values = payload.dict(exclude={"legal_basis", "review_on"}) | {"unit": unit_of(payload.unit)}
    made = services.commit_resource(actor=request.actor, **values, **payload.lawful())
    return Status(201, created(made, "/api/v1/tasking/resources"))
