"""Whom the release ledger names when a frozen text is issued anew, or is erased."""

from collections.abc import Sequence
from uuid import UUID

from openilp.dissemination.models import Recipient, Release
from openilp.safeguards.retention.handling import Handling, Key, Reader, register, register_recipients


def register_all() -> None:
    """Register the release ledger."""
    register(Handling(Release, reads=("edition_id",)))
    register(Handling(Recipient, reads=("release_id", "reader_id"), tells="reader_id"))
    register_recipients("dissemination", readers_of)


def readers_of(reissued: Sequence[Key], read: Reader) -> list[tuple[UUID, str]]:
    """Return the readers of editions that were issued anew, with the reference of the release that each was given."""
    editions = {str(key) for kind, key in reissued if kind == "edition"}
    if not editions:
        return []
    releases = {str(key): str(held["ref"]) for key, held in read("release", sorted(editions))}
    if not releases:
        return []
    rows = [held for _key, held in read("recipient", sorted(releases))]
    return [(UUID(held["reader_id"]), releases[held["release_id"]]) for held in rows]
