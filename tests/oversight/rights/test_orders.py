"""Measures on a record: corrected by whoever reaches it, restricted with what rests on it, told to every reader."""

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from openilp.analysis.models import Product
from openilp.collation.models import Statement
from openilp.collation.selectors import standing_statements
from openilp.collection.models import Report
from openilp.dissemination.models import Release
from openilp.oversight.errors import OversightError
from openilp.oversight.models import CorrectionNotice, RightsFinding, RightsOrder
from openilp.oversight.selectors import holdings as selectors
from openilp.oversight.selectors import orders
from openilp.oversight.services import orders as services
from openilp.oversight.tasks import run_night
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.labels import State
from openilp.safeguards.models import Notice
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.dissemination.making import approved, edition_on, graded_item, released
from tests.evaluation.making import Act
from tests.factories import World
from tests.oversight.making import person
from tests.oversight.rights.asking import KEEPER, judged, received

OFFICER, READER = Role.INTELLIGENCE_OFFICER, Role.PLAN_OWNER
SHOWN = "The person showed the birth certificate to the desk."


def order(world: World, act: Act, finding: RightsFinding, measure: str, **more: Any) -> RightsOrder:
    """Order a measure as the data-protection officer."""
    with act(world.user(KEEPER), world.desk) as actor:
        row = selectors.finding(finding.pk, actor=actor)
        return services.order_measure(actor=actor, finding=row, measure=measure, reason=SHOWN, **more)


def test_a_statement_is_corrected_by_a_colleague_who_reaches_it(world: World, act: Act) -> None:
    """The old one stays as what was believed; the colleague sees the order and not the request [LEG-09]."""
    person(world, act)
    request = received(world, act, kind="rectification", wish="My name is written with two l.")
    found = {row.record_kind: row for row in judged(world, act, request)}
    made = order(
        world, act, found["statement"], "rectify", wanted="Tavell Orsk", assignee=world.user(OFFICER)
    )
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor, pytest.raises(NotPermitted):
        services.carry_out_order(actor=actor, order=made, value="Somebody Else")

    with act(world.user(OFFICER), world.desk) as actor:
        mine = orders.order(made.ref, actor=actor)
        done = services.carry_out_order(actor=actor, order=mine)
        standing = list(
            standing_statements(actor=actor).filter(property="name").values_list("value", flat=True)
        )
        old = Statement.objects.seen_by(actor).get(pk=made.record_id)
        with pytest.raises(services.AlreadyDone):
            services.carry_out_order(actor=actor, order=mine)

    assert standing == ["Tavell Orsk"]
    assert (old.value, done.made_ref[:3]) == ("Tavel Orsk", "ST-")


def test_only_colleagues_who_reach_the_record_can_be_asked(world: World, act: Act) -> None:
    """The officer learns who they are by name, and nothing else."""
    person(world, act)
    found = {row.record_kind: row for row in judged(world, act, received(world, act))}

    with act(world.user(KEEPER), world.desk) as actor:
        row = selectors.finding(found["statement"].pk, actor=actor)
        assert world.user(OFFICER) in services.able(row, actor=actor)
    with pytest.raises(OversightError) as refused:
        order(world, act, found["statement"], "rectify", wanted="X", assignee=world.user(Role.PLAN_OWNER))
    assert refused.value.field == "assignee"


def test_a_restriction_reaches_products_and_their_readers_until_they_take_note(
    world: World, act: Act, apart: Any
) -> None:
    """What rests on it is used by nobody; each reader is told, and stays on the list until noting it [LEG-09]."""
    item = graded_item(world, act)
    release = released(world, act, approved(world, act, edition_on(world, act, item)), READER)
    reader = world.user(READER)
    request = received(world, act, kind="restriction", full_name="White Van")
    (finding,) = [row for row in judged(world, act, request) if row.record_kind == "report"]

    made = order(world, act, finding, "restrict")

    with act(reader, world.desk) as actor:
        assert not Release.objects.seen_by(actor).filter(pk=release.pk).exists()
        (notice,) = orders.notices(actor=actor)
        assert (notice.release_ref, notice.acknowledged_at) == (release.ref, None)
        assert Notice.objects.seen_by(actor).filter(kind="record_restricted", ref=release.ref).exists()
        services.acknowledge_correction(actor=actor, notice=notice)
    with act(world.user(KEEPER), world.desk) as actor:
        row = orders.order(made.ref, actor=actor)
        (seen,) = orders.told_of(row, actor=actor)
        assert (row.told, seen.recipient_id, seen.acknowledged_at is not None) == (1, reader.pk, True)
        assert Report.objects.seen_by(actor, states=[State.RESTRICTED]).filter(pk=item.report_id).exists()
        assert Product.objects.seen_by(actor, states=[State.RESTRICTED]).count() == len(row.derived) == 1
        services.lift_restriction(actor=actor, order=row, reason="The record was checked, and it is right.")
    with act(reader, world.desk) as actor:
        assert Release.objects.seen_by(actor).filter(pk=release.pk).exists()


def test_an_ordered_erasure_leaves_by_night_and_not_by_hand(world: World, act: Act, apart: Any) -> None:
    """From the order on nobody uses it; the door of retention takes it only for an open order of the officer."""
    person(world, act)
    found = {row.record_kind: row for row in judged(world, act, received(world, act, kind="erasure"))}
    with pytest.raises(OversightError, match="part of"):
        order(world, act, found["entity"], "erase")

    made = order(world, act, found["involvement"], "erase")

    with (
        act(world.user(OFFICER), world.desk),
        pytest.raises(ProgrammingError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT openilp_rights_order(%s)", [made.pk])
    assert run_night(actor_for(world.user(KEEPER), reason="administration"))["erasures"] == 1


def test_nobody_else_sees_a_notice_or_takes_note_of_it(world: World, act: Act) -> None:
    """A reader's notices are the reader's own, and the officer's who must follow them up."""
    with act(world.user(KEEPER), world.desk) as actor:
        row = CorrectionNotice.objects.record(
            actor=actor,
            order_id="00000000-0000-4000-8000-000000000000",
            measure="rectify",
            release_ref="RL-2222-2222",
            recipient=world.user(Role.CHAIR),
        )
    with act(world.user(OFFICER), world.desk) as actor:
        assert not CorrectionNotice.objects.seen_by(actor).exists()
        with pytest.raises(NotPermitted):
            services.acknowledge_correction(actor=actor, notice=row)
