"""The life of accounts: joiner, mover, leaver, password.

What would let one administrator take over an account, or make a second one for himself, needs a second person
(decision page 5): a new password for somebody, more duties or a higher clearance, and a joiner with either.
"""

import secrets
from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils import timezone

from openilp.safeguards import approvals, limits, notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import Subject
from openilp.safeguards.errors import AccountError, WrongPassword
from openilp.safeguards.labels import Level
from openilp.safeguards.models import ApiToken, ApprovalRequest, Membership, Unit, User
from openilp.safeguards.roles import CORRIDOR, Role

_STARTING_PASSWORD_BYTES = 9
#: Who vouches beside the administrator that asks; in a small agency with one administrator the latter two.
SECOND_PEOPLE = frozenset({Role.ADMINISTRATOR, Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER})
#: What an administrator may give alone.
_ORDINARY_ROLES = frozenset({Role.REPORTING_OFFICER})
_ORDINARY_CLEARANCE = Level.INTERNAL

JOIN, MOVE, RESET = "safeguards.join", "safeguards.move", "safeguards.reset_password"
for _verb in (JOIN, MOVE, RESET):
    approvals.two_person(_verb, approvers=SECOND_PEOPLE)


def starting_password() -> str:
    """Return a random password that is good for one log-in."""
    return secrets.token_urlsafe(_STARTING_PASSWORD_BYTES)


def end_sessions(user: User) -> None:
    """End every session and token of an account: what they reached is out of reach from the next request on."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    ApiToken.objects.filter(user=user).delete()


def _unbind(user: User) -> None:
    """Take every single sign-on off an account: what somebody bound before is no way in any more."""
    apps.get_model("socialaccount", "SocialAccount").objects.filter(user_id=user.pk).delete()


def read_anew(user: User) -> None:
    """Read an account as it is now, and let nobody else change it until the transaction ends.

    What an approval is bound to, and whether duties grow, is told by the row, not by what was read of it before.
    """
    user.refresh_from_db(from_queryset=User.objects.select_for_update())


def state_of(user: User) -> dict[str, Any]:
    """Return the state of an account that an approval is bound to."""
    return {
        "unit": str(user.unit_id),
        "roles": sorted(user.roles),
        "clearance": user.clearance,
        "is_active": user.is_active,
    }


def joining(
    *,
    username: str,
    full_name: str,
    unit: Unit,
    roles: Iterable[Role],
    clearance: int,
    language: str = "en",
    partner: str = "",
    staff_number: str = "",
) -> Subject:
    """Return the opening of an account as what an approval binds."""
    name = username.strip().lower()
    parameters = {
        "username": name,
        "full_name": full_name,
        "unit": unit.code,
        "roles": sorted(str(Role(r)) for r in roles),
        "clearance": int(clearance),
        "language": language,
        "partner": partner,
        "staff_number": staff_number.strip(),
    }
    return Subject(JOIN, "joiner", uuid5(NAMESPACE_URL, f"openilp:{name}"), full_name, parameters)


def moving(*, user: User, unit: Unit, roles: Iterable[Role], clearance: int) -> Subject:
    """Return new duties of an account as what an approval binds."""
    duties = {"unit": unit.code, "roles": sorted(str(Role(r)) for r in roles), "clearance": int(clearance)}
    return Subject(MOVE, "user", user.pk, str(user), duties, state_of(user))


def resetting(*, user: User) -> Subject:
    """Return a new starting password for an account as what an approval binds."""
    return Subject(RESET, "user", user.pk, str(user), {}, state_of(user))


def is_raise(*, user: User, roles: Iterable[Role], clearance: int) -> bool:
    """Tell whether duties or clearance would be more than the account has."""
    return clearance > user.clearance or not {str(Role(r)) for r in roles} <= set(user.roles)


def is_ordinary(*, roles: Iterable[Role], clearance: int, partner: str = "") -> bool:
    """Tell whether an administrator may open an account with these duties alone."""
    return {Role(r) for r in roles} <= _ORDINARY_ROLES and clearance <= _ORDINARY_CLEARANCE and not partner


def is_founding(*, actor: Actor) -> bool:
    """Tell whether the actor's account is the only one there ever was, so that nobody else could approve."""
    return not User.objects.exclude(pk=actor.user_id).exists()


