"""Versions side by side under their id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from openilp.reference.errors import UnknownScheme
from openilp.reference.values import Head, version_key

T = TypeVar("T")


@dataclass(frozen=True)
class Shelf(Generic[T]):
    """Keep every version of every list of one kind.

    Attributes:
        noun: What stands on the shelf, capitalised, for error texts.
    """

    noun: str
    _entries: dict[str, dict[str, T]] = field(default_factory=dict)

    def put(self, head: Head, entry: T) -> None:
        """Add one version."""
        self._entries.setdefault(head.id, {})[head.version] = entry

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids, sorted."""
        return tuple(sorted(self._entries))

    def versions(self, name: str) -> tuple[str, ...]:
        """Return the versions of an id, oldest first; empty when the id is unknown."""
        return tuple(sorted(self._entries.get(name, {}), key=version_key))

    def get(self, name: str, version: str | None = None) -> T:
        """Return one version, or the newest.

        Raises:
            UnknownScheme: If there is no such id, or no such version of it.
        """
        versions = self.versions(name)
        if not versions:
            raise UnknownScheme(self.noun, name, None, self.ids)
        if version is not None and version not in versions:
            raise UnknownScheme(self.noun, name, version, versions)
        return self._entries[name][version or versions[-1]]

    def newest(self) -> tuple[T, ...]:
        """Return the newest version of every id, sorted by id."""
        return tuple(self.get(name) for name in self.ids)

    def everything(self) -> tuple[T, ...]:
        """Return every version of every id."""
        return tuple(self.get(name, version) for name in self.ids for version in self.versions(name))
