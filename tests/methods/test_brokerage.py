"""Brokerage: every count by its naive twin, constraint by the peer, roles by their definition."""

from itertools import combinations

import igraph
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, TooLarge
from openilp.methods.networks import Network, brokerage

pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30)


@settings(max_examples=40)
@given(pairs, st.lists(st.integers(0, 2), min_size=10, max_size=10))
def test_counts_equal_their_naive_twins(rows: list[tuple[int, int]], groups: list[int]) -> None:
    """Each unlinked pair of neighbours falls into one of four kinds; constraint is that of igraph."""
    network = Network.from_edges(
        *zip(*rows, strict=True), labels={str(node): str(node) for node in range(10)}
    )
    graph = igraph.Graph(n=10, edges=rows).simplify()
    near = {node: set(graph.neighbors(node)) for node in range(10)}
    constraint = graph.constraint()

    for row in brokerage(network, {str(node): group for node, group in enumerate(groups)}).nodes:
        node = int(row.id)
        unlinked = [(a, b) for a, b in combinations(near[node], 2) if b not in near[a]]
        kinds = {"coordinator": 0, "gatekeeper": 0, "consultant": 0, "liaison": 0}
        for a, b in unlinked:
            own = (groups[a] == groups[node]) + (groups[b] == groups[node])
            same = groups[a] == groups[b]
            kinds[
                "coordinator" if own == 2 else "gatekeeper" if own else "consultant" if same else "liaison"
            ] += 1
        assert {kind: getattr(row, kind) for kind in kinds} == kinds
        if near[node]:
            ties = len(list(combinations(near[node], 2))) - len(unlinked)
            assert row.effective_size == pytest.approx(len(near[node]) - 2 * ties / len(near[node]))
            assert row.constraint == pytest.approx(constraint[node])
        else:
            assert row.constraint is None


def test_roles_are_those_of_the_drawing() -> None:
    """The middle of a large star is a hub of its group, its leaves are ultra-peripheral."""
    star = Network.from_edges("m" * 20, range(20))

    rows = {row.id: row for row in brokerage(star, dict.fromkeys(star.ids, "one")).nodes}

    assert rows["m"].role == "hub of its group"
    assert rows["3"].role == "ultra-peripheral"
    assert (rows["m"].coordinator, rows["m"].participation) == (190, 0.0)


def test_participation_grows_with_the_groups_linked(rng: np.random.Generator) -> None:
    """A node linked once to each of four groups has 1 - 4 / 16."""
    network = Network.from_edges("mmmm", "abcd")

    rows = {row.id: row for row in brokerage(network, {"m": 0, "a": 1, "b": 2, "c": 3, "d": 4}).nodes}

    assert rows["m"].participation == pytest.approx(0.75)
    assert rows["m"].liaison == 6


def test_bad_requests_are_named() -> None:
    """A node without a group, or a hub with too many neighbours, is refused."""
    with pytest.raises(BadValue, match="group of node is missing for b"):
        brokerage(Network.from_edges("a", "b"), {"a": 1})
    star = Network.from_edges(["m"] * 8000, range(8000))
    with pytest.raises(TooLarge, match="pairs of neighbours"):
        brokerage(star, dict.fromkeys(star.ids, 1))
