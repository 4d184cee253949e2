"""Breaking the glass: one matter, a short time, told at once, reviewed by another unit; nothing more opens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from openilp.collection.models import Report
from openilp.safeguards import emergencies, people
from openilp.safeguards.emergencies import AlreadyInside, AlreadyReviewed, EmergencyInput
from openilp.safeguards.errors import NotAMember, NotPermitted, RecordNotFound, WrongApprover
from openilp.safeguards.labels import Label, Level, State
from openilp.safeguards.models import Emergency, EmergencyReview, Membership, Notice, User
from openilp.safeguards.roles import Role
from tests.factories import PASSWORD, World, lawful

Act = Callable[..., Any]
WHY = "A child was taken from the ferry an hour ago."


def break_glass(act: Act, user: User, matter: str, **more: Any) -> Emergency:
    """Open a matter as an account."""
    values = {"reason_code": "life-at-risk", "reason": WHY, "minutes": 60} | more
    with act(user) as actor:
        return emergencies.break_glass(actor=actor, matter=matter, **values)


def inside(act: Act, world: World, **label: Any) -> Report:
    """Record a report that is confined to the operation."""
    values = {"level": Level.INTERNAL, "compartments": frozenset({world.operation.pk})} | label
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        row: Report = Report.objects.record(
            actor=actor,
            label=Label(owner_unit=actor.unit_id, **values),
            **lawful(title="x", text="x", urgency="low", provenance="seen"),
        )
    return row


def seen(act: Act, user: User, matter: Any = None) -> set[Any]:
    """Return the keys of the reports that an account sees."""
    with act(user, matter) as actor:
        return {row.pk for row in Report.objects.seen_by(actor, states=list(State))}


def far_officer(world: World, **more: Any) -> User:
    """Write a data-protection officer of another unit."""
    values = {"username": "far", "full_name": "Far Officer", "roles": [Role.DATA_PROTECTION_OFFICER]} | more
    return people.make_account(
        **values, unit=world.headquarters, clearance=2, password=PASSWORD, must_change_password=False
    )


def test_it_opens_the_one_matter_and_closes_by_itself(
    world: World, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the next request on, to the last minute; other matters stay shut."""
    from tests.factories import make_matter

    outsider = world.user(Role.STRATEGIC_ANALYST)
    other = make_matter(world, "Operation Anchor", [Role.HEAD_OF_INTELLIGENCE])
    report = inside(act, world)
    elsewhere = inside(act, world, compartments=frozenset({other.pk}))
    assert not seen(act, outsider, world.desk) & {report.pk, elsewhere.pk}
    row = break_glass(act, outsider, world.operation.ref.lower())

    assert seen(act, outsider, world.operation) & {report.pk, elsewhere.pk} == {report.pk}
    with act(outsider) as actor:
        assert emergencies.matter_of(row, actor=actor) == world.operation.pk
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr("openilp.safeguards.people.actors.timezone.now", lambda: later)
    assert world.operation.pk not in people.actor_for(outsider).compartments


def test_it_raises_no_clearance(world: World, act: Act) -> None:
    """Confidential stays confidential."""
    high = inside(act, world, level=Level.CONFIDENTIAL)
    outsider = world.user(Role.STRATEGIC_ANALYST)
    break_glass(act, outsider, world.operation.ref)

    assert high.pk not in seen(act, outsider, world.operation)


def test_it_lifts_no_conflict_of_interest(world: World, act: Act) -> None:
    """A case of one's own does not open, and reads like one that does not exist."""
    outsider = world.user(Role.STRATEGIC_ANALYST)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        people.declare_conflict(actor=actor, user=outsider, matter=world.operation, kind="relative")
    with pytest.raises(RecordNotFound) as barred:
        break_glass(act, outsider, world.operation.ref)
    with pytest.raises(RecordNotFound) as absent:
        break_glass(act, outsider, "M-2222-2222")

    assert str(barred.value).replace(world.operation.ref, "") == str(absent.value).replace("M-2222-2222", "")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("reason_code", {"reason_code": "task"}),
        ("reason_code", {"reason_code": "audit"}),
        ("reason", {"reason": "urgent"}),
        ("minutes", {"minutes": 14}),
        ("minutes", {"minutes": 241}),
    ],
)
def test_reason_and_time_are_bounded(world: World, act: Act, field: str, values: dict[str, Any]) -> None:
    """An emergency is named, described and short."""
    with pytest.raises(EmergencyInput) as refused:
        break_glass(act, world.user(Role.STRATEGIC_ANALYST), world.operation.ref, **values)

    assert refused.value.field == field
    assert Membership.objects.filter(user=world.user(Role.STRATEGIC_ANALYST)).count() == 1


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OVERSIGHT])
def test_who_sees_no_content_breaks_no_glass(world: World, act: Act, role: Role) -> None:
    """Nor does a partner's account."""
    with pytest.raises(NotPermitted):
        break_glass(act, world.user(role), world.operation.ref)
    guest = far_officer(world, username="guest", roles=[Role.LIAISON_OFFICER], partner="NEIGHBOUR")
    with pytest.raises(NotPermitted):
        break_glass(act, guest, world.operation.ref)


def test_a_member_has_nothing_to_break(world: World, act: Act) -> None:
    """He chooses the matter as purpose."""
    with pytest.raises(AlreadyInside):
        break_glass(act, world.user(Role.PLAN_OWNER), world.operation.ref)


