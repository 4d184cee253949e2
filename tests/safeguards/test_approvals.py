"""Two people for what one alone must not do: bound to the very action, used once, by nobody else, not for ever."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openilp.safeguards import approvals, people
from openilp.safeguards.approvals import (
    ApprovalChanged,
    ApprovalExpired,
    ApprovalNeeded,
    ApprovalNotGiven,
    ApprovalUsed,
    ApproverGone,
    Subject,
    digest_of,
)
from openilp.safeguards.errors import InvalidInput, NotPermitted, WrongApprover
from openilp.safeguards.models import ApprovalAnswer, ApprovalRequest, ApprovalUse, Notice, User
from openilp.safeguards.roles import Role
from openilp.web import services
from tests.approving import approved
from tests.factories import PASSWORD, World

Act = Callable[..., Any]


def ask(act: Act, world: World, user: User, by: Role = Role.ADMINISTRATOR) -> ApprovalRequest:
    """Ask for a new password of an account."""
    with act(world.user(by)) as actor:
        return approvals.ask(actor=actor, subject=people.resetting(user=user), reason="phone call, forgot it")


def answer(act: Act, second: User, request: ApprovalRequest, **more: Any) -> ApprovalAnswer:
    """Approve a request as an account."""
    with act(second) as actor:
        values = {"digest": request.digest, "is_approved": True} | more
        return approvals.answer(actor=actor, request=request, **values)


def reset(act: Act, world: World, user: User, request: ApprovalRequest | None) -> str:
    """Carry out the new password as the administrator."""
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        return people.reset_password(actor=actor, user=User.objects.get(pk=user.pk), approval=request)


def another_administrator(world: World, **more: Any) -> User:
    """Write a second administrator."""
    values = {"username": "keeper", "full_name": "Keeper Second", "roles": [Role.ADMINISTRATOR]} | more
    return people.make_account(**values, unit=world.region, clearance=0, password=PASSWORD)


def test_one_administrator_alone_takes_over_no_account(world: World, act: Act) -> None:
    """Not by a new password, and the old one stays."""
    user = world.user(Role.CHAIR)
    with pytest.raises(ApprovalNeeded, match="second person"):
        reset(act, world, user, None)

    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


@pytest.mark.parametrize("end", ["leaves", "moves"])
def test_an_approval_ends_with_the_account_or_the_duty_of_the_approver(
    world: World, act: Act, end: str
) -> None:
    """Who could not approve now has not approved; the database refuses to carry it out as well."""
    user, head = world.user(Role.CHAIR), world.user(Role.HEAD_OF_INTELLIGENCE)
    request = approved(people.resetting(user=user), by=world.user(Role.ADMINISTRATOR), second=head)
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        if end == "leaves":
            people.leave(actor=actor, user=head)
        else:
            people.move(actor=actor, user=head, unit=head.unit, roles=[], clearance=head.clearance)
    with pytest.raises(ApproverGone, match="ask for a new approval"):
        reset(act, world, user, request)

    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        act(world.user(Role.ADMINISTRATOR)) as actor,
        transaction.atomic(),
    ):
        ApprovalUse.objects.record(actor=actor, request=request)


@pytest.mark.parametrize("role", [Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER])
def test_with_one_administrator_head_or_data_protection_officer_is_the_second_person(
    world: World, act: Act, role: Role
) -> None:
    """A small agency is not locked out."""
    user = world.user(Role.CHAIR)
    request = approved(
        people.resetting(user=user), by=world.user(Role.ADMINISTRATOR), second=world.user(role)
    )

    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert reset(act, world, user, request)
    assert not User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_an_approval_is_carried_out_once(world: World, act: Act) -> None:
    """The second time it is used up."""
    user = world.user(Role.CHAIR)
    request = approved(
        people.resetting(user=user), by=world.user(Role.ADMINISTRATOR), second=another_administrator(world)
    )
    reset(act, world, user, request)
    with pytest.raises(ApprovalUsed, match="carried out before"):
        reset(act, world, user, request)


def test_who_asked_cannot_approve(world: World, act: Act) -> None:
    """Neither with the same account nor with a second one of the same person, by number or by name."""
    asker = world.user(Role.ADMINISTRATOR)
    User.objects.filter(pk=asker.pk).update(staff_number="4711")
    request = ask(act, world, world.user(Role.CHAIR))
    twin = another_administrator(world, staff_number="4711")
    namesake = another_administrator(world, username="keeper2", full_name=" administrator ")
    for second in (asker, twin, namesake):
        with pytest.raises(WrongApprover, match="second person"):
            answer(act, second, request)


@pytest.mark.parametrize(
    ("of_asker", "of_second"),
    [
        ({"staff_number": "ab-12"}, {"staff_number": "AB-12"}),
        ({"staff_number": "ab-12"}, {"staff_number": " AB 12"}),
        ({"full_name": "Anna K\u00f6nig"}, {"full_name": "Anna  Ko\u0308nig"}),
        ({"full_name": "Anna König"}, {"full_name": "Anna\u200b König"}),
    ],
)
def test_another_spelling_makes_no_second_person(
    world: World, act: Act, of_asker: dict[str, str], of_second: dict[str, str]
) -> None:
    """Neither capitals, spaces or dashes in a number, nor composed letters or invisible signs in a name."""
    User.objects.filter(pk=world.user(Role.ADMINISTRATOR).pk).update(**of_asker)
    request = ask(act, world, world.user(Role.CHAIR))
    with pytest.raises(WrongApprover, match="second person"):
        answer(act, another_administrator(world, **of_second), request)


def test_nobody_approves_what_is_about_the_own_account(world: World, act: Act) -> None:
    """A head does not raise himself with the help of an administrator."""
    head = world.user(Role.HEAD_OF_INTELLIGENCE)
    request = ask(act, world, head)
    with pytest.raises(WrongApprover):
        answer(act, head, request)


def test_nobody_vouches_for_a_clearance_that_he_has_not(world: World, act: Act) -> None:
    """What is granted never lies above who grants it; a duty without more clearance is another matter."""
    admin, officer = world.user(Role.ADMINISTRATOR), world.user(Role.DATA_PROTECTION_OFFICER)
    user = world.user(Role.PLAN_OWNER)
    duties: dict[str, Any] = {"unit": world.region, "roles": [Role.PLAN_OWNER, Role.CHAIR]}
    with act(admin) as actor:
        higher = approvals.ask(
            actor=actor, subject=people.moving(user=user, **duties, clearance=3), reason="new post"
        )
        same = approvals.ask(
            actor=actor, subject=people.moving(user=user, **duties, clearance=2), reason="new post"
        )
    assert officer.clearance == 2
    with pytest.raises(WrongApprover):
        answer(act, officer, higher)
    assert answer(act, officer, same).is_approved
    assert answer(act, world.user(Role.HEAD_OF_INTELLIGENCE), higher).is_approved


def test_only_a_permitted_role_approves(world: World, act: Act) -> None:
    """Nor does it see the request."""
    request = ask(act, world, world.user(Role.CHAIR))
    with pytest.raises(NotPermitted):
        answer(act, world.user(Role.PLAN_OWNER), request)
    with act(world.user(Role.PLAN_OWNER)) as actor:
        assert not approvals.requests(actor=actor).exists()


def test_only_who_may_do_it_asks_for_it(world: World, act: Act) -> None:
    """A chair asks for no passwords."""
    with pytest.raises(NotPermitted):
        ask(act, world, world.user(Role.PLAN_OWNER), by=Role.CHAIR)


def test_what_was_not_approved_is_not_carried_out(world: World, act: Act) -> None:
    """Waiting, refused."""
    user = world.user(Role.CHAIR)
    request = ask(act, world, user)
    with pytest.raises(ApprovalNotGiven, match="waits"):
        reset(act, world, user, request)
    with pytest.raises(InvalidInput, match="reason"):
        answer(act, world.user(Role.HEAD_OF_INTELLIGENCE), request, is_approved=False)
    answer(
        act, world.user(Role.HEAD_OF_INTELLIGENCE), request, is_approved=False, reason="he is on leave, odd"
    )
    with pytest.raises(ApprovalNotGiven, match="refused"):
        reset(act, world, user, request)
    with pytest.raises(ApprovalUsed, match="answered"):
        answer(act, world.user(Role.DATA_PROTECTION_OFFICER), request)


def test_an_approval_of_one_thing_is_none_of_another(world: World, act: Act) -> None:
    """Another account, other duties, another asker: refused."""
    admin, head = world.user(Role.ADMINISTRATOR), world.user(Role.HEAD_OF_INTELLIGENCE)
    user = world.user(Role.PLAN_OWNER)
    duties = {"unit": world.region, "roles": [Role.PLAN_OWNER, Role.CHAIR], "clearance": 2}
    request = approved(people.moving(user=user, **duties), by=admin, second=head)
    with pytest.raises(ApprovalChanged):
        reset(act, world, user, request)
    with act(admin) as actor, pytest.raises(ApprovalChanged):
        people.move(actor=actor, user=user, **duties | {"clearance": 3}, approval=request)
    with act(admin) as actor, pytest.raises(ApprovalChanged):
        people.move(actor=actor, user=world.user(Role.LIAISON_OFFICER), **duties, approval=request)
    with act(another_administrator(world)) as actor, pytest.raises(WrongApprover):
        people.move(actor=actor, user=user, **duties, approval=request)
    with act(admin) as actor:
        people.move(actor=actor, user=user, **duties, approval=request)

    assert User.objects.get(pk=user.pk).roles == ["chair", "plan_owner"]


def test_an_object_that_changed_meanwhile_needs_a_new_approval(world: World, act: Act) -> None:
    """What both saw is no more."""
    user = world.user(Role.PLAN_OWNER)
    request = approved(
        people.resetting(user=user),
        by=world.user(Role.ADMINISTRATOR),
        second=world.user(Role.HEAD_OF_INTELLIGENCE),
    )
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        people.move(actor=actor, user=user, unit=world.district, roles=[Role.PLAN_OWNER], clearance=1)
    with pytest.raises(ApprovalChanged, match="changed meanwhile"):
        reset(act, world, user, request)


@pytest.mark.parametrize("verb", ["reset", "move", "remove_second_factor"])
def test_what_counts_is_the_account_as_it_is_in_the_database(world: World, act: Act, verb: str) -> None:
    """Another administrator changed it between reading and carrying out: what was read is no longer so."""
    administrator, user = world.user(Role.ADMINISTRATOR), world.user(Role.PLAN_OWNER)
    duties: dict[str, Any] = {"unit": world.region, "roles": [Role.PLAN_OWNER, Role.CHAIR], "clearance": 3}
    subjects = {
        "reset": people.resetting(user=user),
        "move": people.moving(user=user, **duties),
        "remove_second_factor": services.removing_second_factor(user=user),
    }
    head = world.user(Role.HEAD_OF_INTELLIGENCE)
    request = approved(subjects[verb], by=administrator, second=head)
    read_before = User.objects.get(pk=user.pk)
    User.objects.filter(pk=user.pk).update(clearance=0)
    verbs: dict[str, Callable[..., Any]] = {
        "reset": people.reset_password,
        "move": partial(people.move, **duties),
        "remove_second_factor": services.remove_second_factor,
    }
    with act(administrator) as actor, pytest.raises(ApprovalChanged):
        verbs[verb](actor=actor, user=read_before, approval=request)
    assert User.objects.get(pk=user.pk).clearance == 0


def test_what_was_taken_away_meanwhile_is_not_given_back_alone(world: World, act: Act) -> None:
    """A form that was read before keeps no clearance alive."""
    user = world.user(Role.PLAN_OWNER)
    read_before = User.objects.get(pk=user.pk)
    User.objects.filter(pk=user.pk).update(clearance=0)
    with act(world.user(Role.ADMINISTRATOR)) as actor, pytest.raises(ApprovalNeeded):
        people.move(actor=actor, user=read_before, unit=world.region, roles=[Role.PLAN_OWNER], clearance=2)
    assert User.objects.get(pk=user.pk).clearance == 0


def test_an_approval_ends(world: World, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a day neither answer nor use."""
    user = world.user(Role.CHAIR)
    request = ask(act, world, user)
    answer(act, world.user(Role.HEAD_OF_INTELLIGENCE), request)
    late = ask(act, world, user)
    tomorrow = timezone.now() + timedelta(hours=25)
    monkeypatch.setattr(approvals.timezone, "now", lambda: tomorrow)
    with pytest.raises(ApprovalExpired):
        reset(act, world, user, request)
    with pytest.raises(ApprovalExpired):
        answer(act, world.user(Role.HEAD_OF_INTELLIGENCE), late)


