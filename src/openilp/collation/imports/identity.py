"""The same key in the same foreign system is the same entity, in whatever file it comes."""

from uuid import UUID

from openilp.collection.imports.mapping import ImportMapping
from openilp.safeguards import keys

#: Version and variant bits of a random UUID (RFC 9562): the number looks like every other key.
_VERSION = 4


def entity_key(unit: UUID, mapping: ImportMapping, key: str) -> UUID:
    """Return the id of an entity by its key in the foreign system.

    It is keyed by the installation's secret, so that nobody can work out an id from a key and ask whether it exists.
    """
    text = "\x1f".join((str(unit), mapping.source or mapping.id, key))
    digest = keys.keyed(text.encode("utf-8", "surrogatepass"))
    return UUID(bytes=digest[:16], version=_VERSION)
