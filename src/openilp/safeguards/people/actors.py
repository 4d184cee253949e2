"""From an account to an actor: who acts right now, and who else there is."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from openilp.safeguards import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import AccountError, NotAMember
from openilp.safeguards.labels import State
from openilp.safeguards.models import Matter, Membership, Unit, User
from openilp.safeguards.roles import CONTENT, Role

#: Who works at the quarantine desk, and who may look at restricted rows.
_QUARANTINE = frozenset(
    {Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER, Role.LIAISON_OFFICER}
)
_RESTRICTED = frozenset({Role.DATA_PROTECTION_OFFICER})


#: One plain statement: every request begins with it.
_OWN_MATTERS = """
SELECT matter_id FROM safeguards_membership mine
WHERE user_id = %(user)s AND since <= %(now)s AND (until IS NULL OR until > %(now)s) AND NOT EXISTS (
    SELECT 1 FROM safeguards_conflictofinterest barred
    WHERE barred.user_id = mine.user_id AND barred.matter_id = mine.matter_id
    AND barred.since <= %(now)s AND (barred.until IS NULL OR barred.until > %(now)s)
) ORDER BY since
"""


def own_matters(user: User) -> list[UUID]:
    """Return the matters that an account is a member of now and not barred from, the oldest place first."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN_MATTERS, {"user": user.pk, "now": timezone.now()})
        return list(dict.fromkeys(matter for (matter,) in cursor.fetchall()))


def actor_for(user: User, *, purpose: UUID | None = None, reason: str = "") -> Actor:
    """Return the actor that an account is right now, for a matter of its own or a named reason.

    Without either, the account's first matter is its purpose.

    Raises:
        AccountError: If the account is closed.
        NotAMember: If the account is no member of the matter.
    """
    if not user.is_active:
        raise AccountError(f"Account '{user.username}' is closed; ask your administrator.")
    matters = own_matters(user)
    if purpose is not None and purpose not in matters:
        raise NotAMember(str(purpose))
    if purpose is None and not reason and matters:
        purpose = matters[0]
    roles = frozenset(Role(r) for r in user.roles)
    return Actor(
        user_id=user.pk,
        name=str(user),
        roles=roles,
        unit_id=user.unit_id,
        level=user.clearance if roles & CONTENT else -1,
        purpose=purpose,
        reason=reason,
        partner=user.partner,
        compartments=frozenset(matters) if purpose is not None else frozenset(),
        states=states_of(roles),
        language=user.language,
    )


def states_of(roles: frozenset[Role]) -> frozenset[State]:
    """Return the states of rows that duties open."""
    opened = {
        State.NORMAL: True,
        State.QUARANTINED: roles & _QUARANTINE,
        State.RESTRICTED: roles & _RESTRICTED,
    }
    return frozenset(state for state, is_open in opened.items() if is_open)


def colleagues(*, actor: Actor, roles: Iterable[Role] = (), unit: Unit | None = None) -> list[User]:
    """Return open accounts, by role and unit, in alphabetical order: names and duties, no content.

    A partner's account meets those only whom it shares a matter with.
    """
    acting.require("User")
    found = User.objects.filter(is_active=True).select_related("unit").order_by("full_name")
    if actor.partner:
        found = found.filter(pk__in=_sharing(actor))
    wanted = [r.value for r in roles]
    if wanted:
        found = found.filter(roles__overlap=wanted)
    if unit is not None:
        found = found.filter(unit=unit)
    return list(found)


def _sharing(actor: Actor) -> Any:
    """Return the accounts that are members of one of the actor's matters now."""
    now = timezone.now()
    current = Membership.objects.filter(matter__in=actor.compartments, since__lte=now)
    return current.filter(models.Q(until=None) | models.Q(until__gt=now)).values("user")


def units_known_to(actor: Actor) -> models.QuerySet[Unit]:
    """Return the units that an actor may know of: all of them for own staff.

    A partner's account knows its own unit, those of the people whom it shares a matter with and those that own the
    matters, and what these stand below.
    """
    if not actor.partner:
        return Unit.objects.all()
    near = models.Q(pk=actor.unit_id) | models.Q(staff__in=_sharing(actor))
    owners = Matter.objects.seen_by(actor).values_list("owner_unit_id", flat=True)
    known = set(Unit.objects.filter(near | models.Q(pk__in=list(owners))).values_list("pk", flat=True))
    parents: dict[UUID, UUID | None] = dict(Unit.objects.values_list("pk", "parent_id"))
    for key in list(known):
        above = parents[key]
        while above is not None and above not in known:
            known.add(above)
            above = parents[above]
    return Unit.objects.filter(pk__in=known)


def members_of(matter_id: UUID) -> list[User]:
    """Return the accounts that are members of a matter now."""
    now = timezone.now()
    current = Membership.objects.filter(matter_id=matter_id, since__lte=now).filter(
        models.Q(until=None) | models.Q(until__gt=now)
    )
    return list(User.objects.filter(is_active=True, pk__in=current.values("user")).order_by("full_name"))
