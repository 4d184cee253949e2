"""The register of requests of people whose data are held: receive, take over, extend, withdraw."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from openilp import reference
from openilp.oversight.errors import OversightConflict
from openilp.oversight.models import RightsRequest, RightsStep
from openilp.oversight.models.rights import OFFICER
from openilp.oversight.rules import rights as rules
from openilp.oversight.rules.rights import NewRequest
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import StaleRecord
from openilp.safeguards.labels import Label, Level


class RequestClosed(OversightConflict):
    """Say that a request is answered or withdrawn."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"Request {ref} is closed; what came in anew is a request of its own.")


class NotYours(OversightConflict):
    """Say that a colleague has a request."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"A colleague has request {ref}; take it over first, which its history shows.")


class AlreadyExtended(OversightConflict):
    """Say that the time for an answer was extended before."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(
            f"The time of request {ref} was extended before, and that happens once; answer it now."
        )


@action("oversight.receive_request", roles=OFFICER, operation="collection")
def receive_request(*, actor: Actor, new: NewRequest) -> RightsRequest:
    """Register a request; its time for the answer begins with the day of receipt.

    Raises:
        OversightError: Names the field that is missing or cannot be.
    """
    rules.check(new, today=timezone.localdate(), languages=[code for code, _name in settings.LANGUAGES])
    clock = rights_clock()
    row: RightsRequest = RightsRequest.objects.record(
        actor=actor,
        label=Label(Level.INTERNAL, frozenset(), actor.unit_id),
        legal_basis=clock.legal_basis,
        kind=new.kind,
        received_on=new.received_on,
        identity_proof=new.identity_proof,
        identity_note=new.identity_note.strip(),
        full_name=new.full_name.strip(),
        other_names=_lines(new.other_names),
        birth_date=new.birth_date.strip(),
        identifiers=_lines(new.identifiers),
        address=new.address.strip(),
        language=new.language,
        wish=new.wish.strip(),
        authority_ref=new.authority_ref.strip(),
        owner_id=actor.user_id,
        due_on=clock.due_on(new.received_on),
    )
    step(actor, row, "received")
    return row


def rights_clock() -> reference.RightsClock:
    """Return how the agency's national profile serves requests."""
    found: reference.RightsClock = reference.national_profile(settings.OPENILP_PROFILE).rights
    return found


def _lines(said: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in said if line.strip()))


@action("oversight.take_over_request", roles=OFFICER)
def take_over_request(*, actor: Actor, request: RightsRequest) -> RightsStep:
    """Become the owner of an open request; whoever had it before stands in its history.

    Raises:
        RequestClosed: If it is answered or withdrawn.
    """
    locked = _open(actor, request)
    _amend(actor, locked, owner=actor.user_id)
    return step(actor, request, "taken_over")


@action("oversight.extend_request", roles=OFFICER)
def extend_request(*, actor: Actor, request: RightsRequest, reason: str) -> RightsStep:
    """Extend the time for the answer, once, with a reason.

    Raises:
        OversightError: If the reason says too little.
        AlreadyExtended: If it was extended before.
        RequestClosed: If it is answered or withdrawn.
        NotYours: If a colleague has it.
    """
    said, locked = rules.check_reason(reason), owned(actor, request)
    if locked.extended_on is not None:
        raise AlreadyExtended(request.ref)
    due = rights_clock().due_on(locked.received_on, is_extended=True)
    _amend(actor, locked, extended_on=timezone.localdate(), due_on=due)
    return step(actor, request, "extended", said)


@action("oversight.withdraw_request", roles=OFFICER)
def withdraw_request(*, actor: Actor, request: RightsRequest, reason: str) -> RightsStep:
    """Close a request that the person took back.

    Raises:
        OversightError: If the reason says too little.
        RequestClosed: If it is closed already.
        NotYours: If a colleague has it.
    """
    said, locked = rules.check_reason(reason), owned(actor, request)
    close(actor, locked, outcome="withdrawn")
    return step(actor, request, "withdrawn", said)


def owned(actor: Actor, request: RightsRequest) -> RightsRequest:
    """Return an open request of the actor's own, locked until the end of the transaction.

    Raises:
        RequestClosed: If it is answered or withdrawn.
        NotYours: If a colleague has it.
    """
    locked = _open(actor, request)
    if locked.owner_id != actor.user_id:
        raise NotYours(request.ref)
    return locked


def close(actor: Actor, request: RightsRequest, *, outcome: str) -> None:
    """Close a request; from now on the door to other rows is shut for it."""
    _amend(actor, request, closed_on=timezone.localdate(), outcome=outcome)


def step(actor: Actor, request: RightsRequest, code: str, note: str = "") -> RightsStep:
    """Write a line of a request's history."""
    made: RightsStep = RightsStep.objects.record(actor=actor, request=request, step=code, note=note[:600])
    return made


def _open(actor: Actor, request: RightsRequest) -> RightsRequest:
    locked: RightsRequest | None = (
        RightsRequest.objects.seen_by(actor).select_for_update().filter(pk=request.pk).first()
    )
    if locked is None:
        raise StaleRecord("The request")
    if locked.closed_on is not None:
        raise RequestClosed(request.ref)
    return locked


def _amend(actor: Actor, request: RightsRequest, **values: Any) -> None:
    RightsRequest.objects.seen_by(actor).filter(pk=request.pk, closed_on=None).amend(**values)
