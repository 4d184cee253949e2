"""Which products rest on what is said of an entity."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from openilp.analysis.services import cite_items
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.roles import Role
from tests.analysis.data import graded_item
from tests.analysis.test_products import start
from tests.collation import scenes
from tests.factories import World

Act = Callable[..., Any]


def test_products_that_cite_it_are_listed_and_hidden_ones_are_not(
    world: World, act: Act, logged_in: Callable[[Role], Client]
) -> None:
    """A product shows where it cites an item that a statement rests on, to those who may see the product."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        item, _grade = graded_item(actor)
        him = scenes.person(actor, source=item)
        other = scenes.person(actor, "Somebody else")
    secret = Label(
        level=Level.INTERNAL, compartments=frozenset({world.operation.pk}), owner_unit=world.region.pk
    )
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        open_one = start(actor, world, title="Vans at the ferry")
        cite_items(actor=actor, product=open_one, items=[item])
    with act(world.user(Role.OPERATIONAL_ANALYST), world.operation) as actor:
        hidden = start(actor, world, title="Lantern only", label=secret)
        cite_items(actor=actor, product=hidden, items=[item])

    cleared = logged_in(Role.OPERATIONAL_ANALYST).get(f"/entities/{him.ref}/products").content.decode()
    outside = logged_in(Role.REPORTING_OFFICER)
    seen = outside.get(f"/entities/{him.ref}/products", headers={"hx-request": "true"}).content.decode()
    nothing = outside.get(f"/entities/{other.ref}/products").content.decode()

    assert open_one.ref in cleared
    assert hidden.ref in cleared
    assert open_one.ref in seen
    assert hidden.ref not in seen
    assert "<html" not in seen
    assert "No product that you may see cites it" in nothing


def test_the_tab_leads_there(world: World, act: Act, logged_in: Callable[[Role], Client]) -> None:
    """The products tab asks for the list, and without script it links to it."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        him = scenes.person(actor)

    page = logged_in(Role.OPERATIONAL_ANALYST).get(f"/collation/entities/{him.ref}?tab=products")

    assert f'hx-get="/entities/{him.ref}/products"' in page.content.decode()
    assert f'<a href="/entities/{him.ref}/products">' in page.content.decode()
