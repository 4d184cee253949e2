"""An undirected network in compressed rows, its nodes in alphabetical order."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from openilp.methods.arrays import IntArray, freeze, same_length, to_numpy
from openilp.methods.errors import BadValue, UnknownNode


@dataclass(frozen=True, slots=True)
class Network:
    """n nodes and m links; every link stands in the rows of both its ends.

    Nodes are ordered by label, so that nothing computed here arrives in the order of a score.

    Attributes:
        ids: n identifiers.
        labels: n texts to show.
        starts: (n + 1,) where the row of each node begins in `neighbours`.
        neighbours: (2 m,) node numbers, ascending within a row.
        weights: (2 m,) number (or sum of weights) of the edges merged into each link.
        n_loops: Edges left out because both ends are one node.
        n_merged: Edges merged into a link that was already there.
        position: Node number by identifier.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    starts: IntArray
    neighbours: IntArray
    weights: np.ndarray[Any, np.dtype[np.float64]]
    n_loops: int
    n_merged: int
    position: Mapping[str, int] = field(repr=False)

    @classmethod
    def from_edges(
        cls,
        sources: Iterable[object],
        targets: Iterable[object],
        *,
        weights: Iterable[float] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> "Network":
        """This function will build a network from a list of edges.

        Args:
            sources: m' identifiers; they are compared as text.
            targets: m' identifiers. Direction is ignored, repeated edges are merged, loops left out.
            weights: m' weights above 0; 1 each when left out.
            labels: Text to show by identifier; its identifiers without an edge become single nodes.

        Returns:
            The simple undirected network.

        Raises:
            LengthMismatch: If the columns differ in length.
            BadValue: If an identifier is missing or a weight is not above 0.
        """
        tails, heads = [str(s) for s in _present(sources)], [str(t) for t in _present(targets)]
        weight = np.ones(len(tails)) if weights is None else np.array(list(weights), dtype=np.float64)
        same_length(sources=tails, targets=heads, weights=weight)
        if (wrong := np.flatnonzero(~(np.isfinite(weight) & (weight > 0)))).size:
            rows = ", ".join(str(row + 1) for row in wrong[:10])
            raise BadValue(
                f"weight of row {rows}", float(weight[wrong[0]]), "give weights above 0, or leave it out"
            )
        shown: dict[str, str] = {str(node): text for node, text in (labels or {}).items()}
        ids = tuple(sorted({*tails, *heads, *shown}, key=lambda node: _alphabetical(shown, node)))
        position = {node: number for number, node in enumerate(ids)}
        a = np.array([position[node] for node in tails], dtype=np.int64)
        b = np.array([position[node] for node in heads], dtype=np.int64)
        proper = a != b
        low, high = np.minimum(a, b)[proper], np.maximum(a, b)[proper]
        links, place = np.unique(low * max(len(ids), 1) + high, return_inverse=True)
        merged = np.zeros(len(links))
        np.add.at(merged, place, weight[proper])
        low, high = np.divmod(links, max(len(ids), 1))
        ends, others = np.concatenate([low, high]), np.concatenate([high, low])
        order = np.lexsort((others, ends))
        starts = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=len(ids)))]).astype(np.int64)
        neighbours, doubled = others[order], np.concatenate([merged, merged])[order]
        freeze(starts, neighbours, doubled)
        return cls(
            ids=ids,
            labels=tuple(shown.get(node, node) for node in ids),
            starts=starts,
            neighbours=neighbours,
            weights=doubled,
            n_loops=int((~proper).sum()),
            n_merged=int(proper.sum()) - len(links),
            position=position,
        )

    @classmethod
    def from_table(
        cls,
        table: Any,
        *,
        source: str = "source",
        target: str = "target",
        labels: Mapping[str, str] | None = None,
    ) -> "Network":
        """This function will build a network from an Arrow table of edges.

        Args:
            table: A pyarrow Table, one edge a row.
            source: Column of one end.
            target: Column of the other end.
            labels: Text to show by identifier.

        Returns:
            The simple undirected network.

        Raises:
            BadValue: If a column is absent or an identifier is missing.
        """
        for name in (source, target):
            if name not in table.column_names:
                raise BadValue("column", repr(name), f"choose one of {', '.join(table.column_names)}")
        return cls.from_edges(table[source].to_pylist(), table[target].to_pylist(), labels=labels)

    @property
    def n_nodes(self) -> int:
        """This function will count the nodes."""
        return len(self.ids)

    @property
    def n_links(self) -> int:
        """This function will count the links."""
        return len(self.neighbours) // 2

    def number_of(self, node: str) -> int:
        """This function will return the number of a node.

        Args:
            node: Its identifier.

        Returns:
            0 to n - 1.

        Raises:
            UnknownNode: If there is no such node.
        """
        if node not in self.position:
            raise UnknownNode(node)
        return self.position[node]

    def links(self) -> tuple[IntArray, IntArray]:
        """This function will return each link once.

        Returns:
            Lower and higher node number, (m,) each.
        """
        ends = np.repeat(np.arange(self.n_nodes, dtype=np.int64), np.diff(self.starts))
        once = ends < self.neighbours
        return ends[once], self.neighbours[once]


def _present(ids: Iterable[object]) -> Iterable[object]:
    for row, node in enumerate(to_numpy(ids).tolist() if isinstance(ids, np.ndarray) else ids):
        if node is None or str(node).strip() == "":
            raise BadValue(f"identifier of row {row + 1}", repr(node), "give both ends of every edge")
        yield node


def _alphabetical(labels: Mapping[str, str], node: str) -> tuple[str, str, str]:
    label = labels.get(node, node)
    return unicodedata.normalize("NFKC", label).casefold(), label, node
