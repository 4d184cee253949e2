"""Which importer reads which kind of file: later rooms register theirs, so that one run takes them all."""

from pathlib import Path
from typing import Protocol

from openilp.collection.imports.batches import ImportResult
from openilp.collection.imports.errors import ImportRefused
from openilp.collection.imports.mapping import ImportMapping
from openilp.safeguards.actor import Actor


class Importer(Protocol):
    """A verb that imports a file outside a request, step by step."""

    def __call__(
        self,
        *,
        actor: Actor,
        path: Path,
        mapping: ImportMapping,
        file_name: str = "",
        reasons: Path | None = None,
    ) -> ImportResult:
        """Import a file."""
        ...


_importers: dict[str, Importer] = {}


def register(kind: str, importer: Importer) -> None:
    """Let files under mappings of a kind be read by an importer."""
    _importers[kind] = importer


def importer(kind: str) -> Importer:
    """Return the importer of a kind.

    Raises:
        ImportRefused: If no room reads such files.
    """
    found = _importers.get(kind)
    if found is None:
        raise ImportRefused(
            "mapping", f"Nothing here reads {kind}; use a mapping for one of {', '.join(_importers)}."
        )
    return found
