"""Signs of misuse, drawn look-ups and figures over HTTP."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Field, Router, Schema, Status

from openilp.oversight.models import LookUpSample, MisuseSign
from openilp.oversight.selectors import misuse as selectors
from openilp.oversight.services import misuse as services
from openilp.oversight.services import samples
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import User
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import EVERYONE, MANAGERS, OVERSEERS
from openilp.safeguards.schemas import Created, Rows, created

router = Router()


class SignOut(Schema):
    """A sign of misuse: numbers of events in the log and counts, no content."""

    id: UUID
    ref: str
    created_at: datetime
    rule: str
    about: str
    first_at: datetime
    last_at: datetime
    events: list[int]
    figures: dict[str, int]
    is_answered: bool

    @staticmethod
    def resolve_about(row: MisuseSign) -> str:
        """Return the account that it is about."""
        return row.about.username


class SignAnswerIn(Schema):
    """What a sign was: `explained`, `spoken_to` or `referred`, and why."""

    outcome: str
    reason: str = Field(max_length=1000)


class ExamineIn(Schema):
    """Up to which full hour the log is examined; without it up to the last one."""

    until: datetime | None = None


class ExaminationOut(Schema):
    """What an examination of the log read and found."""

    since: datetime
    until: datetime
    events: int
    signs: int
    samples: int
    unreviewable: int


class PatternIn(Schema):
    """Hours of duty (weekday from Monday as 0, begin, end) and the address, of which the street is kept."""

    username: str
    shifts: list[tuple[int, str, str]] = []
    address: str = Field("", max_length=120)


class SampleOut(Schema):
    """A look-up that was drawn by lot."""

    id: UUID
    ref: str
    created_at: datetime
    at: datetime
    about: str
    reviewer: str
    due_on: date
    has_reason: bool
    is_reviewed: bool

    @staticmethod
    def resolve_about(row: LookUpSample) -> str:
        """Return the account that looked."""
        return row.about.username

    @staticmethod
    def resolve_reviewer(row: LookUpSample) -> str:
        """Return the account that reviews it."""
        return row.reviewer.username


class SampleReasonIn(Schema):
    """Why a look-up was needed."""

    reason: str = Field(max_length=1000)


class SampleReviewIn(Schema):
    """Whether a look-up was needed."""

    is_justified: bool
    finding: str = Field(max_length=1000)


class CellsOut(Schema):
    """One unit: its cells in the order of the duties; nothing where a count is not shown."""

    name: str
    cells: list[int | None]
    total: int | None


class FiguresOut(Schema):
    """Look-ups by unit and duty, and signs by rule as waiting and answered."""

    examined_until: datetime | None
    events: int
    duties: list[str]
    units: list[CellsOut]
    signs: dict[str, tuple[int, int]]
    samples: dict[str, int]


@router.get("/signs", response=Rows[SignOut])
@opens("oversight.api_signs", roles=OVERSEERS)
def sign_list(request: ActorRequest, after: str = "", only_open: bool = False) -> Rows[SignOut]:
    """List the signs of misuse, newest first; nobody sees those about themselves."""
    return Rows[SignOut].of(page(selectors.sign_list(actor=request.actor, only_open=only_open), after=after))


@router.get("/signs/{ref}", response=SignOut)
@opens("oversight.api_sign", roles=OVERSEERS)
def sign(request: ActorRequest, ref: str) -> MisuseSign:
    """Show a sign."""
    return selectors.sign(ref, actor=request.actor)


@router.post("/signs/{ref}/answer", response=SignOut)
@opens("oversight.api_answer_sign", roles=OVERSEERS)
def answer_sign(request: ActorRequest, ref: str, payload: SignAnswerIn) -> MisuseSign:
    """Say what a sign was; nothing else changes by it."""
    row = selectors.sign(ref, actor=request.actor)
    services.answer_sign(actor=request.actor, sign=row, **payload.dict())
    return selectors.sign(ref, actor=request.actor)


@router.post("/examinations", response={201: ExaminationOut})
@opens("oversight.api_examine_log", roles=OVERSEERS)
def examine_log(request: ActorRequest, payload: ExamineIn) -> Status[Any]:
    """Look for signs now instead of with the next job."""
    return Status(201, services.examine_log(actor=request.actor, until=payload.until or timezone.now()))


@router.post("/staff-patterns", response={201: Created})
@opens("oversight.api_keep_pattern", roles=OVERSEERS, operation="account")
def keep_pattern(request: ActorRequest, payload: PatternIn) -> Status[Created]:
    """Keep an account's hours of duty and street; the newest count."""
    user = User.objects.filter(username=payload.username.strip().lower()).first()
    if user is None:
        raise RecordNotFound(payload.username)
    row = services.keep_pattern(
        actor=request.actor, user=user, shifts=payload.shifts, address=payload.address
    )
    return Status(201, created(row))


@router.get("/samples", response=Rows[SampleOut])
@opens("oversight.api_samples", roles=EVERYONE)
def sample_list(request: ActorRequest, after: str = "", waiting: bool = False) -> Rows[SampleOut]:
    """List drawn look-ups: one's own and those to review; all of them for those who oversee."""
    actor = request.actor
    rows = selectors.waiting_samples(actor=actor) if waiting else selectors.sample_list(actor=actor)
    return Rows[SampleOut].of(page(rows, after=after))


@router.get("/samples/{ref}", response=SampleOut)
@opens("oversight.api_sample", roles=EVERYONE)
def sample(request: ActorRequest, ref: str) -> LookUpSample:
    """Show a drawn look-up."""
    return selectors.sample(ref, actor=request.actor)


@router.post("/samples/{ref}/reason", response=SampleOut)
@opens("oversight.api_give_reason", roles=EVERYONE)
def give_reason(request: ActorRequest, ref: str, payload: SampleReasonIn) -> LookUpSample:
    """Say why a drawn look-up of one's own was needed."""
    row = selectors.sample(ref, actor=request.actor)
    samples.give_reason(actor=request.actor, sample=row, reason=payload.reason)
    return selectors.sample(ref, actor=request.actor)


@router.post("/samples/{ref}/review", response=SampleOut)
@opens("oversight.api_review_sample", roles=MANAGERS)
def review_sample(request: ActorRequest, ref: str, payload: SampleReviewIn) -> LookUpSample:
    """Say, as the supervisor of another unit who was named for it, whether it was needed."""
    row = selectors.sample(ref, actor=request.actor)
    samples.review_sample(actor=request.actor, sample=row, **payload.dict())
    return selectors.sample(ref, actor=request.actor)


@router.get("/figures", response=FiguresOut)
@opens("oversight.api_figures", roles=OVERSEERS)
def figures(request: ActorRequest) -> dict[str, Any]:
    """Count look-ups by unit and duty, signs by rule; small cells are left out."""
    found = selectors.figures(actor=request.actor)
    return {
        "examined_until": found.examined_until,
        "events": found.events,
        "duties": list(found.by_unit.columns),
        "units": found.by_unit.rows,
        "signs": {rule: (waiting, answered) for rule, waiting, answered in found.by_rule},
        "samples": dict(found.samples),
    }
