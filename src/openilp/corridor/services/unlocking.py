"""Seeing who a source is: asked for by its handler or controller, approved in two chains, open for some hours."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from openilp.corridor import rules, selectors, vault
from openilp.corridor.errors import AlreadyJudged, CorridorError, SameChain, StillSealed, WindowOver
from openilp.corridor.models import Identity, Source, Unlock, Window, bound
from openilp.corridor.routing import ALIAS
from openilp.corridor.rules import NewIdentity
from openilp.safeguards import acting, approvals
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import ApprovalAnswer, ApprovalRequest, User
from openilp.safeguards.roles import CORRIDOR, Role

HANDLING = "corridor.unlock_identity_handling"
INDEPENDENT = "corridor.unlock_identity_independent"
_HOURS = 24

approvals.two_person(HANDLING, approvers=[Role.SOURCE_CONTROLLER], hours=_HOURS)
approvals.two_person(INDEPENDENT, approvers=rules.INDEPENDENT, hours=_HOURS)


@action("corridor.ask_unlock", roles=CORRIDOR, operation="disclosure")
def ask_unlock(*, actor: Actor, source: Source, reason: str, hours: int) -> Unlock:
    """Ask two people of different chains to open an identity for some hours.

    The reason stays sealed on this side; what the approval's request says outside is a reference only.

    Raises:
        CorridorError: If the reason says nothing or the time is too long.
        SourceErased: If there is nothing left to open.
    """
    kept = rules.check_text("reason", reason, most=1000)
    if not 1 <= hours <= rules.LONGEST_WINDOW_H:
        raise CorridorError("hours", f"{hours} hours cannot be; choose 1 to {rules.LONGEST_WINDOW_H}.")
    key = uuid4()
    sealed = vault.seal(vault.keys_of(source.pk).working, {"reason": kept}, bound("unlock", source.pk, key))
    asked = [
        approvals.ask(
            actor=actor, subject=_subject(verb, key, hours), reason=f"Unlock {key}: see the source desk"
        )
        for verb in (HANDLING, INDEPENDENT)
    ]
    row: Unlock = Unlock.objects.record(
        actor=actor,
        id=key,
        source_id=source.pk,
        sealed=sealed,
        hours=hours,
        approvals=[each.pk for each in asked],
    )
    return row


def _subject(verb: str, key: UUID, hours: int) -> approvals.Subject:
    return approvals.Subject(verb, "unlock", key, f"unlock {str(key)[:8]}", {"hours": hours})


@action(HANDLING, roles=CORRIDOR, operation="disclosure")
def open_window(*, actor: Actor, unlock: Unlock) -> Window:
    """Open an identity to whoever asked, once both chains have approved; the time begins now.

    Raises:
        NotYours: If somebody else asked.
        StillSealed: If an approval is missing, refused or used.
        SameChain: If both approvals come from one chain or one person.
    """
    found = _requests(unlock, actor)
    check_chains(found, actor=actor)
    for request, verb in zip(found, (HANDLING, INDEPENDENT), strict=True):
        approvals.consume(actor=actor, request=request, subject=_subject(verb, unlock.pk, unlock.hours))
    until = timezone.now() + timedelta(hours=unlock.hours)
    try:
        with transaction.atomic(using=ALIAS):
            row: Window = Window.objects.record(
                actor=actor, unlock=unlock, source_id=unlock.source_id, until=until - timedelta(seconds=1)
            )
    except IntegrityError as error:
        raise AlreadyJudged(f"Unlock {unlock.ref} was used already") from error
    return row


#: The second name under which the same verb is registered, so that the independent chain has a rule of its own.
open_window_independent = action(INDEPENDENT, roles=CORRIDOR, operation="disclosure")(
    open_window.__wrapped__  # type: ignore[attr-defined]
)


def _requests(unlock: Unlock, actor: Actor) -> Sequence[ApprovalRequest]:
    rows = {row.pk: row for row in ApprovalRequest.objects.seen_by(actor).filter(pk__in=unlock.approvals)}
    if len(rows) != 2:
        raise StillSealed("somebody else asked for it")
    return [rows[key] for key in unlock.approvals]


def check_chains(found: Sequence[ApprovalRequest], *, actor: Actor) -> None:
    """Check that two people of different chains have approved.

    Raises:
        StillSealed: If an answer is missing or a refusal.
        SameChain: If they are one person, or of one chain.
    """
    people = []
    for request in found:
        given = ApprovalAnswer.objects.seen_by(actor).filter(request=request).first()
        if given is None or not given.is_approved:
            raise StillSealed("one of the two has not approved" if given is None else "it was refused")
        people.append(User.objects.get(pk=given.created_by_id))
    one, other = people
    chains = [rules.chain_of(person.roles) for person in people]
    if approvals.is_same_person(one, other) or chains != ["handling", "independent"]:
        raise SameChain


@action("corridor.read_identity", roles=CORRIDOR, operation="disclosure")
def read_identity(*, actor: Actor, unlock: Unlock) -> NewIdentity:
    """Show who a source is, while the window is open; each look is logged.

    Raises:
        StillSealed: If no window was opened.
        WindowOver: If its time has ended.
    """
    window = selectors.window_of(unlock, actor=actor)
    if window is None:
        raise StillSealed("two people of different chains have not opened it")
    row = Identity.objects.seen_by(actor).filter(source_id=unlock.source_id).first()
    if row is None:
        raise WindowOver(window.until)
    acting.require("The corridor").deliver("source_identity", [str(unlock.source_id)])
    keys = vault.keys_of(unlock.source_id)
    source = unlock.source_id
    return NewIdentity(**vault.unseal(keys.identity, bytes(row.sealed), bound("identity", source, source)))
