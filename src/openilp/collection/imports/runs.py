"""Imports that are sent in: the file is kept until a job has read it, and the run shows how far it is.

Whoever sends a file need not wait for it: it is looked at at once (size, form, columns), the rest is long work of
the worker under the same account. A run that was broken off goes on where it was.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.conf import settings

from openilp.collection import files
from openilp.collection.errors import CollectionError, FileRefused, FileTooLarge, ImportTooLarge
from openilp.collection.files import Readable
from openilp.collection.imports import batches, kinds, mapping
from openilp.collection.imports.batches import IMPORTERS, ImportResult
from openilp.collection.imports.errors import FileGone, ImportRunning, NotTheImporter, RunFinished
from openilp.collection.imports.files import open_rows
from openilp.collection.imports.mapping import ImportMapping
from openilp.collection.imports.reports_csv import EVERYWHERE
from openilp.collection.imports.rows import LIMITS
from openilp.collection.imports.running import check_columns, open_import
from openilp.collection.models import ImportBatch
from openilp.safeguards.acting import acting
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import InvalidInput, NotPermitted, RecordNotFound

#: A step takes about a second; a run that has not moved for so long has lost its process.
_STILL = timedelta(minutes=2)


class Stage(StrEnum):
    """How far a run is."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    FINISHED = "finished"


def stage(batch: ImportBatch, now: datetime) -> Stage:
    """Return how far a run is; one that neither moves nor has finished has stopped."""
    if batch.finished_at is not None:
        return Stage.FINISHED
    if batch.problem or (batch.moved_at or batch.created_at) < now - _STILL:
        return Stage.STOPPED
    return Stage.RUNNING if batch.moved_at else Stage.WAITING


def all_runs(*, actor: Actor) -> Any:
    """Return the imports that the actor may see, those whose rows are in quarantine too."""
    return ImportBatch.objects.seen_by(actor, states=EVERYWHERE)


def run(ref: str, *, actor: Actor) -> ImportBatch:
    """Return an import by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: ImportBatch | None = all_runs(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def reasons_of(batch: ImportBatch) -> Iterator[bytes]:
    """Return the file that says row by row what was refused or incomplete, after checking that it is whole.

    Raises:
        RecordNotFound: If nothing was, or the run has not finished.
        DamagedFile: If it is not what was written.
    """
    if not batch.reasons:
        raise RecordNotFound(batch.ref)
    return files.checked(batch.reasons)


def sent_file(key: UUID) -> Path:
    """Return where the file of a run lies until it is read."""
    return Path(settings.OPENILP_FILES) / "imports" / key.hex


@action("collection.start_import", roles=IMPORTERS, operation="collection")
def start_import(*, actor: Actor, mapping: ImportMapping, stream: Readable, name: str) -> ImportBatch:
    """Take a file in and open its run; the same file under the same mapping goes on with the run it broke off.

    Raises:
        ImportRefused: If the file as a whole cannot be taken: its form, size or columns.
        FileRefused: If it is empty or larger than an upload may be.
    """
    kinds.importer(mapping.kind)
    shown = files.clean_name(name)
    waiting, sha256 = _received(stream, shown)
    try:
        rows = open_rows(waiting, name=shown)
        check_columns(rows, mapping, LIMITS)
        batch = open_import(
            actor=actor, mapping=mapping, sha256=sha256, file_name=shown, rows_total=rows.rows_total
        )
        files.move(waiting, sent_file(batch.pk))
    finally:
        waiting.unlink(missing_ok=True)
    return batch


def _received(stream: Readable, name: str) -> tuple[Path, str]:
    limit = settings.OPENILP_IMPORT_LIMIT
    try:
        return files.receive(stream, name=name, limit=limit)
    except FileTooLarge as error:
        raise ImportTooLarge(name, limit) from error
    except FileRefused as error:
        error.field = "file"
        raise


@action("collection.resume_import", roles=IMPORTERS, operation="collection")
def resume_import(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Let a run go on that has stopped: by the account that began it, in the matter that it began it for.

    Raises:
        RunFinished: If all its rows are done.
        NotTheImporter: If another account began it.
        FileGone: If its file is not here.
    """
    if batch.finished_at is not None:
        raise RunFinished(batch.ref)
    if batch.created_by_id != actor.user_id:
        raise NotTheImporter(batch.ref)
    if not sent_file(batch.pk).is_file():
        raise FileGone(batch.ref, batch.file_name)
    return batches.stopped(actor, batch, "")


def carry_out(*, actor: Actor, key: UUID) -> ImportResult | None:
    """Read the file of a run to its end, each step a transaction of its own; what stops it is noted on the run.

    It is the job's part of the work and runs outside any request.

    Returns:
        What was done, or nothing when it stopped, is finished, or another process is at it.
    """
    with acting(actor, "collection.take_up_import"):
        batch: ImportBatch | None = all_runs(actor=actor).filter(pk=key, finished_at=None).first()
    if batch is None:
        return None
    path = sent_file(batch.pk)
    try:
        done = _read(actor, batch, path)
    except ImportRunning:
        return None
    except (InvalidInput, NotPermitted) as error:
        _note(actor, key, str(error))
        return None
    path.unlink(missing_ok=True)
    return done


def _read(actor: Actor, batch: ImportBatch, path: Path) -> ImportResult:
    if not path.is_file():
        raise CollectionError("file", str(FileGone(batch.ref, batch.file_name)))
    chosen = mapping.of_batch(batch.mapping)
    with TemporaryDirectory(dir=files.incoming()) as folder:
        return kinds.importer(chosen.kind)(
            actor=actor,
            path=path,
            mapping=chosen,
            file_name=batch.file_name,
            reasons=Path(folder, "reasons.csv"),
        )


def _note(actor: Actor, key: UUID, problem: str) -> None:
    """Write on a run, as it stands now, what stopped it."""
    with batches.transaction(actor, "collection.stop_import"):
        batch = all_runs(actor=actor).filter(pk=key, finished_at=None).first()
        if batch is not None:
            batches.stopped(actor, batch, problem)
