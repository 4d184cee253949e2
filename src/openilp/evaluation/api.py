"""The verbs of evaluation over HTTP."""

from datetime import datetime
from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp import reference
from openilp.collection import selectors as collection
from openilp.collection.models import Item, Report
from openilp.evaluation import necessity, selectors, services
from openilp.evaluation.errors import EvaluationError
from openilp.evaluation.models import Dispute, Evaluation, Necessity, Sanitisation
from openilp.evaluation.rules import NewGrade
from openilp.evaluation.selectors import EVALUATORS, Filters
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import User
from openilp.safeguards.paging import page
from openilp.safeguards.people import colleagues
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, INTELLIGENCE, Role
from openilp.safeguards.schemas import Created, Marked, Rows, created

router = Router(tags=["evaluation"])
ROOT = "/api/v1/evaluation"
NECESSITY_READERS = necessity.CLAIMANTS | necessity.APPROVERS


class WaitingOut(Marked):
    """A report that awaits evaluation."""

    title: str
    urgency: str
    language: str


class EvaluationOut(Marked):
    """A grade, in the scheme and version in which it was given."""

    item_id: UUID
    scheme: str
    scheme_version: str
    source_grade: str
    information_grade: str
    handling_scheme: str
    handling: str
    handling_text: str
    reasons: str
    supersedes_id: UUID | None
    created_by_id: UUID


class GradeIn(Schema):
    """A grade; every code must be in the scheme, none has a default."""

    scheme: str
    scheme_version: str
    source: str
    information: str
    handling: str
    handling_text: str = Field("", max_length=300)
    reasons: str = ""
    supersedes: str = Field("", description="reference of the evaluation that stands, when grading again")


class SchemeOut(Schema):
    """A grading scheme with its codes."""

    id: str
    version: str
    title: str
    is_default: bool
    source: list[str]
    information: list[str]
    handling: list[str]


class ReviewIn(Schema):
    """A second look."""

    agrees: bool
    reason: str = ""


class NoteIn(Schema):
    """What was done."""

    note: str = Field("", max_length=300)


class EscalateIn(Schema):
    """Which reports go up, to whom and why."""

    reports: list[str]
    to: str = Field(description="user name")
    reason: str = Field(max_length=300)


class AssignIn(Schema):
    """Which reports, and who evaluates them."""

    reports: list[str]
    evaluator: str = Field(description="user name")


class DuplicateIn(Schema):
    """Which reports repeat which other one."""

    reports: list[str]
    original: str
    reason: str = Field("", max_length=300)


class SanitiseIn(Schema):
    """A sanitised version."""

    title: str = Field("", max_length=160)
    text: str
    removed: str
    level: int
    lowering_reason: str = ""
    supersedes: str = ""


class JudgeIn(Schema):
    """A second person's word on a sanitised version."""

    is_approved: bool
    note: str = ""


class SanitisationOut(Marked):
    """A sanitised version."""

    title: str
    text: str
    removed: str
    level_wanted: int
    created_by_id: UUID


class ReplyIn(Schema):
    """A reply to the reporter."""

    kind: str
    text: str


class DisputeIn(Schema):
    """A finding on a report."""

    is_false: bool
    reason: str


class EvaluationReasonIn(Schema):
    """A reason."""

    reason: str


class DisputeOut(Marked):
    """A dispute that stands."""

    report_id: UUID
    is_false: bool
    reason: str
    created_at: datetime


class Several(Schema):
    """What a verb on several reports answers: one new row a report."""

    rows: list[Created]


def _account(name: str, field: str, actor: Actor) -> User:
    found = next((user for user in colleagues(actor=actor) if user.username == name.strip().lower()), None)
    if found is None:
        raise EvaluationError(field, f"There is no open account '{name}'; use the user name of a colleague.")
    return found


def _reports(refs: list[str], actor: Actor) -> list[Report]:
    if not refs:
        raise EvaluationError("reports", "No report is named; give at least one reference.")
    return [collection.report(ref, actor=actor) for ref in dict.fromkeys(refs)]


