"""What on accounts needs two people: what exactly is asked for, and carrying out what was approved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from openilp.safeguards import people
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import Subject
from openilp.safeguards.errors import AccountError, RecordNotFound
from openilp.safeguards.models import ApprovalRequest, User
from openilp.safeguards.people.accounts import JOIN, MOVE, RESET
from openilp.web import selectors, services
from openilp.web.services import REMOVE_SECOND_FACTOR

_DUTIES = ("roles", "clearance")
_PERSON = ("username", "full_name", "language", "partner", "staff_number")


@dataclass(frozen=True)
class CarriedOut:
    """The account after what was approved, and its starting password where it got one."""

    account: User
    password: str = ""


def subject_of(action: str, *, actor: Actor, values: Mapping[str, Any]) -> Subject:
    """Return what an approval is to bind, from an action and the values of a form or a call.

    Raises:
        AccountError: If the action is none on accounts, or the account exists already.
        RecordNotFound: If there is no such account or unit.
    """
    if action == JOIN:
        if User.objects.filter(username=values["username"].strip().lower()).exists():
            raise AccountError(f"Account '{values['username']}' exists; choose another name.")
        person = {name: values[name] for name in _PERSON if name in values}
        return people.joining(**person, **_duties(actor, values))
    if action not in CARRY_OUT:
        raise AccountError(f"'{action}' is none of {', '.join(CARRY_OUT)}.")
    user = selectors.account(values["username"], actor=actor)
    if user.pk == actor.user_id:
        raise AccountError("You cannot ask this for your own account; another administrator can.")
    if action == MOVE:
        return people.moving(user=user, **_duties(actor, values))
    return people.resetting(user=user) if action == RESET else services.removing_second_factor(user=user)


def _duties(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    unit = values["unit"]
    found = selectors.unit(unit, actor=actor) if isinstance(unit, str) else unit
    return {"unit": found, **{name: values[name] for name in _DUTIES}}


def carry_out(*, actor: Actor, request: ApprovalRequest) -> CarriedOut:
    """Do what was approved, exactly as it was approved.

    Raises:
        Conflict: If it was not approved, is too old, was done before, or its object has changed.
    """
    return CARRY_OUT[request.action](actor, request)


def _account(actor: Actor, request: ApprovalRequest) -> User:
    user = User.objects.filter(pk=request.object_id).first()
    if user is None:
        raise RecordNotFound(request.object_name)
    return user


def _join(actor: Actor, request: ApprovalRequest) -> CarriedOut:
    password, values = people.starting_password(), request.parameters
    person = {name: values[name] for name in _PERSON}
    made = people.join(actor=actor, **person, **_duties(actor, values), password=password, approval=request)
    return CarriedOut(made, password)


def _move(actor: Actor, request: ApprovalRequest) -> CarriedOut:
    duties = _duties(actor, request.parameters)
    return CarriedOut(people.move(actor=actor, user=_account(actor, request), **duties, approval=request))


def _reset(actor: Actor, request: ApprovalRequest) -> CarriedOut:
    user = _account(actor, request)
    return CarriedOut(user, people.reset_password(actor=actor, user=user, approval=request))


def _remove_second_factor(actor: Actor, request: ApprovalRequest) -> CarriedOut:
    user = _account(actor, request)
    return CarriedOut(services.remove_second_factor(actor=actor, user=user, approval=request))


CARRY_OUT: dict[str, Callable[[Actor, ApprovalRequest], CarriedOut]] = {
    JOIN: _join,
    MOVE: _move,
    RESET: _reset,
    REMOVE_SECOND_FACTOR: _remove_second_factor,
}
