"""The golden thread from any object: back to what it rests on, forward to what rests on it.

The walk is one query over the edges under row security. What the actor may not see is cut out, and with it all that
is reached through it alone: a thread never tells that something hidden lies in between.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from openilp.review import nodes
from openilp.review.nodes import Node
from openilp.safeguards import acting, find
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import InvalidInput

#: Edges that one walk follows each way; a thread of a whole import would not fit on a page.
MOST_EDGES = 5000
#: What is drawn; the table and the API show all.
DEPTH = 40


class Direction(StrEnum):
    """Which way a thread is followed."""

    BOTH = "both"
    BACK = "back"
    FORWARD = "forward"


class UnknownDirection(InvalidInput):
    """Say that a direction is none of the three."""

    field = "direction"

    def __init__(self, direction: str) -> None:
        self.direction = direction
        super().__init__(f"Direction '{direction}' is unknown; use one of {', '.join(Direction)}.")


@dataclass(frozen=True)
class Edge:
    """One step, in the direction in which evidence flows; its ends are references."""

    source: str
    target: str
    kind: str


@dataclass(frozen=True)
class Thread:
    """What an object rests on and what rests on it, as one actor may see it.

    Attributes:
        here: The object that was asked for.
        nodes: All objects of the thread, `here` first, then back and forward, the nearest first.
        edges: The steps between them.
        past: References of the nodes that `here` rests on.
        future: References of the nodes that rest on `here`.
        note: What was left out, in words; empty when nothing was.
    """

    here: Node
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    past: frozenset[str]
    future: frozenset[str]
    note: str = ""

    def behind(self) -> list[Node]:
        """Return what it rests on, in the order of the process."""
        return _in_order(n for n in self.nodes if n.ref in self.past)

    def ahead(self) -> list[Node]:
        """Return what rests on it, in the order of the process."""
        return _in_order(n for n in self.nodes if n.ref in self.future)


@dataclass(frozen=True)
class KindGroup:
    """The nodes of one kind."""

    kind: str
    word: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class _Step:
    way: str
    source: tuple[str, UUID]
    target: tuple[str, UUID]
    kind: str


def thread(ref: str, *, actor: Actor, direction: str = Direction.BOTH) -> Thread:
    """Return the golden thread of the object with a reference.

    Raises:
        RecordNotFound: If there is no such object that the actor may see.
        UnknownDirection: If the direction is none of both, back and forward.
    """
    return thread_of(find.by_reference(ref, actor=actor), actor=actor, direction=direction)


def thread_of(row: Any, *, actor: Actor, direction: str = Direction.BOTH) -> Thread:
    """Return the golden thread of a row that the actor was given by the gate."""
    if direction not in set(Direction):
        raise UnknownDirection(direction)
    acting.require("The golden thread")
    steps, is_cut = _walk(row.pk, direction)
    start = (str(row._meta.model_name), row.pk)
    seen = nodes.resolve({start, *(end for s in steps for end in (s.source, s.target))}, actor=actor)
    future, deep_ahead = _reach(row.pk, [s for s in steps if s.way == "forward"], seen, forward=True)
    past, deep_behind = _reach(row.pk, [s for s in steps if s.way == "back"], seen, forward=False)
    kept = [row.pk, *past, *(key for key in future if key not in past)]
    return Thread(
        here=seen[row.pk],
        nodes=tuple(seen[key] for key in kept),
        edges=_edges(steps, seen, past=set(past) | {row.pk}, future=set(future) | {row.pk}),
        past=frozenset(seen[key].ref for key in past),
        future=frozenset(seen[key].ref for key in future),
        note=_note(is_cut, deep_ahead or deep_behind),
    )


def tainted_by(ref: str, *, actor: Actor) -> list[KindGroup]:
    """Return everything that rests on an object, grouped by kind in the order of the process."""
    return by_kind(thread(ref, actor=actor, direction=Direction.FORWARD).ahead())


def by_kind(found: Iterable[Node]) -> list[KindGroup]:
    """Return nodes grouped by kind, in the order of the process."""
    groups: dict[str, list[Node]] = {}
    for node in _in_order(found):
        groups.setdefault(node.kind, []).append(node)
    return [KindGroup(kind, nodes.word(kind), tuple(found)) for kind, found in groups.items()]


def as_json(found: Thread) -> dict[str, Any]:
    """Return a thread as API and command line give it out: `nodes` and `edges`."""
    rows = []
    for node in found.nodes:
        row = asdict(node)
        del row["id"]
        rows.append({**row, "at": node.at.isoformat(), "side": _side(found, node)})
    edges = [{"from": edge.source, "to": edge.target, "kind": edge.kind} for edge in found.edges]
    return {"ref": found.here.ref, "nodes": rows, "edges": edges, "note": found.note}


def as_drawing(found: Thread, *, most: int = 200) -> dict[str, Any]:
    """Return a thread as the island draws it; the nearest objects only when there are many."""
    drawn = found.nodes[:most]
    refs = {node.ref for node in drawn}
    return {
        "nodes": [
            {
                "id": node.ref,
                "room": node.room,
                "kind": nodes.word(node.kind),
                "ref": "" if ":" in node.ref else node.ref,
                "label": node.label,
                "url": node.url,
                "here": node.ref == found.here.ref,
                "state": _side(found, node),
            }
            for node in drawn
        ],
        "edges": [
            {"from": edge.source, "to": edge.target, "label": edge.kind}
            for edge in found.edges
            if edge.source in refs and edge.target in refs
        ],
    }


def _side(found: Thread, node: Node) -> str:
    if node.ref == found.here.ref:
        return "here"
    return "back" if node.ref in found.past else "forward"


def _in_order(found: Iterable[Node]) -> list[Node]:
    return sorted(found, key=_place)


def _place(node: Node) -> tuple[Any, ...]:
    """Return what puts nodes in the order of the process; the database's own order would tell of hidden rows."""
    return (nodes.position(node.kind), node.at, node.ref)