def test_the_second_person_approves_what_was_read(world: World, act: Act) -> None:
    """An answer names the digest of the page that was read."""
    request = ask(act, world, world.user(Role.CHAIR))
    with pytest.raises(ApprovalChanged):
        answer(act, world.user(Role.HEAD_OF_INTELLIGENCE), request, digest="0" * 64)


def test_taking_away_needs_nobody(world: World, act: Act) -> None:
    """Revocation must not wait."""
    user = world.user(Role.HEAD_OF_INTELLIGENCE)
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        people.move(actor=actor, user=user, unit=world.region, roles=[Role.HEAD_OF_INTELLIGENCE], clearance=1)

    assert User.objects.get(pk=user.pk).clearance == 1


@pytest.mark.parametrize(
    "more",
    [
        {"roles": [Role.DATA_PROTECTION_OFFICER]},
        {"roles": [Role.ADMINISTRATOR]},
        {"roles": [Role.OPERATIONAL_ANALYST]},
        {"clearance": 2},
        {"partner": "NEIGHBOUR"},
    ],
)
def test_no_administrator_makes_a_second_person_for_himself(
    world: World, act: Act, more: dict[str, Any]
) -> None:
    """A joiner with more than an ordinary reporting officer needs two people."""
    values: dict[str, Any] = {
        "username": "puppet",
        "full_name": "Puppet",
        "unit": world.region,
        "roles": [Role.REPORTING_OFFICER],
        "clearance": 1,
    } | more
    admin, head = world.user(Role.ADMINISTRATOR), world.user(Role.HEAD_OF_INTELLIGENCE)
    with act(admin) as actor, pytest.raises(ApprovalNeeded):
        people.join(actor=actor, **values, password=PASSWORD)
    request = approved(people.joining(**values), by=admin, second=head)
    with act(admin) as actor:
        people.join(actor=actor, **values, password=PASSWORD, approval=request)

    assert User.objects.filter(username="puppet").exists()


