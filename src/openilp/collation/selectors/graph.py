"""The network around an entity, of a matter, and between two entities: every edge is checked while walking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from openilp.collation.models import Entity, Link
from openilp.collation.selectors.identity import clusters_of
from openilp.collation.selectors.naming import EntityName, entities, names_by_id
from openilp.collation.selectors.relations import links_touching, persons_in, reading, visible_links
from openilp.collation.selectors.sources import sources_of
from openilp.methods.networks import Network, layout
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Matter

#: What one drawing can show, and what the reader can follow (ux: 300 nodes, 1,000 links).
MOST_NODES = 300
MOST_EDGES = 1000
#: A longer chain of acquaintances says nothing; the search stops there.
LONGEST_PATH = 6
_MOST_VISITED = 20000


@dataclass(frozen=True)
class Node:
    """An entity in a drawing; merged entities are one node. `x` and `y` are empty where it has no place yet."""

    entity: EntityName
    x: float | None = None
    y: float | None = None
    degree: int = 0


@dataclass(frozen=True)
class Edge:
    """A link in a drawing, with the number of independent sources behind it."""

    row: Link
    source: str
    target: str
    words: str
    sources: int


@dataclass(frozen=True)
class Graph:
    """A part of the network; `is_cut` says that there is more than was drawn."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    is_cut: bool = False


@dataclass(frozen=True)
class Step:
    """One step of a path: an entity, and the links to the next one."""

    entity: EntityName
    links: tuple[Edge, ...]


def preview(row: Entity, *, actor: Actor) -> dict[str, int]:
    """Return how many visible neighbours an entity has, by type."""
    home = clusters_of([row.pk], actor=actor)[row.pk]
    far = _far_ends(links_touching(home, actor=actor), home)
    kinds = entities(actor=actor).filter(pk__in=far).values_list("pk", "kind")
    clusters = clusters_of(far, actor=actor)
    counted = {min(clusters[key], key=str): kind for key, kind in kinds}
    counts: dict[str, int] = {}
    for kind in counted.values():
        counts[kind] = counts.get(kind, 0) + 1
    return dict(sorted(counts.items()))


def expand(row: Entity, *, actor: Actor, kinds: Sequence[str] = (), most: int = MOST_NODES) -> Graph:
    """Return an entity with its visible neighbours, of some types when asked for."""
    home = clusters_of([row.pk], actor=actor)[row.pk]
    links = list(links_touching(home, actor=actor).order_by("-created_at", "-pk")[: MOST_EDGES + 1])
    if kinds:
        far = _far_ends(links, home)
        wanted = set(
            entities(actor=actor).filter(pk__in=far, kind__in=list(kinds)).values_list("pk", flat=True)
        )
        links = [k for k in links if {k.source_id, k.target_id} - home <= wanted]
    return _graph({row.pk, *home}, links, actor=actor, most=most)


def around(row: Entity, *, actor: Actor, depth: int = 2, most: int = MOST_NODES) -> Graph:
    """Return the network around an entity, with a place for each node."""
    seen = set(clusters_of([row.pk], actor=actor)[row.pk])
    links: dict[UUID, Link] = {}
    frontier = set(seen)
    for _ in range(max(1, min(depth, 3))):
        reached: set[UUID] = set()
        for k in links_touching(frontier, actor=actor).order_by("-created_at", "-pk")[: MOST_EDGES + 1]:
            links[k.pk] = k
            reached |= {k.source_id, k.target_id}
        clusters = clusters_of(reached - seen, actor=actor)
        frontier = {key for members in clusters.values() for key in members} - seen
        seen |= frontier
        if not frontier or len(seen) >= most or len(links) > MOST_EDGES:
            break
    return placed(_graph(seen, list(links.values()), actor=actor, most=most))


def of_matter(matter: Matter, *, actor: Actor, most: int = MOST_NODES) -> Graph:
    """Return the network of a matter: the persons involved in it and what was recorded for it."""
    persons = persons_in(matter, actor=actor, limit=most)
    recorded = visible_links(actor=actor).filter(
        Q(purpose=matter) | Q(compartments__contains=[matter.pk]) | Q(source__in=persons, target__in=persons)
    )
    links = list(recorded.order_by("-created_at", "-pk")[: MOST_EDGES + 1])
    ends = {key for k in links for key in (k.source_id, k.target_id)}
    return placed(_graph({*persons, *ends}, links, actor=actor, most=most))


def path_between(start: Entity, end: Entity, *, actor: Actor) -> list[Step] | None:
    """Return one shortest chain of visible links between two entities, or nothing within six links.

    It searches from both ends at once, always from the smaller side; merged entities count as one.
    """
    near, far = _Side(start, actor), _Side(end, actor)
    if near.home & far.home:
        return _steps([start.pk], actor=actor)
    while near.frontier and far.frontier and near.depth + far.depth < LONGEST_PATH:
        side, other = (near, far) if len(near.frontier) <= len(far.frontier) else (far, near)
        side.advance()
        meeting = sorted(set(side.parent) & set(other.parent), key=str)
        if meeting:
            chain = near.trail(meeting[0])[::-1] + far.trail(meeting[0])[1:]
            return _steps(chain, actor=actor)
        if len(side.parent) > _MOST_VISITED:
            return None
    return None