def _several(rows: list[object]) -> Several:
    return Several(rows=[created(row) for row in rows])


class NecessityIn(Schema):
    """Why the special words of an item are strictly necessary."""

    reason: str = Field(max_length=1000)


class NecessityAnswerIn(Schema):
    """The second person's word."""

    agrees: bool
    reason: str = Field("", max_length=1000)


class NecessityOut(Marked):
    """What is held strictly necessary: the special categories that the words touch, and why."""

    kinds: list[str]
    reason: str


@router.get("/schemes", response=list[SchemeOut])
@opens("evaluation.list_schemes", roles=CONTENT)
def list_schemes(request: ActorRequest) -> list[SchemeOut]:
    """List the grading schemes side by side, each with its own codes."""
    default = selectors.default_scheme().id
    return [
        SchemeOut(
            id=scheme.id,
            version=scheme.version,
            title=scheme.title,
            is_default=scheme.id == default,
            source=list(scheme.source.codes),
            information=list(scheme.information.codes),
            handling=list(scheme.handling.codes),
        )
        for scheme in reference.grading_schemes()
    ]


@router.get("/inbox", response=Rows[WaitingOut])
@opens("evaluation.list_inbox", roles=CONTENT)
def list_inbox(
    request: ActorRequest, urgency: str = "", unit: str = "", whose: str = "", after: str = "", size: int = 50
) -> Rows[WaitingOut]:
    """List the reports that await evaluation: high urgency first, then the oldest."""
    filters = Filters(urgency, unit, whose)
    return Rows[WaitingOut].of(selectors.inbox(actor=request.actor, filters=filters, after=after, size=size))


@router.get("/evaluations", response=Rows[EvaluationOut])
@opens("evaluation.list_evaluations", roles=CONTENT)
def list_evaluations(
    request: ActorRequest, item: str = "", after: str = "", size: int = 50
) -> Rows[EvaluationOut]:
    """List evaluations, newest first; with `item` the whole history of one item."""
    rows = Evaluation.objects.seen_by(request.actor)
    if item:
        rows = rows.filter(item=selectors.by_ref(Item, item, actor=request.actor))
    return Rows[EvaluationOut].of(page(rows, after=after, size=size))


@router.post("/items/{ref}/evaluations", response={201: Created})
@opens("evaluation.evaluate_item_api", roles=EVALUATORS, operation="alteration")
def evaluate_item(request: ActorRequest, ref: str, payload: GradeIn) -> Status[Created]:
    """Grade one item."""
    item = selectors.by_ref(Item, ref, actor=request.actor)
    values = payload.dict()
    named = values.pop("supersedes")
    before = selectors.by_ref(Evaluation, named, actor=request.actor) if named else None
    row = services.evaluate_item(actor=request.actor, item=item, grade=NewGrade(**values), supersedes=before)
    return Status(201, created(row, f"{ROOT}/evaluations/{row.ref}"))


@router.get("/evaluations/{ref}", response=EvaluationOut)
@opens("evaluation.read_evaluation", roles=CONTENT)
def read_evaluation(request: ActorRequest, ref: str) -> Evaluation:
    """Read one evaluation."""
    found: Evaluation = selectors.by_ref(Evaluation, ref, actor=request.actor)
    return found


@router.get("/second-looks", response=Rows[EvaluationOut])
@opens("evaluation.list_second_looks", roles=EVALUATORS)
def list_second_looks(request: ActorRequest, after: str = "", size: int = 50) -> Rows[EvaluationOut]:
    """List the evaluations of others that no second person has looked at."""
    rows = selectors.awaiting_review(actor=request.actor)
    return Rows[EvaluationOut].of(page(rows, after=after, size=size))


@router.post("/evaluations/{ref}/reviews", response={201: Created})
@opens("evaluation.review_evaluation_api", roles=EVALUATORS, operation="alteration")
def review_evaluation(request: ActorRequest, ref: str, payload: ReviewIn) -> Status[Created]:
    """Agree with somebody else's evaluation, or send it back."""
    found = selectors.by_ref(Evaluation, ref, actor=request.actor)
    row = services.review_evaluation(actor=request.actor, evaluation=found, **payload.dict())
    return Status(201, created(row))


