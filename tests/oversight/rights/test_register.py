"""The register of requests: who sees it, its clock, its history."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openilp.oversight.errors import OversightError
from openilp.oversight.models import RightsRequest
from openilp.oversight.rules.rights import NewRequest
from openilp.oversight.selectors import rights as selectors
from openilp.oversight.services import rights
from openilp.reference import Period, RightsClock
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.labels import State
from openilp.safeguards.models import RetentionClock
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act
from tests.factories import World
from tests.oversight.rights.asking import KEEPER, new, received

TOO_LONG = "The person lives abroad and wrote in a language that must be translated."


def test_a_request_is_answered_within_the_time_of_the_national_profile(world: World, act: Act) -> None:
    """One month in Altania, once extended by two with a reason, and not twice [LEG-08]."""
    row = received(world, act, received_on=date(2026, 1, 31))
    assert row.due_on == date(2026, 2, 28)

    with act(world.user(KEEPER), world.desk) as actor:
        rights.extend_request(actor=actor, request=row, reason=TOO_LONG)
        again = selectors.request(row.ref, actor=actor)
        with pytest.raises(rights.AlreadyExtended):
            rights.extend_request(actor=actor, request=row, reason=TOO_LONG)

    assert again.due_on == date(2026, 4, 28)
    assert selectors.time_of(again, today=date(2026, 4, 29)).state == "overdue"


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 6), st.integers(0, 40), st.integers(0, 6))
def test_the_last_day_never_lies_before_the_receipt_and_an_extension_never_shortens(
    day: date, months: int, days: int, more: int
) -> None:
    """For every clock that a profile can hold."""
    clock = RightsClock(Period(months=months, days=days), Period(months=more), "X", "A", "C")

    assert day <= clock.due_on(day) <= clock.due_on(day, is_extended=True)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "tea"}, "kind"),
        ({"identity_proof": "a good face"}, "identity_proof"),
        ({"language": "xx"}, "language"),
        ({"full_name": "O"}, "full_name"),
        ({"received_on": date(2099, 1, 1)}, "received_on"),
        ({"identity_proof": "document"}, "identity_note"),
        ({"kind": "indirect"}, "authority_ref"),
        ({"kind": "rectification", "wish": "wrong"}, "wish"),
    ],
)
def test_a_request_that_says_too_little_is_refused_at_its_field(
    world: World, act: Act, more: dict[str, Any], field: str
) -> None:
    """One error, which names the field; nothing is registered."""
    with act(world.user(KEEPER), world.desk) as actor:
        with pytest.raises(OversightError) as refused:
            rights.receive_request(actor=actor, new=new(**more))
        assert refused.value.field == field
        assert not RightsRequest.objects.seen_by(actor).exists()


def test_nobody_but_the_officer_sees_who_asks(world: World, act: Act) -> None:
    """Neither by the gate nor by plain SQL, at whatever clearance; nor on the list of clocks [LEG-08]."""
    row = received(world, act)
    for role in set(Role) - {KEEPER}:
        with act(world.user(role), world.desk) as actor:
            assert not RightsRequest.objects.seen_by(actor, states=State).filter(pk=row.pk).exists()
            assert not RetentionClock.objects.seen_by(actor).filter(record_id=row.pk).exists()
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM oversight_rightsrequest")
                assert cursor.fetchone() == (0,)
            with pytest.raises(NotPermitted):
                rights.receive_request(actor=actor, new=new())


def test_the_database_itself_lets_the_officer_alone_register(world: World, act: Act) -> None:
    """Whoever got past the services would be stopped by the row's own policy."""
    row = received(world, act)
    values = {f.attname: getattr(row, f.attname) for f in row._meta.fields if f.name not in ("id", "ref")}
    with (
        act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor,
        pytest.raises(ProgrammingError),
        transaction.atomic(),
    ):
        RightsRequest.objects.record(actor=actor, **values | {"created_by_id": actor.user_id})


def test_a_colleague_takes_a_request_over_and_its_history_says_so(world: World, act: Act) -> None:
    """Until then only its owner acts on it; a closed request stays closed."""
    row = received(world, act)
    other = world.user(Role.LIAISON_OFFICER)
    type(other).objects.filter(pk=other.pk).update(roles=[KEEPER])
    colleague = type(other).objects.get(pk=other.pk)

    with act(colleague, world.desk) as actor:
        with pytest.raises(rights.NotYours):
            rights.withdraw_request(actor=actor, request=row, reason=TOO_LONG)
        rights.take_over_request(actor=actor, request=row)
        rights.withdraw_request(actor=actor, request=row, reason=TOO_LONG)
        with pytest.raises(rights.RequestClosed):
            rights.take_over_request(actor=actor, request=row)
        history = [each.step for each in selectors.steps_of(row, actor=actor)]

    assert history == ["withdrawn", "taken_over", "received"]


def test_a_request_has_a_clock_like_every_record_about_a_person(world: World, act: Act) -> None:
    """What the desk knows of a person ends too [LEG-05]."""
    row = received(world, act)
    with act(world.user(KEEPER), world.desk) as actor:
        clock = RetentionClock.objects.seen_by(actor).get(kind="rightsrequest", record_id=row.pk)

    assert clock.due_on == row.review_on > timezone.localdate() + timedelta(days=700)


def test_requests_come_in_the_order_of_their_last_day(world: World, act: Act) -> None:
    """Overdue ones first; closed ones only among all."""
    today = timezone.localdate()
    late = received(world, act, received_on=today - timedelta(days=60))
    fresh = received(world, act)
    with act(world.user(KEEPER), world.desk) as actor:
        assert [r.pk for r in selectors.requests(actor=actor)] == [late.pk, fresh.pk]
        assert [r.pk for r in selectors.requests(actor=actor, show="overdue")] == [late.pk]
        rights.withdraw_request(actor=actor, request=late, reason=TOO_LONG)
        assert [r.pk for r in selectors.requests(actor=actor)] == [fresh.pk]
        assert {r.pk for r in selectors.requests(actor=actor, show="all")} == {late.pk, fresh.pk}


def test_new_requests_need_no_more_than_a_name_and_a_day() -> None:
    """What is not asked for is not needed: data minimisation holds for those who ask, too."""
    needed = [name for name, f in NewRequest.__dataclass_fields__.items() if f.default is f.default_factory]

    assert needed == ["kind", "received_on", "identity_proof", "full_name", "language"]
