"""The life of an import batch: opened, or found again after a break, counted up with its rows, finished."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.utils import timezone

from openilp.collection.imports.errors import ImportRunning
from openilp.collection.imports.mapping import ImportMapping
from openilp.collection.models import ImportBatch
from openilp.safeguards import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import PurposeNeeded, StaleRecord
from openilp.safeguards.labels import Level
from openilp.safeguards.models import Matter
from openilp.safeguards.roles import Role

#: Who imports: the roles that also work at the quarantine desk, because an import may end there.
IMPORTERS = frozenset({Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE, Role.LIAISON_OFFICER})


@dataclass(frozen=True)
class Tally:
    """What became of rows: each is new, known or refused; the incomplete ones are among the new and the known."""

    new: int = 0
    known: int = 0
    incomplete: int = 0
    refused: int = 0

    @property
    def done(self) -> int:
        """Return how many rows of the file that are."""
        return self.new + self.known + self.refused


@dataclass(frozen=True)
class ImportResult:
    """What an import did, over all its runs."""

    batch: str
    tally: Tally
    rows: int
    resumed_at: int
    reasons: Path | None
    quarantined: tuple[str, ...]


@contextmanager
def transaction(actor: Actor, name: str) -> Iterator[Any]:
    """Run in an `acting` block of its own, or in the one that is running."""
    running = acting.current()
    if running is not None:
        yield running
    else:
        with acting.acting(actor, name) as block:
            block.declared = True
            yield block


def unfinished(actor: Actor, mapping: ImportMapping, sha256: str) -> ImportBatch | None:
    """Return the batch of the same file under the same mapping that was broken off, or nothing."""
    found: ImportBatch | None = (
        ImportBatch.objects.seen_by(actor, states=[mapping.state])
        .filter(mapping=mapping.name, sha256=sha256, finished_at=None, owner_unit_id=actor.unit_id)
        .filter(created_by_id=actor.user_id)
        .order_by("created_at")
        .first()
    )
    return found


def opened(
    actor: Actor,
    mapping: ImportMapping,
    sha256: str,
    file_name: str,
    rows_total: int = 0,
    level: Level = Level.INTERNAL,
) -> ImportBatch:
    """Record a batch; its rows take label, purpose, legal basis and review date from it.

    What declares no legal basis of its own lies in quarantine under the basis of the matter.
    """
    matter = Matter.objects.seen_by(actor).filter(pk=actor.purpose).first()
    if matter is None:
        raise PurposeNeeded
    label = replace(actor.label(level=level), state=mapping.state)
    batch: ImportBatch = ImportBatch.objects.record(
        actor=actor,
        label=label,
        mapping=mapping.name,
        file_name=file_name[:200],
        sha256=sha256,
        rows_total=rows_total,
        **mapping.lawful(timezone.localdate(), otherwise=matter.legal_basis),
    )
    return batch


def count_up(actor: Actor, batch: ImportBatch, tally: Tally) -> ImportBatch:
    """Add rows to a batch's counters, in the transaction that writes them.

    Raises:
        ImportRunning: If another process went on with it meanwhile.
    """
    counters: dict[str, Any] = {
        "rows_done": batch.rows_done + tally.done,
        "rows_new": batch.rows_new + tally.new,
        "rows_known": batch.rows_known + tally.known,
        "rows_incomplete": batch.rows_incomplete + tally.incomplete,
        "rows_refused": batch.rows_refused + tally.refused,
        "moved_at": timezone.now(),
        "problem": "",
    }
    _amend(actor, batch, **counters)
    for name, value in counters.items():
        setattr(batch, name, value)
    return batch


def finished(actor: Actor, batch: ImportBatch, reasons: str = "") -> ImportBatch:
    """Note that all rows of a batch are done, and where the reasons against some of them lie."""
    now = timezone.now()
    _amend(actor, batch, finished_at=now, reasons=reasons, problem="")
    batch.finished_at, batch.reasons = now, reasons
    return batch


def stopped(actor: Actor, batch: ImportBatch, problem: str) -> ImportBatch:
    """Note why a batch cannot go on."""
    _amend(actor, batch, problem=problem)
    batch.problem = problem
    return batch


def tally_of(batch: ImportBatch) -> Tally:
    """Return a batch's counters."""
    return Tally(batch.rows_new, batch.rows_known, batch.rows_incomplete, batch.rows_refused)


def _amend(actor: Actor, batch: ImportBatch, **values: Any) -> None:
    rows = ImportBatch.objects.seen_by(actor, states=[batch.label.state])
    try:
        rows.filter(pk=batch.pk, rows_done=batch.rows_done, finished_at=None).amend(**values)
    except StaleRecord as error:
        raise ImportRunning(batch.ref) from error