def _walk(start: UUID, direction: str) -> tuple[list[_Step], bool]:
    """Follow the edges in one query; each edge is met once, so loops end, and the nearest come first."""
    ways = ("back", "forward") if direction == Direction.BOTH else (direction,)
    walks = ", ".join(_RECURSION[way] for way in ways)
    parts = " UNION ALL ".join(f"(SELECT '{way}', w.* FROM {way} w LIMIT {MOST_EDGES + 1})" for way in ways)  # noqa: S608 – constants only
    with connection.cursor() as cursor:
        cursor.execute(f"WITH RECURSIVE {walks} {parts}", [start for _way in ways])
        rows: Sequence[Any] = cursor.fetchall()
    steps = [_Step(way, (fk, fi), (tk, ti), kind) for way, _id, fk, fi, tk, ti, kind in rows]
    is_cut = any(sum(step.way == way for step in steps) > MOST_EDGES for way in ways)
    return steps, is_cut


_RECURSION = {
    "forward": """
        forward(id, from_kind, from_id, to_kind, to_id, kind) AS (
            SELECT e.id, e.from_kind, e.from_id, e.to_kind, e.to_id, e.kind
            FROM safeguards_threadedge e WHERE e.from_id = %s
            UNION
            SELECT e.id, e.from_kind, e.from_id, e.to_kind, e.to_id, e.kind
            FROM forward w JOIN safeguards_threadedge e ON e.from_id = w.to_id
        )""",
    "back": """
        back(id, from_kind, from_id, to_kind, to_id, kind) AS (
            SELECT e.id, e.from_kind, e.from_id, e.to_kind, e.to_id, e.kind
            FROM safeguards_threadedge e WHERE e.to_id = %s
            UNION
            SELECT e.id, e.from_kind, e.from_id, e.to_kind, e.to_id, e.kind
            FROM back w JOIN safeguards_threadedge e ON e.to_id = w.from_id
        )""",
}


def _reach(
    start: UUID, steps: list[_Step], seen: dict[UUID, Node], *, forward: bool
) -> tuple[list[UUID], bool]:
    """Return what is reached through visible nodes only, the nearest first, and whether it goes deeper."""
    beyond: dict[UUID, list[UUID]] = {}
    for step in steps:
        near, far = (step.source, step.target) if forward else (step.target, step.source)
        beyond.setdefault(near[1], []).append(far[1])
    depth = {start: 0}
    queue = deque([start])
    is_cut = False
    while queue:
        near_id = queue.popleft()
        next_ones = {far_id for far_id in beyond.get(near_id, ()) if far_id in seen and far_id not in depth}
        for far_id in sorted(next_ones, key=lambda key: _place(seen[key])):
            if depth[near_id] == DEPTH:
                is_cut = True
                continue
            depth[far_id] = depth[near_id] + 1
            queue.append(far_id)
    return [key for key in depth if key != start], is_cut


def _edges(
    steps: list[_Step], seen: dict[UUID, Node], *, past: set[UUID], future: set[UUID]
) -> tuple[Edge, ...]:
    kept = {
        Edge(seen[step.source[1]].ref, seen[step.target[1]].ref, step.kind): None
        for step in steps
        for side in (past if step.way == "back" else future,)
        if step.source[1] in side and step.target[1] in side
    }
    return tuple(sorted(kept, key=lambda edge: (edge.source, edge.target, edge.kind)))


def _note(is_cut: bool, is_deep: bool) -> str:
    if is_cut:
        return _("Only the nearest %(n)d steps are followed; open the thread of an object further on.") % {
            "n": MOST_EDGES
        }
    if is_deep:
        return _("Only %(n)d steps are followed; open the thread of an object further on.") % {"n": DEPTH}
    return ""
