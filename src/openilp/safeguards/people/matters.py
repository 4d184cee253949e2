"""Opening a matter, and who belongs to it."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from openilp import reference
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import AccountError, MissingLawfulness, NotAMember
from openilp.safeguards.models import Matter, Membership, Unit, User
from openilp.safeguards.recording import check_legal_basis
from openilp.safeguards.roles import Role

_HEADS = (Role.HEAD_OF_INTELLIGENCE, Role.CHAIR, Role.TASKING_COORDINATOR)


class ClosedAccount(AccountError):
    """Say that somebody who has left is named for something."""

    def __init__(self, user: User, field: str) -> None:
        self.username, self.field = user.username, field
        super().__init__(f"Account '{user.username}' is closed; name somebody who is still here.")


def check_open(people: Iterable[User], *, field: str = "username") -> None:
    """Check that people who are named for something have open accounts now, whatever was read before.

    Raises:
        ClosedAccount: If one has not.
    """
    named = list(people)
    left = (
        User.objects.filter(pk__in=[user.pk for user in named], is_active=False).order_by("username").first()
    )
    if left is not None:
        raise ClosedAccount(left, field)


def check_purpose(kind: str, purpose_code: str, legal_basis: str) -> None:
    """Check that a matter's kind and purpose are in their reference lists, and that its legal basis covers the purpose.

    Raises:
        MissingLawfulness: Otherwise; it names what there is.
    """
    for field, code, vocabulary in (
        ("kind", kind, "matter-kinds"),
        ("purpose_code", purpose_code, "processing-purposes"),
    ):
        known = reference.vocabulary(vocabulary).codes
        if code not in known:
            raise MissingLawfulness(field, code, f"use one of {', '.join(known)}.")
    check_legal_basis(legal_basis)
    covered = reference.legal_basis(legal_basis).purposes
    if purpose_code not in covered:
        remedy = f"'{legal_basis}' covers {', '.join(covered)}: choose one of these, or another legal basis."
        raise MissingLawfulness("purpose_code", purpose_code, remedy)


@action("safeguards.open_matter", roles=_HEADS)
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
    """Open a matter; whoever opens it is its first member.

    Raises:
        MissingLawfulness: If kind, purpose or legal basis is none of the reference lists, or the basis does not cover
            the purpose.
        ClosedAccount: If a member has left.
    """
    check_purpose(kind, purpose_code, legal_basis)
    named = list(members)
    check_open(named, field="members")
    matter: Matter = Matter.objects.record(
        actor=actor,
        title=title,
        kind=kind,
        purpose_code=purpose_code,
        legal_basis=legal_basis,
        owner_unit_id=owner_unit.pk if owner_unit else actor.unit_id,
        is_agency_wide=is_agency_wide,
    )
    people = {actor.user_id, *(m.pk for m in named)}
    Membership.objects.bulk_create([Membership(matter=matter, user_id=key) for key in sorted(people)])
    return matter


@action("safeguards.admit", roles=_HEADS)
def admit(*, actor: Actor, matter: Matter, user: User) -> Membership:
    """Make an account a member of a matter that the actor is a member of: nobody gives what he has not.

    Raises:
        NotAMember: If the actor does not belong to the matter, or only for the time of an emergency.
        ClosedAccount: If the account is closed.
    """
    _check_belongs(actor, matter)
    check_open([user])
    found, _ = Membership.objects.get_or_create(matter=matter, user=user, until=None)
    return found


@action("safeguards.dismiss", roles=_HEADS)
def dismiss(*, actor: Actor, matter: Matter, user: User) -> Matter:
    """End a membership, one of an emergency too; it counts from the next request on.

    Raises:
        NotAMember: If the actor does not belong to the matter, or only for the time of an emergency.
    """
    _check_belongs(actor, matter)
    now = timezone.now()
    standing = Membership.objects.filter(matter=matter, user=user)
    standing.filter(Q(until=None) | Q(until__gt=now)).update(until=now)
    return matter


def _check_belongs(actor: Actor, matter: Matter) -> None:
    """Refuse who is not inside, or inside for some hours only: an emergency opens, it gives no say over members."""
    own = Membership.objects.filter(matter=matter, user=actor.user_id, since__lte=timezone.now(), until=None)
    if matter.pk not in actor.compartments or not own.exists():
        raise NotAMember(matter.ref)