def test_the_first_account_beside_the_first_administrator_needs_nobody(db: None, act: Act) -> None:
    """There is nobody yet who could approve; the one after it needs two."""
    from openilp.safeguards.models import Unit

    unit = Unit.objects.create(code="HQ", name="Headquarters", organisation_level="national")
    admin = people.make_account(
        username="first",
        full_name="First",
        unit=unit,
        roles=[Role.ADMINISTRATOR],
        clearance=0,
        password=PASSWORD,
    )
    head: dict[str, Any] = {"unit": unit, "roles": [Role.HEAD_OF_INTELLIGENCE], "clearance": 3}
    with act(admin) as actor:
        people.join(actor=actor, username="head", full_name="Head", **head, password=PASSWORD)
        with pytest.raises(ApprovalNeeded):
            people.join(actor=actor, username="head2", full_name="Head Two", **head, password=PASSWORD)


def test_asking_answering_and_using_are_told_and_logged(world: World, act: Act) -> None:
    """Those who may answer learn of the request, the asker of the answer, the holder of the account of the change."""
    user = world.user(Role.CHAIR)
    request = ask(act, world, user)
    seconds = {Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER}
    assert set(_recipients(act, world, "approval_asked", request)) == seconds

    answer(act, world.user(Role.HEAD_OF_INTELLIGENCE), request)
    reset(act, world, user, request)

    assert _recipients(act, world, "approval_given", request) == [Role.ADMINISTRATOR]
    assert _recipients(act, world, "approval_carried_out", request) == [Role.HEAD_OF_INTELLIGENCE]
    assert _recipients(act, world, "password_reset", None) == [Role.CHAIR]