@router.post("/reports/{ref}/acknowledgement", response={201: Created})
@opens("evaluation.acknowledge_report_api", roles=EVALUATORS, operation="alteration")
def acknowledge_report(request: ActorRequest, ref: str, payload: NoteIn) -> Status[Created]:
    """Acknowledge an urgent report."""
    report = collection.report(ref, actor=request.actor)
    return Status(
        201, created(services.acknowledge_report(actor=request.actor, report=report, note=payload.note))
    )


@router.post("/alerts", response={201: Several})
@opens("evaluation.raise_alerts_api", roles=[Role.HEAD_OF_INTELLIGENCE], operation="alteration")
def raise_alerts(request: ActorRequest) -> Status[Several]:
    """Tell the duty officers of urgent reports that they were not told of yet."""
    return Status(201, _several(list(services.raise_alerts(actor=request.actor))))


@router.post("/escalations", response={201: Several})
@opens("evaluation.escalate_reports_api", roles=EVALUATORS, operation="alteration")
def escalate_reports(request: ActorRequest, payload: EscalateIn) -> Status[Several]:
    """Hand reports to the next person up."""
    actor = request.actor
    rows = services.escalate_reports(
        actor=actor,
        reports=_reports(payload.reports, actor),
        to=_account(payload.to, "to", actor),
        reason=payload.reason,
    )
    return Status(201, _several(list(rows)))


@router.post("/assignments", response={201: Several})
@opens("evaluation.assign_reports_api", roles=EVALUATORS, operation="alteration")
def assign_reports(request: ActorRequest, payload: AssignIn) -> Status[Several]:
    """Say who evaluates reports."""
    actor = request.actor
    rows = services.assign_reports(
        actor=actor,
        reports=_reports(payload.reports, actor),
        evaluator=_account(payload.evaluator, "evaluator", actor),
    )
    return Status(201, _several(list(rows)))


@router.post("/duplicates", response={201: Several})
@opens("evaluation.mark_duplicates_api", roles=EVALUATORS, operation="alteration")
def mark_duplicates(request: ActorRequest, payload: DuplicateIn) -> Status[Several]:
    """Say which report others repeat."""
    actor = request.actor
    rows = services.mark_duplicates(
        actor=actor,
        reports=_reports(payload.reports, actor),
        original=collection.report(payload.original, actor=actor),
        reason=payload.reason,
    )
    return Status(201, _several(list(rows)))


@router.post("/reports/{ref}/sanitisations", response={201: Created})
@opens("evaluation.sanitise_report_api", roles=EVALUATORS, operation="alteration")
def sanitise_report(request: ActorRequest, ref: str, payload: SanitiseIn) -> Status[Created]:
    """Write a sanitised version of a report."""
    report = collection.report(ref, actor=request.actor)
    values = payload.dict()
    named = values.pop("supersedes")
    before = selectors.by_ref(Sanitisation, named, actor=request.actor) if named else None
    row = services.sanitise_report(actor=request.actor, report=report, supersedes=before, **values)
    return Status(201, created(row, f"{ROOT}/sanitisations/{row.ref}"))


@router.get("/sanitisations/{ref}", response=SanitisationOut)
@opens("evaluation.read_sanitisation", roles=INTELLIGENCE)
def read_sanitisation(request: ActorRequest, ref: str) -> SanitisationOut:
    """Read a sanitised version; what was taken out is told to who may see the original."""
    found: Sanitisation = selectors.by_ref(Sanitisation, ref, actor=request.actor)
    grounds = selectors.grounds_of(found, actor=request.actor)
    found.removed = grounds.removed if grounds else ""  # type: ignore[attr-defined]
    return SanitisationOut.from_orm(found)


@router.post("/sanitisations/{ref}/judgement", response={201: Created})
@opens("evaluation.judge_sanitisation_api", roles=EVALUATORS, operation="alteration")
def judge_sanitisation(request: ActorRequest, ref: str, payload: JudgeIn) -> Status[Created]:
    """Approve somebody else's sanitised version, or send it back."""
    found = selectors.by_ref(Sanitisation, ref, actor=request.actor)
    row = services.judge_sanitisation(actor=request.actor, sanitisation=found, **payload.dict())
    return Status(201, created(row))


