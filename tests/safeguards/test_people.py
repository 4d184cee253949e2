"""Accounts and matters: joiner, mover, leaver; membership decides what is in reach."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.utils import timezone

from openilp.safeguards import people
from openilp.safeguards.errors import AccountError, NotAMember, NotPermitted
from openilp.safeguards.models import ApiToken, Membership, User
from openilp.safeguards.roles import Role
from tests.approving import approved
from tests.factories import PASSWORD, World

Act = Callable[..., Any]


def join(actor: Any, world: World, **more: Any) -> User:
    """Open an account."""
    values: dict[str, Any] = {
        "username": "new.person",
        "full_name": "New Person",
        "unit": world.region,
        "roles": [Role.REPORTING_OFFICER],
        "clearance": 1,
        "password": PASSWORD,
    }
    return people.join(actor=actor, **values | more)


def test_a_joiner_gets_an_account_that_asks_for_an_own_password(world: World, act: Act) -> None:
    """No password stays that somebody else has chosen."""
    with act(world.user(Role.ADMINISTRATOR), world.desk) as actor:
        user = join(actor, world)

    assert user.must_change_password
    assert user.check_password(PASSWORD)


def test_passwords_are_kept_as_argon2id(world: World, act: Act, settings: Any) -> None:
    """The product's own hasher, not the tests' quick one."""
    from openilp.web import settings as product

    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    with act(world.user(Role.ADMINISTRATOR), world.desk) as actor:
        user = join(actor, world)

    assert identify_hasher(user.password).algorithm == "argon2"
    assert user.password.startswith("argon2$argon2id$")


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
def test_a_weak_password_is_refused_with_the_reason(world: World, act: Act, password: str) -> None:
    """Too short, too common, only digits."""
    with (
        act(world.user(Role.ADMINISTRATOR), world.desk) as actor,
        pytest.raises(AccountError, match="password"),
    ):
        join(actor, world, password=password)


def test_only_the_administrator_opens_accounts(world: World, act: Act) -> None:
    """Denied by default [LEG-01]."""
    with act(world.user(Role.CHAIR), world.desk) as actor, pytest.raises(NotPermitted, match="administrator"):
        join(actor, world)


def test_nobody_raises_the_own_roles(world: World, act: Act) -> None:
    """A mover is moved by somebody else."""
    admin = world.user(Role.ADMINISTRATOR)
    with act(admin, world.desk) as actor, pytest.raises(AccountError, match="another administrator"):
        people.move(actor=actor, user=admin, unit=world.region, roles=list(Role), clearance=3)


def test_a_mover_loses_the_matters_of_the_old_unit(world: World, act: Act) -> None:
    """Need-to-know does not travel."""
    user = world.user(Role.OPERATIONAL_ANALYST)
    with act(world.user(Role.ADMINISTRATOR), world.desk) as actor:
        people.move(
            actor=actor, user=user, unit=world.district, roles=[Role.OPERATIONAL_ANALYST], clearance=1
        )

    assert people.own_matters(user) == []
    assert people.actor_for(user).level == 1


def test_a_leaver_is_out_at_the_next_request(world: World, act: Act) -> None:
    """No log-in, no matters, no tokens."""
    user = world.user(Role.OPERATIONAL_ANALYST)
    with act(user, world.desk) as actor:
        token = people.issue_token(actor=actor, name="terminal")
    with act(world.user(Role.ADMINISTRATOR), world.desk) as actor:
        people.leave(actor=actor, user=user)

    assert people.account_of_token(token) is None
    assert not ApiToken.objects.filter(user=user).exists()
    with pytest.raises(AccountError, match="closed"):
        people.actor_for(User.objects.get(pk=user.pk))


def test_a_reset_gives_a_password_for_one_log_in(world: World, act: Act) -> None:
    """Handed over in person; no e-mail."""
    user, admin = world.user(Role.CHAIR), world.user(Role.ADMINISTRATOR)
    second = world.user(Role.DATA_PROTECTION_OFFICER)
    request = approved(people.resetting(user=user), by=admin, second=second)
    with act(admin, world.desk) as actor:
        password = people.reset_password(actor=actor, user=user, approval=request)

    assert user.check_password(password)
    assert user.must_change_password


def test_the_own_password_needs_the_present_one(world: World, act: Act) -> None:
    """And only the holder changes it."""
    user = world.user(Role.CHAIR)
    with act(user, world.desk) as actor:
        with pytest.raises(AccountError, match="not right"):
            people.change_own_password(actor=actor, user=user, old="wrong", new="a new sentence of mine")
        people.change_own_password(actor=actor, user=user, old=PASSWORD, new="a new sentence of mine")

    assert user.check_password("a new sentence of mine")


def test_a_matter_is_open_to_its_members_only(world: World, act: Act) -> None:
    """Acting for a matter needs membership, and admitting somebody needs it too."""
    outsider = world.user(Role.STRATEGIC_ANALYST)
    with pytest.raises(NotAMember):
        people.actor_for(outsider, purpose=world.operation.pk)
    with act(world.user(Role.TASKING_COORDINATOR), world.desk) as actor, pytest.raises(NotAMember):
        people.admit(actor=actor, matter=world.operation, user=outsider)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        people.admit(actor=actor, matter=world.operation, user=outsider)

    assert world.operation.pk in people.actor_for(outsider).compartments


def test_a_dismissed_member_has_no_reach_from_the_next_request_on(world: World, act: Act) -> None:
    """Dated membership: the row stays, the reach ends."""
    user = world.user(Role.PLAN_OWNER)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        people.dismiss(actor=actor, matter=world.operation, user=user)

    assert world.operation.pk not in people.actor_for(user).compartments
    assert Membership.objects.get(matter=world.operation, user=user).until <= timezone.now()


def test_a_named_reason_outside_any_matter_gives_no_compartments(world: World) -> None:
    """Purpose binds: without a matter only rows without compartments are in reach."""
    actor = people.actor_for(world.user(Role.HEAD_OF_INTELLIGENCE), reason="life-at-risk")

    assert actor.compartments == frozenset()
    assert actor.purpose is None
