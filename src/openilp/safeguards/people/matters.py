"""Opening a matter, and who belongs to it."""

from collections.abc import Iterable

from django.utils import timezone

from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import NotAMember
from openilp.safeguards.models import Matter, Membership, Unit, User
from openilp.safeguards.roles import Role


@action("safeguards.open_matter", roles=[Role.HEAD_OF_INTELLIGENCE, Role.CHAIR, Role.TASKING_COORDINATOR])
def open_matter(
    *,
    actor: Actor,
    title: str,
    kind: str,
    purpose_code: str,
    legal_basis: str,
    owner_unit: Unit | None = None,
    is_agency_wide: bool = False,
    members: Iterable[User] = (),
) -> Matter:
    """Open a matter; whoever opens it is its first member."""
    matter: Matter = Matter.objects.record(
        actor=actor,
        title=title,
        kind=kind,
        purpose_code=purpose_code,
        legal_basis=legal_basis,
        owner_unit_id=owner_unit.pk if owner_unit else actor.unit_id,
        is_agency_wide=is_agency_wide,
    )
    people = {actor.user_id, *(m.pk for m in members)}
    Membership.objects.bulk_create([Membership(matter=matter, user_id=key) for key in sorted(people)])
    return matter


@action("safeguards.admit", roles=[Role.HEAD_OF_INTELLIGENCE, Role.CHAIR, Role.TASKING_COORDINATOR])
def admit(*, actor: Actor, matter: Matter, user: User) -> Membership:
    """Make an account a member of a matter that the actor is a member of."""
    if matter.pk not in actor.compartments:
        raise NotAMember(matter.ref)
    found, _ = Membership.objects.get_or_create(matter=matter, user=user, until=None)
    return found


@action("safeguards.dismiss", roles=[Role.HEAD_OF_INTELLIGENCE, Role.CHAIR, Role.TASKING_COORDINATOR])
def dismiss(*, actor: Actor, matter: Matter, user: User) -> Matter:
    """End a membership; it counts from the next request on."""
    if matter.pk not in actor.compartments:
        raise NotAMember(matter.ref)
    Membership.objects.filter(matter=matter, user=user, until=None).update(until=timezone.now())
    return matter
