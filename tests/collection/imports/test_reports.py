"""Reports of another system: quarantined, known by their key, used when categorised."""

from pathlib import Path
from typing import Any

import pytest

from openilp.collection.errors import CollectionError, PredicateMissing
from openilp.collection.imports.batches import Tally
from openilp.collection.imports.mapping import mapping
from openilp.collection.imports.quarantine import categorise_report, quarantined_reports
from openilp.collection.imports.reports_csv import import_reports
from openilp.collection.models import Item, Mention, Report
from openilp.collection.rules import NewMention
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import NotPermitted, RecordNotFound
from openilp.safeguards.labels import State
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.collection.imports.files import csv_file
from tests.factories import World

HEADING = "report_no,title,text,language,urgency,how_known,observed_at,place,longitude,latitude"
MAPPING = mapping("records-reports")
GOOD = (
    'R1,Yard,"A van stood in the yard, lights off.",en,urgent,witness,2024-03-01T22:15,Kiln Row 4,-2.5,51.4'
)


@pytest.fixture
def actor(world: World) -> Any:
    """The officer who imports, for the desk."""
    return actor_for(world.user(Role.INTELLIGENCE_OFFICER), purpose=world.desk.pk)


def take(actor: Any, folder: Path, *lines: str) -> Any:
    """Import lines as a file."""
    path = csv_file(folder, lines, heading=HEADING)
    with acting(actor, "test"):
        return import_reports(actor=actor, path=path, mapping=MAPPING, reasons=folder / "reasons.csv")


def test_reports_come_in_quarantined_and_nobody_finds_them(actor: Any, world: World, tmp_path: Path) -> None:
    """What is not categorised is not searched, linked or analysed [COL-10]."""
    done = take(actor, tmp_path, GOOD)

    assert Tally(new=1) == done.tally
    assert done.quarantined == ("persons",)
    with acting(actor, "test"):
        (report,) = quarantined_reports(actor=actor)
        assert (report.urgency, report.provenance, report.foreign_key) == ("high", "told", "R1")
        assert not Report.objects.seen_by(actor).exists()
    analyst = actor_for(world.user(Role.OPERATIONAL_ANALYST), purpose=world.desk.pk)
    with acting(analyst, "test"):
        assert not Report.objects.seen_by(analyst, states=[State.QUARANTINED]).exists()


def test_a_report_is_known_by_its_key(actor: Any, tmp_path: Path) -> None:
    """A second import, and a second row of the same key, add nothing."""
    take(actor, tmp_path, GOOD)

    assert Tally(new=1, known=2) == take(actor, tmp_path, GOOD, GOOD, GOOD.replace("R1,", "R2,")).tally


def test_rows_that_break_a_rule_of_entry_are_refused_by_field(actor: Any, tmp_path: Path) -> None:
    """The same rules as at the form."""
    lines = [
        ",,text,en,low,seen,,,,",
        "R2,,,en,low,seen,,,,",
        "R3,,text,en,soonish,seen,,,,",
        "R4,,text,en,low,seen,yesterday,,,",
        "R5,,text,en,low,seen,2099-01-01,,,",
        "R6,,text,en,low,seen,,,200,0",
        "R7,,text,en,low,seen,,,x,0",
        "R8,,text,xx,low,seen,,,,",
    ]
    done = take(actor, tmp_path, *lines)

    assert Tally(refused=8) == done.tally
    fields = [line.split(",")[2] for line in (tmp_path / "reasons.csv").read_text().splitlines()[1:]]
    assert fields == [
        "key", "items", "urgency", "observed_at", "observed_at", "place", "longitude", "language",
    ]  # fmt: skip


def test_a_report_leaves_quarantine_with_its_persons_categorised(actor: Any, tmp_path: Path) -> None:
    """Report and item can be used, and who is in it is mentioned with a category."""
    take(actor, tmp_path, GOOD)
    with acting(actor, "test") as block:
        (report,) = quarantined_reports(actor=actor)
        out = categorise_report(
            actor=actor, report=report, mentions=[NewMention("person", "Dovan Orleck", "WIT")]
        )

        assert State.NORMAL is out.label.state
        assert Item.objects.seen_by(actor).filter(report=out).count() == 1
        assert Mention.objects.seen_by(actor).get(item__report=out).proposed_category == "WIT"
        assert block.writes[-1]["action"] == "collection.categorise_report"
        with pytest.raises(RecordNotFound):
            categorise_report(actor=actor, report=out, has_no_persons=True)


@pytest.mark.parametrize(
    ("mentions", "has_no_persons", "error"),
    [
        ([], False, CollectionError),
        ([NewMention("person", "X", "WIT")], True, CollectionError),
        ([NewMention("person", "X")], False, CollectionError),
        ([NewMention("person", "X", "UNK")], False, CollectionError),
        ([NewMention("person", "X", "SUS")], False, PredicateMissing),
        ([NewMention("person", "X", "ZZZ")], False, CollectionError),
        ([NewMention("vehicle", "AT·BCD 12-345")], False, CollectionError),
    ],
)
def test_it_stays_there_while_the_persons_are_open(
    actor: Any, tmp_path: Path, mentions: list[NewMention], has_no_persons: bool, error: type[Exception]
) -> None:
    """Neither silence nor “unknown” is a category; a suspect needs facts."""
    take(actor, tmp_path, GOOD)
    with acting(actor, "test"):
        (report,) = quarantined_reports(actor=actor)
        with pytest.raises(error):
            categorise_report(actor=actor, report=report, mentions=mentions, has_no_persons=has_no_persons)

        assert quarantined_reports(actor=actor).count() == 1


def test_who_may_not_import_is_refused(world: World, tmp_path: Path) -> None:
    """Reporting officers write reports, they do not import them."""
    other = actor_for(world.user(Role.REPORTING_OFFICER), purpose=world.desk.pk)
    with pytest.raises(NotPermitted):
        take(other, tmp_path, GOOD)
