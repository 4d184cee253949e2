"""Looking for what is held on the person of a request, and a human's word on each finding."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from openilp.oversight import sealing
from openilp.oversight.errors import OversightConflict, OversightError
from openilp.oversight.models import (
    RightsDecision,
    RightsFinding,
    RightsJudgement,
    RightsRequest,
    RightsSearch,
)
from openilp.oversight.models.rights import OFFICER
from openilp.oversight.rules import rights as rules
from openilp.oversight.rules.rights import Answer
from openilp.oversight.selectors import holdings as selectors
from openilp.oversight.services.rights import owned
from openilp.safeguards import acting
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor

#: Findings that one look-up lists at most; more of them is a name too common to judge one by one.
MOST = 300


class NotJudged(OversightConflict):
    """Say that nobody has said whether a record is about the person."""

    def __init__(self) -> None:
        super().__init__("Say first whether this record is about the person; only then decide what to tell.")


class Gone(OversightConflict):
    """Say that a record left meanwhile."""

    def __init__(self) -> None:
        super().__init__("This record was erased meanwhile; nothing of it is left to decide on.")


@action("oversight.search_for_person", roles=OFFICER, operation="consultation")
def search_for_person(*, actor: Actor, request: RightsRequest, words: Sequence[str]) -> RightsSearch:
    """Look for names and numbers in everything that is held, whatever its label; the look-up itself is kept.

    Raises:
        OversightError: If a line is too short, or there are too many.
        RequestClosed: If the request is closed.
        NotYours: If a colleague has it.
    """
    terms = rules.alternatives(words)
    owned(actor, request)
    row: RightsSearch = RightsSearch.objects.record(
        actor=actor,
        request=request,
        words=[word.strip()[:160] for word in words if word.strip()],
        terms=terms,
    )
    acting.require("A search").seal(search="\n".join(row.words))
    found = _ask("SELECT kind, record_id, ref FROM openilp_rights_search(%s, %s)", [row.pk, MOST + 1])
    _keep(actor, request, row, found[:MOST], through=None)
    RightsSearch.objects.seen_by(actor).filter(pk=row.pk).amend(
        found=len(found[:MOST]), is_cut=len(found) > MOST
    )
    return row


def _ask(sql: str, values: Sequence[Any]) -> list[tuple[str, UUID, str]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [(kind, key, ref) for kind, key, ref in cursor.fetchall()]


def _keep(
    actor: Actor,
    request: RightsRequest,
    search: RightsSearch,
    found: Iterable[tuple[str, UUID, str]],
    *,
    through: RightsFinding | None,
) -> list[RightsFinding]:
    known = {(row.record_kind, row.record_id) for row in selectors.rows_of(request, actor=actor)}
    block = acting.require("A search")
    rows = [each for each in found if each[:2] not in known]
    for kind, key, _ref in rows:
        block.deliver(kind, [str(key)])
    made: list[RightsFinding] = RightsFinding.objects.record_many(
        actor=actor,
        rows=[
            {
                "request": request,
                "search": search,
                "through": through,
                "record_kind": kind,
                "record_id": key,
                "record_ref": ref,
            }
            for kind, key, ref in rows
        ],
    )
    return made


@action("oversight.judge_finding", roles=OFFICER, operation="combination")
def judge_finding(
    *, actor: Actor, finding: RightsFinding, is_same: bool, reason: str = ""
) -> RightsJudgement:
    """Say as a human whether a record is about the person; what hangs on the person's entity is found with it.

    Raises:
        RequestClosed: If the request is closed.
        NotYours: If a colleague has it.
    """
    owned(actor, finding.request)
    row: RightsJudgement = RightsJudgement.objects.record(
        actor=actor, finding=finding, is_same=is_same, reason=reason.strip()[:300]
    )
    if is_same and finding.record_kind == "entity":
        found = _ask("SELECT kind, record_id, ref FROM openilp_rights_about(%s)", [finding.pk])
        _keep(actor, finding.request, finding.search, found, through=finding)
    return row


@action("oversight.decide_finding", roles=OFFICER, operation="disclosure")
def decide_finding(
    *,
    actor: Actor,
    finding: RightsFinding,
    decision: str,
    grounds: Sequence[str] = (),
    passages: Sequence[str] = (),
    reason: str = "",
) -> RightsDecision:
    """Decide what the person is told of a record; the reason for withholding is sealed to the oversight key.

    Args:
        actor: The data-protection officer who has the request.
        finding: What was found, and judged to be about the person.
        decision: `disclose`, `part`, `refuse` or `omit`.
        grounds: Letters of Art. 15(1) for what is withheld.
        passages: For `part`: what is taken out, word for word as it stands in the text.
        reason: Why it is withheld; nobody but the oversight body can read it afterwards.

    Raises:
        OversightError: Names the field that does not fit.
        NotJudged: If nobody said that it is about the person.
        Gone: If the record was erased meanwhile.
        RequestClosed: If the request is closed.
        NotYours: If a colleague has it.
    """
    owned(actor, finding.request)
    if finding.record_kind == "entity":
        raise OversightError(
            "decision", "A person's record is nothing but its statements; decide on each of these."
        )
    shown = _shown(actor, finding, decision, passages)
    rules.check_answer(decision, grounds, shown)
    sealed, commitment = None, ""
    if decision != Answer.DISCLOSE:
        sealed, commitment = sealing.sealed(rules.check_reason(reason), about=str(finding.pk))
    row: RightsDecision = RightsDecision.objects.record(
        actor=actor,
        finding=finding,
        decision=decision,
        grounds=sorted(set(grounds)),
        shown=shown,
        sealed=sealed,
        commitment=commitment,
    )
    return row


def _shown(actor: Actor, finding: RightsFinding, decision: str, passages: Sequence[str]) -> str:
    if not is_about_person(actor, finding):
        raise NotJudged
    content = selectors.contents(finding.request, [finding], actor=actor).get(finding.record_id)
    if content is None:
        raise Gone
    if decision == Answer.PART:
        if not any(passage.strip() for passage in passages):
            raise OversightError("passages", "Say what is taken out, or disclose the whole.")
        return rules.redacted(content.text, passages)
    return content.text if decision == Answer.DISCLOSE else ""


def is_about_person(actor: Actor, finding: RightsFinding) -> bool:
    """Tell whether a human said that a finding, or the entity that it hangs on, is the person."""
    for key in (finding.pk, finding.through_id):
        said = (
            RightsJudgement.objects.seen_by(actor).filter(finding=key).order_by("-created_at", "-pk").first()
        )
        if said is not None:
            return bool(said.is_same)
    return False