def _recipients(act: Act, world: World, kind: str, request: ApprovalRequest | None) -> list[Role]:
    found = []
    for role in Role:
        with act(world.user(role)) as actor:
            rows = Notice.objects.seen_by(actor).filter(kind=kind)
            if request is not None:
                rows = rows.filter(ref=request.ref)
            if rows.exists():
                found.append(role)
    return found


def test_the_database_itself_refuses_what_goes_round_the_service(world: World, act: Act) -> None:
    """Own answers, uses without an answer, and edits of what was asked."""
    request = ask(act, world, world.user(Role.CHAIR))
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ApprovalAnswer.objects.record(
                actor=actor, request=request, is_approved=True, digest=request.digest
            )
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ApprovalUse.objects.record(actor=actor, request=request)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            super(
                type(ApprovalRequest.objects.seen_by(actor)), ApprovalRequest.objects.seen_by(actor)
            ).update(parameters={"clearance": 3})
    with act(world.user(Role.CHAIR)) as actor:
        assert not ApprovalRequest.objects.seen_by(actor).exists()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ApprovalAnswer.objects.record(
                actor=actor, request=request, is_approved=True, digest=request.digest
            )


TEXTS = st.text(max_size=6)
SUBJECTS = st.builds(
    Subject,
    action=TEXTS,
    kind=TEXTS,
    key=st.uuids(),
    name=TEXTS,
    parameters=st.dictionaries(TEXTS, st.integers() | TEXTS | st.lists(TEXTS, max_size=2), max_size=3),
    seen=st.dictionaries(TEXTS, st.booleans() | TEXTS, max_size=2),
)
MOMENTS = st.datetimes(timezones=st.just(timezone.get_default_timezone()))


@given(SUBJECTS, SUBJECTS, st.uuids(), st.uuids(), MOMENTS, MOMENTS)
def test_two_digests_are_equal_only_for_the_same_thing(
    one: Subject, other: Subject, asker: Any, other_asker: Any, at: Any, other_at: Any
) -> None:
    """Action, object, parameters, state, asker and expiry are all bound; the display name is not."""

    def bound(subject: Subject, who: Any, when: Any) -> Any:
        return (subject.action, subject.kind, subject.key, subject.parameters, subject.seen, who, when)

    is_same = bound(one, asker, at) == bound(other, other_asker, other_at)
    digests = {
        digest_of(one, asker=asker, expires_at=at),
        digest_of(other, asker=other_asker, expires_at=other_at),
    }

    assert (len(digests) == 1) == is_same
    changed = Subject(one.action, one.kind, one.key, one.name, {**one.parameters, "more": 1}, one.seen)
    if one.parameters.get("more") != 1:
        assert digest_of(changed, asker=asker, expires_at=at) != digest_of(one, asker=asker, expires_at=at)
