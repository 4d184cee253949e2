"""From an account to an actor, and the life of accounts: joiner, mover, leaver."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from openilp.safeguards import acting
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import AccountError, NotAMember
from openilp.safeguards.labels import State
from openilp.safeguards.models import ApiToken, Matter, Membership, Unit, User
from openilp.safeguards.roles import CONTENT, Role

#: Who works at the quarantine desk, and who may look at restricted rows.
_QUARANTINE = frozenset(
    {Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER, Role.LIAISON_OFFICER}
)
_RESTRICTED = frozenset({Role.DATA_PROTECTION_OFFICER})
_STARTING_PASSWORD_BYTES = 9


def own_matters(user: User) -> list[Membership]:
    """Return the current memberships of an account, standing tasks first."""
    now = timezone.now()
    return list(
        Membership.objects.filter(user=user, since__lte=now)
        .filter(models.Q(until=None) | models.Q(until__gt=now))
        .order_by("since")
    )


def actor_for(user: User, *, purpose: UUID | None = None, reason: str = "") -> Actor:
    """Return the actor that an account is right now, for a matter of its own or a named reason.

    Without either, the account's first matter is its purpose.

    Raises:
        AccountError: If the account is closed.
        NotAMember: If the account is no member of the matter.
    """
    if not user.is_active:
        raise AccountError(f"Account '{user.username}' is closed; ask your administrator.")
    matters = [m.matter_id for m in own_matters(user)]
    if purpose is not None and purpose not in matters:
        raise NotAMember(str(purpose))
    if purpose is None and not reason and matters:
        purpose = matters[0]
    roles = frozenset(Role(r) for r in user.roles)
    states = {State.NORMAL}
    if roles & _QUARANTINE:
        states.add(State.QUARANTINED)
    if roles & _RESTRICTED:
        states.add(State.RESTRICTED)
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
        states=frozenset(states),
        language=user.language,
    )


def colleagues(*, actor: Actor, roles: Iterable[Role] = (), unit: Unit | None = None) -> list[User]:
    """Return open accounts, by role and unit, in alphabetical order: names and duties, no content."""
    acting.require("User")
    found = User.objects.filter(is_active=True).select_related("unit").order_by("full_name")
    wanted = [r.value for r in roles]
    if wanted:
        found = found.filter(roles__overlap=wanted)
    if unit is not None:
        found = found.filter(unit=unit)
    return list(found)


def members_of(matter_id: UUID) -> list[User]:
    """Return the accounts that are members of a matter now."""
    now = timezone.now()
    current = Membership.objects.filter(matter_id=matter_id, since__lte=now).filter(
        models.Q(until=None) | models.Q(until__gt=now)
    )
    return list(User.objects.filter(is_active=True, pk__in=current.values("user")).order_by("full_name"))


def starting_password() -> str:
    """Return a random password that is good for one log-in."""
    return secrets.token_urlsafe(_STARTING_PASSWORD_BYTES)


@action("safeguards.join", roles=[Role.ADMINISTRATOR], operation="account")
def join(
    *,
    actor: Actor,
    username: str,
    full_name: str,
    unit: Unit,
    roles: Iterable[Role],
    clearance: int,
    password: str,
    language: str = "en",
    partner: str = "",
    must_change_password: bool = True,
) -> User:
    """Open an account for a joiner."""
    name = username.strip().lower()
    if User.objects.filter(username=name).exists():
        raise AccountError(f"Account '{name}' exists; choose another name.")
    return make_account(
        username=name,
        full_name=full_name,
        unit=unit,
        roles=roles,
        clearance=clearance,
        password=password,
        language=language,
        partner=partner,
        must_change_password=must_change_password,
    )


def make_account(
    *,
    username: str,
    full_name: str,
    unit: Unit,
    roles: Iterable[Role],
    clearance: int,
    password: str,
    language: str = "en",
    partner: str = "",
    must_change_password: bool = True,
) -> User:
    """Write an account: the first administrator of an installation comes by this way, all others by `join`."""
    user = User(
        username=username.strip().lower(),
        full_name=full_name,
        unit=unit,
        roles=sorted(str(Role(r)) for r in roles),
        clearance=clearance,
        language=language,
        partner=partner,
        must_change_password=must_change_password,
    )
    _set_password(user, password)
    user.save(force_insert=True)
    return user


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountError(" ".join(error.messages)) from error
    user.set_password(password)


@action("safeguards.move", roles=[Role.ADMINISTRATOR], operation="account")
def move(*, actor: Actor, user: User, unit: Unit, roles: Iterable[Role], clearance: int) -> User:
    """Change unit, roles and clearance of a mover; places in matters of the old unit end today."""
    if user.pk == actor.user_id:
        raise AccountError("Nobody changes the own roles; ask another administrator.")
    if unit.pk != user.unit_id:
        Membership.objects.filter(user=user, until=None).update(until=timezone.now())
    user.unit, user.clearance = unit, clearance
    user.roles = sorted(str(Role(r)) for r in roles)
    user.save(update_fields=["unit", "roles", "clearance"])
    return user


@action("safeguards.leave", roles=[Role.ADMINISTRATOR], operation="account")
def leave(*, actor: Actor, user: User) -> User:
    """Close the account of a leaver: no log-in, no matters, no tokens."""
    now = timezone.now()
    Membership.objects.filter(user=user, until=None).update(until=now)
    ApiToken.objects.filter(user=user).delete()
    user.is_active, user.left_at = False, now
    user.set_unusable_password()
    user.save(update_fields=["is_active", "left_at", "password"])
    return user


@action("safeguards.reset_password", roles=[Role.ADMINISTRATOR], operation="account")
def reset_password(*, actor: Actor, user: User) -> str:
    """Set a random password that is good until the next log-in, to be handed over in person; no e-mail is sent."""
    password = starting_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    return password


@action("safeguards.change_own_password", roles=list(Role), operation="account")
def change_own_password(*, actor: Actor, user: User, old: str, new: str) -> User:
    """Change the own password."""
    if user.pk != actor.user_id:
        raise AccountError("Only the holder changes this password; an administrator may reset it.")
    if not user.check_password(old):
        raise AccountError("The present password is not right; type it again.")
    _set_password(user, new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    return user


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


@action("safeguards.issue_token", roles=list(Role), operation="account")
def issue_token(*, actor: Actor, name: str, days: int = 90) -> str:
    """Issue an API token for the actor's own account and present matter; it is shown this once."""
    if actor.purpose is None:
        raise NotAMember(actor.reason or "none")
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user_id=actor.user_id,
        purpose_id=actor.purpose,
        name=name,
        digest=token_digest(token),
        expires_at=timezone.now() + timedelta(days=days),
    )
    return token


def token_digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def account_of_token(token: str) -> ApiToken | None:
    """Return the living token with this text, or nothing."""
    return (
        ApiToken.objects.select_related("user")
        .filter(digest=token_digest(token), expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )
