"""Networks: every measure against a naive twin or a published figure, and never a ranking of people."""

import csv
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import fields
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.methods import networks
from openilp.methods.errors import BadValue, LengthMismatch, TooLarge, UnknownNode
from openilp.methods.networks import Network, NetworkMeasures, NodeMeasures, layout, measure, shortest_path

Neighbours = dict[str, set[str]]
pairs = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30)


def build(rows: Sequence[tuple[object, object]]) -> Network:
    """A network over twelve nodes, some of them alone."""
    labels = {str(node): f"node {node:02d}" for node in range(12)}
    return Network.from_edges([a for a, _ in rows], [b for _, b in rows], labels=labels)


def neighbours(rows: Sequence[tuple[object, object]]) -> Neighbours:
    """The same as sets."""
    found: Neighbours = {str(node): set() for node in range(12)}
    for a, b in rows:
        if a != b:
            found[str(a)].add(str(b))
            found[str(b)].add(str(a))
    return found


def every_shortest(graph: Neighbours, start: str, end: str) -> list[list[str]]:
    """All shortest paths, by listing paths in the order of their length."""
    found: list[list[str]] = []
    queue = deque([[start]])
    while queue:
        path = queue.popleft()
        if found and len(path) > len(found[0]):
            break
        if path[-1] == end:
            found.append(path)
            continue
        level = distances(graph, start)
        queue.extend([*path, step] for step in sorted(graph[path[-1]]) if level[step] == len(path))
    return found


def distances(graph: Neighbours, start: str) -> dict[str, int]:
    """Breadth-first distances."""
    distance, queue = {start: 0}, deque([start])
    while queue:
        node = queue.popleft()
        for step in graph[node]:
            if step not in distance:
                distance[step] = distance[node] + 1
                queue.append(step)
    return distance


def naive_betweenness(graph: Neighbours) -> dict[str, float]:
    """Shares of all shortest paths, pair by pair."""
    score = dict.fromkeys(graph, 0.0)
    for start, end in combinations(sorted(graph), 2):
        paths = every_shortest(graph, start, end)
        for path in paths:
            for node in path[1:-1]:
                score[node] += 1 / len(paths)
    return score


def naive_core(graph: Neighbours, node: str) -> int:
    """The largest k whose pruning leaves the node."""
    for k in range(len(graph), 0, -1):
        left = {n: set(s) for n, s in graph.items()}
        while weak := [n for n in left if len(left[n]) < k]:
            for n in weak:
                for other in left.pop(n):
                    if other in left:
                        left[other].discard(n)
        if node in left:
            return k
    return 0


@given(pairs)
def test_measures_equal_their_naive_twins(rows: list[tuple[int, int]]) -> None:
    """Degree, betweenness, core, component and cut node are what their definitions say."""
    graph = neighbours(rows)
    between = naive_betweenness(graph)

    result = measure(build(rows))

    part_of = {row.id: row.component for row in result.rows}
    for row in result.rows:
        assert row.degree == len(graph[row.id])
        assert row.betweenness.value == pytest.approx(between[row.id], abs=1e-9)
        assert row.core == naive_core(graph, row.id)
        assert {node for node, part in part_of.items() if part == row.component} == set(
            distances(graph, row.id)
        )
        without = {node: near - {row.id} for node, near in graph.items() if node != row.id}
        reached = [set(distances(without, near)) for near in graph[row.id]]
        assert row.is_cut_node == any(one != reached[0] for one in reached)
    assert sum(result.component_sizes) == result.n_nodes == 12
    assert result.n_links == sum(map(len, graph.values())) // 2


@given(pairs, st.integers(0, 11), st.integers(0, 11))
def test_paths_equal_their_naive_twin(rows: list[tuple[int, int]], start: int, end: int) -> None:
    """The path is one of the shortest, and their number is right."""
    expected = every_shortest(neighbours(rows), str(start), str(end))

    path = shortest_path(build(rows), str(start), str(end))

    if not expected:
        assert path is None
    else:
        assert path is not None
        assert list(path.ids) in expected
        assert path.n_shortest == len(expected)
        assert path.n_links == len(path.ids) - 1


