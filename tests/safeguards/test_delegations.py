"""Standing in for somebody: what can be given, to whom, for how long, and that it ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from openilp.safeguards import approvals, people
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import AccountError, InvalidInput, NotAMember, NotPermitted, RecordNotFound
from openilp.safeguards.models import Delegation, Membership, User
from openilp.safeguards.roles import Role
from tests.factories import World

Act = Callable[..., Any]
HEAD, CHAIR, ANALYST = Role.HEAD_OF_INTELLIGENCE, Role.CHAIR, Role.OPERATIONAL_ANALYST


def give(world: World, act: Act, **more: Any) -> Delegation:
    """Let the analyst stand in for the head in the operation."""
    values: dict[str, Any] = {
        "to": world.user(ANALYST),
        "roles": [HEAD],
        "matters": [world.operation],
        "until": timezone.now() + timedelta(days=3),
        "reason": "leave until Monday",
    }
    with act(world.user(HEAD), world.operation) as actor:
        return people.delegate(actor=actor, **values | more)


def test_whoever_stands_in_has_the_duties_given_in_the_matters_given(world: World, act: Act) -> None:
    """And nothing of one's own meanwhile; the log names both [LEG-01]."""
    row = give(world, act)
    user, head = world.user(ANALYST), world.user(HEAD)
    actor = people.actor_in_place_of(user, delegation=row.pk)

    assert actor.roles == {HEAD}
    assert actor.compartments == {world.operation.pk}
    assert (actor.user_id, actor.on_behalf_of) == (user.pk, head.pk)
    assert actor.level == min(user.clearance, head.clearance) < head.clearance
    with acting(actor, "test") as block:
        assert block.event()["on_behalf_of"] == str(head.pk)
        assert block.event()["actor"] == str(user.pk)


def test_what_the_grantor_loses_the_delegate_loses(world: World, act: Act) -> None:
    """Duty, matter and account: with the next request."""
    row = give(world, act)
    user, head = world.user(ANALYST), world.user(HEAD)
    User.objects.filter(pk=head.pk).update(roles=[Role.PLAN_OWNER])
    with pytest.raises(NotAMember):
        people.actor_in_place_of(user, delegation=row.pk)
    User.objects.filter(pk=head.pk).update(roles=[HEAD])
    assert people.actor_in_place_of(user, delegation=row.pk).roles == {HEAD}
    Membership.objects.filter(user=head, matter=world.operation).update(until=timezone.now())
    with pytest.raises(NotAMember):
        people.actor_in_place_of(user, delegation=row.pk)
    Membership.objects.filter(user=head, matter=world.operation).update(until=None)
    User.objects.filter(pk=head.pk).update(is_active=False)
    with pytest.raises(AccountError):
        people.actor_in_place_of(user, delegation=row.pk)


def test_it_ends_by_itself_and_by_either_side(world: World, act: Act) -> None:
    """No delegation is open-ended; whoever gave or received it ends it, nobody else."""
    for ender in (HEAD, ANALYST):
        row = give(world, act)
        with act(world.user(Role.PLAN_OWNER)) as actor, pytest.raises(RecordNotFound):
            people.end_delegation(actor=actor, delegation=row)
        with act(world.user(ender)) as actor:
            assert not people.end_delegation(actor=actor, delegation=row).is_running
        with pytest.raises(NotAMember):
            people.actor_in_place_of(world.user(ANALYST), delegation=row.pk)
    row = give(world, act)
    Delegation.objects.filter(pk=row.pk).update(
        since=timezone.now() - timedelta(days=2), until=timezone.now() - timedelta(days=1)
    )
    with pytest.raises(NotAMember):
        people.actor_in_place_of(world.user(ANALYST), delegation=row.pk)


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("roles", {"roles": [CHAIR]}),
        ("roles", {"roles": [HEAD, Role.DATA_PROTECTION_OFFICER]}),
        ("roles", {"roles": []}),
        ("matters", {"matters": []}),
        ("until", {"until": timezone.now() + timedelta(days=40)}),
        ("until", {"until": timezone.now() - timedelta(days=1)}),
        ("reason", {"reason": "  x "}),
    ],
)
def test_only_what_is_ones_own_can_be_given(world: World, act: Act, field: str, more: dict[str, Any]) -> None:
    """Each refusal names its field."""
    with pytest.raises(InvalidInput) as refused:
        give(world, act, **more)

    assert refused.value.field == field


@pytest.mark.parametrize(
    "to", [Role.ADMINISTRATOR, Role.OVERSIGHT, Role.SUPERVISORY_AUTHORITY, Role.SOURCE_HANDLER, HEAD]
)
def test_not_everybody_can_stand_in(world: World, act: Act, to: Role) -> None:
    """Whoever has no content gets none by delegation, and nobody stands in for himself."""
    with pytest.raises(InvalidInput) as refused:
        give(world, act, to=world.user(to))

    assert refused.value.field == "to"


def test_a_foreign_matter_is_not_given(world: World, act: Act) -> None:
    """The chair is no member of the operation."""
    with act(world.user(CHAIR), world.desk) as actor, pytest.raises(InvalidInput) as refused:
        people.delegate(
            actor=actor,
            to=world.user(ANALYST),
            roles=[CHAIR],
            matters=[world.operation],
            until=timezone.now() + timedelta(days=1),
            reason="leave until Monday",
        )

    assert refused.value.field == "matters"


def test_a_stand_in_passes_nothing_on_and_is_no_second_person(world: World, act: Act) -> None:
    """What is delegated ends with the delegate; approving in another's place would make one person two."""
    row = give(world, act)
    actor = people.actor_in_place_of(world.user(ANALYST), delegation=row.pk)
    with acting(actor, "test"), pytest.raises(NotPermitted):
        people.delegate(
            actor=actor,
            to=world.user(CHAIR),
            roles=[HEAD],
            matters=[world.operation],
            until=timezone.now() + timedelta(days=1),
            reason="leave until Monday",
        )
    with act(world.user(Role.ADMINISTRATOR)) as admin:
        asked = approvals.ask(
            actor=admin, subject=people.resetting(user=world.user(CHAIR)), reason="forgot the password"
        )
    with acting(actor, "test"), pytest.raises(NotPermitted):
        approvals.answer(actor=actor, request=asked, digest=asked.digest, is_approved=True)


def test_the_log_tells_what_was_opened_and_that_words_came_again(world: World, act: Act) -> None:
    """A row asked for by reference is opened, a row of a list is not; words are a fingerprint, per account [LEG-12]."""
    from openilp.safeguards.justifications import fingerprint
    from openilp.safeguards.models import Matter

    user, other = world.user(ANALYST), world.user(CHAIR)
    with acting(people.actor_for(user), "test") as block:
        list(Matter.objects.seen_by(block.actor))
        assert "opened" not in block.event()
        Matter.objects.seen_by(block.actor).filter(ref=world.operation.ref).first()
        block.justify("For the case, again!")
        event = block.event()

    assert event["opened"] == {"matter": [str(world.operation.pk)]}
    assert event["justified"] == fingerprint("for the CASE again", user.pk)
    assert event["justified"] != fingerprint("for the case again", other.pk)
    assert "case" not in str(event)
