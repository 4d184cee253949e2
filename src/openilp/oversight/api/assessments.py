"""Impact assessments of methods over HTTP."""

from datetime import date
from typing import Any

from ninja import Field, Router, Schema, Status

from openilp.oversight.models.registers import ASSESSMENT_READERS, KEEPERS
from openilp.oversight.rules.assessments import PARTS
from openilp.oversight.selectors import assessments as selectors
from openilp.oversight.selectors.assessments import Line
from openilp.oversight.services.assessments import AssessmentAnswered, answer_assessment, assess_method
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.schemas import Created, created

router = Router()


class ImpactAssessmentIn(Schema):
    """What a person judges of a method; `supersedes` is the assessment that was read."""

    necessity: str = Field(max_length=4000)
    proportionality: str = Field(max_length=4000)
    risks: str = Field(max_length=4000)
    measures: str = Field(max_length=4000)
    decision: str
    review_on: date
    supersedes: str = ""


class AssessmentAnswerIn(Schema):
    """Whether the second person agrees with the assessment `ref`."""

    ref: str
    agrees: bool
    reason: str = Field("", max_length=1000)


class AssessedOut(Schema):
    """One method: how it stands, and what was judged of it; empty where nothing was."""

    method: str
    version: str
    title: str
    standing: str
    ref: str
    parts: dict[str, str]
    decision: str
    review_on: date | None
    agrees: bool | None


class AssessedCardOut(AssessedOut):
    """One method with what it says of itself."""

    card: dict[str, Any]


def _shown(line: Line) -> dict[str, Any]:
    row = line.row
    return {
        "method": line.method.name,
        "version": line.method.version,
        "title": str(line.method.title),
        "standing": line.standing.value,
        "ref": row.ref if row else "",
        "parts": {name: getattr(row, name) for name in PARTS} if row else {},
        "decision": row.decision if row else "",
        "review_on": row.review_on if row else None,
        "agrees": line.answer.agrees if line.answer else None,
    }


@router.get("/assessments", response=list[AssessedOut])
@opens("oversight.api_assessments", roles=ASSESSMENT_READERS)
def list_assessments(request: ActorRequest) -> list[dict[str, Any]]:
    """List every method of analysis with its impact assessment."""
    return [_shown(line) for line in selectors.register(actor=request.actor)]


@router.get("/assessments/{name}", response=AssessedCardOut)
@opens("oversight.api_assessment", roles=ASSESSMENT_READERS)
def show_assessment(request: ActorRequest, name: str) -> dict[str, Any]:
    """Show a method's card and its impact assessment."""
    line = selectors.line(name, actor=request.actor)
    return _shown(line) | {"card": selectors.card_of(line.method)}


@router.post("/assessments/{name}", response={201: Created})
@opens("oversight.api_assess_method", roles=KEEPERS)
def assess(request: ActorRequest, name: str, payload: ImpactAssessmentIn) -> Status[Created]:
    """Assess a method; it counts when a second person has agreed."""
    given = payload.dict()
    parts = {part: given.pop(part) for part in PARTS}
    row = assess_method(actor=request.actor, method=name, parts=parts, **given)
    return Status(201, created(row, f"/oversight/assessments/{name}"))


@router.post("/assessments/{name}/answer", response={201: Created})
@opens("oversight.api_answer_assessment", roles=KEEPERS)
def answer(request: ActorRequest, name: str, payload: AssessmentAnswerIn) -> Status[Created]:
    """Agree with the present assessment of a method, or not."""
    line = selectors.line(name, actor=request.actor)
    if line.row is None or line.row.ref != payload.ref.strip().upper():
        raise AssessmentAnswered(payload.ref)
    row = answer_assessment(
        actor=request.actor, assessment=line.row, agrees=payload.agrees, reason=payload.reason
    )
    return Status(201, created(row, f"/oversight/assessments/{name}"))
