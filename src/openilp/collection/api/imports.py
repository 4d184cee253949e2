"""Imports over HTTP: send a file, watch its run, fetch the reasons against its rows."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils import timezone
from ninja import Router, Schema, Status

from openilp.collection import files, tasks
from openilp.collection.errors import ImportTooLarge
from openilp.collection.imports import mapping as mappings
from openilp.collection.imports import runs
from openilp.collection.imports.batches import IMPORTERS
from openilp.collection.imports.quarantine import CATEGORISERS
from openilp.collection.models import ImportBatch
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.schemas import Created, Marked, Rows, created

router = Router()
_ROOT = "/api/v1/collection/imports"
_BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class MappingOut(Schema):
    """What the columns of a kind of file mean; rows wait in quarantine where the law is not declared."""

    id: str
    kind: str
    title: str
    columns: list[str]
    undeclared: list[str]


class ImportOut(Marked):
    """How far an import is, and what became of its rows; incomplete ones are among the new and the known.

    `stage` is waiting, running, stopped (resume it; `problem` says why, if it is known) or finished.
    """

    mapping: str
    file_name: str
    stage: str
    rows_total: int
    rows_done: int
    rows_new: int
    rows_known: int
    rows_incomplete: int
    rows_refused: int
    moved_at: datetime | None
    finished_at: datetime | None
    problem: str
    has_reasons: bool

    @staticmethod
    def resolve_stage(row: ImportBatch) -> str:
        """Return how far it is."""
        return runs.stage(row, timezone.now())

    @staticmethod
    def resolve_has_reasons(row: ImportBatch) -> bool:
        """Tell whether there is a file of reasons."""
        return bool(row.reasons)


@router.get("/imports/mappings", response=list[MappingOut])
@opens("collection.list_mappings_api", roles=CATEGORISERS)
def list_mappings(request: ActorRequest) -> list[Any]:
    """List the mappings that a file can be read with."""
    return [mappings.mapping(name) for name in mappings.known()]


@router.post("/imports", response={201: Created}, openapi_extra=_BYTES)
@opens("collection.start_import_api", roles=IMPORTERS)
def start_import(request: ActorRequest, mapping: str, name: str) -> Status[Created]:
    """Send a file of incidents, reports, entities or links: its bytes are the body, CSV or Parquet, as they are.

    The answer comes as soon as the file is here and has the columns of its mapping; then poll its address. The same
    file sent again goes on with the run that was broken off, or finds all its rows known.
    """
    chosen = mappings.mapping(mapping)
    limit = settings.OPENILP_IMPORT_LIMIT
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
        raise ImportTooLarge(files.clean_name(name), limit)
    row = runs.start_import(actor=request.actor, mapping=chosen, stream=request, name=name)
    tasks.send(row)
    return Status(201, created(row, f"{_ROOT}/{row.ref}"))


@router.get("/imports", response=Rows[ImportOut])
@opens("collection.list_imports_api", roles=CATEGORISERS)
def list_imports(request: ActorRequest, after: str = "", size: int = 50) -> Rows[ImportOut]:
    """List the imports that the caller may see, newest first."""
    return Rows[ImportOut].of(page(runs.all_runs(actor=request.actor), after=after, size=size))


@router.get("/imports/{ref}", response=ImportOut)
@opens("collection.import_api", roles=CATEGORISERS)
def show_import(request: ActorRequest, ref: str) -> ImportBatch:
    """Return how far an import is."""
    return runs.run(ref, actor=request.actor)


@router.post("/imports/{ref}/resume", response=Created)
@opens("collection.resume_import_api", roles=IMPORTERS)
def resume_import(request: ActorRequest, ref: str) -> Created:
    """Let an import go on that has stopped; nothing is read twice and nothing is left out."""
    row = runs.resume_import(actor=request.actor, batch=runs.run(ref, actor=request.actor))
    tasks.send(row)
    return created(row, f"{_ROOT}/{row.ref}")


@router.get("/imports/{ref}/reasons", url_name="import-reasons")
@opens("collection.import_reasons_api", roles=CATEGORISERS, operation="disclosure")
def download_reasons(request: ActorRequest, ref: str) -> StreamingHttpResponse:
    """Return, as CSV, row by row what was refused or is incomplete and why."""
    row = runs.run(ref, actor=request.actor)
    response = StreamingHttpResponse(runs.reasons_of(row), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.ref}.reasons.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
