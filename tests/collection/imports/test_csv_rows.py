"""Broken CSV costs the broken row, never the file."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.collection.imports.errors import FileTooLarge, UnreadableFile
from openilp.collection.imports.files import open_rows
from openilp.collection.imports.reasons import ReasonsFile, neutral
from openilp.collection.imports.rows import Chunk, Limits, Reason, Verdict

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20)


def read(path: Path, columns: list[str], limits: Limits | None = None) -> Chunk:
    """Read a whole file as one chunk."""
    whole = Chunk()
    for chunk in open_rows(path, limits=limits or Limits()).chunks(columns):
        whole.numbers += chunk.numbers
        whole.rows += chunk.rows
        whole.refused += chunk.refused
    return whole


@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS).filter(any), min_size=1, max_size=20))
def test_what_the_standard_writer_writes_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    """Quotation marks, commas and line breaks in cells survive."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("a", "b", "c"), *rows])
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    path.write_bytes(text.getvalue().encode())

    assert [tuple(row) for row in rows] == read(path, ["a", "b", "c"]).rows


def test_each_broken_row_is_refused_with_its_number_and_the_others_are_read(tmp_path: Path) -> None:
    """Too few cells, an open quotation mark, bytes that are no UTF-8, NUL, an endless cell."""
    path = tmp_path / "broken.csv"
    path.write_bytes(
        b'a,b\n1,2\nonly one\n3,4\n"never closed,5\n6,7\n\xff\xfe,8\n9,\x0010\n'
        + b"x" * 5000
        + b",1\n"
        + b'11,"quoted, and\nover two lines"\n'
    )
    found = read(path, ["a", "b"])

    assert found.rows == [("1", "2"), ("3", "4"), ("6", "7"), ("11", "quoted, and\nover two lines")]
    assert [reason.row for reason in found.refused] == [2, 4, 6, 7, 8]
    assert found.numbers == [1, 3, 5, 9]
    said = " ".join(reason.reason for reason in found.refused)
    for word in ("1 cells where the heading has 2", "quotation mark", "UTF-8", "NUL", "at most 4000"):
        assert word in said


def test_columns_come_in_the_wanted_order_and_absent_ones_are_empty(tmp_path: Path) -> None:
    """The mapping's order counts, not the file's."""
    path = tmp_path / "f.csv"
    path.write_text("\ufeffb,a\n2,1\n", encoding="utf-8")

    assert read(path, ["a", "b", "c"]).rows == [("1", "2", "")]


def test_a_line_without_end_is_refused_and_skipped(tmp_path: Path) -> None:
    """A line longer than the limit does not fill the memory."""
    path = tmp_path / "f.csv"
    path.write_text("a,b\n" + "y" * 10_000 + ",1\n3,4\n")
    found = read(path, ["a", "b"], Limits(line=1000))

    assert found.rows == [("3", "4")]
    assert "more than 1000 bytes" in found.refused[0].reason


def test_a_file_beyond_the_size_is_refused_whole(tmp_path: Path) -> None:
    """The limit is looked at before anything is read."""
    path = tmp_path / "f.csv"
    path.write_text("a\n" * 100)

    with pytest.raises(FileTooLarge, match="200 bytes; at most 100"):
        open_rows(path, limits=Limits(size=100))


@pytest.mark.parametrize("content", [b"PK\x03\x04zipped", b"\x1f\x8bzipped", b"", b"PAR1 not parquet at all"])
def test_what_is_no_csv_or_parquet_is_refused_whole(tmp_path: Path, content: bytes) -> None:
    """A packed file is never unpacked, so no bomb goes off."""
    path = tmp_path / "f.csv"
    path.write_bytes(content)

    with pytest.raises(UnreadableFile):
        open_rows(path)


@pytest.mark.parametrize("heading", ["=HYPERLINK(1)", "\n=1+1", " @x", "＝1+1"])
def test_a_heading_is_no_formula_in_the_reasons_file_either(tmp_path: Path, heading: str) -> None:
    """The names of columns come from the file too; nor do spaces, line breaks or wide signs hide a formula."""
    path = tmp_path / "reasons.csv"
    with ReasonsFile(path) as file:
        file.write([Reason(1, Verdict.REFUSED, heading, heading, "too long")])
    with path.open(newline="") as file_again:
        rows = list(csv.reader(file_again))

    assert rows[1][2:4] == [f"'{heading}", f"'{heading}"]


def test_formula_cells_are_neutral_in_the_reasons_file_and_numbers_stay() -> None:
    """A spreadsheet must not run what somebody wrote into a cell."""
    assert [neutral(cell) for cell in ("=1+1", "@x", "+cmd", "-2+3", "-2.5", "plain")] == [
        "'=1+1",
        "'@x",
        "'+cmd",
        "'-2+3",
        "-2.5",
        "plain",
    ]