@router.post("/reports/{ref}/replies", response={201: Created})
@opens("evaluation.reply_to_reporter_api", roles=EVALUATORS, operation="disclosure")
def reply_to_reporter(request: ActorRequest, ref: str, payload: ReplyIn) -> Status[Created]:
    """Answer the reporter."""
    report = collection.report(ref, actor=request.actor)
    return Status(
        201, created(services.reply_to_reporter(actor=request.actor, report=report, **payload.dict()))
    )


@router.get("/reports/{ref}/disputes", response=list[DisputeOut])
@opens("evaluation.list_disputes", roles=CONTENT)
def list_disputes(request: ActorRequest, ref: str) -> list[Dispute]:
    """List the disputes over a report that nobody settled."""
    report = collection.report(ref, actor=request.actor)
    return list(selectors.open_disputes([report], actor=request.actor).order_by("-created_at"))


@router.post("/reports/{ref}/disputes", response={201: Created})
@opens("evaluation.dispute_report_api", roles=services.DISPUTERS, operation="alteration")
def dispute_report(request: ActorRequest, ref: str, payload: DisputeIn) -> Status[Created]:
    """Say that a report is disputed or false."""
    report = collection.report(ref, actor=request.actor)
    return Status(201, created(services.dispute_report(actor=request.actor, report=report, **payload.dict())))


@router.post("/disputes/{ref}/settlement", response={201: Created})
@opens("evaluation.settle_dispute_api", roles=services.DISPUTERS, operation="alteration")
def settle_dispute(request: ActorRequest, ref: str, payload: EvaluationReasonIn) -> Status[Created]:
    """Settle a dispute that somebody else raised."""
    found = selectors.by_ref(Dispute, ref, actor=request.actor)
    return Status(
        201, created(services.settle_dispute(actor=request.actor, dispute=found, reason=payload.reason))
    )


@router.get("/necessities", response=Rows[NecessityOut])
@opens("evaluation.list_necessities", roles=NECESSITY_READERS)
def list_necessities(request: ActorRequest, after: str = "", waiting: bool = False) -> Rows[NecessityOut]:
    """List what is held strictly necessary, the newest first; with `waiting`, what waits for a second person."""
    actor = request.actor
    rows = necessity.awaiting(actor=actor) if waiting else Necessity.objects.seen_by(actor)
    return Rows[NecessityOut].of(page(rows, after=after))


@router.post("/items/{ref}/necessities", response={201: Created})
@opens("evaluation.claim_necessity_api", roles=necessity.CLAIMANTS, operation="alteration")
def claim_necessity(request: ActorRequest, ref: str, payload: NecessityIn) -> Status[Created]:
    """Say that the special words of an item are strictly necessary."""
    item = selectors.by_ref(Item, ref, actor=request.actor)
    row = services.claim_necessity(actor=request.actor, item=item, reason=payload.reason)
    return Status(201, created(row, f"{ROOT}/necessities/{row.ref}"))


@router.get("/necessities/{ref}", response=NecessityOut)
@opens("evaluation.read_necessity", roles=NECESSITY_READERS)
def read_necessity(request: ActorRequest, ref: str) -> Necessity:
    """Read why special words are held strictly necessary."""
    found: Necessity = selectors.by_ref(Necessity, ref, actor=request.actor)
    return found


@router.post("/necessities/{ref}/answer", response={201: Created})
@opens("evaluation.answer_necessity_api", roles=necessity.APPROVERS, operation="alteration")
def answer_necessity(request: ActorRequest, ref: str, payload: NecessityAnswerIn) -> Status[Created]:
    """Agree as the second person, or have the words struck."""
    found = selectors.by_ref(Necessity, ref, actor=request.actor)
    row = services.answer_necessity(actor=request.actor, necessity=found, **payload.dict())
    return Status(201, created(row))
