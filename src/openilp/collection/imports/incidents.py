"""Import incidents: thousands a statement, each in its district."""

from pathlib import Path

from django.utils import timezone

from openilp.collection.imports import batches, insertion, running
from openilp.collection.imports.batches import IMPORTERS, ImportResult, Tally
from openilp.collection.imports.conversion import Converter, Incidents
from openilp.collection.imports.mapping import ImportMapping
from openilp.collection.imports.places import Districts
from openilp.collection.imports.rows import LIMITS, Limits
from openilp.collection.imports.running import Progress, Source
from openilp.collection.models import ImportBatch
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor


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
    districts = Districts.drawn()
    converter = Converter(mapping, timezone=timezone.get_current_timezone(), today=timezone.localdate())
    return running.run(
        Source(path, mapping, file_name, reasons, progress, limits),
        actor=actor,
        kind="incidents",
        convert=converter.convert,
        add=lambda batch, made: add_incidents(
            actor=actor, batch=batch, made=made, precision=mapping.time_precision, districts=districts
        ),
    )


@action("collection.add_incidents", roles=IMPORTERS, operation="collection")
def add_incidents(
    *, actor: Actor, batch: ImportBatch, made: Incidents, precision: str, districts: Districts
) -> ImportBatch:
    """Add one step's incidents with their districts, and count them."""
    units = districts.of(made.longitudes, made.latitudes)
    new = insertion.insert(actor, batch, precision, made, units)
    return batches.count_up(actor, batch, Tally(new, len(made) - new, made.incomplete, made.refused))
