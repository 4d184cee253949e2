"""The verbs of direction over HTTP."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp.direction import selectors, services
from openilp.direction.errors import DirectionError
from openilp.direction.models import PlanLine, Priority, Requirement
from openilp.direction.rules import STRANDS, NewLine, Strands
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit, User
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, MANAGERS
from openilp.safeguards.schemas import Created, Lawful, Marked, Rows, created

router = Router(tags=["direction"])
_ROOT = "/api/v1/direction"


class SetAsideIn(Schema):
    """What a unit sets aside and wants to reach, and how: by intelligence, by prevention, by enforcement."""

    hours_set: int = Field(0, ge=0)
    money_set: Decimal = Field(Decimal(0), ge=0)
    goals: str = ""
    intelligence: str = ""
    prevention: str = ""
    enforcement: str = ""
    position: int | None = Field(None, ge=1)

    def strands(self) -> Strands:
        """Return the three strands as the service takes them."""
        return Strands(self.intelligence, self.prevention, self.enforcement)


class PriorityIn(Lawful, SetAsideIn):
    """A priority as it is set; `unit` is a unit's code, `owner` the name of an account."""

    title: str = Field(max_length=160)
    reason: str
    source_document: str = Field(max_length=200)
    unit: str
    owner: str
    starts_on: date
    ends_on: date
    crime_types: list[str] = []


class CascadeIn(SetAsideIn):
    """A priority as it is carried on to a unit of the level right below."""

    unit: str
    owner: str
    reason: str
    title: str = Field("", max_length=160)


class NewVersionIn(Schema):
    """What changes in a priority; what is left out stays."""

    reason: str
    title: str | None = Field(None, max_length=160)
    owner: str | None = None
    position: int | None = Field(None, ge=1)
    ends_on: date | None = None
    hours_set: int | None = Field(None, ge=0)
    money_set: Decimal | None = Field(None, ge=0)
    goals: str | None = None
    intelligence: str | None = None
    prevention: str | None = None
    enforcement: str | None = None


class ReasonIn(Schema):
    """A reason."""

    reason: str


class PriorityOut(Marked):
    """A priority."""

    title: str
    reason: str
    source_document: str
    organisation_level: str
    unit: str
    owner: str
    position: int
    starts_on: date
    ends_on: date
    crime_types: list[str]
    hours_set: int
    money_set: Decimal
    goals: str
    intelligence: str
    prevention: str
    enforcement: str
    open_strands: list[str]
    closed_on: date | None
    closing_reason: str

    @staticmethod
    def resolve_open_strands(row: Priority) -> list[str]:
        """Return the strands that say nothing yet."""
        return list(selectors.strands_of(row).missing)

    @staticmethod
    def resolve_unit(row: Priority) -> str:
        """Return the unit's code."""
        return row.unit.code

    @staticmethod
    def resolve_owner(row: Priority) -> str:
        """Return the owner's account."""
        return row.owner.username


class BranchOut(Schema):
    """A priority where it stands in the cascade."""

    priority: PriorityOut
    depth: int
    missing: str
    is_addition: bool


class RequirementIn(Lawful):
    """A question as it is asked; `priority` and `supersedes` are references."""

    question: str = Field(max_length=300)
    why: str
    due_on: date
    urgency: str
    priority: str = ""
    supersedes: str = ""


class RequirementOut(Marked):
    """A requirement."""

    question: str
    why: str
    asker: str
    due_on: date
    urgency: str

    @staticmethod
    def resolve_asker(row: Requirement) -> str:
        """Return the asker's account."""
        return row.asker.username


class ClosureIn(Schema):
    """The asker's word on a requirement."""

    is_answered: bool
    note: str


class ClosureOut(Schema):
    """How a requirement ended."""

    is_answered: bool
    note: str


class LineIn(Schema):
    """A line of a collection plan; `collector` is the name of an account."""

    what: str = Field(max_length=200)
    method: str
    collector: str
    due_on: date
    hours: int = Field(0, ge=0)
    legal_basis: str = ""


class PlanIn(Schema):
    """A collection plan."""

    title: str = Field("", max_length=160)
    lines: list[LineIn]


class LineOut(Schema):
    """A line of a collection plan."""

    id: UUID
    what: str
    method: str
    collector: str
    due_on: date
    hours: int
    legal_basis: str
    returned_on: date | None

    @staticmethod
    def resolve_collector(row: PlanLine) -> str:
        """Return the collector's account."""
        return row.collector.username


class PlanOut(Marked):
    """A collection plan."""

    title: str


class PlanDetail(Schema):
    """A collection plan with its lines."""

    plan: PlanOut
    lines: list[LineOut]