@given(pairs, st.randoms(use_true_random=False))
def test_rows_are_alphabetical_whatever_the_order_of_the_edges(
    rows: list[tuple[int, int]], shuffler: random.Random
) -> None:
    """The order is that of the labels and carries no score; shuffled input gives the same result."""
    shuffled = [(b, a) if shuffler.random() < 0.5 else (a, b) for a, b in rows]
    shuffler.shuffle(shuffled)

    result = measure(build(rows))

    labels = [row.label for row in result.rows]
    assert labels == sorted(labels, key=str.casefold)
    assert measure(build(shuffled)) == result


def test_nothing_here_ranks_people() -> None:
    """No result has a rank, a score or an order by one; rows cannot be compared; the caution is there."""
    names = {part.name for kind in (NodeMeasures, NetworkMeasures) for part in fields(kind)}
    public = {name for name in dir(NetworkMeasures) if not name.startswith("_")} | set(networks.__all__)
    hub, leaf = measure(build([(0, 1), (0, 2), (0, 3)])).rows[:2]

    for word in ("rank", "score", "top", "sort", "risk", "key_player"):
        assert not [name for name in names | public if word in name.lower()]
    with pytest.raises(TypeError):
        sorted([hub, leaf])
    assert measure(build([])).cautions[0].code == "not_a_ranking"


def test_labels_decide_the_order_not_identifiers() -> None:
    """Case and script do not break the alphabet; equal labels are told apart by identifier."""
    labels = {"3": "anna", "1": "Boris", "2": "Anna", "4": "Ядвига"}

    network = Network.from_edges(["1"], ["2"], labels=labels)

    assert network.labels == ("Anna", "anna", "Boris", "Ядвига")


def test_loops_and_repeated_edges_are_counted_not_kept() -> None:
    """Direction and repetition add weight, not links."""
    network = Network.from_edges(["a", "b", "a", "c"], ["b", "a", "b", "c"], weights=[1, 2, 4, 8])

    assert (network.n_links, network.n_loops, network.n_merged) == (1, 1, 2)
    assert network.weights.tolist() == [7.0, 7.0]


def test_a_table_gives_the_same_network() -> None:
    """An Arrow table and two lists are the same edges."""
    table = pa.table({"from": [1, 2], "to": [2, 3]})

    from_table = Network.from_table(table, source="from", target="to")

    assert from_table.ids == Network.from_edges([1, 2], [2, 3]).ids
    assert from_table.neighbours.tolist() == Network.from_edges([1, 2], [2, 3]).neighbours.tolist()


def test_trials_show_how_far_a_missing_link_matters(rng: np.random.Generator) -> None:
    """The only bridge of two cliques has a wide interval; the exact value lies in it; a seed repeats it."""
    left, right = list(combinations(range(5), 2)), list(combinations(range(5, 10), 2))
    network = Network.from_edges(*zip(*(left + right + [(4, 5)]), strict=True))

    rows = {row.id: row for row in measure(network, trials=60, rng=rng).rows}
    again = measure(network, trials=60, rng=np.random.default_rng(20_240_531)).rows

    bridge = rows["4"].betweenness
    assert bridge.low <= bridge.value <= bridge.high
    assert bridge.high - bridge.low > 10
    assert bridge.n == 60
    assert tuple(again) == tuple(rows.values())


def test_a_path_can_be_too_long() -> None:
    """A limit stops the search."""
    chain = Network.from_edges(range(9), range(1, 10))

    assert shortest_path(chain, "0", "9", longest=8) is None
    assert shortest_path(chain, "0", "9", longest=9).ids == tuple("0123456789")


def test_a_drawing_repeats_itself_and_keeps_nodes_apart(rng: np.random.Generator) -> None:
    """Two drawings of one network are equal; linked nodes lie nearer than others; none coincide."""
    edges = [(node, int(rng.integers(0, node))) for node in range(1, 120)]
    network = Network.from_edges(*zip(*edges, strict=True), labels={"alone": "alone"})

    drawn, again = layout(network), layout(network)

    places = np.stack([drawn.x, drawn.y], axis=1)
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1)
    low, high = network.links()
    assert np.array_equal(drawn.x, again.x)
    assert np.array_equal(drawn.y, again.y)
    assert np.isfinite(places).all()
    assert apart[low, high].mean() < apart.mean() / 3
    assert apart[np.triu_indices(network.n_nodes, 1)].min() > 0.01


