"""The rule that can be read aloud equals the gate and row security, on random accounts and records."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openilp.collection.models import Report
from openilp.safeguards import oracle, people
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import NotAMember, NotPermitted
from openilp.safeguards.labels import Label, Level, State
from openilp.safeguards.models import ConflictOfInterest, Delegation, Membership, User
from openilp.safeguards.oracle import Person, Record, Span
from openilp.safeguards.people import actor_for, actor_in_place_of
from openilp.safeguards.people.conflicts import has_conflict
from openilp.safeguards.people.delegations import DELEGABLE
from openilp.safeguards.roles import CONTENT, Role
from tests.factories import World, lawful

#: Hours from now: well before and well behind, so that the clock does not decide.
HOURS = st.sampled_from([-48, -2, 2, 48])
SPANS = st.tuples(st.integers(0, 2), HOURS, st.none() | HOURS)
PEOPLE = st.tuples(
    st.sets(st.sampled_from(list(Role)), max_size=3),
    st.integers(0, 3),
    st.lists(SPANS, max_size=4),
    st.lists(SPANS, max_size=2),
    st.sampled_from(["", "", "NEIGHBOUR", "OTHER"]),
    st.booleans(),
)


@pytest.fixture
def matters(world: World) -> list[Any]:
    """Return three operations without members."""
    from tests.factories import make_matter

    return [make_matter(world, f"Operation {number}", []) for number in range(3)]


@pytest.fixture
def records(world: World, matters: list[Any]) -> dict[UUID, Record]:
    """Record one report for each label of a spread that meets every clause of the rule, alone and together."""
    found: dict[UUID, Record] = {}
    head = world.user(Role.HEAD_OF_INTELLIGENCE)
    officer = world.user(Role.DATA_PROTECTION_OFFICER)
    User.objects.filter(pk=officer.pk).update(clearance=3)
    officer.refresh_from_db()
    Membership.objects.bulk_create(
        [Membership(matter=matter, user=user) for matter in matters for user in (head, officer)]
    )
    for user, state in ((head, State.NORMAL), (head, State.QUARANTINED), (officer, State.RESTRICTED)):
        with acting(actor_for(user), "test.record") as block:
            for level in Level:
                for held in ([], [0], [1], [0, 1], [0, 1, 2]):
                    for released in ([], ["NEIGHBOUR"], ["NEIGHBOUR", "OTHER"]):
                        label = Label(
                            level=level,
                            compartments=frozenset(matters[n].pk for n in held),
                            owner_unit=block.actor.unit_id,
                            releasable_to=frozenset(released),
                            state=state,
                        )
                        row = Report.objects.record(
                            actor=block.actor,
                            label=label,
                            **lawful(title="x", text="x", urgency="low", provenance="seen"),
                        )
                        found[row.pk] = Record(
                            int(level), frozenset(label.compartments), str(state), frozenset(released)
                        )
    Membership.objects.filter(matter__in=[m.pk for m in matters]).delete()
    return found


def test_oracle_gate_and_row_security_agree(
    world: World, matters: list[Any], records: dict[UUID, Record]
) -> None:
    """Roles, clearance, dated membership, dated conflicts, partner and purpose: three answers, one truth."""
    user = world.user(Role.PLAN_OWNER)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(PEOPLE)
    def agree(drawn: Any) -> None:
        roles, clearance, member, barred, partner, for_a_matter = drawn
        now = timezone.now()
        account = _become(user, roles, clearance, partner, matters, member, barred, now)
        person = Person(
            frozenset(str(role) for role in roles),
            clearance,
            _spans(member, matters, now, world.desk.pk),
            _spans(barred, matters, now),
            partner,
            for_a_matter,
        )
        allowed = set(oracle.may_see(person, records.values(), now))
        expected = {key for key, record in records.items() if record in allowed}
        actor = actor_for(account) if for_a_matter else actor_for(account, reason="incident")
        with acting(actor, "test.read"):
            gate = {row.pk for row in Report.objects.seen_by(actor, states=list(State))}
            with connection.cursor() as cursor:
                cursor.execute("SELECT id FROM collection_report")
                beneath = {key for (key,) in cursor.fetchall()}

        assert gate & records.keys() == expected
        assert beneath & records.keys() == expected

    agree()


def _become(
    user: User,
    roles: Any,
    clearance: int,
    partner: str,
    matters: list[Any],
    member: Any,
    barred: Any,
    now: datetime,
) -> User:
    User.objects.filter(pk=user.pk).update(
        roles=sorted(str(role) for role in roles), clearance=clearance, partner=partner
    )
    keys = [matter.pk for matter in matters]
    for model, spans, more in (
        (Membership, member, {}),
        (ConflictOfInterest, barred, {"kind": "other", "declared_by": user}),
    ):
        model.objects.filter(user=user, matter__in=keys).delete()
        for span in _once_open(_spans(spans, matters, now)):
            model.objects.create(matter_id=span.matter, user=user, since=span.since, until=span.until, **more)
    return User.objects.get(pk=user.pk)


def _spans(drawn: Any, matters: list[Any], now: datetime, *always: UUID) -> tuple[Span, ...]:
    made = [
        Span(
            matters[number].pk,
            now + timedelta(hours=since),
            None if until is None else now + timedelta(hours=until),
        )
        for number, since, until in drawn
    ]
    standing = [Span(key, now - timedelta(days=9)) for key in always]
    return (*_once_open(made), *standing)


def _once_open(spans: Any) -> list[Span]:
    """Return spans without a second open one of the same matter, which the table does not take."""
    found: dict[Any, Span] = {}
    for number, span in enumerate(spans):
        found.setdefault((span.matter, number if span.until else None), span)
    return list(found.values())


def test_the_oracle_is_short_and_stands_alone() -> None:
    """It can be read aloud: under 100 lines, nothing imported but the language."""
    text = Path(oracle.__file__).read_text()

    assert len(text.splitlines()) < 100
    assert "openilp" not in text.replace('"""', "").split("import", 1)[1]
    assert {str(role) for role in Role} - {str(r) for r in CONTENT} == oracle.WITHOUT_CONTENT


