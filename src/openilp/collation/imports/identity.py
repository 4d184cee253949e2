"""The same key in the same foreign system is the same entity, in whatever file it comes – inside one matter."""

from collections.abc import Iterable
from uuid import UUID

from openilp.collection.imports.mapping import ImportMapping
from openilp.safeguards import keys

#: Version and variant bits of a random UUID (RFC 9562): the number looks like every other key.
_VERSION = 4


def entity_key(unit: UUID, mapping: ImportMapping, key: str, *, inside: Iterable[UUID]) -> UUID:
    """Return the id of an entity by its key in the foreign system.

    It is keyed by the installation's secret, so that nobody can work out an id from a key and ask whether it exists.
    What was imported inside an operation has an id of its own there: the same key, imported outside, neither meets it
    nor tells of it.

    Args:
        unit: The unit that imports.
        mapping: What the file's columns mean; it names the foreign system.
        key: The key there.
        inside: The compartments that the rows are imported into.
    """
    text = "\x1f".join((str(unit), mapping.source or mapping.id, key, *sorted(map(str, inside))))
    digest = keys.keyed(text.encode("utf-8", "surrogatepass"))
    return UUID(bytes=digest[:16], version=_VERSION)
