"""Networks, expansions and paths: complete for who may see all, silent about what is hidden."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openilp.collation import selectors, services
from openilp.collation.models import Entity
from openilp.collation.rules import NewStatement
from openilp.collation.services import NewLink
from openilp.safeguards.roles import Role
from tests.collation import scenes
from tests.factories import World, lawful

Act = Callable[..., Any]


@pytest.fixture
def officer(world: World) -> Any:
    """The intelligence officer's account."""
    return world.user(Role.INTELLIGENCE_OFFICER)


def refs(graph: selectors.Graph) -> set[str]:
    """Return the references of a graph's nodes."""
    return {node.entity.ref for node in graph.nodes}


def test_expansion_previews_what_it_then_shows(world: World, act: Act, officer: Any) -> None:
    """Counts by type first, then the neighbours, of some types when asked for."""
    with act(officer, world.desk) as actor:
        him, friend = scenes.person(actor), scenes.person(actor, "Friend")
        cars = [scenes.vehicle(actor, f"{n}111 AAA") for n in range(3)]
        for car in cars:
            scenes.link(actor, him, car)
        scenes.link(actor, him, friend, "associate_of")

        assert selectors.preview(him, actor=actor) == {"person": 1, "vehicle": 3}
        shown = selectors.expand(him, actor=actor)
        assert {him.ref, friend.ref, *(c.ref for c in cars)} == refs(shown)
        assert len(shown.edges) == 4
        assert {him.ref, friend.ref} == refs(selectors.expand(him, actor=actor, kinds=["person"]))


def test_a_hidden_link_and_a_hidden_end_are_never_shown(world: World, act: Act, officer: Any) -> None:
    """Neither degree, preview, expansion, network nor path tells of what is hidden."""
    with act(officer, world.operation) as actor:
        hidden = scenes.secret(world)
        him, friend = scenes.person(actor), scenes.person(actor, "Friend")
        secret_man = scenes.person(actor, "Hidden", label=hidden)
        scenes.link(actor, him, secret_man, "associate_of")
        scenes.link(actor, secret_man, friend, "associate_of")
        scenes.link(actor, him, friend, "met", label=hidden)
        assert selectors.preview(him, actor=actor) == {"person": 2}
        assert len(selectors.path_between(him, friend, actor=actor) or []) == 2
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        assert selectors.preview(him, actor=actor) == {}
        for graph in (
            selectors.expand(him, actor=actor),
            selectors.around(him, actor=actor),
            selectors.of_matter(world.desk, actor=actor),
        ):
            assert secret_man.ref not in refs(graph)
            assert graph.edges == ()
            assert all(node.degree == 0 for node in graph.nodes)
        assert selectors.path_between(him, friend, actor=actor) is None
        assert selectors.relations_of([him.pk], actor=actor) == []


def test_merged_entities_are_one_node(world: World, act: Act, officer: Any) -> None:
    """What is judged the same is drawn once, with the links of both; a path runs through it."""
    with act(officer, world.desk) as actor:
        one, two = scenes.person(actor), scenes.person(actor, "Ganbold B.")
        car, number = scenes.vehicle(actor), scenes.phone(actor)
        scenes.link(actor, one, car)
        scenes.link(actor, two, number)
        assert selectors.path_between(car, number, actor=actor) is None
        scenes.judge(actor, one, two)

        assert len(selectors.around(car, actor=actor, depth=2).nodes) == 3
        steps = selectors.path_between(car, number, actor=actor) or []
        assert [s.entity.kind for s in steps] == ["vehicle", "person", "phone"]
        assert [len(s.links) for s in steps] == [1, 1, 0]
        assert selectors.preview(two, actor=actor) == {"phone": 1, "vehicle": 1}


def test_an_edge_counts_its_independent_sources(world: World, act: Act, officer: Any) -> None:
    """Two reports of one link make one line with two sources."""
    with act(officer, world.desk) as actor:
        him, car = scenes.person(actor), scenes.vehicle(actor)
        for n in range(2):
            scenes.link(actor, him, car, by=scenes.item(actor, f"Seen {n} times."))

        (edge,) = selectors.expand(him, actor=actor).edges
        assert (edge.sources, edge.words, edge.row.confirmation) == (2, "uses", "probable")


def test_the_network_of_a_matter_is_laid_out_and_cut(world: World, act: Act, officer: Any) -> None:
    """Every node has a place; what does not fit is said to be cut."""
    with act(officer, world.desk) as actor:
        people = [scenes.person(actor, f"Person {chr(65 + n)}") for n in range(6)]
        for left, right in itertools.pairwise(people):
            scenes.link(actor, left, right, "met")
        whole = selectors.of_matter(world.desk, actor=actor)

        assert {p.ref for p in people} == refs(whole)
        assert not whole.is_cut
        assert all(node.x is not None and node.y is not None for node in whole.nodes)
        assert selectors.of_matter(world.desk, actor=actor, most=3).is_cut


def test_a_path_is_not_searched_beyond_six_links(world: World, act: Act, officer: Any) -> None:
    """A longer chain of acquaintances says nothing."""
    with act(officer, world.desk) as actor:
        chain = [scenes.person(actor, f"Chain {chr(65 + n)}") for n in range(8)]
        for left, right in itertools.pairwise(chain):
            scenes.link(actor, left, right, "met")

        assert len(selectors.path_between(chain[0], chain[6], actor=actor) or []) == 7
        assert selectors.path_between(chain[0], chain[7], actor=actor) is None
        assert [chain[0].ref] == [
            s.entity.ref for s in selectors.path_between(chain[0], chain[0], actor=actor) or []
        ]


EDGES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edges=EDGES)
def test_a_path_is_as_short_as_a_plain_search_finds(
    world: World, act: Act, edges: list[tuple[int, int]]
) -> None:
    """The search from both ends agrees with a naive twin, and every step is a recorded link."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        cars = [car(actor, n) for n in range(7)]
        for a, b in edges:
            if a != b:
                services.link_entities(
                    actor=actor,
                    source=cars[a],
                    target=cars[b],
                    new=NewLink("connected_with", "confirmed"),
                    **lawful(),
                )
        steps = selectors.path_between(cars[0], cars[6], actor=actor)

        expected = naive({frozenset(e) for e in edges}, 0, 6)
        assert expected == (None if steps is None else len(steps) - 1)
        if steps is not None:
            assert (cars[0].ref, cars[6].ref) == (steps[0].entity.ref, steps[-1].entity.ref)
            assert all(step.links for step in steps[:-1])


def car(actor: Any, number: int) -> Entity:
    """Record a vehicle."""
    return services.record_entity(
        actor=actor, kind="vehicle", statements=[NewStatement("plate", f"{number} AAA")], **lawful()
    )


def naive(edges: set[frozenset[int]], start: int, end: int) -> int | None:
    """Return the number of links between two nodes by plain breadth-first search."""
    seen, frontier, far = {start}, {start}, 0
    while frontier:
        if end in frontier:
            return far
        frontier = {x for e in edges if e & frontier for x in e} - seen
        seen |= frontier
        far += 1
    return None