def test_a_conflict_bars_even_a_member(world: World, act: Any) -> None:
    """From the next request on, whoever admitted him; the list is kept by head and data-protection officer."""
    user = world.user(Role.OPERATIONAL_ANALYST)
    with act(user, world.operation) as actor:
        row = people.declare_conflict(actor=actor, user=user, matter=world.operation, kind="own_case")
        with pytest.raises(NotPermitted):
            people.declare_conflict(
                actor=actor, user=world.user(Role.PLAN_OWNER), matter=world.operation, kind="other"
            )
    assert has_conflict(user.pk, world.operation.pk)
    assert world.operation.pk not in actor_for(user).compartments
    with pytest.raises(NotAMember):
        actor_for(user, purpose=world.operation.pk)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        people.admit(actor=actor, matter=world.operation, user=user)
    assert world.operation.pk not in actor_for(user).compartments
    with act(user) as actor, pytest.raises(NotPermitted):
        people.lift_conflict(actor=actor, conflict=row)
    with act(world.user(Role.DATA_PROTECTION_OFFICER)) as actor:
        people.lift_conflict(actor=actor, conflict=row)
    assert world.operation.pk in actor_for(user).compartments


DUTIES = st.sets(st.sampled_from(sorted(DELEGABLE)), min_size=1, max_size=4)
STAND_INS = st.tuples(
    DUTIES, DUTIES, DUTIES, st.integers(0, 3), st.integers(0, 3), *[st.sets(st.integers(0, 2))] * 4
)


def test_who_stands_in_sees_no_more_than_the_one_in_whose_place_he_acts(
    world: World, matters: list[Any], records: dict[UUID, Record]
) -> None:
    """Random duties, clearances, matters and conflicts: oracle, gate and row security agree, and nothing is above."""
    grantor, user = world.user(Role.PLAN_OWNER), world.user(Role.CHAIR)
    keys = [matter.pk for matter in matters]

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(STAND_INS)
    def hold(drawn: Any) -> None:
        theirs, own, given, level, my_level, inside, mine, named, barred = drawn
        now = timezone.now()
        member = [(n, -2, None) for n in sorted(inside)]
        away = [(n, -2, None) for n in sorted(barred)]
        _become(grantor, theirs, level, "", matters, member, [], now)
        account = _become(user, own, my_level, "", matters, [(n, -2, None) for n in sorted(mine)], away, now)
        row = Delegation.objects.create(
            grantor=grantor,
            delegate=user,
            roles=sorted(given),
            matters=[keys[n] for n in sorted(named)],
            reason="leave",
            until=now + timedelta(hours=1),
        )
        try:
            actor = actor_in_place_of(account, delegation=row.pk)
        except NotAMember:
            assert not theirs & given or not (inside & named) - barred
            return
        above = Person(frozenset(map(str, theirs)), level, _spans(member, matters, now))
        under = Person(frozenset(map(str, own)), my_level, (), _spans(away, matters, now))
        person = oracle.standing_in(under, above, set(map(str, given)), {keys[n] for n in named})
        expected = {key for key, record in records.items() if not oracle.reasons_against(person, record, now)}
        with acting(actor, "test.read"):
            gate = {row.pk for row in Report.objects.seen_by(actor, states=list(State))}
            with connection.cursor() as cursor:
                cursor.execute("SELECT id FROM collection_report")
                beneath = {key for (key,) in cursor.fetchall()}

        assert gate & records.keys() == beneath & records.keys() == expected
        assert expected <= {
            key for key, record in records.items() if not oracle.reasons_against(above, record, now)
        }

    hold()
