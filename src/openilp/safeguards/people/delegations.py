"""Standing in: an account lets another act in its place, for some of its duties, in some of its matters, for a time.

Whoever stands in has the reach of the one in whose place he acts, cut down to what was delegated and to their own
clearance – and nothing else: neither their own duties nor matters count meanwhile. So no delegation can ever give
more than its grantor has, and what the grantor loses the delegate loses with the next request.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from openilp.safeguards import notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import InvalidInput, NotAMember, NotPermitted, RecordNotFound
from openilp.safeguards.models import Delegation, Matter, User
from openilp.safeguards.people.actors import actor_for, states_of
from openilp.safeguards.people.conflicts import matters_in_conflict
from openilp.safeguards.people.matters import check_open
from openilp.safeguards.roles import CONTENT, Role

#: Independent duties are nobody else's to give: the data-protection officer answers in person (Art. 32 to 34 LED).
DELEGABLE = CONTENT - {Role.DATA_PROTECTION_OFFICER}
LONGEST_DAYS = 30
_SHORTEST_REASON = 5


class DelegationInput(InvalidInput):
    """Say what of a delegation cannot be taken as given."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@action("safeguards.delegate", roles=DELEGABLE, operation="account")
def delegate(
    *,
    actor: Actor,
    to: User,
    roles: Iterable[Role],
    matters: Iterable[Matter],
    until: datetime,
    reason: str,
) -> Delegation:
    """Let another account act in one's place until a moment at most 30 days away.

    Args:
        actor: Whose place it is; who stands in for somebody cannot pass it on.
        to: Own staff that works with content.
        roles: Duties of the actor.
        matters: Matters of the actor.
        until: When it ends by itself.
        reason: Why, for whoever reads it later.

    Raises:
        NotPermitted: If the actor stands in for somebody, or is a partner's account.
        DelegationInput: If something is not the actor's to give, or the other cannot take it.
        ClosedAccount: If the other has left.
    """
    if actor.on_behalf_of or actor.partner:
        raise NotPermitted("safeguards.delegate", DELEGABLE)
    check_open([to], field="to")
    given, where = sorted(set(roles)), list(matters)
    _check(actor, to, given, where, until, reason)
    row = Delegation.objects.create(
        grantor_id=actor.user_id,
        delegate=to,
        roles=given,
        matters=sorted({matter.pk for matter in where}),
        until=until,
        reason=reason.strip(),
    )
    notices.notify(actor=actor, recipients=[to.pk], kind="delegated", url="/settings/")
    return row


def _check(
    actor: Actor, to: User, roles: list[Role], matters: list[Matter], until: datetime, reason: str
) -> None:
    now = timezone.now()
    if to.pk == actor.user_id or to.partner or not set(to.roles) <= CONTENT or not to.roles:
        raise DelegationInput(
            "to", f"'{to.username}' cannot stand in; name own staff that works with content."
        )
    if not roles or not set(roles) <= actor.roles & DELEGABLE:
        mine = ", ".join(sorted(actor.roles & DELEGABLE))
        raise DelegationInput("roles", f"Only own duties can be delegated; choose from {mine}.")
    if not matters or not {matter.pk for matter in matters} <= actor.compartments:
        raise DelegationInput("matters", "Only own matters can be delegated; choose at least one of them.")
    if not now < until <= now + timedelta(days=LONGEST_DAYS):
        raise DelegationInput(
            "until",
            f"{until:%Y-%m-%d %H:%M} is not within {LONGEST_DAYS} days from now; choose a nearer day.",
        )
    if len(reason.strip()) < _SHORTEST_REASON:
        raise DelegationInput("reason", "Say in some words why, such as 'leave until Monday'.")


@action("safeguards.end_delegation", roles=CONTENT, operation="account")
def end_delegation(*, actor: Actor, delegation: Delegation) -> Delegation:
    """End a delegation that one gave or received; it counts from the next request on.

    Raises:
        RecordNotFound: If it is neither.
    """
    found = given_and_received(actor=actor).filter(pk=delegation.pk).first()
    if found is None:
        raise RecordNotFound(str(delegation.pk))
    now = timezone.now()
    Delegation.objects.filter(pk=found.pk, until__gt=now).update(until=max(now, found.since))
    found.refresh_from_db()
    return found


def given_and_received(*, actor: Actor) -> QuerySet[Delegation]:
    """Return the delegations that the actor gave or received, the newest first."""
    mine = Q(grantor=actor.user_id) | Q(delegate=actor.user_id)
    return Delegation.objects.filter(mine).select_related("grantor", "delegate").order_by("-since")


def stand_ins(user_id: UUID) -> list[Delegation]:
    """Return the delegations under which an account may act now."""
    now = timezone.now()
    running = Delegation.objects.filter(delegate=user_id, since__lte=now, until__gt=now)
    return list(running.select_related("grantor").order_by("since"))


def actor_in_place_of(user: User, *, delegation: UUID, purpose: UUID | None = None) -> Actor:
    """Return the actor that an account is while it stands in for another.

    Raises:
        AccountError: If one of the two accounts is closed.
        NotAMember: If there is no such delegation now, or nothing of it is left.
    """
    row = next((row for row in stand_ins(user.pk) if row.pk == delegation), None)
    if row is None or user.partner or row.grantor.partner or not set(user.roles) & CONTENT:
        raise NotAMember(str(delegation))
    own, theirs = actor_for(user), actor_for(row.grantor)
    matters = (theirs.compartments & frozenset(row.matters)) - matters_in_conflict(user.pk)
    roles = theirs.roles & frozenset(Role(role) for role in row.roles) & DELEGABLE
    wanted = purpose or next((key for key in row.matters if key in matters), None)
    if not roles or wanted not in matters:
        raise NotAMember(str(purpose or delegation))
    return replace(
        own,
        name=f"{own.name} / {theirs.name}",
        roles=roles,
        unit_id=theirs.unit_id,
        level=min(own.level, theirs.level),
        purpose=wanted,
        reason="",
        compartments=matters,
        states=states_of(roles),
        on_behalf_of=row.grantor_id,
    )
