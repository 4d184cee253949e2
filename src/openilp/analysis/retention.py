"""How the rows of this room are kept and leave, and how lists in files are found that hold what was erased."""

from collections.abc import Sequence
from typing import Any

from openilp.analysis import snapshot_files
from openilp.analysis.canonical import digest
from openilp.analysis.errors import SnapshotDamaged
from openilp.analysis.models import Assessment, Citation, Edition, MethodRun, Product, Snapshot
from openilp.safeguards.retention.handling import (
    DEFAULT_RULE,
    Frozen,
    Handling,
    Key,
    Reader,
    register,
    register_derived,
)


def register_all() -> None:
    """Register clocks, frozen texts and files."""
    register(
        Handling(
            Snapshot,
            rule=DEFAULT_RULE,
            file_column="sha256",
            remove_file=lambda sha256: snapshot_files.path_of(sha256).unlink(missing_ok=True),
            reads=("kind", "sha256"),
        )
    )
    register(Handling(MethodRun))
    register(Handling(Assessment, rule=DEFAULT_RULE))
    register(Handling(Product, rule=DEFAULT_RULE, frozen=(Frozen("body"),)))
    register(Handling(Edition, frozen=(Frozen("content", "sha256", digest),)))
    register(
        Handling(Citation, when_gone=dict.fromkeys(("item", "evaluation", "run", "assessment"), "erase"))
    )
    register_derived("analysis", snapshots_with)


def snapshots_with(touched: Sequence[str], read: Reader) -> list[Key]:
    """Return the network snapshots whose file names an entity that went, or that lost a statement or a link.

    A snapshot can be taken again; what it would then hold no longer names what was erased.
    """
    entities = {ref for ref in touched if ref.startswith("EN-")}
    rows = read("snapshot", ["links"]) if entities else []
    return [("snapshot", key) for key, held in rows if held["kind"] == "links" and _names_any(held, entities)]


def _names_any(held: dict[str, Any], entities: set[str]) -> bool:
    try:
        table = snapshot_files.read(held["sha256"])
    except SnapshotDamaged:
        return True
    return bool({*table.column("source").to_pylist(), *table.column("target").to_pylist()} & entities)