def test_everybody_concerned_is_told(world: World, act: Act) -> None:
    """Members, and those of other units who may review it; nobody else."""
    far = far_officer(world)
    row = break_glass(act, world.user(Role.STRATEGIC_ANALYST), world.operation.ref)
    told = set()
    for user in User.objects.all():
        with act(user) as actor:
            if Notice.objects.seen_by(actor).filter(ref=row.ref, is_urgent=True).exists():
                told.add(user.username)

    assert told == {
        far.username,
        "head_of_intelligence",
        "intelligence_officer",
        "operational_analyst",
        "plan_owner",
    }


def test_another_unit_reviews_it(world: World, act: Act) -> None:
    """Not who did it, not one's own unit, once."""
    far = far_officer(world)
    row = break_glass(act, world.user(Role.STRATEGIC_ANALYST), world.operation.ref)
    finding = {"is_justified": True, "finding": "I spoke to the head of the operation."}
    with act(far) as actor:
        assert [found.pk for found in emergencies.to_review(actor=actor)] == [row.pk]
    with act(world.user(Role.HEAD_OF_INTELLIGENCE)) as actor:
        assert not emergencies.to_review(actor=actor).exists()
        with pytest.raises(WrongApprover):
            emergencies.review_emergency(actor=actor, emergency=row, **finding)
    with act(far) as actor:
        with pytest.raises(EmergencyInput):
            emergencies.review_emergency(actor=actor, emergency=row, is_justified=True, finding="ok")
        emergencies.review_emergency(actor=actor, emergency=row, **finding)
        assert not emergencies.to_review(actor=actor).exists()
        with pytest.raises(AlreadyReviewed):
            emergencies.review_emergency(actor=actor, emergency=row, **finding)


def test_a_second_account_of_the_holder_is_no_reviewer(world: World, act: Act) -> None:
    """The same person with two accounts does not count as two, by number or by name."""
    holder = world.user(Role.STRATEGIC_ANALYST)
    User.objects.filter(pk=holder.pk).update(staff_number="4711")
    twin = far_officer(world, staff_number="4711")
    namesake = far_officer(world, username="far2", full_name=holder.full_name.upper())
    row = break_glass(act, holder, world.operation.ref)
    for second in (twin, namesake):
        with act(second) as actor, pytest.raises(WrongApprover):
            emergencies.review_emergency(
                actor=actor, emergency=row, is_justified=True, finding="All was as it should be."
            )
        with act(second) as actor:
            assert not Notice.objects.seen_by(actor).filter(kind="glass_broken").exists()


@pytest.mark.parametrize("whom", [Role.CHAIR, Role.STRATEGIC_ANALYST])
def test_who_is_inside_by_an_emergency_lets_nobody_in_and_puts_nobody_out(
    world: World, act: Act, whom: Role
) -> None:
    """Four hours stay four hours: a head does not admit himself for good, nor others, nor dismiss members."""
    chair, member = world.user(Role.CHAIR), world.user(Role.PLAN_OWNER)
    break_glass(act, chair, world.operation.ref)
    with act(chair, world.operation) as actor:
        with pytest.raises(NotAMember):
            people.admit(actor=actor, matter=world.operation, user=world.user(whom))
        with pytest.raises(NotAMember):
            people.dismiss(actor=actor, matter=world.operation, user=member)
    assert not Membership.objects.filter(matter=world.operation, user=world.user(whom), until=None).exists()
    assert world.operation.pk in people.actor_for(member).compartments


def test_it_is_closed_early_by_its_holder_or_the_matters_head(world: World, act: Act) -> None:
    """And from then on it is shut."""
    outsider, chair = world.user(Role.STRATEGIC_ANALYST), world.user(Role.CHAIR)
    row = break_glass(act, outsider, world.operation.ref)
    with act(chair) as actor, pytest.raises(NotPermitted):
        emergencies.end_emergency(actor=actor, emergency=row)
    with act(outsider) as actor:
        emergencies.end_emergency(actor=actor, emergency=row)
    assert world.operation.pk not in people.actor_for(outsider).compartments
    break_glass(act, chair, world.operation.ref)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        people.dismiss(actor=actor, matter=world.operation, user=chair)
    assert world.operation.pk not in people.actor_for(chair).compartments


def test_the_database_tells_nobody_else_what_a_reference_stands_for(world: World, act: Act) -> None:
    """Only the holder of a running emergency; nobody writes one under another name, unit or for a day."""
    row = break_glass(act, world.user(Role.STRATEGIC_ANALYST), world.operation.ref)

    def behind() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT openilp_emergency_matter(%s)", [row.pk])
            return cursor.fetchone()[0]

    with act(world.user(Role.STRATEGIC_ANALYST)):
        assert behind() == world.operation.pk
    with act(world.user(Role.CHAIR)) as actor:
        assert behind() is None
        values = {"matter_ref": world.operation.ref, "reason_code": "incident", "reason": WHY}
        soon = timezone.now() + timedelta(hours=1)
        for wrong in (
            {"unit_id": world.headquarters.pk, "ends_at": soon},
            {"unit_id": actor.unit_id, "ends_at": soon + timedelta(hours=23)},
            {
                "unit_id": actor.unit_id,
                "ends_at": soon,
                "created_by_id": world.user(Role.PLAN_OWNER).pk,
            },
        ):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Emergency.objects.record(actor=actor, **values | wrong)
    with (
        act(world.user(Role.HEAD_OF_INTELLIGENCE)) as actor,
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        EmergencyReview.objects.record(actor=actor, emergency=row, is_justified=True, finding=WHY)
