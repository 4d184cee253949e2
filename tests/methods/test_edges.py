"""Edges in: one network from each kind of file, rows that do not count named, broken files refused."""

from pathlib import Path

import numpy as np
import pytest

from openilp.methods.errors import BadRows, TooFew, UnknownColumn, UnreadableFile
from openilp.methods.networks import Edges

GRAPHML = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="d0" for="edge" attr.name="weight" attr.type="double"/>
  <graph edgedefault="directed">
    <node id="1"/><node id="2"/><node id="3"/><node id="9"/>
    <edge source="1" target="2"><data key="d0">2.5</data></edge>
    <edge source="2" target="3"><data key="d0">1</data></edge>
    <edge source="3" target="3"/>
  </graph>
</graphml>"""
GEXF = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype="undirected">
  <nodes><node id="1" label="a name"/><node id="2"/><node id="3"/><node id="9"/></nodes>
  <edges>
    <edge id="0" source="1" target="2" weight="2.5"/><edge id="1" source="2" target="3" weight="1"/>
    <edge id="2" source="3" target="3"/>
  </edges>
</graph></gexf>"""


def written(folder: Path, name: str, text: str) -> Path:
    """A file with a text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "from,to,weight\n1,2,2.5\n2,3,1\n3,3,1\n"),
        ("b.csv", "1,2,2.5\n2,3,1\n3,3,1\n"),
        ("c.txt", "1 2 2.5\n2 3 1\n3 3 1\n"),
        ("d.txt", "source target\n1 2\n2 3\n3 3\n"),
        ("e.tsv", "\ufeffego\talter\n1\t2\n2\t3\n3\t3\n"),
        ("f.graphml", GRAPHML),
        ("g.gexf", GEXF),
    ],
)
def test_every_kind_gives_the_same_network(tmp_path: Path, name: str, text: str) -> None:
    """Two links and one loop; nodes that a graph lists without an edge stay; labels stay in the file."""
    edges = Edges.read(written(tmp_path, name, text))

    network = edges.network()

    alone = ("9",) if name.endswith(("ml", "gexf")) else ()
    assert network.ids == network.labels == ("1", "2", "3", *alone)
    assert (network.n_links, network.n_loops) == (2, 1)
    assert [each.code for each in edges.cautions][-1] == "loops"
    assert "row 3" in str(edges.cautions[-1])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("f.graphml", GRAPHML.replace('target="3"/>', 'target="3"><data key="d0">1</data></edge>')),
        ("g.gexf", GEXF.replace('target="3"/>', 'target="3" weight="4"/>')),
    ],
)
def test_weights_are_read_where_they_are_asked_for(tmp_path: Path, name: str, text: str) -> None:
    """The attribute of GEXF and the data of GraphML are columns."""
    network = Edges.read(written(tmp_path, name, text)).network(weight="weight")

    assert network.weights.tolist() == [2.5, 2.5, 1.0, 1.0]


def test_what_was_guessed_is_said_and_can_be_told(tmp_path: Path) -> None:
    """A first line of words is taken for names, said so, and taken for an edge when told."""
    path = written(tmp_path, "names.csv", "anna,boris\nboris,clara\n")

    assert "(anna, boris)" in str(Edges.read(path).cautions[0])
    assert Edges.read(path).network().ids == ("boris", "clara")
    assert Edges.read(path, header=False).network().ids == ("anna", "boris", "clara")


def test_columns_can_be_named(tmp_path: Path) -> None:
    """The ends need not stand first."""
    path = written(tmp_path, "calls.csv", "date,caller,called\n2024-01-05,1,2\n,2,3\n")

    edges = Edges.read(path, source="caller", target="called")

    assert edges.network().ids == ("1", "2", "3")
    assert np.isnat(edges.days("date")).tolist() == [False, True]
    with pytest.raises(UnknownColumn, match="'to'"):
        Edges.read(path, source="caller", target="to")


def test_repeats_are_named_in_either_direction(tmp_path: Path) -> None:
    """Only later rows repeat; there is one link."""
    edges = Edges.read(written(tmp_path, "r.csv", "from,to\n1,2\n2,1\n1,2\n"))

    assert "2 edges repeat" in str(edges.cautions[-1])
    assert "row 2 (line 3), row 3 (line 4)" in str(edges.cautions[-1])
    assert edges.network().n_links == 1


def test_bad_rows_are_named(tmp_path: Path) -> None:
    """A missing end, a weight below 0 and a weight that is no number name their rows."""
    gap = Edges.read(written(tmp_path, "gap.csv", "from,to\n1,2\n3,\n"))
    weights = Edges.read(written(tmp_path, "w.csv", "from,to,w,v\n1,2,1,1\n2,3,-1,much\n"))

    with pytest.raises(BadRows, match=r"to of row 2 \(line 3\) is None; give both ends"):
        gap.network()
    with pytest.raises(BadRows, match=r"w of row 2 \(line 3\) is -1\.0; give weights above 0"):
        weights.network(weight="w")
    with pytest.raises(BadRows, match="is 'much'"):
        weights.network(weight="v")
    with pytest.raises(TooFew, match="1 columns"):
        Edges.read(written(tmp_path, "one.csv", "from\n1\n"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<graphml>", "is no safe XML"),
        ('<!DOCTYPE g [<!ENTITY a "b">]><graphml>&a;</graphml>', "is no safe XML"),
        ("<kml/>", "has the root 'kml'"),
        ('<graphml><node id="1"/><node id="1"/></graphml>', "lists a node twice: '1'"),
        ('<graphml><node id=" "/></graphml>', "has a node without an id"),
        ('<graphml><node id="1"/><edge source="1" target="2"/></graphml>', "edge 1 to '2', which is no node"),
    ],
)
def test_broken_graphs_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """Unsafe, foreign or inconsistent XML is one error that says what is wrong."""
    with pytest.raises(UnreadableFile, match=message):
        Edges.read(written(tmp_path, "g.graphml", text))


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    """It does not exist, whatever its ending."""
    for name in ("no.csv", "no.graphml"):
        with pytest.raises(UnreadableFile):
            Edges.read(tmp_path / name)