def test_a_chain_is_drawn_as_a_line() -> None:
    """Distances on paper are those in the network."""
    network = Network.from_edges("abcdef", "bcdefg")

    drawn = layout(network)

    places = np.stack([drawn.x, drawn.y], axis=1)
    steps = [float(np.linalg.norm(places[i] - places[j])) for i, j in pairwise(range(7))]
    assert steps == pytest.approx([1.0] * 6, abs=0.05)
    assert np.linalg.norm(places[0] - places[-1]) == pytest.approx(6.0, abs=0.1)


def test_an_empty_network_is_no_accident() -> None:
    """Nothing in, nothing out."""
    empty = Network.from_edges([], [])

    assert measure(empty).rows == ()
    assert layout(empty).ids == ()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Network.from_edges(["a"], []), LengthMismatch, "sources has 1, targets has 0"),
        (lambda: Network.from_edges(["a"], [None]), BadValue, "identifier of row 1 is None"),
        (lambda: Network.from_edges(["a"], ["b"], weights=[0]), BadValue, "weight of row 1 is 0.0"),
        (lambda: Network.from_table(pa.table({"source": ["a"]})), BadValue, "'target'"),
        (lambda: shortest_path(build([]), "0", "Z"), UnknownNode, "'Z' is not in this network"),
        (lambda: measure(build([]), trials=3), BadValue, "together with rng"),
        (lambda: measure(build([]), missing_share=1.0), BadValue, "missing_share is 1.0"),
        (lambda: layout(Network.from_edges(range(1001), range(1, 1002))), TooLarge, "1,002 nodes"),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], error: type, message: str) -> None:
    """Each error names the value and the remedy."""
    with pytest.raises(error, match=message):
        call()


def edges_of(file: Path) -> tuple[list[str], list[str]]:
    """The two ends of each edge of a published list, by number only."""
    if file.name.startswith("Montagna"):
        rows = [line.split()[:2] for line in file.read_text().splitlines() if line.strip()]
    else:
        rows = [
            [row["from"], row["to"]] for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
        ]
    return [row[0] for row in rows], [row[1] for row in rows]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "size", "published"),
    [
        # The literature calls these three N1, N12 and N87; the file numbers them by row.
        ("networkdata/covert_10_01_edges.csv", (110, 205), {"1": 3752.09, "19": 1719.55, "32": 702.08}),
        ("networkdata/covert_28_edges.csv", (54, 315), {"1": 149.74, "7": 104.03, "4": 99.92}),
        ("montagna/Montagna_meetings_edgelist.csv", (101, 256), {"18": 1847.28, "47": 1087.97}),
        ("montagna/Montagna_phonecalls_edgelist.csv", (100, 124), {"18": 2028.86, "61": 1366.43}),
    ],
)
def test_covert_networks_equal_the_published_figures(
    crime: Path, file: str, size: tuple[int, int], published: dict[str, float]
) -> None:
    """Nodes, links and betweenness of four real networks."""
    result = measure(Network.from_edges(*edges_of(crime / "covert_networks" / file)))

    found = {row.id: row.betweenness.value for row in result.rows if row.id in published}
    assert (result.n_nodes, result.n_links) == size
    assert found == pytest.approx(published, abs=0.005)


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "curve"), [("meetings", "meeting"), ("phonecalls", "phonecalls")])
def test_disruption_equals_the_published_curve(crime: Path, name: str, curve: str) -> None:
    """Taking out the node with the highest betweenness again and again shrinks the network as published."""
    folder = crime / "covert_networks" / "montagna"
    network = Network.from_edges(*edges_of(folder / f"Montagna_{name}_edgelist.csv"))
    source = folder / f"published_sequential_{curve}_unweighted_5nrem.csv"
    published = [
        float(row["Betweenness"]) for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    ][:13]
    rows = list(zip(*([network.ids[node] for node in end] for end in network.links()), strict=True))
    left = set(network.ids)
    shares: list[float] = []
    for _ in published:
        result = measure(
            Network.from_edges(
                [a for a, b in rows if {a, b} <= left],
                [b for a, b in rows if {a, b} <= left],
                labels={node: node for node in left},
            )
        )
        shares.append(max(result.component_sizes))
        left.remove(max(result.rows, key=lambda row: row.betweenness.value or 0.0).id)

    np.testing.assert_allclose(np.array(shares) / shares[0], published, atol=5e-4)
