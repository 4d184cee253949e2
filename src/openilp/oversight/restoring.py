"""After a restore, before anybody is let in: what was erased is erased again."""

from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from openilp.oversight import services
from openilp.oversight.errors import OversightConflict
from openilp.oversight.tasks import first_keeper
from openilp.safeguards.acting import acting
from openilp.safeguards.people import actor_for
from openilp.safeguards.postgres.owner import as_owner
from openilp.safeguards.retention import handling, ledger


@dataclass(frozen=True)
class Reapplied:
    """What a restored database had brought back.

    Attributes:
        lines: Lines of the ledger.
        erased: Records that were there again, and are erased.
        destroyed: Things beside the tables whose destruction was repeated, such as keys of sources.
    """

    lines: int
    erased: int
    destroyed: int


class NoKeeper(OversightConflict):
    """Say that no account can answer for an erasure."""

    def __init__(self) -> None:
        super().__init__(
            "No open account is data-protection officer or head of intelligence; open one first."
        )


def reapply(file: Path | None = None) -> Reapplied:
    """Erase again every record that the ledger names and the database holds; run it before anybody is let in.

    It connects as the owner of the tables, which alone may erase before a clock has run out. It can be run again.

    Args:
        file: The ledger; by default the instance's own. Give the newest that there is, not the backup's.

    Raises:
        BrokenLedger: If a line of the ledger is not what was written; then nothing is erased.
        NoKeeper: If nobody can answer for it.
    """
    lines = list(ledger.read(file))
    keeper = first_keeper()
    if keeper is None:
        raise NoKeeper
    destroyers = handling.destroyers()
    beside = [line for line in lines if line.kind in destroyers]
    for line in beside:
        destroyers[line.kind](line.key)
    with (
        as_owner(connection),
        acting(actor_for(keeper, reason="administration"), "oversight.reapply_erasures") as block,
    ):
        made = services.reapply_erasures(actor=block.actor, lines=lines)
    if file is not None:
        ledger.append(lines)
    return Reapplied(len(lines), sum(len(row.roots) for row in made), len(beside))
