"""Import incidents: in steps that each are done wholly or not at all, so that a killed import goes on where it was."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from openilp.collection.imports import batches, insertion
from openilp.collection.imports.batches import IMPORTERS, ImportResult, Tally
from openilp.collection.imports.conversion import Converter, Incidents
from openilp.collection.imports.errors import ColumnsMissing, FileTooLarge, ImportRefused
from openilp.collection.imports.files import open_rows, sha256_of
from openilp.collection.imports.mapping import ImportMapping
from openilp.collection.imports.places import Districts
from openilp.collection.imports.reasons import ReasonsFile
from openilp.collection.imports.rows import LIMITS, Limits, RowFile
from openilp.collection.models import ImportBatch
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor

#: Called with the rows that are done and the rows of the file.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Step:
    incidents: Incidents
    precision: str
    districts: Districts


def import_incidents(
    *,
    actor: Actor,
    path: Path,
    mapping: ImportMapping,
    file_name: str = "",
    reasons: Path | None = None,
    progress: Progress | None = None,
    limits: Limits = LIMITS,
) -> ImportResult:
    """Import a file of incidents: what is known is not added again, what was broken off is gone on with.

    Outside an `acting` block every step is a transaction of its own; inside one all of it is one transaction.

    Args:
        actor: Who imports, for which matter.
        path: A CSV or Parquet file.
        mapping: What its columns mean.
        file_name: The name to keep, where the path is a temporary one.
        reasons: Where to write, row by row, what was refused or is incomplete.
        progress: Told after every step.
        limits: What the file may ask of the machine.

    Raises:
        ImportRefused: If the file as a whole cannot be taken.
        ImportRunning: If another process imports it at the same time.
        NotPermitted: If the actor's roles do not import.
    """
    name = file_name or path.name
    if mapping.kind != "incidents":
        raise ImportRefused("mapping", f"Mapping '{mapping.id}' is for {mapping.kind}, not for incidents.")
    rows = open_rows(path, limits=limits, name=name)
    check_columns(rows, mapping, limits)
    sha256 = sha256_of(path)
    with batches.transaction(actor, "collection.open_incident_import"):
        batch = open_incident_import(actor=actor, mapping=mapping, sha256=sha256, file_name=name)
        districts = Districts.drawn()
    resumed_at = batch.rows_done
    converter = Converter(mapping, timezone=timezone.get_current_timezone(), today=timezone.localdate())
    with ReasonsFile(reasons) as file:
        passed = 0
        for chunk in rows.chunks(list(mapping.columns)):
            made = converter.convert(chunk)
            file.write(made.reasons)
            passed += len(chunk)
            if passed > resumed_at:
                with batches.transaction(actor, "collection.add_incidents"):
                    add_incidents(
                        actor=actor, batch=batch, step=_Step(made, mapping.time_precision, districts)
                    )
            if progress is not None:
                progress(passed, max(rows.rows_total, passed))
    with batches.transaction(actor, "collection.finish_import"):
        finish_import(actor=actor, batch=batch)
    return ImportResult(
        batch=batch.ref,
        tally=batches.tally_of(batch),
        rows=passed,
        resumed_at=resumed_at,
        reasons=reasons,
        quarantined=mapping.undeclared,
    )


def check_columns(rows: RowFile, mapping: ImportMapping, limits: Limits) -> None:
    """Check that a file is small enough and has the columns that a mapping reads.

    Raises:
        ColumnsMissing: If one that says something is absent.
        FileTooLarge: If it has too many rows.
    """
    missing = [column for column in mapping.fields.values() if column not in rows.columns]
    if missing:
        raise ColumnsMissing(missing, rows.columns)
    if rows.rows_total > limits.rows:
        raise FileTooLarge("rows", rows.rows_total, limits.rows)


@action("collection.open_incident_import", roles=IMPORTERS, operation="collection")
def open_incident_import(*, actor: Actor, mapping: ImportMapping, sha256: str, file_name: str) -> ImportBatch:
    """Open a batch for a file, or find the one that was broken off."""
    return batches.unfinished(actor, mapping, sha256) or batches.opened(actor, mapping, sha256, file_name)


@action("collection.add_incidents", roles=IMPORTERS, operation="collection")
def add_incidents(*, actor: Actor, batch: ImportBatch, step: _Step) -> ImportBatch:
    """Add one step's incidents with their districts, and count them."""
    made = step.incidents
    units = step.districts.of(made.longitudes, made.latitudes)
    new = insertion.insert(actor, batch, step.precision, made, units)
    tally = Tally(new, len(made) - new, made.incomplete, made.refused)
    return batches.count_up(actor, batch, tally)


@action("collection.finish_import", roles=IMPORTERS, operation="collection")
def finish_import(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Note that an import is complete."""
    return batches.finished(actor, batch)