class RequirementDetail(Schema):
    """A requirement with its plans and how it ended."""

    requirement: RequirementOut
    plans: list[PlanDetail]
    closure: ClosureOut | None


def _unit(code: str) -> Unit:
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise DirectionError("unit", f"There is no unit '{code}'; use the code of one of the agency's units.")
    return found


def _user(name: str, field: str) -> User:
    found = User.objects.filter(username=name.lower(), is_active=True).first()
    if found is None:
        raise DirectionError(field, f"There is no open account '{name}'; use the name of a colleague.")
    return found


def _line(payload: LineIn) -> NewLine:
    values = payload.dict(exclude={"collector"})
    return NewLine(collector=_user(payload.collector, "collector").pk, **values)


def _at(kind: str, ref: str) -> str:
    return f"{_ROOT}/{kind}/{ref}"


@router.get("/priorities", response=Rows[PriorityOut])
@opens("direction.list_priorities_api", roles=CONTENT)
def list_priorities(
    request: ActorRequest,
    level: str = "",
    unit: str = "",
    state: str = "open",
    after: str = "",
    size: int = 50,
) -> Rows[PriorityOut]:
    """List priorities by level, unit code and state (`open`, `closed`, `all`), newest first."""
    rows = selectors.standing_priorities(actor=request.actor, level=level, unit=unit, state=state)
    return Rows[PriorityOut].of(page(rows, after=after, size=size))


@router.post("/priorities", response={201: Created})
@opens("direction.set_priority_api", roles=MANAGERS)
def set_priority(request: ActorRequest, payload: PriorityIn) -> Status[Created]:
    """Set a priority."""
    values = payload.dict(exclude={"unit", "owner", "review_on", "legal_basis", *STRANDS})
    row = services.set_priority(
        actor=request.actor,
        unit=_unit(payload.unit),
        owner=_user(payload.owner, "owner"),
        strands=payload.strands(),
        **values,
        **payload.lawful(),
    )
    return Status(201, created(row, _at("priorities", row.ref)))


@router.get("/cascade", response=list[BranchOut])
@opens("direction.cascade_api", roles=CONTENT)
def show_cascade(request: ActorRequest, on: date | None = None) -> list[selectors.CascadeRow]:
    """Return the priorities in force on a day as a tree, with gaps and local additions."""
    return selectors.cascade(actor=request.actor, on=on)


@router.get("/priorities/{ref}", response=PriorityOut)
@opens("direction.priority_api", roles=CONTENT)
def show_priority(request: ActorRequest, ref: str) -> Priority:
    """Return a priority."""
    return selectors.priority(ref, actor=request.actor)


@router.post("/priorities/{ref}/cascade", response={201: Created})
@opens("direction.cascade_priority_api", roles=MANAGERS)
def cascade_priority(request: ActorRequest, ref: str, payload: CascadeIn) -> Status[Created]:
    """Carry a priority on to a unit of the level right below."""
    row = services.cascade_priority(
        actor=request.actor,
        priority=selectors.priority(ref, actor=request.actor),
        unit=_unit(payload.unit),
        owner=_user(payload.owner, "owner"),
        strands=payload.strands(),
        **payload.dict(exclude={"unit", "owner", *STRANDS}),
    )
    return Status(201, created(row, _at("priorities", row.ref)))


@router.post("/priorities/{ref}/supersede", response={201: Created})
@opens("direction.supersede_priority_api", roles=MANAGERS)
def supersede_priority(request: ActorRequest, ref: str, payload: NewVersionIn) -> Status[Created]:
    """Replace a priority by a new version."""
    row = services.supersede_priority(
        actor=request.actor,
        priority=selectors.priority(ref, actor=request.actor),
        owner=_user(payload.owner, "owner") if payload.owner else None,
        **payload.dict(exclude={"owner"}),
    )
    return Status(201, created(row, _at("priorities", row.ref)))


@router.post("/priorities/{ref}/close", response=PriorityOut)
@opens("direction.close_priority_api", roles=MANAGERS)
def close_priority(request: ActorRequest, ref: str, payload: ReasonIn) -> Priority:
    """End a priority today."""
    row = selectors.priority(ref, actor=request.actor)
    services.close_priority(actor=request.actor, priority=row, reason=payload.reason)
    return selectors.priority(ref, actor=request.actor)


@router.get("/requirements", response=Rows[RequirementOut])
@opens("direction.list_requirements_api", roles=CONTENT)
def list_requirements(
    request: ActorRequest,
    state: str = "open",
    urgency: str = "",
    priority: str = "",
    mine: bool = False,
    after: str = "",
    size: int = 50,
) -> Rows[RequirementOut]:
    """List requirements by state (`open`, `overdue`, `unplanned`, `closed`, `all`), newest first."""
    rows = selectors.requirements_by(
        actor=request.actor, state=state, urgency=urgency, priority=priority, mine=mine
    )
    return Rows[RequirementOut].of(page(rows.select_related("asker"), after=after, size=size))


