"""Which connection a table is reached by: the corridor's by its own, all others by none of it."""

from typing import Any

ALIAS = "corridor"


class Router:
    """Keeps the corridor's tables in their schema, and every other table out of it."""

    def db_for_read(self, model: Any, **_: Any) -> str | None:
        """Return the corridor's connection for its own tables."""
        return ALIAS if model._meta.app_label == ALIAS else None

    def db_for_write(self, model: Any, **_: Any) -> str | None:
        """Return the corridor's connection for its own tables."""
        return ALIAS if model._meta.app_label == ALIAS else None

    def allow_relation(self, one: Any, other: Any, **_: Any) -> bool | None:
        """Forbid keys from one side to the other."""
        sides = {one._meta.app_label == ALIAS, other._meta.app_label == ALIAS}
        return False if len(sides) == 2 else None

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        """Tell whether an application's tables belong to a connection."""
        return (db == ALIAS) == (app_label == ALIAS)
