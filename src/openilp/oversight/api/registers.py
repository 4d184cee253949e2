"""Records of processing and declared statistics over HTTP."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp.oversight.models import StatisticIssue
from openilp.oversight.models.registers import KEEPERS, REGISTER_READERS
from openilp.oversight.selectors import processing as selectors
from openilp.oversight.selectors import statistics
from openilp.oversight.selectors.processing import Record
from openilp.oversight.services.processing import Own, keep_processing_entry
from openilp.oversight.services.statistics import issue_statistics
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import Role
from openilp.safeguards.schemas import Created, Row, Rows, created

router = Router()


class ProcessingEntryIn(Schema):
    """The agency's own part of the records of processing; `supersedes` is the version that was read."""

    controller: str = Field(max_length=300)
    controller_contact: str = Field(max_length=300)
    officer_contact: str = Field(max_length=300)
    transfers: str = Field(max_length=4000)
    joint_controllers: str = Field("", max_length=1000)
    recipients: str = Field("", max_length=4000)
    measures: str = Field("", max_length=4000)
    supersedes: str = ""


class ProcessingEntryOut(Row):
    """One version of the agency's own part."""

    id: UUID
    ref: str
    created_at: datetime
    controller: str
    controller_contact: str
    officer_contact: str
    joint_controllers: str
    recipients: str
    transfers: str
    measures: str


class BasisOut(Row):
    """A law that allows processing."""

    code: str
    title: str
    provision: str
    purposes: tuple[str, ...]


class CategoryOut(Row):
    """A category of people; `number` is nothing where it is under five, or nobody has counted."""

    code: str
    title: str
    definition: str
    rule: str
    review_days: int
    number: int | None
    is_counted: bool


class RuleOut(Row):
    """A rule of retention."""

    code: str
    title: str
    basis: str
    first_review: str
    ends: str


class RecipientOut(Row):
    """A unit or agency that products were handed to; `readers` is nothing where they are under five."""

    name: str
    readers: int | None


class ProcessingOut(Row):
    """The records of processing of today."""

    on: date
    agency: str
    profile: str
    own: ProcessingEntryOut | None
    bases: list[BasisOut]
    categories: list[CategoryOut]
    rules: list[RuleOut]
    recipients: list[RecipientOut]
    counted_on: date | None


class StatisticLineOut(Row):
    """One row of a statistic; a cell that is left out is nothing."""

    name: str
    cells: tuple[int | None, ...]
    total: int | None


class StatisticOut(Row):
    """One declared statistic as it was issued."""

    code: str
    title: str
    about: str
    law: str
    columns: tuple[str, ...]
    lines: tuple[StatisticLineOut, ...]
    has_totals: bool


class IssueOut(Row):
    """That figures were issued for a day."""

    id: UUID
    ref: str
    on: date
    list_version: str


class IssuedOut(Schema):
    """The figures of one issue."""

    ref: str
    on: date
    statistics: list[StatisticOut]


@router.get("/processing", response=ProcessingOut)
@opens("oversight.api_processing", roles=REGISTER_READERS)
def show_processing(request: ActorRequest) -> Record:
    """Show the records of processing."""
    return selectors.record(actor=request.actor)


@router.post("/processing", response={201: Created})
@opens("oversight.api_keep_processing_entry", roles=KEEPERS)
def write_processing(request: ActorRequest, payload: ProcessingEntryIn) -> Status[Created]:
    """Write the agency's own part anew."""
    given = payload.dict()
    before = given.pop("supersedes")
    row = keep_processing_entry(actor=request.actor, own=Own(**given), supersedes=before)
    return Status(201, created(row, "/oversight/processing"))


@router.get("/statistics", response=Rows[IssueOut])
@opens("oversight.api_statistics", roles=REGISTER_READERS)
def list_statistics(request: ActorRequest, after: str = "") -> Rows[IssueOut]:
    """List what was issued, the newest first."""
    return Rows[IssueOut].of(page(statistics.issues(actor=request.actor), after=after))


@router.post("/statistics", response={201: Created})
@opens("oversight.api_issue_statistics", roles=[Role.DATA_PROTECTION_OFFICER])
def issue(request: ActorRequest) -> Status[Created]:
    """Issue the declared statistics of today; four weeks must lie between two issues."""
    row = issue_statistics(actor=request.actor)
    return Status(201, created(row, f"/oversight/statistics/{row.ref}"))


@router.get("/statistics/{ref}", response=IssuedOut)
@opens("oversight.api_statistic", roles=REGISTER_READERS)
def show_statistic(request: ActorRequest, ref: str) -> dict[str, Any]:
    """Show the figures of one issue; small cells are left out."""
    row: StatisticIssue = statistics.issue(ref, actor=request.actor)
    return {"ref": row.ref, "on": row.on, "statistics": statistics.tables(row)}
