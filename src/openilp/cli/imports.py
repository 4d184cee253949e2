"""Import from a terminal: `openilp import incidents FILE --mapping police-uk`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from openilp.cli.accounts import Wanted, actor_of

if TYPE_CHECKING:
    from openilp.collection.imports.batches import ImportResult
    from openilp.collection.imports.mapping import ImportMapping

#: The account that imports in the demo where none is named, and the matter that the shipped mappings belong to.
DEMO_ACCOUNT = "import.officer"
DEMO_MATTER = "Crime statistics and incident data"

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_REASONS = click.option(
    "--reasons",
    type=click.Path(dir_okay=False, path_type=Path),
    help="where to write why rows are refused or incomplete (default: FILE.reasons.csv, here)",
)


@click.group("import")
def group() -> None:
    """Take in what other systems hold: incidents, reports, entities and links."""


@group.command("mappings")
def mappings() -> None:
    """List the mappings that files can be read with."""
    from openilp.collection.imports import mapping

    for name in mapping.known():
        found = mapping.mapping(name)
        law = (
            f"quarantined: does not declare {', '.join(found.undeclared)}"
            if found.undeclared
            else found.legal_basis
        )
        print(f"{name:<24} {found.kind:<10} {law:<12} {found.title}")


@group.command("incidents")
@_FILE
@click.option("--mapping", "name", default="police-uk", show_default=True, help="what the columns mean")
@_REASONS
@click.pass_obj
def incidents(wanted: Wanted | None, file: Path, name: str, reasons: Path | None) -> None:
    """Import the incidents of FILE (CSV or Parquet); a second import of the same file adds nothing."""
    _import(wanted, file, name, reasons, _incidents)


@group.command("reports")
@_FILE
@click.option("--mapping", "name", default="records-reports", show_default=True, help="what the columns mean")
@_REASONS
@click.pass_obj
def reports(wanted: Wanted | None, file: Path, name: str, reasons: Path | None) -> None:
    """Import the reports of FILE (CSV or Parquet) into quarantine, until somebody has categorised them."""
    _import(wanted, file, name, reasons, _reports)


@group.command("entities")
@_FILE
@click.option(
    "--mapping", "name", default="records-entities", show_default=True, help="what the columns mean"
)
@_REASONS
@click.pass_obj
def entities(wanted: Wanted | None, file: Path, name: str, reasons: Path | None) -> None:
    """Import the people and things of FILE (CSV or Parquet) into quarantine."""
    _import(wanted, file, name, reasons, _entities)


@group.command("links")
@_FILE
@click.option("--mapping", "name", default="records-links", show_default=True, help="what the columns mean")
@_REASONS
@click.pass_obj
def links(wanted: Wanted | None, file: Path, name: str, reasons: Path | None) -> None:
    """Import the links of FILE (CSV or Parquet) between entities that were imported before."""
    _import(wanted, file, name, reasons, _links)


def _incidents() -> Any:
    from openilp.collection.imports.incidents import import_incidents

    return import_incidents


def _reports() -> Any:
    from openilp.collection.imports.reports_csv import import_reports

    return import_reports


def _entities() -> Any:
    from openilp.collation.imports.entities import import_entities

    return import_entities


def _links() -> Any:
    from openilp.collation.imports.links import import_links

    return import_links


def _import(
    wanted: Wanted | None, file: Path, name: str, reasons: Path | None, importer: Callable[[], Any]
) -> None:
    from openilp.collection.imports.mapping import mapping

    actor = _actor(wanted)
    chosen = mapping(name)
    where = reasons or Path(f"{file.name}.reasons.csv")
    with _bar() as advance:
        done = importer()(actor=actor, path=file, mapping=chosen, reasons=where, progress=advance)
    _say(done, chosen)


def _actor(wanted: Wanted | None) -> Any:
    from django.conf import settings

    from openilp.cli.running import open_database

    open_database()
    matter = DEMO_MATTER if settings.OPENILP_DEMO and not (wanted and wanted.account) else ""
    return actor_of(wanted or Wanted(), default=DEMO_ACCOUNT, matter=matter)


@contextmanager
def _bar() -> Iterator[Any]:
    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("rows", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _say(done: "ImportResult", mapping: "ImportMapping") -> None:
    tally = done.tally
    if done.resumed_at:
        print(f"Went on with {done.batch} after row {done.resumed_at:,}.")
    print(f"{done.batch}: {done.rows:,} rows of {mapping.title}")
    print(f"  new         {tally.new:>10,}")
    print(f"  known       {tally.known:>10,}")
    print(f"  incomplete  {tally.incomplete:>10,}   (taken; something is missing)")
    print(f"  refused     {tally.refused:>10,}")
    if done.reasons is not None and (tally.refused or tally.incomplete):
        print(f"Reasons row by row: {done.reasons}")
    if done.quarantined:
        print(
            f"Quarantined: the mapping does not declare {', '.join(done.quarantined)}; "
            "the rows cannot be searched or analysed until somebody has categorised them."
        )
