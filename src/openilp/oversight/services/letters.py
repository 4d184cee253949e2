"""Answering a request: what the letter tells, the second person for what it withholds, and the letter itself."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from openilp.oversight.errors import OversightConflict
from openilp.oversight.letters import Told, letter_pdf
from openilp.oversight.models import RightsLetter, RightsOrder, RightsRequest
from openilp.oversight.models.rights import OFFICER
from openilp.oversight.rules import rights as rules
from openilp.oversight.rules.rights import WITHHELD, Answer, Ask, Measure
from openilp.oversight.selectors import holdings, orders
from openilp.oversight.selectors.holdings import Finding
from openilp.oversight.services.rights import close, owned, step
from openilp.safeguards import approvals
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import Subject
from openilp.safeguards.models import ApprovalRequest
from openilp.safeguards.roles import Role

ISSUE = "oversight.issue_letter"
#: Who may be the second person for what a letter withholds: whoever reaches the records that are withheld.
APPROVERS = frozenset({Role.DATA_PROTECTION_OFFICER, Role.HEAD_OF_INTELLIGENCE, Role.CHAIR})

approvals.two_person(ISSUE, approvers=APPROVERS, hours=7 * 24)


class NotReady(OversightConflict):
    """Say what is left to do before a letter can leave."""

    def __init__(self, what: str) -> None:
        super().__init__(what)


def told_by(row: RightsRequest, *, actor: Actor) -> tuple[Told, list[Finding]]:
    """Return what the letter of a request tells, and which records it withholds or refuses a wish for.

    A request through the supervisory authority is answered alike whatever is held (Art. 17(3)).
    """
    if row.kind == Ask.INDIRECT:
        return Told((), (), ()), []
    found = [one for one in holdings.findings(row, actor=actor) if one.is_same]
    done = [each for each in orders.orders_of(row, actor=actor) if each.done_on]
    refused = {each.finding_id for each in done if each.measure == Measure.REFUSE}
    withheld = [one for one in found if _answer(one) in WITHHELD or one.row.pk in refused]
    grounds = {
        ground
        for one in found
        if one.decision and one.decision.decision == Answer.REFUSE
        for ground in one.decision.grounds
    }
    disclosed = [one for one in found if one.content and _answer(one) in (Answer.DISCLOSE, Answer.PART)]
    return Told(disclosed, sorted(grounds), done), withheld


def _answer(one: Finding) -> str:
    return one.decision.decision if one.decision else ""


def issuing(row: RightsRequest, *, actor: Actor) -> Subject:
    """Return what a second person approves: which records are withheld, how, and on which grounds.

    Only somebody who reaches all of them by level and matters can answer, and can open them before.
    """
    _told, withheld = told_by(row, actor=actor)
    contents = [one.content for one in withheld if one.content]
    return Subject(
        ISSUE,
        "rightsrequest",
        row.pk,
        row.ref,
        {"withheld": "; ".join(_named(one) for one in withheld)},
        seen={
            "level": max((each.level for each in contents), default=0),
            "compartments": sorted({str(key) for each in contents for key in each.compartments}),
        },
    )


def _named(one: Finding) -> str:
    """Return a record by its reference, with what is withheld of it and the commitment to the sealed reason."""
    name = one.row.record_ref or f"{one.row.record_kind} {one.row.record_id}"
    if one.decision is None or one.decision.decision not in WITHHELD:
        return f"{name} wish refused"
    return (
        f"{name} {one.decision.decision} ({', '.join(one.decision.grounds)}) {one.decision.commitment[:16]}"
    )


@action("oversight.ask_to_withhold", roles=OFFICER, operation="account")
def ask_to_withhold(*, actor: Actor, request: RightsRequest, reason: str) -> ApprovalRequest:
    """Ask a second person to approve what the letter withholds.

    Raises:
        NotReady: If nothing is withheld, or the desk has not finished.
        ReasonMissing: If the reason says nothing.
        RequestClosed: If the request is closed.
        NotYours: If a colleague has it.
    """
    owned(actor, request)
    _check_ready(request, actor)
    if not told_by(request, actor=actor)[1]:
        raise NotReady("Nothing is withheld, so no second person is needed; issue the letter.")
    return approvals.ask(actor=actor, subject=issuing(request, actor=actor), reason=reason)


@action(ISSUE, roles=OFFICER, operation="disclosure")
def issue_letter(
    *, actor: Actor, request: RightsRequest, approval: ApprovalRequest | None = None
) -> RightsLetter:
    """Answer a request and close it; what is refused or omitted needs a second person's approval.

    Raises:
        NotReady: If nobody looked, or findings are not judged or decided, or a measure is not carried out.
        ApprovalNeeded: If something is withheld without an approval; the other errors of `approvals.consume`.
        RequestClosed: If the request is closed.
        NotYours: If a colleague has it.
    """
    owned(actor, request)
    _check_ready(request, actor)
    told, withheld = told_by(request, actor=actor)
    use: Any = None
    if withheld:
        use = approvals.consume(actor=actor, request=approval, subject=issuing(request, actor=actor))
    pdf, dated_on = drafted(request, told)
    row: RightsLetter = RightsLetter.objects.record(
        actor=actor,
        request=request,
        kind="answer",
        language=request.language,
        dated_on=dated_on,
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        approval=use,
    )
    step(actor, request, "answered")
    close(actor, request, outcome="answered")
    return row


def drafted(request: RightsRequest, told: Told) -> tuple[bytes, Any]:
    """Return the letter as it would leave today, and its date."""
    dated_on = rules.dated(
        due_on=request.due_on, today=timezone.localdate(), shows_something=told.shows_something
    )
    return letter_pdf(request, told, dated_on=dated_on), dated_on


def _check_ready(request: RightsRequest, actor: Actor) -> None:
    if not holdings.searches_of(request, actor=actor).exists():
        raise NotReady("Nobody has looked for the person yet; look first, under every name and number.")
    found = holdings.findings(request, actor=actor)
    if waiting := [one for one in found if one.is_same is None]:
        raise NotReady(f"{_numbered(waiting)} to be judged: say of each whether it is about the person.")
    undecided = [one for one in found if one.needs_decision]
    if undecided and request.kind == Ask.ACCESS:
        raise NotReady(f"{_numbered(undecided)} to be decided: say of each what the letter tells.")
    open_orders: Sequence[RightsOrder] = [
        each for each in orders.orders_of(request, actor=actor) if not each.done_on
    ]
    if open_orders:
        refs = ", ".join(each.ref for each in open_orders)
        raise NotReady(f"{refs} waits to be carried out; answer when it is done.")


def _numbered(rows: Sequence[Any]) -> str:
    return "1 record is" if len(rows) == 1 else f"{len(rows)} records are"