class _Side:
    """Breadth-first search from one end; a node is the first key of its cluster."""

    def __init__(self, row: Entity, actor: Actor) -> None:
        self.actor = actor
        self.home = clusters_of([row.pk], actor=actor)[row.pk]
        first = _first(self.home)
        self.members: dict[UUID, frozenset[UUID]] = {first: self.home}
        self.parent: dict[UUID, UUID | None] = {first: None}
        self.frontier = [first]
        self.depth = 0

    def advance(self) -> None:
        """Go one link further."""
        node_of = {key: node for node in self.frontier for key in self.members[node]}
        pairs = links_touching(node_of, actor=self.actor).values_list("source_id", "target_id")
        reached: dict[UUID, UUID] = {}
        for source, target in pairs:
            for here, there in ((source, target), (target, source)):
                if here in node_of and there not in node_of:
                    reached.setdefault(there, node_of[here])
        clusters = clusters_of(reached, actor=self.actor)
        fresh: list[UUID] = []
        for key, came_from in reached.items():
            node = _first(clusters[key])
            if node not in self.parent:
                self.parent[node] = came_from
                self.members[node] = clusters[key]
                fresh.append(node)
        self.frontier = fresh
        self.depth += 1

    def trail(self, node: UUID) -> list[UUID]:
        """Return the nodes from here back to the end that the search began at."""
        trail = [node]
        while (before := self.parent[trail[-1]]) is not None:
            trail.append(before)
        return trail


def placed(graph: Graph) -> Graph:
    """Return the graph with a place for each node; the same graph always gives the same drawing."""
    if not graph.nodes:
        return graph
    network = Network.from_edges(
        [edge.source for edge in graph.edges],
        [edge.target for edge in graph.edges],
        labels={node.entity.ref: node.entity.label for node in graph.nodes},
    )
    drawn = layout(network)
    at = {ref: (float(x), float(y)) for ref, x, y in zip(drawn.ids, drawn.x, drawn.y, strict=True)}
    nodes = tuple(
        Node(node.entity, at[node.entity.ref][0], at[node.entity.ref][1], node.degree) for node in graph.nodes
    )
    return Graph(nodes, graph.edges, graph.is_cut)


def _graph(ids: Iterable[UUID], links: list[Link], *, actor: Actor, most: int) -> Graph:
    ends = {key for k in links for key in (k.source_id, k.target_id)}
    keys = list(dict.fromkeys([*ids, *ends]))
    clusters = clusters_of(keys, actor=actor)
    node_of = {key: _first(clusters[key]) for key in keys}
    known = names_by_id(node_of.values(), actor=actor)
    kept = [node for node in dict.fromkeys(node_of.values()) if node in known]
    drawn = set(kept[:most])
    edges = [
        k
        for k in links
        if node_of[k.source_id] != node_of[k.target_id]
        and {node_of[k.source_id], node_of[k.target_id]} <= drawn
    ]
    shown = _edges(edges[:MOST_EDGES], node_of, known, actor=actor)
    degree: dict[str, int] = {}
    for edge in shown:
        for ref in (edge.source, edge.target):
            degree[ref] = degree.get(ref, 0) + 1
    nodes = sorted((known[key] for key in drawn), key=lambda n: (n.label.casefold(), n.ref))
    return Graph(
        nodes=tuple(Node(n, degree=degree.get(n.ref, 0)) for n in nodes),
        edges=tuple(shown),
        is_cut=len(kept) > most or len(edges) > MOST_EDGES or len(links) > MOST_EDGES,
    )


def _edges(
    links: list[Link], node_of: dict[UUID, UUID], known: dict[UUID, EntityName], *, actor: Actor
) -> list[Edge]:
    """Return links as edges; links of one type between the same two nodes become one edge that counts its sources."""
    behind = sources_of(links, actor=actor)
    groups: dict[tuple[UUID, UUID, str, str], list[Link]] = {}
    for k in links:
        groups.setdefault((node_of[k.source_id], node_of[k.target_id], k.type, k.confirmation), []).append(k)
    return [
        Edge(
            row=rows[0],
            source=known[source].ref,
            target=known[target].ref,
            words=reading(rows[0], forward=True),
            sources=len({behind.root_of(k) for k in rows if not behind.is_false(k)}),
        )
        for (source, target, _type, _confirmation), rows in groups.items()
    ]


def _steps(chain: list[UUID], *, actor: Actor) -> list[Step]:
    clusters = clusters_of(chain, actor=actor)
    node_of = {key: node for node in chain for key in clusters[node]}
    known = names_by_id(chain, actor=actor)
    links = [
        k
        for k in links_touching(node_of, actor=actor).order_by("created_at", "pk")
        if k.source_id in node_of and k.target_id in node_of
    ]
    steps = []
    for here, there in zip(chain, [*chain[1:], None], strict=True):
        between = [k for k in links if {node_of[k.source_id], node_of[k.target_id]} == {here, there}]
        steps.append(Step(known[here], tuple(_edges(between, node_of, known, actor=actor))))
    return steps


def _far_ends(links: Any, home: Iterable[UUID]) -> set[UUID]:
    here = set(home)
    pairs = ((k.source_id, k.target_id) for k in links)
    return {key for pair in pairs for key in pair} - here


def _first(cluster: Iterable[UUID]) -> UUID:
    return min(cluster, key=str)
