"""Edges in: a table whose first two columns are the ends, GraphML, or GEXF, with rows that can be named."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import pyarrow as pa
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from openilp.methods.arrays import FloatArray, TimeArray
from openilp.methods.errors import BadRows, TooFew, UnreadableFile
from openilp.methods.networks.network import Network
from openilp.methods.sentence import Sentence
from openilp.methods.tables import Table, read_table

#: What columns of ends are called in the files of the field; such a line is one of names, not of nodes.
_ENDS = frozenset(
    {
        "from",
        "to",
        "source",
        "target",
        "ego",
        "alter",
        "sender",
        "receiver",
        "caller",
        "called",
        "node1",
        "node2",
        "id1",
        "id2",
        "a",
        "b",
        "u",
        "v",
        "i",
        "j",
        "x",
        "y",
        "head",
        "tail",
        "start",
        "end",
        "subject",
        "object",
    }
)
_GRAPHS = (".graphml", ".gexf", ".xml")


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges as they stand in a file.

    Attributes:
        table: One edge a row, the two ends first.
        source: Column of one end.
        target: Column of the other.
        nodes: Identifiers that the file lists as nodes, with an edge or without; empty for a table.
        cautions: How the file was read, and which rows do not count.
    """

    table: Table
    source: str
    target: str
    nodes: tuple[str, ...]
    cautions: tuple[Sentence, ...]

    @classmethod
    def read(
        cls,
        path: str | Path,
        *,
        source: str | None = None,
        target: str | None = None,
        header: bool | None = None,
    ) -> "Edges":
        """This function will read the edges of a file.

        Args:
            path: A table (`.csv`, `.tsv`, `.txt`, `.parquet` …), a `.graphml` or a `.gexf` file.
            source: Column of one end; the first when left out.
            target: Column of the other end; the second when left out.
            header: Whether a text file begins with the names of its columns; found out when left out: it does
                not when the first line has a number as an end, or when it is divided by blanks.

        Returns:
            The edges; labels stay in the file.

        Raises:
            UnreadableFile: If the file is absent, broken, or of another kind.
            UnknownColumn: If a column is absent.
            TooFew: If the table has fewer than two columns.
        """
        file = Path(path)
        if file.suffix.lower() in _GRAPHS and file.is_file():
            return _graph(file)
        names = _has_names(file) if header is None else header
        return cls.of(read_table(file, header=names), source=source, target=target, is_guessed=header is None)

    @classmethod
    def of(
        cls, table: Table, *, source: str | None = None, target: str | None = None, is_guessed: bool = False
    ) -> "Edges":
        """This function will take the edges of a table.

        Args:
            table: One edge a row.
            source: Column of one end; the first when left out.
            target: Column of the other end; the second when left out.
            is_guessed: Whether nobody said if the first line of the file holds names.

        Returns:
            The edges.

        Raises:
            UnknownColumn: If a column is absent.
            TooFew: If the table has fewer than two columns.
        """
        if len(table.columns) < 2 and not (source and target):
            raise TooFew("columns", len(table.columns), 2)
        ends = source or table.columns[0], target or table.columns[1]
        for end in ends:
            table.column(end)
        return cls(table, *ends, nodes=(), cautions=_dirt(table, ends, is_guessed))

    def network(self, *, weight: str | None = None) -> Network:
        """This function will build the simple undirected network.

        Args:
            weight: Column of weights above 0; 1 each when left out.

        Returns:
            Its nodes in the order of their identifiers.

        Raises:
            BadRows: If an end is missing, or a weight is not a number above 0; names the rows.
        """
        return Network.from_edges(
            *self.ends(),
            weights=None if weight is None else self._weights(weight),
            labels={node: node for node in self.nodes},
        )

    def ends(self) -> tuple[list[str], list[str]]:
        """This function will return the identifiers of both ends.

        Raises:
            BadRows: If one is missing; names the rows.
        """
        found = []
        for name in (self.source, self.target):
            texts = [None if text is None else text.strip() for text in self.table.texts(name)]
            if empty := [row for row, text in enumerate(texts) if not text]:
                rows = self.table.rows(empty)
                raise BadRows(name, tuple(empty), rows, texts[empty[0]], "give both ends of every edge")
            found.append([text or "" for text in texts])
        return found[0], found[1]

    def days(self, name: str, *, layout: str | None = None, latest: np.datetime64 | None = None) -> TimeArray:
        """This function will return the dates of the edges.

        Args:
            name: Column.
            layout: How a text is laid out; ISO 8601 when left out.
            latest: A later date is an error: nothing has happened after now.
        """
        return self.table.times(name, layout=layout, latest=latest)

    def _weights(self, name: str) -> FloatArray:
        weights = self.table.numbers(name)
        if (wrong := np.flatnonzero(~(weights > 0))).size:
            remedy = "give weights above 0, or leave the edge out"
            raise BadRows(name, tuple(wrong), self.table.rows(wrong), float(weights[wrong[0]]), remedy)
        return weights