@action(JOIN, roles=[Role.ADMINISTRATOR], operation="account")
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
    staff_number: str = "",
    must_change_password: bool = True,
    approval: ApprovalRequest | None = None,
) -> User:
    """Open an account for a joiner.

    Raises:
        AccountError: If the name is taken or the password weak.
        ApprovalNeeded: If the joiner gets more than an ordinary reporting officer and no second person approved it;
            the very first account beside the first administrator's needs none.
    """
    name, roles = username.strip().lower(), list(roles)
    if User.objects.filter(username=name).exists():
        raise AccountError(f"Account '{name}' exists; choose another name.")
    values: dict[str, Any] = {
        "username": name,
        "full_name": full_name,
        "unit": unit,
        "roles": roles,
        "clearance": clearance,
        "language": language,
        "partner": partner,
        "staff_number": staff_number,
    }
    is_alone_enough = is_ordinary(roles=roles, clearance=clearance, partner=partner)
    if approval is not None or not (is_alone_enough or is_founding(actor=actor)):
        approvals.consume(actor=actor, request=approval, subject=joining(**values))
    return make_account(**values, password=password, must_change_password=must_change_password)


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
    staff_number: str = "",
    must_change_password: bool = True,
) -> User:
    """Write an account: the first administrator of an installation comes by this way, all others by `join`."""
    user = User(
        username=username.strip().lower(),
        full_name=full_name,
        unit=unit,
        roles=_duties(roles),
        clearance=clearance,
        language=language,
        partner=partner,
        staff_number=staff_number.strip(),
        must_change_password=must_change_password,
    )
    _set_password(user, password)
    user.save(force_insert=True)
    return user


def _duties(roles: Iterable[Role]) -> list[str]:
    """Return duties as an account keeps them.

    Raises:
        AccountError: If a duty at the source desk stands beside another one: what crosses would meet in one head.
    """
    held = {Role(r) for r in roles}
    if held & CORRIDOR and len(held) > 1:
        raise AccountError("Who handles or controls sources has no other duty; choose one of them.")
    return sorted(str(role) for role in held)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountError(" ".join(error.messages)) from error
    user.set_password(password)


@action(MOVE, roles=[Role.ADMINISTRATOR], operation="account")
def move(
    *,
    actor: Actor,
    user: User,
    unit: Unit,
    roles: Iterable[Role],
    clearance: int,
    approval: ApprovalRequest | None = None,
) -> User:
    """Change unit, roles and clearance of a mover: sessions and tokens end, and places in matters of the old unit.

    Raises:
        AccountError: If it is one's own account or a closed one.
        ApprovalNeeded: If duties or clearance grow and no second person approved it; taking away needs nobody.
    """
    if user.pk == actor.user_id:
        raise AccountError("You cannot change your own roles; ask another administrator.")
    read_anew(user)
    _check_open(user)
    roles = list(roles)
    if approval is not None or is_raise(user=user, roles=roles, clearance=clearance):
        subject = moving(user=user, unit=unit, roles=roles, clearance=clearance)
        approvals.consume(actor=actor, request=approval, subject=subject)
    before = state_of(user)
    if unit.pk != user.unit_id:
        _end_memberships(user)
    user.unit, user.clearance = unit, clearance
    user.roles = _duties(roles)
    user.save(update_fields=["unit", "roles", "clearance"])
    if state_of(user) != before:
        end_sessions(user)
        notices.notify(actor=actor, recipients=[user.pk], kind="duties_changed", url="/settings/")
    return user


def _end_memberships(user: User) -> None:
    now = timezone.now()
    standing = Membership.objects.filter(user=user).filter(Q(until=None) | Q(until__gt=now))
    standing.update(until=now)


def _check_open(user: User) -> None:
    if not user.is_active:
        raise AccountError(
            f"Account '{user.username}' is closed; open a new account for somebody who returns."
        )


@action("safeguards.leave", roles=[Role.ADMINISTRATOR], operation="account")
def leave(*, actor: Actor, user: User) -> User:
    """Close the account of a leaver: no log-in, no single sign-on, no matters, no sessions, no tokens."""
    now = timezone.now()
    _end_memberships(user)
    user.is_active, user.left_at = False, now
    user.set_unusable_password()
    user.save(update_fields=["is_active", "left_at", "password"])
    _unbind(user)
    end_sessions(user)
    return user


@action(RESET, roles=[Role.ADMINISTRATOR], operation="account")
def reset_password(*, actor: Actor, user: User, approval: ApprovalRequest | None = None) -> str:
    """Set a new starting password, handed over in person; sessions, tokens and single sign-on end.

    Raises:
        AccountError: If it is one's own account or a closed one.
        ApprovalNeeded: If no second person approved it.
    """
    if user.pk == actor.user_id:
        raise AccountError("Change your own password in your settings, where the present one is asked for.")
    read_anew(user)
    _check_open(user)
    approvals.consume(actor=actor, request=approval, subject=resetting(user=user))
    password = starting_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _unbind(user)
    end_sessions(user)
    notices.notify(actor=actor, recipients=[user.pk], kind="password_reset", url="/settings/")
    return password


@action("safeguards.change_own_password", roles=list(Role), operation="account")
def change_own_password(*, actor: Actor, user: User, old: str, new: str) -> User:
    """Change one's own password; all sessions and tokens end, and whoever changed it keeps the one in use.

    Raises:
        WrongPassword: If the present password is not right.
        TooManyTries: After five wrong ones in a quarter of an hour, even for the right one.
    """
    if user.pk != actor.user_id:
        raise AccountError("Only the holder changes this password; an administrator may reset it.")
    limits.check(limits.OWN_PASSWORD, str(user.pk))
    if not user.check_password(old):
        limits.failed(limits.OWN_PASSWORD, str(user.pk))
        raise WrongPassword
    _set_password(user, new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    end_sessions(user)
    return user
