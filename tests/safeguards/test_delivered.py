"""What the log keeps of rows that come along with others."""

from collections.abc import Callable
from typing import Any

from openilp.collection.models import Item
from openilp.safeguards import acting
from openilp.safeguards.roles import Role
from tests.factories import World
from tests.review.growing import grow

Act = Callable[..., Any]


def test_rows_that_come_along_are_logged_as_delivered(world: World, act: Act) -> None:
    """A join hands out the row behind the key as well; the log names it like one that was asked for."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        item = grow(Item, actor=actor, world=world)
    for rows in (
        lambda found: list(found),
        lambda found: list(found.iterator()),
    ):
        with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
            found = rows(Item.objects.seen_by(actor).filter(pk=item.pk).select_related("report"))
            block = acting.require("the test")

            assert found[0].report.text
            assert block.delivered["item"] == {str(item.pk)}
            assert block.delivered["report"] == {str(item.report_id)}
