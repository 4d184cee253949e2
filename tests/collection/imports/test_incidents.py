"""Incidents by file: counted, refused, never taken twice, gone on with after a kill."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from openilp.collection.imports.batches import ImportResult, Tally
from openilp.collection.imports.errors import ColumnsMissing, ImportRunning
from openilp.collection.imports.incidents import import_incidents
from openilp.collection.imports.mapping import mapping, parse
from openilp.collection.imports.rows import Limits
from openilp.collection.models import ImportBatch, Incident
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.labels import State
from openilp.safeguards.models import Unit
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.collection.imports.files import HEADING, csv_file, row
from tests.factories import World

POLICE_UK = mapping("police-uk")


@pytest.fixture
def actor(world: World) -> Any:
    """The officer who imports, for the desk."""
    return actor_for(world.user(Role.INTELLIGENCE_OFFICER), purpose=world.desk.pk)


def take(actor: Any, path: Path, **more: Any) -> ImportResult:
    """Import a file in steps of ten rows, in one transaction: a test's."""
    from openilp.safeguards.acting import acting

    with acting(actor, "test"):
        return import_incidents(actor=actor, path=path, mapping=POLICE_UK, limits=Limits(chunk=10), **more)


def held(actor: Any, **states: Any) -> list[Incident]:
    """Return the incidents that are there."""
    from openilp.safeguards.acting import acting

    with acting(actor, "test"):
        return list(Incident.objects.seen_by(actor, **states).order_by("source_id", "ordinal"))


def test_rows_are_counted_as_new_incomplete_and_refused_with_reasons(actor: Any, tmp_path: Path) -> None:
    """The totals, and row by row what is wrong [COL-10]."""
    lines = [row("a"), row("b", longitude="", latitude=""), row("c", crime_type="=Piracy"), "broken,row"]
    reasons = tmp_path / "reasons.csv"
    done = take(actor, csv_file(tmp_path, lines), reasons=reasons)

    assert Tally(new=2, known=0, incomplete=1, refused=2) == done.tally
    found = list(csv.reader(reasons.read_text().splitlines()))[1:]
    assert [line[:2] for line in found] == [["2", "incomplete"], ["3", "refused"], ["4", "refused"]]
    assert found[1][3] == "'=Piracy"


def test_a_second_import_adds_nothing(actor: Any, tmp_path: Path) -> None:
    """The same rows are known, in the same file and in another one; equal rows of one file are two."""
    lines = [row("a"), row("a"), row("b")]
    first = take(actor, csv_file(tmp_path, lines))
    again = take(actor, csv_file(tmp_path, lines))
    more = take(actor, csv_file(tmp_path, [row("a"), row("c")], "other.csv"))

    assert Tally(new=3) == first.tally
    assert Tally(known=3) == again.tally
    assert Tally(new=1, known=1) == more.tally
    assert [(i.source_id, i.ordinal) for i in held(actor)] == [("a", 0), ("a", 1), ("b", 0), ("c", 0)]


def test_parquet_of_the_same_rows_is_known(actor: Any, tmp_path: Path) -> None:
    """The format of the file does not make another incident."""
    take(actor, csv_file(tmp_path, [row("a"), row("b", longitude="", latitude="")]))
    lines = [row("a").split(","), row("b", longitude="", latitude="").split(",")]
    columns: dict[str, list[Any]] = {
        name: [line[i] or None for line in lines] for i, name in enumerate(HEADING.split(","))
    }
    for name in ("Longitude", "Latitude"):
        columns[name] = [float(x) if x else None for x in columns[name]]
    pq.write_table(pa.table(columns), tmp_path / "f.parquet")

    assert Tally(known=2, incomplete=1) == take(actor, tmp_path / "f.parquet").tally


def test_an_import_that_broke_off_goes_on_where_it_was(actor: Any, tmp_path: Path) -> None:
    """Counters and rows of a step are one transaction; the next run passes over what is done."""
    lines = [row(f"k{i:02}", crime_type="Piracy" if i == 3 else "Burglary") for i in range(25)]
    path = csv_file(tmp_path, lines)

    class Killed(Exception):
        """Stands for the end of the process."""

    def kill(done: int, total: int) -> None:
        if done == 20:
            raise Killed

    from openilp.safeguards.acting import acting

    with acting(actor, "test"), pytest.raises(Killed):
        import_incidents(actor=actor, path=path, mapping=POLICE_UK, limits=Limits(chunk=10), progress=kill)
    assert len(held(actor)) == 19

    done = take(actor, path)

    assert done.resumed_at == 20
    assert Tally(new=24, refused=1) == done.tally
    assert len(held(actor)) == 24


def test_two_imports_of_one_file_at_once_do_not_count_twice(actor: Any, tmp_path: Path) -> None:
    """The second process finds the counters moved and stops."""
    from openilp.safeguards.acting import acting

    path = csv_file(tmp_path, [row(f"k{i}") for i in range(15)])

    def meddle(done: int, total: int) -> None:
        ImportBatch.objects.seen_by(actor).filter(finished_at=None).amend(rows_done=15)

    with acting(actor, "test"), pytest.raises(ImportRunning, match="another process"):
        import_incidents(actor=actor, path=path, mapping=POLICE_UK, limits=Limits(chunk=10), progress=meddle)


