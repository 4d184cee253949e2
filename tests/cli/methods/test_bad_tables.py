"""Every method that reads a table meets bad ones: a refusal or a caution that names the row, never a traceback."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from openilp.cli.methods import group

Rows = list[dict[str, str]]
# The row that is spoilt, as its reader finds it; it lies in the middle of every table.
SPOILT = 3


@dataclass(frozen=True)
class Case:
    """One command on a table that it takes, and the columns that matter to it."""

    words: str
    rows: Rows
    numbers: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    others: dict[str, Rows] = field(default_factory=dict)


def events() -> Rows:
    """A village with 60 events in two years."""
    rng = np.random.default_rng(3)
    xy, days = rng.normal(3000, 700, (60, 2)), np.sort(rng.integers(0, 700, 60))
    return [
        {
            "id": f"c{i}",
            "x": f"{x:.1f}",
            "y": f"{y:.1f}",
            "day": str(np.datetime64("2023-01-02") + int(days[i])),
            "weight": str(i % 4 + 1),
            "kind": "AB"[i % 2],
            "marks": "door;glass" if i % 3 else "roof",
            "series": f"s{i // 4}" if i < 52 else "",
            "address": f"a{i % 20}",
        }
        for i, (x, y) in enumerate(xy)
    ]


def edges() -> Rows:
    """Two rings that share a node."""
    return [
        {
            "a": f"n{i}",
            "b": f"n{(i + 1) % 6 if i < 6 else 6 + (i + 1) % 6 if i < 11 else 0}",
            "day": f"2024-01-{i + 1:02d}",
        }
        for i in range(12)
    ]


def panel() -> Rows:
    """Six areas over fourteen periods, two of them treated."""
    return [
        {
            "area": area,
            "period": f"p{t:02d}",
            "count": str(20 + (t * 7 + ord(area)) % 9),
            "start": "p08" if area in "ab" else "",
        }
        for area in "abcdef"
        for t in range(14)
    ]


def series() -> Rows:
    """Three years of monthly counts, and a control."""
    return [
        {
            "period": str(np.datetime64("2021-01") + t),
            "count": str(30 + t * 5 % 7),
            "control": str(40 + t * 3 % 11),
        }
        for t in range(36)
    ]


def windows() -> Rows:
    """Sixty thefts that happened between leaving the car and coming back."""
    return [
        {
            "day": f"2024-{at % 12 + 1:02d}-{at % 28 + 1:02d} 18:{at % 60:02d}",
            "end": f"2024-{at % 12 + 1:02d}-{at % 28 + 1:02d} 21:45",
        }
        for at in range(60)
    ]


PLACED, DATED, XY = "--x x --y y", "--date day", ("x", "y")
VISITS = [{"name": f"s{i}", "harm": str(10 + i), "half_visits": "5"} for i in range(6)]
AREAS = [
    {"pop_a": str(100 + i), "pop_b": str(50 + 3 * i), "sel": str(i % 2), "exp": "5", "obs": "6"}
    for i in range(12)
]
PROBABLE = [{"probability": str(i / 40), "outcome": str(i % 2), "team": f"t{i % 2}"} for i in range(40)]
WDD = [
    {"area": name, "before": before, "after": after, "weight": "1"}
    for name, before, after in (
        *(("treated", "20", "10"), ("control", "20", "20")),
        *(("treated_displacement", "10", "10"), ("control_displacement", "10", "10")),
    )
]
EVENTS = events()
CASES = [
    Case(f"near-repeat FILE {PLACED} {DATED} --permutations 9", EVENTS, XY, ("day",)),
    Case(f"mantel FILE {PLACED} {DATED} --permutations 9", EVENTS, XY, ("day",)),
    Case(f"kde FILE {PLACED} --bandwidth 500 --cell 250 --weight weight", EVENTS, (*XY, "weight")),
    Case(f"kde FILE {PLACED} --cell 250", EVENTS, XY),
    Case(f"hotspots FILE {PLACED} --cell 250 --weight weight", EVENTS, (*XY, "weight")),
    Case(f"local-moran FILE {PLACED} --cell 250 --permutations 99 --weight weight", EVENTS, (*XY, "weight")),
    Case(f"hexagons FILE {PLACED} --crs EPSG:27700 --resolution 8", EVENTS, XY),
    Case(f"cell-sensitivity FILE {PLACED}", EVENTS, XY),
    Case(
        f"risk-terrain FILE {PLACED} --cell 250 --feature bars=bars.csv",
        EVENTS,
        XY,
        (),
        {"bars.csv": EVENTS[:9]},
    ),
    Case(f"repeats FILE {PLACED} {DATED} --permutations 9", EVENTS, XY, ("day",)),
    Case(
        f"rings FILE sites.csv {PLACED} {DATED} --start 2023-12-01",
        EVENTS,
        XY,
        ("day",),
        {"sites.csv": EVENTS[:2]},
    ),
    Case(f"forecast FILE {PLACED} {DATED} --horizon 7d --area-ha 50 --cell 250", EVENTS, XY, ("day",)),
    Case(f"link-cases FILE {PLACED} {DATED} --category kind --marks marks", EVENTS, XY, ("day",)),
    Case(f"grid-counts FILE {PLACED} --cell 250", EVENTS, XY),
    Case(f"pair-counts FILE {PLACED} {DATED} --space 0,100,200 --time 0,7,14", EVENTS, XY, ("day",)),
    Case(f"trend FILE {DATED}", EVENTS, (), ("day",)),
    Case(f"season FILE {DATED} --unit month --cycle 6", EVENTS, (), ("day",)),
    Case(f"change-points FILE {DATED} --unit month", EVENTS, (), ("day",)),
    Case(f"exceptional FILE {DATED} --unit month", EVENTS, (), ("day",)),
    Case("aoristic FILE --start day --end end", windows(), (), ("day", "end")),
    Case(
        "its FILE --count count --period period --start 2022-06 --control control",
        series(),
        ("count", "control"),
    ),
    Case("did FILE --draws 99", panel(), ("count",)),
    Case("synthetic-control FILE --treated a --start p08", panel(), ("count",)),
    Case(
        "monitor FILE",
        [{"observed": str(10 + i % 3), "expected": "12"} for i in range(9)],
        ("observed", "expected"),
    ),
    Case("wdd FILE", WDD, ("before", "after", "weight")),
    Case("wdq FILE", WDD, ("before", "after", "weight")),
    Case("calibration FILE", PROBABLE, ("probability",)),
    Case("patrol FILE --hours 40", VISITS, ("harm", "half_visits")),
    Case(
        "allocate FILE --units units.csv",
        [
            {"name": f"o{i}", "harm": "50", "half_hours": "20", "most_hours": "60", "basis": "b"}
            for i in range(6)
        ],
        ("harm", "half_hours"),
        (),
        {"units.csv": [{"name": f"u{i}", "hours": "40"} for i in range(3)]},
    ),
    Case(
        "fairness FILE --groups pop_a,pop_b --selected sel --expected exp --observed obs --rounds 20",
        AREAS,
        ("pop_a", "pop_b", "sel", "exp", "obs"),
    ),
    Case("network FILE --trials 2", edges()),
    Case("network FILE --dismantle betweenness", edges()),
    Case("network-communities FILE", edges()),
    Case("network-sets FILE", edges()),
    Case("network-brokerage FILE", edges()),
    Case("network-drawing FILE", edges()),
    Case(f"network-slices FILE {DATED}", edges(), (), ("day",)),
]
NUMERIC = [case for case in CASES if case.numbers]
TIMED = [case for case in CASES if case.dates]
PLACES = [
    case
    for case in CASES
    if "--x" in case.words and "counts" not in case.words and "forecast" not in case.words
]


def named(case: Case) -> str:
    """The command, and what tells it from others of its name."""
    return case.words.replace("FILE ", "")[:40].strip()


def write(path: Path, rows: Rows, columns: list[str]) -> None:
    """Write a table as CSV."""
    lines = [",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n")


def run(folder: Path, case: Case, rows: Rows) -> Result:
    """Run a command on a table; a traceback fails the test."""
    path = folder / "table.csv"
    write(path, rows, list(case.rows[0]))
    for name, other in case.others.items():
        write(folder / name, other, list(other[0]))
    if case.words.startswith(("grid-counts", "pair-counts")):
        table = pyarrow.csv.read_csv(path)
        path = folder / "table.parquet"
        pq.write_table(table, path)
    words = [str(path) if word == "FILE" else word for word in case.words.split()]
    words = [
        word.replace(name, str(folder / name))
        for word in words
        for name in (next((n for n in case.others if n in word), "\0"),)
    ]
    done = CliRunner().invoke(
        group, [*words, "--json", str(folder / "out.json"), "--svg", str(folder / "out.svg")]
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.exc_info)
    assert done.exit_code in (0, 2), done.output
    if done.exit_code == 0:
        json.loads((folder / "out.json").read_text())
        assert (folder / "out.svg").read_text().startswith("<svg")
    return done


def spoilt(case: Case, column: str, value: str) -> Rows:
    """The table with one value changed."""
    return [row | {column: value} if at == SPOILT - 1 else row for at, row in enumerate(case.rows)]


def refused(done: Result) -> str:
    """Return the one line of a refusal."""
    assert done.exit_code == 2, done.output
    return done.output.splitlines()[-1]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_table_without_rows_is_refused(case: Case, tmp_path: Path) -> None:
    """There is nothing to say about nothing."""
    assert refused(run(tmp_path, case, [])).startswith("Error: ")


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_table_of_one_row_gives_a_refusal_or_a_result(case: Case, tmp_path: Path) -> None:
    """What is answered for one point says so."""
    done = run(tmp_path, case, case.rows[:1])

    if done.exit_code == 0 and case in PLACES:
        assert "row 1 (line 2)" in done.output


@pytest.mark.parametrize("value", ["much", "inf", "-5", "1e300"])
@pytest.mark.parametrize("case", NUMERIC, ids=named)
def test_what_is_no_such_number_is_refused_with_its_row(case: Case, tmp_path: Path, value: str) -> None:
    """Words, infinity, what no place on earth has, and a negative weight or count."""
    for column in case.numbers:
        if value == "-5" and column in XY:
            continue
        done = run(tmp_path, case, spoilt(case, column, value))
        if value == "inf" and "counts" in case.words:
            assert f"row {SPOILT}" in done.output
            continue
        said = refused(done)
        assert (
            f"row {SPOILT}" in said
            or f"'{case.rows[SPOILT - 1].get('name')}'" in said
            or "a row is 1e+300" in said
        )


@pytest.mark.parametrize("case", [case for case in NUMERIC if case in PLACES], ids=named)
def test_a_row_without_a_place_is_named(case: Case, tmp_path: Path) -> None:
    """It is left out, and the caution says which it is."""
    done = run(tmp_path, case, spoilt(case, "x", ""))

    assert done.exit_code == 0, done.output
    assert f"row {SPOILT}" in done.output or f": {SPOILT}." in done.output


@pytest.mark.parametrize("case", [case for case in PLACES if "--crs" not in case.words], ids=named)
def test_degrees_are_refused_with_the_remedy(case: Case, tmp_path: Path) -> None:
    """A table in longitude and latitude that does not say so; with a system that is measured in, no degree fits."""
    rows = [
        row | {"x": f"{-1 + at / 1e4:.4f}", "y": f"{52 + at / 1e4:.4f}"} for at, row in enumerate(case.rows)
    ]
    said = refused(run(tmp_path, case, rows))

    assert "--crs EPSG:4326 --project EPSG:32630" in said
    assert "--crs local-metres" in said


@pytest.mark.parametrize("case", PLACES, ids=named)
def test_one_place_in_degrees_among_metres_is_named(case: Case, tmp_path: Path) -> None:
    """It would otherwise be a point far out, and stretch every map."""
    rows = [row | {"x": "-1.5", "y": "52.1"} if at == SPOILT - 1 else row for at, row in enumerate(case.rows)]

    done = run(tmp_path, case, rows)

    assert f"row {SPOILT} (line {SPOILT + 1})" in done.output


@pytest.mark.parametrize("case", [case for case in PLACES if "link-cases" not in case.words], ids=named)
def test_rows_entered_twice_are_named(case: Case, tmp_path: Path) -> None:
    """A report entered twice looks like a repeat; the rows are kept and named."""
    done = run(tmp_path, case, [*case.rows, case.rows[0]])

    assert done.exit_code == 0, done.output
    assert "Rows equal to an earlier one in every column (1): row 61 (line 62)" in done.output


@pytest.mark.parametrize("case", TIMED, ids=named)
def test_what_is_no_date_or_lies_ahead_is_refused_with_its_row(case: Case, tmp_path: Path) -> None:
    """Nothing is recorded before it happens."""
    for column in case.dates:
        for value in ("soon", "2999-01-01"):
            assert f"row {SPOILT}" in refused(run(tmp_path, case, spoilt(case, column, value)))


@pytest.mark.parametrize("value", ["", "2024-01-01 10:00"], ids=["none", "before"])
def test_a_window_without_an_end_or_that_ends_before_it_begins_is_named(value: str, tmp_path: Path) -> None:
    """It is left out of the hours and stands among the excluded rows."""
    case = next(case for case in CASES if case.words.startswith("aoristic"))

    done = run(tmp_path, case, spoilt(case, "end", value))

    assert done.exit_code == 0, done.output
    assert [row["row"] for row in json.loads((tmp_path / "out.json").read_text())["excluded"]] == [SPOILT]


@pytest.mark.parametrize(
    "case", [case for case in TIMED if case.rows is EVENTS and "counts" not in case.words], ids=named
)
def test_a_date_far_from_all_others_is_named(case: Case, tmp_path: Path) -> None:
    """1900-01-01 is what a form writes where nobody wrote anything."""
    done = run(tmp_path, case, spoilt(case, "day", "1900-01-01"))

    assert f"row {SPOILT} (line {SPOILT + 1})" in done.output or done.exit_code == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: [*rows, {"a": "n1", "b": "n1", "day": "2024-01-01"}], "row 13 (line 14)"),
        (lambda rows: [*rows, {"a": "n1", "b": "n0", "day": "2024-01-01"}], "row 13 (line 14)"),
        (lambda rows: [*rows, {"a": "n1", "b": "", "day": "2024-01-01"}], "b of row 13 (line 14)"),
        (lambda rows: [*rows, {"a": "z1", "b": "z2", "day": "2024-01-01"}], "2 parts"),
    ],
    ids=["loop", "again", "half", "apart"],
)
def test_odd_edges_are_named(change: Callable[[Rows], Rows], words: str, tmp_path: Path) -> None:
    """A link to oneself, a link given twice, half a link, and a network in parts."""
    case = next(case for case in CASES if case.words.startswith("network FILE --trials"))

    assert words in run(tmp_path, case, change(case.rows)).output


@pytest.mark.parametrize(
    ("change", "row"), [({"period": ""}, 3), ({"period": "2021-02"}, 3)], ids=["none", "twice"]
)
def test_periods_of_a_series_stand_once_each(change: dict[str, str], row: int, tmp_path: Path) -> None:
    """A month entered twice would shift the start of the measure."""
    case = next(case for case in CASES if case.words.startswith("its"))
    rows = [each | change if at == row - 1 else each for at, each in enumerate(case.rows)]

    assert f"period of row {row} (line {row + 1})" in refused(run(tmp_path, case, rows))


def test_null_island_is_named(tmp_path: Path) -> None:
    """Longitude 0 and latitude 0 stand for nothing; no projection fits them and a town at once."""
    case = next(case for case in CASES if case.words.startswith("hotspots"))
    rows = [
        row | {"x": f"{-87 + at / 1e4:.4f}", "y": f"{41 + at / 1e4:.4f}"} for at, row in enumerate(case.rows)
    ]
    rows[SPOILT - 1] |= {"x": "0", "y": "0"}
    measured = Case(f"{case.words} --crs EPSG:4326 --project auto", case.rows)

    said = refused(run(tmp_path, measured, rows))

    assert f"row {SPOILT} (line {SPOILT + 1})" in said
    assert said.count("EPSG:32616") == 1


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.words.startswith(("trend", "season", "change", "exceptional"))], ids=named
)
def test_a_month_without_any_event_is_doubted(case: Case, tmp_path: Path) -> None:
    """Where months usually hold many, an empty one may be a delivery that did not come."""
    days = np.arange(np.datetime64("2022-01-01"), np.datetime64("2024-01-01"))
    rows = [
        {"id": str(i), "day": str(day)}
        for i, day in enumerate(days)
        if day.astype("datetime64[M]") != np.datetime64("2023-04")
    ]

    done = run(tmp_path, case, rows)

    assert done.exit_code == 0, done.output
    assert "2023-04" in done.output
    assert "declare" in done.output
