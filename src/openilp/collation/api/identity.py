"""Judgements of identity over HTTP."""

from typing import Any
from uuid import UUID

from ninja import Router, Status

from openilp.collation import selectors, services
from openilp.collation.api import shapes
from openilp.collation.api.entities import DuplicateOut
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, INTELLIGENCE
from openilp.safeguards.schemas import Created, Marked, created

router = Router()


class JudgementOut(Marked):
    """A human's judgement whether two entities are one."""

    left: str
    right: str
    verdict: str
    reason: str
    evidence: list[UUID]


@router.get("/entities/{ref}/candidates", response=list[DuplicateOut])
@opens("collation.list_candidates", roles=INTELLIGENCE)
def list_candidates(request: ActorRequest, ref: str) -> Any:
    """List the visible entities that an entity may be the same as, in alphabetical order."""
    row = selectors.entity(ref, actor=request.actor)
    return [
        {
            "entity": shapes.EntityOut.of(found.entity),
            "agrees": list(found.agreement.agrees),
            "differs": list(found.agreement.differs),
        }
        for found in selectors.candidates_for(row, actor=request.actor)
    ]


@router.get("/entities/{ref}/judgements", response=list[JudgementOut])
@opens("collation.list_judgements", roles=CONTENT)
def list_judgements(request: ActorRequest, ref: str) -> Any:
    """List the standing judgements about an entity, newest first."""
    actor = request.actor
    row = selectors.entity(ref, actor=actor)
    rows = selectors.judgements_about(selectors.cluster_of(row, actor=actor), actor=actor)
    ends = {key for j in rows for key in (j.left_id, j.right_id)}
    known = selectors.names_by_id(ends, actor=actor)
    fields = [f for f in JudgementOut.model_fields if f not in ("left", "right")]
    return [
        {
            **{field: getattr(j, field) for field in fields},
            "left": known[j.left_id].ref,
            "right": known[j.right_id].ref,
        }
        for j in rows
        if j.left_id in known and j.right_id in known
    ]


@router.post("/judgements", response={201: Created})
@opens("collation.judge_identity_api", roles=INTELLIGENCE, operation="combination")
def judge_identity(request: ActorRequest, payload: shapes.JudgementIn) -> Status[Created]:
    """Judge whether two entities are one; a later judgement supersedes it, so every merge can be undone."""
    actor = request.actor
    old = selectors.judgement(payload.supersedes, actor=actor) if payload.supersedes else None
    row = services.judge_identity(
        actor=actor,
        left=selectors.entity(payload.left, actor=actor),
        right=selectors.entity(payload.right, actor=actor),
        verdict=payload.verdict,
        reason=payload.reason,
        evidence=[selectors.statement(ref, actor=actor) for ref in payload.evidence],
        supersedes=old,
    )
    return Status(201, created(row))
