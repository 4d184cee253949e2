"""Measures on a record: rectify, restrict, erase, or refuse; and telling every reader until they have taken note."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from openilp.collation import services as collation
from openilp.collation.models import Statement
from openilp.collation.rules import NewStatement
from openilp.oversight.errors import OversightConflict, OversightError
from openilp.oversight.models import CorrectionNotice, RightsFinding, RightsOrder
from openilp.oversight.models.rights import OFFICER
from openilp.oversight.rules import rights as rules
from openilp.oversight.rules.rights import Measure
from openilp.oversight.selectors import holdings
from openilp.oversight.services.holdings import Gone, NotJudged, is_about_person
from openilp.oversight.services.rights import owned, step
from openilp.safeguards import notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import NotPermitted, RecordNotFound
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import User
from openilp.safeguards.people import colleagues
from openilp.safeguards.retention import erasing, handling
from openilp.safeguards.roles import CONTENT, INTELLIGENCE

_TOLD = {Measure.RECTIFY: "record_corrected", Measure.RESTRICT: "record_restricted"}


class AlreadyDone(OversightConflict):
    """Say that a measure was carried out, or lifted, before."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"Measure {ref} is done; order another one if more is needed.")


@action("oversight.order_measure", roles=OFFICER, operation="alteration")
def order_measure(
    *,
    actor: Actor,
    finding: RightsFinding,
    measure: str,
    reason: str,
    wanted: str = "",
    assignee: User | None = None,
) -> RightsOrder:
    """Order what happens to a record: a colleague who reaches it rectifies; the other measures take effect at once.

    A restriction reaches the products that rest on the record, and their readers are told until they have taken note.
    What is erased leaves in the coming night; products that quote it are issued anew then, and their readers told.

    Args:
        actor: The data-protection officer who has the request.
        finding: The record, judged to be about the person.
        measure: `rectify`, `restrict`, `erase` or `refuse`.
        reason: Why; of a refusal, what the letter says.
        wanted: What holds instead, for `rectify`.
        assignee: Who rectifies.

    Raises:
        OversightError: Names the field that does not fit.
        NotJudged: If nobody said that it is about the person.
        Gone: If the record was erased meanwhile.
        RequestClosed: If the request is closed.
        NotYours: If a colleague has it.
    """
    owned(actor, finding.request)
    said = rules.check_order(measure, reason, wanted)
    content = _content(actor, finding)
    if measure == Measure.RECTIFY and assignee not in _able(actor, content):
        raise OversightError(
            "assignee", "Choose a colleague who works with intelligence and reaches this record."
        )
    if measure == Measure.ERASE and finding.record_kind not in handling.kept():
        raise OversightError(
            "measure", "This record goes with the one that it is a part of; order the erasure of that one."
        )
    row: RightsOrder = RightsOrder.objects.record(
        actor=actor,
        request=finding.request,
        finding=finding,
        label=Label(Level.INTERNAL, frozenset(), actor.unit_id),
        measure=measure,
        record_kind=finding.record_kind,
        record_id=finding.record_id,
        record_ref=finding.record_ref,
        assignee=assignee if measure == Measure.RECTIFY else None,
        wanted=wanted.strip() if measure == Measure.RECTIFY else "",
        reason=said,
    )
    step(actor, finding.request, "ordered", f"{row.ref} {measure}")
    if measure == Measure.RECTIFY:
        notices.notify(
            actor=actor,
            recipients=[assignee.pk] if assignee else [],
            kind="rectification_ordered",
            ref=row.ref,
            url=f"/oversight/rights/orders/{row.ref}",
        )
        return row
    _take_effect(actor, row, said)
    return row


def able(finding: RightsFinding, *, actor: Actor) -> list[User]:
    """Return the colleagues who could rectify a record: those who work with intelligence and reach it."""
    return _able(actor, _content(actor, finding))


def _able(actor: Actor, content: holdings.Content) -> list[User]:
    return holdings.reaching(colleagues(actor=actor, roles=INTELLIGENCE), content)


def _content(actor: Actor, finding: RightsFinding) -> holdings.Content:
    if not is_about_person(actor, finding):
        raise NotJudged
    found = holdings.contents(finding.request, [finding], actor=actor).get(finding.record_id)
    if found is None:
        raise Gone
    return found


def _take_effect(actor: Actor, row: RightsOrder, said: str) -> None:
    """Restrict or erase through the door of retention, and tell readers; a refusal only stands in the letter."""
    told, derived = 0, []
    if row.measure == Measure.RESTRICT:
        carriers = _carriers(row)
        products = {key: ref for key, ref, _release, _reader in carriers}
        derived = [{"kind": "product", "id": str(key), "ref": ref} for key, ref in products.items()]
        _amend(actor, row, derived=derived)
        told = _tell(actor, row, carriers)
    if row.measure != Measure.REFUSE:
        with connection.cursor() as cursor:
            cursor.execute("SELECT openilp_rights_order(%s)", [row.pk])
    outcome = said if row.measure == Measure.REFUSE else ""
    _amend(actor, row, done_on=timezone.localdate(), told=told, outcome=outcome)


