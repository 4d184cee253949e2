"""The conflict list: nobody works on one's own case, or on that of somebody near."""

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import InvalidInput, NotPermitted, RecordNotFound
from openilp.safeguards.models import ConflictOfInterest, Matter, User
from openilp.safeguards.roles import EVERYONE, Role

KINDS = ("own_case", "relative", "other")
_KEEPERS = (Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER)


class UnknownConflict(InvalidInput):
    """Say that a kind of conflict is none of those there are."""

    field = "kind"

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"'{kind}' is no kind of conflict; use one of {', '.join(KINDS)}.")


def matters_in_conflict(user_id: UUID) -> frozenset[UUID]:
    """Return the matters that an account must not work on now."""
    now = timezone.now()
    standing = ConflictOfInterest.objects.filter(user=user_id, since__lte=now)
    return frozenset(standing.filter(Q(until=None) | Q(until__gt=now)).values_list("matter_id", flat=True))


def has_conflict(user_id: UUID, matter: UUID) -> bool:
    """Tell whether an account must not work on a matter."""
    return matter in matters_in_conflict(user_id)


@action("safeguards.declare_conflict", roles=EVERYONE)
def declare_conflict(*, actor: Actor, user: User, matter: Matter, kind: str) -> ConflictOfInterest:
    """Bar an account from a matter that the actor may know of; it counts from the next request on.

    Everybody declares their own conflicts; heads of intelligence and data-protection officers those of others too.

    Raises:
        NotPermitted: If it is about somebody else and the actor keeps no list.
        UnknownConflict: If the kind is none.
        RecordNotFound: If the actor may not know of the matter.
    """
    if user.pk != actor.user_id and not actor.has_role(*_KEEPERS):
        raise NotPermitted("safeguards.declare_conflict", _KEEPERS)
    if kind not in KINDS:
        raise UnknownConflict(kind)
    if not Matter.objects.seen_by(actor).filter(pk=matter.pk).exists():
        raise RecordNotFound(matter.ref)
    row, _ = ConflictOfInterest.objects.get_or_create(
        user=user, matter=matter, until=None, defaults={"kind": kind, "declared_by_id": actor.user_id}
    )
    return row


@action("safeguards.lift_conflict", roles=_KEEPERS)
def lift_conflict(*, actor: Actor, conflict: ConflictOfInterest) -> ConflictOfInterest:
    """End a conflict that is no more; nobody lifts one's own.

    Raises:
        NotPermitted: If it is the actor's own.
    """
    if conflict.user_id == actor.user_id:
        raise NotPermitted("safeguards.lift_conflict")
    ConflictOfInterest.objects.filter(pk=conflict.pk, until=None).update(
        until=timezone.now(), lifted_by=actor.user_id
    )
    return conflict
