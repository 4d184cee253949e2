"""How every import runs: in steps done wholly or not at all, so that a killed one goes on where it was."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from openilp.collection.files import keep_own
from openilp.collection.imports import batches
from openilp.collection.imports.batches import IMPORTERS, ImportResult
from openilp.collection.imports.errors import ColumnsMissing, FileTooLarge, ImportRefused
from openilp.collection.imports.files import open_rows, sha256_of
from openilp.collection.imports.mapping import ImportMapping
from openilp.collection.imports.reasons import ReasonsFile
from openilp.collection.imports.rows import LIMITS, Chunk, Limits, Reason, RowFile
from openilp.collection.models import ImportBatch
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor

#: Called with the rows that are done and the rows of the file.
Progress = Callable[[int, int], None]


class Converted(Protocol):
    """What a chunk of rows became, before anything is written."""

    reasons: list[Reason]


C = TypeVar("C", bound=Converted)


@dataclass(frozen=True)
class Source:
    """The file of an import and how it is read.

    Attributes:
        path: A CSV or Parquet file.
        mapping: What its columns mean.
        name: The name to keep, where the path is a temporary one.
        reasons: Where to write, row by row, what was refused or is incomplete.
        progress: Told after every step.
        limits: What the file may ask of the machine.
    """

    path: Path
    mapping: ImportMapping
    name: str = ""
    reasons: Path | None = None
    progress: Progress | None = None
    limits: Limits = LIMITS


def run(
    source: Source,
    *,
    actor: Actor,
    kind: str,
    convert: Callable[[Chunk], C],
    add: Callable[[ImportBatch, C], object],
) -> ImportResult:
    """Read a file chunk by chunk; what an earlier run has added is only read again, for its reasons.

    Outside an `acting` block every step is a transaction of its own; inside one all of it is one transaction.

    Raises:
        ImportRefused: If the file as a whole cannot be taken.
        ImportRunning: If another process imports it at the same time.
        NotPermitted: If the actor's roles do not import.
    """
    mapping, name = source.mapping, source.name or source.path.name
    if mapping.kind != kind:
        raise ImportRefused("mapping", f"Mapping '{mapping.id}' is for {mapping.kind}, not for {kind}.")
    rows = open_rows(source.path, limits=source.limits, name=name)
    check_columns(rows, mapping, source.limits)
    sha256 = sha256_of(source.path)
    with batches.transaction(actor, "collection.open_import"):
        batch = open_import(
            actor=actor, mapping=mapping, sha256=sha256, file_name=name, rows_total=rows.rows_total
        )
    resumed_at, passed = batch.rows_done, 0
    with ReasonsFile(source.reasons) as file:
        for chunk in rows.chunks(list(mapping.columns)):
            made = convert(chunk)
            file.write(made.reasons)
            passed += len(chunk)
            if passed > resumed_at:
                with batches.transaction(actor, "collection.import_step"):
                    add(batch, made)
            if source.progress is not None:
                source.progress(passed, max(rows.rows_total, passed))
    kept = keep_own(source.reasons) if source.reasons is not None and file.written else ""
    with batches.transaction(actor, "collection.finish_import"):
        finish_import(actor=actor, batch=batch, reasons=kept)
    return ImportResult(
        batch=batch.ref,
        tally=batches.tally_of(batch),
        rows=passed,
        resumed_at=resumed_at,
        reasons=source.reasons,
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


@action("collection.open_import", roles=IMPORTERS, operation="collection")
def open_import(
    *, actor: Actor, mapping: ImportMapping, sha256: str, file_name: str, rows_total: int
) -> ImportBatch:
    """Open a batch for a file, or find the one that was broken off."""
    return batches.unfinished(actor, mapping, sha256) or batches.opened(
        actor, mapping, sha256, file_name, rows_total
    )


@action("collection.finish_import", roles=IMPORTERS, operation="collection")
def finish_import(*, actor: Actor, batch: ImportBatch, reasons: str) -> ImportBatch:
    """Note that an import is complete, and the hash of the file of reasons, if there are any."""
    return batches.finished(actor, batch, reasons)
