"""Where a row belongs when nobody says so: to the operation acted for."""

from collections.abc import Callable
from typing import Any

import pytest

from openilp.collation import services as collation
from openilp.collation.models import Entity, Statement
from openilp.collation.rules import NewStatement
from openilp.safeguards import people
from openilp.safeguards.roles import Role
from tests.factories import LEGAL_BASIS, World, lawful

Act = Callable[..., Any]


def record(actor: Any) -> Entity:
    """Record an entity as a page or a program does that names no label."""
    return collation.record_entity(
        actor=actor, kind="vehicle", statements=[NewStatement("plate", "1234 ALT")], **lawful()
    )


def test_what_is_recorded_for_an_operation_stays_in_it(world: World, act: Act) -> None:
    """Without a label of its own a row belongs to the operation acted for, not to the whole agency."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        row = record(actor)
        said = Statement.objects.seen_by(actor).get(entity=row)

        assert said.compartments == [world.operation.pk]
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        assert not Entity.objects.seen_by(actor).filter(pk=row.pk).exists()
        assert not Statement.objects.seen_by(actor).filter(pk=said.pk).exists()


@pytest.mark.parametrize("is_agency_wide", [True, False])
def test_standing_tasks_confine_nothing(world: World, act: Act, is_agency_wide: bool) -> None:
    """The daily work of a desk is for everybody who is cleared, whether or not all are its members."""
    officer = world.user(Role.INTELLIGENCE_OFFICER)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        desk = people.open_matter(
            actor=actor,
            title="Night desk",
            kind="standing_task",
            purpose_code="detect",
            legal_basis=LEGAL_BASIS,
            is_agency_wide=is_agency_wide,
            members=[officer],
        )
    with act(officer, desk) as actor:
        assert actor.label().compartments == frozenset()
        assert Statement.objects.seen_by(actor).get(entity=record(actor)).compartments == []