@action("oversight.carry_out_order", roles=INTELLIGENCE, operation="alteration")
def carry_out_order(*, actor: Actor, order: RightsOrder, value: str = "", note: str = "") -> RightsOrder:
    """Rectify a record as it was ordered: a statement is superseded, of anything else it is said what was done.

    Every reader of a product that carries it is told, until they have taken note.

    Raises:
        NotPermitted: If somebody else carries it out.
        AlreadyDone: If it was carried out before.
        RecordNotFound: If the record is out of the actor's reach now.
        OversightError: If nothing is said.
        CollationError: If the corrected value cannot be taken.
    """
    if order.assignee_id != actor.user_id:
        raise NotPermitted("oversight.carry_out_order", ["the colleague whom the order names"])
    locked = RightsOrder.objects.seen_by(actor).select_for_update().filter(pk=order.pk, done_on=None).first()
    if locked is None:
        raise AlreadyDone(order.ref)
    made = ""
    if order.record_kind == "statement":
        made = _superseded(actor, order, value or order.wanted)
        said = note.strip()
    else:
        said = rules.check_reason(note, field="note")
    told = _tell(actor, order, _carriers(order))
    _amend(actor, order, done_on=timezone.localdate(), outcome=said, made_ref=made, told=told)
    notices.notify(
        actor=actor,
        recipients=[order.created_by_id],
        kind="rectification_done",
        ref=order.ref,
        url=f"/oversight/rights/orders/{order.ref}",
    )
    found: RightsOrder = RightsOrder.objects.seen_by(actor).get(pk=order.pk)
    return found


def _superseded(actor: Actor, order: RightsOrder, value: str) -> str:
    old = Statement.objects.seen_by(actor).filter(pk=order.record_id).first()
    if old is None:
        raise RecordNotFound(order.record_ref)
    new = NewStatement(old.property, value, old.kind, None, old.valid_from, old.valid_until)
    return collation.supersede_statement(actor=actor, statement=old, new=new).ref


@action("oversight.lift_restriction", roles=OFFICER, operation="alteration")
def lift_restriction(*, actor: Actor, order: RightsOrder, reason: str) -> RightsOrder:
    """Lift a restriction of the rights desk, and that of the products which no other such order holds.

    Raises:
        OversightError: If the reason says too little.
        AlreadyDone: If it is no restriction in force.
    """
    said = rules.check_reason(reason)
    if order.measure != Measure.RESTRICT or order.done_on is None or order.outcome:
        raise AlreadyDone(order.ref)
    erasing.restrict(order.record_kind, order.record_id, is_on=False)
    others = (
        RightsOrder.objects.seen_by(actor).filter(measure=Measure.RESTRICT, outcome="").exclude(pk=order.pk)
    )
    for each in order.derived:
        if not others.filter(derived__contains=[{"id": each["id"]}]).exists():
            erasing.restrict(each["kind"], UUID(each["id"]), is_on=False)
    RightsOrder.objects.seen_by(actor).filter(pk=order.pk, outcome="").amend(outcome=said)
    step(actor, order.request, "lifted", f"{order.ref}: {said}")
    found: RightsOrder = RightsOrder.objects.seen_by(actor).get(pk=order.pk)
    return found


@action("oversight.acknowledge_correction", roles=CONTENT)
def acknowledge_correction(*, actor: Actor, notice: CorrectionNotice) -> CorrectionNotice:
    """Take note, as a reader, that a product rests on a record which was corrected or restricted.

    Raises:
        NotPermitted: If it is another reader's.
    """
    if notice.recipient_id != actor.user_id:
        raise NotPermitted("oversight.acknowledge_correction", ["the reader who was told"])
    open_ones = CorrectionNotice.objects.seen_by(actor).filter(pk=notice.pk, acknowledged_at=None)
    if open_ones.exists():
        open_ones.amend(acknowledged_at=timezone.now())
    return notice


def _amend(actor: Actor, row: RightsOrder, **values: Any) -> None:
    RightsOrder.objects.seen_by(actor).filter(pk=row.pk, done_on=None).amend(**values)


def _carriers(row: RightsOrder) -> list[tuple[UUID, str, str, UUID | None]]:
    """Return product, its reference, release and reader of everything that rests on the record or quotes it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT product, product_ref, release_ref, reader FROM openilp_rights_carriers(%s)", [row.pk]
        )
        return list(cursor.fetchall())


def _tell(actor: Actor, row: RightsOrder, carriers: Sequence[tuple[UUID, str, str, UUID | None]]) -> int:
    given = sorted({(ref, reader) for _key, _name, ref, reader in carriers if reader is not None}, key=str)
    CorrectionNotice.objects.record_many(
        actor=actor,
        rows=[
            {
                "order_id": row.pk,
                "measure": row.measure,
                "release_ref": release,
                "record_ref": row.record_ref,
                "recipient_id": reader,
            }
            for release, reader in given
        ],
    )
    for release in sorted({release for release, _reader in given}):
        notices.notify(
            actor=actor,
            recipients=[reader for ref, reader in given if ref == release],
            kind=_TOLD[Measure(row.measure)],
            ref=release,
            url="/oversight/corrections",
        )
    return len(given)