def test_rows_of_a_mapping_without_legal_basis_are_quarantined(actor: Any, tmp_path: Path) -> None:
    """They are kept, and nobody finds them among the others [COL-10]."""
    from openilp.safeguards.acting import acting

    raw = {
        "id": "raw", "version": "1", "kind": "incidents", "title": "Raw", "columns": ["When", "What"],
        "fields": {"period": "When", "crime_type": "What"}, "time_precision": "day",
    }  # fmt: skip
    path = csv_file(tmp_path, ["2024-01-01,Burglary"], heading="When,What")
    with acting(actor, "test"):
        done = import_incidents(actor=actor, path=path, mapping=parse(raw))

    assert done.quarantined == ("purpose", "legal_basis", "persons")
    assert held(actor) == []
    assert [i.label.state for i in held(actor, states=[State.QUARANTINED])] == [State.QUARANTINED]


def test_each_incident_falls_into_the_drawn_district(actor: Any, world: World, tmp_path: Path) -> None:
    """A point inside, a point outside, no point."""
    west = [[[-3, 51], [-2, 51], [-2, 52], [-3, 52], [-3, 51]]]
    Unit.objects.filter(pk=world.district.pk).update(boundary={"type": "Polygon", "coordinates": west})
    take(
        actor,
        csv_file(
            tmp_path,
            [
                row("a"),
                row("b", longitude="1.5"),
                row("c", longitude="", latitude=""),
                row("d", "2023-02", "-2"),
            ],
        ),
    )

    assert [world.district.pk, None, None, world.district.pk] == [i.unit_id for i in held(actor)]


def test_incidents_take_law_and_label_from_their_batch(actor: Any, tmp_path: Path) -> None:
    """Purpose, basis, review date and unit stand on every row."""
    take(actor, csv_file(tmp_path, [row("a")]))
    (incident,) = held(actor)

    assert ("STAT-3", actor.purpose, actor.unit_id, actor.user_id) == (
        incident.legal_basis, incident.purpose_id, incident.owner_unit_id, incident.created_by_id
    )  # fmt: skip
    assert {"Location": "On or near Kiln Row", "Month": "2023-01"}.items() <= incident.import_record.items()


def test_a_file_without_the_columns_is_refused_whole(actor: Any, tmp_path: Path) -> None:
    """It names what is missing and what there is."""
    with pytest.raises(ColumnsMissing, match=r"Crime ID.*it has a, b"):
        take(actor, csv_file(tmp_path, ["1,2"], heading="a,b"))


@pytest.mark.parametrize("role", [Role.REPORTING_OFFICER, Role.ADMINISTRATOR, Role.OVERSIGHT])
def test_who_may_not_import_is_refused(world: World, tmp_path: Path, role: Role) -> None:
    """An import is an action with roles like any other."""
    other = actor_for(world.user(role), purpose=world.desk.pk)
    with pytest.raises(NotPermitted):
        take(other, csv_file(tmp_path, [row("a")]))


def test_the_import_is_logged_with_its_batch(
    actor: Any, tmp_path: Path, django_assert_num_queries: Callable[..., Any]
) -> None:
    """The audit event names the batch as an object of collection."""
    from openilp.safeguards.acting import acting

    with acting(actor, "test") as block:
        import_incidents(actor=actor, path=csv_file(tmp_path, [row("a")]), mapping=POLICE_UK)

    writes = [(w["action"], w["operation"], list(w["objects"])) for w in block.writes]
    assert ("collection.add_incidents", "collection", ["importbatch"]) in writes


def test_what_is_imported_for_an_operation_stays_in_it(world: World, tmp_path: Path) -> None:
    """A file that came in for an operation is not handed to the whole agency."""
    member = actor_for(world.user(Role.INTELLIGENCE_OFFICER), purpose=world.operation.pk)
    take(member, csv_file(tmp_path, [row("a")]))

    assert [found.compartments for found in held(member)] == [[world.operation.pk]]
    assert held(actor_for(world.user(Role.STRATEGIC_ANALYST), purpose=world.desk.pk)) == []


def test_what_lies_inside_an_operation_is_not_known_outside(world: World, actor: Any, tmp_path: Path) -> None:
    """The same rows come in again for the desk: a count of known ones would tell what an operation holds."""
    inside = actor_for(world.user(Role.INTELLIGENCE_OFFICER), purpose=world.operation.pk)
    outside = actor_for(world.user(Role.LIAISON_OFFICER), purpose=world.desk.pk)
    path = csv_file(tmp_path, [row("a"), row("b")])
    take(inside, path)

    assert take(outside, path).tally == Tally(new=2)
    assert take(inside, path).tally == Tally(known=2)
    assert len(held(outside)) == 2
