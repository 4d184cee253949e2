"""The verbs of tasking over HTTP."""

from typing import Any

from ninja import Router, Status

from openilp.direction import selectors as direction
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, MANAGERS, Role
from openilp.safeguards.schemas import Created, Rows, created
from openilp.tasking import selectors, services
from openilp.tasking.api.shapes import (
    AnswerIn,
    ChangeIn,
    ComparisonIn,
    ComparisonOut,
    DecisionDetail,
    DecisionIn,
    DecisionOut,
    EffortIn,
    EmergencyIn,
    MeetingDetail,
    MeetingIn,
    MeetingOut,
    OperationIn,
    OperationOut,
    PointExhibits,
    PointIn,
    PointOut,
    PresentIn,
    RatificationIn,
    RecommendationOut,
    ResourceIn,
    ResourceOut,
    TaskIn,
    TaskingFinishIn,
    TaskingNoteIn,
    TaskingPriorityIn,
    TaskingProductIn,
    TaskingRequirementIn,
    TaskOut,
    answer,
    person,
    unit_of,
)
from openilp.tasking.services.operations import PLANNERS

router = Router(tags=["tasking"])
OPENERS = [Role.CHAIR, Role.TASKING_COORDINATOR, Role.HEAD_OF_INTELLIGENCE]


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
def note(request: ActorRequest, ref: str, number: int, payload: TaskingNoteIn) -> Any:
    """Write down what was said on a point."""
    row = selectors.meeting(ref, actor=request.actor)
    item = selectors.agenda_item(row, number, actor=request.actor)
    item = services.note_agenda_item(actor=request.actor, item=item, noted=payload.noted)
    return PointOut(number=item.number, kind=item.kind, title=item.title, noted=item.noted)


@router.get("/meetings/{ref}/agenda/{number}/exhibits", response=PointExhibits)
@opens("tasking.exhibits_api", roles=CONTENT)
def exhibits(request: ActorRequest, ref: str, number: int) -> Any:
    """Return what a point laid before the meeting when it was opened, and what has changed since."""
    row = selectors.meeting(ref, actor=request.actor)
    item = selectors.agenda_item(row, number, actor=request.actor)
    return PointExhibits.of(selectors.exhibits_of(item, actor=request.actor), actor=request.actor)


@router.post("/meetings/{ref}/comparisons", response={201: Created})
@opens("tasking.compare_problems_api", roles=services.COMPARERS)
def compare_problems(request: ActorRequest, ref: str, payload: ComparisonIn) -> Status[Created]:
    """Put candidate problems side by side in a meeting, or replace a version of it."""
    actor = request.actor
    row = selectors.meeting(ref, actor=actor)
    number, before = payload.agenda_item, payload.supersedes
    made = services.compare_problems(
        actor=actor,
        meeting=row,
        new=payload.new(),
        item=None if number is None else selectors.agenda_item(row, number, actor=actor),
        supersedes=selectors.comparison(before, actor=actor) if before else None,
    )
    return Status(201, created(made, f"/api/v1/tasking/comparisons/{made.ref}"))


@router.get("/comparisons", response=Rows[ComparisonOut])
@opens("tasking.list_comparisons_api", roles=CONTENT)
def list_comparisons(request: ActorRequest, after: str = "", size: int = 50) -> Rows[ComparisonOut]:
    """List the comparisons that stand, the newest first."""
    return Rows[ComparisonOut].of(page(selectors.comparisons(actor=request.actor), after=after, size=size))


@router.get("/comparisons/{ref}", response=ComparisonOut)
@opens("tasking.comparison_api", roles=CONTENT)
def comparison(request: ActorRequest, ref: str) -> Any:
    """Return a comparison."""
    return selectors.comparison(ref, actor=request.actor)


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
def commission_requirement(request: ActorRequest, ref: str, payload: TaskingRequirementIn) -> Status[Created]:
    """Raise a requirement out of a decision."""
    row = selectors.decision(ref, actor=request.actor)
    made = services.commission_requirement(actor=request.actor, decision=row, **payload.dict())
    return Status(201, created(made, f"/api/v1/direction/requirements/{made.ref}"))


@router.post("/decisions/{ref}/products", response={201: Created})
@opens("tasking.commission_product_api", roles=MANAGERS)
def commission_product(request: ActorRequest, ref: str, payload: TaskingProductIn) -> Status[Created]:
    """Commission a product out of a decision; its draft waits in analysis."""
    row = selectors.decision(ref, actor=request.actor)
    made = services.commission_product(actor=request.actor, decision=row, **payload.dict())
    return Status(201, created(made, f"/api/v1/analysis/products/{made.ref}"))


@router.post("/decisions/{ref}/priorities", response={201: Created})
@opens("tasking.adopt_priority_api", roles=[Role.CHAIR])
def adopt_priority(request: ActorRequest, ref: str, payload: TaskingPriorityIn) -> Status[Created]:
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
def finish_task(request: ActorRequest, ref: str, payload: TaskingFinishIn) -> Status[Created]:
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