def _has_names(file: Path) -> bool:
    if not file.is_file() or file.suffix.lower() not in (".csv", ".tsv", ".txt", ".dat"):
        return True
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        first = lines.readline().replace('"', "").strip().lower()
    sign = next((each for each in (",", ";", "\t", "|") if each in first), None)
    ends = [field.strip() for field in first.split(sign)][:2]
    if set(ends) <= _ENDS:
        return True
    return sign is not None and not any(_is_number(end) for end in ends)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _dirt(table: Table, ends: tuple[str, str], is_guessed: bool) -> tuple[Sentence, ...]:
    said = []
    if is_guessed and table.first_line == 2:
        names = ", ".join(table.columns[:4])
        said.append(
            Sentence(
                "first_line_is_names",
                "The first line (%(names)s) was read as the names of the columns.",
                {"names": names},
            )
        )
    loops, repeats = [], []
    seen: set[tuple[str, str]] = set()
    for row, (a, b) in enumerate(zip(*(table.texts(end) for end in ends), strict=True)):
        if a is None or b is None:
            continue
        pair = (a.strip(), b.strip()) if a.strip() < b.strip() else (b.strip(), a.strip())
        if pair[0] == pair[1]:
            loops.append(row)
        elif pair in seen:
            repeats.append(row)
        seen.add(pair)
    if loops:
        said.append(
            Sentence(
                "loops",
                "%(n)s edges join a node to itself and are left out: %(rows)s.",
                {"n": f"{len(loops):,}", "rows": table.rows(loops)},
            )
        )
    if repeats:
        said.append(
            Sentence(
                "repeats",
                "%(n)s edges repeat a link of an earlier row, in either direction, and count once: %(rows)s.",
                {"n": f"{len(repeats):,}", "rows": table.rows(repeats)},
            )
        )
    return tuple(said)


def _graph(file: Path) -> Edges:
    try:
        root = parse(file, forbid_dtd=True).getroot()
    except (ParseError, DefusedXmlException, UnicodeDecodeError) as error:
        reason = f"is no safe XML ({error})"
        raise UnreadableFile(file, reason, "export it again, without a document type") from error
    kind = "" if root is None else _name(root)
    if root is None or kind not in ("graphml", "gexf"):
        raise UnreadableFile(file, f"has the root {kind!r}", "give GraphML or GEXF, or a table of edges")
    keys = {each.get("id", ""): each.get("attr.name", "") for each in root.iter() if _name(each) == "key"}
    nodes = tuple(_identifier(file, each) for each in root.iter() if _name(each) == "node")
    if twice := [node for node, times in Counter(nodes).items() if times > 1]:
        raise UnreadableFile(file, f"lists a node twice: {twice[0]!r}", "give each node its own id")
    known = set(nodes)
    rows: list[dict[str, str | None]] = []
    for number, each in enumerate((edge for edge in root.iter() if _name(edge) == "edge"), 1):
        ends = each.get("source"), each.get("target")
        for end in ends:
            if end not in known:
                raise UnreadableFile(
                    file, f"has an edge {number} to {end!r}, which is no node", "list each node"
                )
        rows.append({"source": ends[0], "target": ends[1], **_data(each, keys)})
    names = ["source", "target", *sorted({name for row in rows for name in row} - {"source", "target"})]
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    table = Table(pa.table(columns), file.name)
    return Edges(table, "source", "target", nodes, _dirt(table, ("source", "target"), False))


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _identifier(file: Path, node: Element) -> str:
    if not (found := (node.get("id") or "").strip()):
        raise UnreadableFile(file, "has a node without an id", "give each node an id")
    return found


def _data(edge: Element, keys: dict[str, str]) -> dict[str, str | None]:
    """Return what an edge says of itself: attributes in GEXF, `data` elements in GraphML."""
    found: dict[str, str | None] = {
        name: value
        for name, value in edge.attrib.items()
        if name in ("weight", "start", "end", "kind", "type")
    }
    for part in edge:
        if _name(part) == "data":
            key = part.get("key", "")
            found[keys.get(key) or key] = (part.text or "").strip() or None
    return {name: value for name, value in found.items() if name not in ("source", "target")}