@router.post("/requirements", response={201: Created})
@opens("direction.raise_requirement_api", roles=services.ASKERS)
def raise_requirement(request: ActorRequest, payload: RequirementIn) -> Status[Created]:
    """Ask a question that somebody needs answered to decide."""
    actor = request.actor
    row = services.raise_requirement(
        actor=actor,
        priority=selectors.priority(payload.priority, actor=actor) if payload.priority else None,
        supersedes=selectors.requirement(payload.supersedes, actor=actor) if payload.supersedes else None,
        **payload.dict(include={"question", "why", "due_on", "urgency"}),
        **payload.lawful(),
    )
    return Status(201, created(row, _at("requirements", row.ref)))


@router.get("/requirements/{ref}", response=RequirementDetail)
@opens("direction.requirement_api", roles=CONTENT)
def show_requirement(request: ActorRequest, ref: str) -> dict[str, object]:
    """Return a requirement with its plans and how it ended."""
    actor = request.actor
    row = selectors.requirement(ref, actor=actor)
    plans = selectors.plans_of(row, actor=actor)
    return {
        "requirement": row,
        "plans": [_plan_detail(plan, actor) for plan in plans],
        "closure": selectors.closure_of(row, actor=actor),
    }


def _plan_detail(plan: object, actor: Actor) -> dict[str, object]:
    return {"plan": plan, "lines": selectors.lines_of([plan], actor=actor)}  # type: ignore[list-item]


@router.post("/requirements/{ref}/close", response={201: Created})
@opens("direction.close_requirement_api", roles=services.ASKERS)
def close_requirement(request: ActorRequest, ref: str, payload: ClosureIn) -> Status[Created]:
    """Close a requirement as answered or given up: the asker's word."""
    row = selectors.requirement(ref, actor=request.actor)
    made = services.close_requirement(actor=request.actor, requirement=row, **payload.dict())
    return Status(201, created(made, _at("requirements", row.ref)))


@router.post("/requirements/{ref}/plans", response={201: Created})
@opens("direction.plan_collection_api", roles=services.ASKERS)
def plan_collection(request: ActorRequest, ref: str, payload: PlanIn) -> Status[Created]:
    """Plan how a requirement is answered."""
    row = services.plan_collection(
        actor=request.actor,
        requirement=selectors.requirement(ref, actor=request.actor),
        title=payload.title,
        lines=[_line(line) for line in payload.lines],
    )
    return Status(201, created(row, _at("plans", row.ref)))


@router.get("/plans/{ref}", response=PlanDetail)
@opens("direction.plan_api", roles=CONTENT)
def show_plan(request: ActorRequest, ref: str) -> dict[str, object]:
    """Return a collection plan with its lines."""
    return _plan_detail(selectors.plan(ref, actor=request.actor), request.actor)


@router.post("/plans/{ref}/lines", response={201: Created})
@opens("direction.add_line_api", roles=services.ASKERS)
def add_line(request: ActorRequest, ref: str, payload: LineIn) -> Status[Created]:
    """Add a line to a collection plan."""
    plan = selectors.plan(ref, actor=request.actor)
    row = services.add_line(actor=request.actor, plan=plan, line=_line(payload))
    return Status(201, created(row, _at("plans", plan.ref)))


@router.get("/lines", response=Rows[LineOut])
@opens("direction.own_lines_api", roles=CONTENT)
def list_own_lines(request: ActorRequest, after: str = "", size: int = 50) -> Rows[LineOut]:
    """List the plan lines that wait for the caller's own return, newest first."""
    return Rows[LineOut].of(page(selectors.own_lines(actor=request.actor), after=after, size=size))


@router.post("/lines/{key}/return", response=LineOut)
@opens("direction.return_line_api", roles=CONTENT)
def return_line(request: ActorRequest, key: UUID) -> PlanLine:
    """Return a plan line: what could be collected has come in."""
    return services.return_line(actor=request.actor, line=selectors.line(key, actor=request.actor))


@router.get("/in-tray", response=Rows[RequirementOut])
@opens("direction.in_tray_api", roles=CONTENT)
def in_tray(request: ActorRequest, after: str = "", size: int = 50) -> Rows[RequirementOut]:
    """List the open requirements that have no plan, or are due within a week."""
    rows = selectors.in_tray(actor=request.actor).select_related("asker")
    return Rows[RequirementOut].of(page(rows, after=after, size=size))
