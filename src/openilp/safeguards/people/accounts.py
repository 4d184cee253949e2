"""The life of accounts: joiner, mover, leaver, password."""

import secrets
from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import AccountError
from openilp.safeguards.models import ApiToken, Membership, Unit, User
from openilp.safeguards.roles import Role

_STARTING_PASSWORD_BYTES = 9


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
