"""Methods, snapshots, runs, maps and documents over HTTP."""

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from openilp import reference
from openilp.analysis import maps, registry, selectors, services
from openilp.analysis.errors import WrongData
from openilp.direction import selectors as direction
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.safeguards.schemas import Created, Lawful, Marked, Rows, created

router = Router(tags=["analysis"])
READERS = services.READERS
ROOT = "/api/v1/analysis"


class ParameterOut(Schema):
    """A parameter with its range."""

    name: str
    label: str
    unit: str
    default: float
    low: float
    high: float


class MethodOut(Schema):
    """A method with what it needs and warns of."""

    name: str
    version: str
    title: str
    kind: str
    needs: str
    caution: str
    parameters: list[ParameterOut]


class SnapshotIn(Lawful):
    """Which incidents to freeze; empty lists mean all."""

    title: str
    starts_on: date
    ends_on: date
    crime_types: list[str] = []
    units: list[UUID] = []
    needs_place: bool = False
    finest_needed: str = "month"


class NetworkSnapshotIn(Lawful):
    """The matter whose links to freeze."""

    title: str
    matter: UUID


class SnapshotOut(Marked):
    """A snapshot in a list."""

    kind: str
    title: str
    query: dict[str, Any]
    rows: int
    excluded: dict[str, int]
    sha256: str


class RunIn(Schema):
    """A method, its parameters and the snapshot to run it on."""

    snapshot: str
    method: str
    parameters: dict[str, float] = {}
    requirement: str = ""


class RunOut(Marked):
    """A method run in a list."""

    method: str
    method_version: str
    parameters: dict[str, float]
    digest: str
    caution: str


class RunWholeOut(RunOut):
    """A method run with its result."""

    result: dict[str, Any]


class TermOut(Schema):
    """A word of the yardstick with its range."""

    code: str
    label: str
    low: float
    high: float


@router.get("/methods", response=list[MethodOut])
@opens("analysis.api_methods", roles=CONTENT)
def list_methods(request: ActorRequest) -> list[MethodOut]:
    """List the methods with their parameters."""
    return [
        MethodOut(
            name=m.name,
            version=m.version,
            title=str(m.title),
            kind=m.kind,
            needs=str(m.needs),
            caution=str(m.caution),
            parameters=[
                ParameterOut(
                    name=p.name,
                    label=str(p.label),
                    unit=str(p.unit),
                    default=p.default,
                    low=p.low,
                    high=p.high,
                )
                for p in m.parameters
            ],
        )
        for m in registry.METHODS.values()
    ]


@router.get("/yardstick", response=list[TermOut])
@opens("analysis.api_yardstick", roles=CONTENT)
def list_terms(request: ActorRequest) -> list[TermOut]:
    """List the words of probability with their ranges."""
    return [
        TermOut(code=t.code, label=t.label, low=t.low, high=t.high) for t in reference.probability_terms()
    ]


@router.get("/snapshots", response=Rows[SnapshotOut])
@opens("analysis.api_snapshots", roles=READERS)
def list_snapshots(request: ActorRequest, after: str = "", size: int = 50) -> Rows[SnapshotOut]:
    """List the snapshots that the caller may see, newest first."""
    return Rows[SnapshotOut].of(page(selectors.snapshots(actor=request.actor), after=after, size=size))


@router.post("/snapshots", response={201: Created})
@opens("analysis.api_take_snapshot", roles=READERS)
def take_snapshot(request: ActorRequest, payload: SnapshotIn) -> Status[Created]:
    """Freeze incidents under the caller's own access."""
    selection = services.Selection(**payload.dict(exclude={"title", "legal_basis", "review_on"}))
    row = services.take_snapshot(
        actor=request.actor, selection=selection, title=payload.title, **payload.lawful()
    )
    return Status(201, created(row, f"{ROOT}/snapshots/{row.ref}"))


@router.post("/network-snapshots", response={201: Created})
@opens("analysis.api_take_network_snapshot", roles=READERS)
def take_network_snapshot(request: ActorRequest, payload: NetworkSnapshotIn) -> Status[Created]:
    """Freeze the links of one of the caller's matters."""
    row = services.take_network_snapshot(
        actor=request.actor, matter=payload.matter, title=payload.title, **payload.lawful()
    )
    return Status(201, created(row, f"{ROOT}/snapshots/{row.ref}"))


@router.get("/snapshots/{ref}", response=SnapshotOut)
@opens("analysis.api_snapshot", roles=READERS)
def get_snapshot(request: ActorRequest, ref: str) -> Any:
    """Return a snapshot."""
    return selectors.snapshot(ref, actor=request.actor)


@router.get("/snapshots/{ref}/points", response=dict[str, Any])
@opens("analysis.api_points", roles=READERS)
def get_points(request: ActorRequest, ref: str) -> maps.Features:
    """Return places of a snapshot's incidents as GeoJSON, evenly thinned."""
    row = selectors.snapshot(ref, actor=request.actor)
    if row.kind != "incidents":
        raise WrongData("points", "incidents", row.kind)
    return maps.points(row)


@router.get("/districts", response=dict[str, Any])
@opens("analysis.api_districts", roles=CONTENT)
def get_districts(request: ActorRequest) -> maps.Features:
    """Return the boundaries of the agency's units as GeoJSON."""
    return maps.districts()


@router.get("/runs", response=Rows[RunOut])
@opens("analysis.api_runs", roles=READERS)
def list_runs(request: ActorRequest, after: str = "", size: int = 50) -> Rows[RunOut]:
    """List the method runs that the caller may see, newest first."""
    return Rows[RunOut].of(page(selectors.runs(actor=request.actor), after=after, size=size))


@router.post("/runs", response={201: Created})
@opens("analysis.api_run_method", roles=READERS)
def run_method(request: ActorRequest, payload: RunIn) -> Status[Created]:
    """Run a method on a snapshot."""
    actor = request.actor
    asked = direction.requirement(payload.requirement, actor=actor) if payload.requirement else None
    row = services.run_method(
        actor=actor,
        snapshot=selectors.snapshot(payload.snapshot, actor=actor),
        method=payload.method,
        parameters=payload.parameters,
        requirement=asked,
    )
    return Status(201, created(row, f"{ROOT}/runs/{row.ref}"))


@router.get("/runs/{ref}", response=RunWholeOut)
@opens("analysis.api_run", roles=READERS)
def get_run(request: ActorRequest, ref: str) -> Any:
    """Return a method run with its result."""
    return selectors.run(ref, actor=request.actor)


@router.get("/runs/{ref}/cells", response=dict[str, Any])
@opens("analysis.api_cells", roles=READERS)
def get_cells(request: ActorRequest, ref: str) -> maps.Features:
    """Return the cells of a hot-spot run as GeoJSON."""
    return maps.cells(selectors.run(ref, actor=request.actor))
