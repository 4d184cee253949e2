"""A cache that all processes share, in the database: what is counted against guessing must count everywhere.

A cache in memory gives each process its own count, so five tries become five a process.
"""

import json
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

_TABLE = "safeguards_sharedvalue"
#: A value of Django's caches without an end; ten years do.
_NO_END_S = 10 * 365 * 86400


class SharedCache(BaseCache):
    """Django's cache interface over one table; values are JSON, never code."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _ends(self, timeout: Any) -> float:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return time.time() + (_NO_END_S if seconds is None else seconds)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Set a value unless a living one is there; of several processes one wins."""
        made = self.make_and_validate_key(key, version=version)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {_TABLE} WHERE ends_at < %s", [time.time()])  # noqa: S608 (our own table)
            cursor.execute(
                f"INSERT INTO {_TABLE} (key, value, ends_at) VALUES (%s, %s, %s)"  # noqa: S608 (our own table)
                " ON CONFLICT (key) DO NOTHING",
                [made, json.dumps(value), self._ends(timeout)],
            )
            return bool(cursor.rowcount)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return a living value, or the default."""
        made = self.make_and_validate_key(key, version=version)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT value FROM {_TABLE} WHERE key = %s AND ends_at >= %s",  # noqa: S608 (our own table)
                [made, time.time()],
            )
            found = cursor.fetchone()
        return default if found is None else json.loads(found[0])

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Set a value, whatever was there."""
        made = self.make_and_validate_key(key, version=version)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {_TABLE} (key, value, ends_at) VALUES (%s, %s, %s)"  # noqa: S608 (our own table)
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value, ends_at = excluded.ends_at",
                [made, json.dumps(value), self._ends(timeout)],
            )

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Let a living value live longer."""
        value = self.get(key, version=version)
        if value is None:
            return False
        self.set(key, value, timeout, version)
        return True

    def delete(self, key: str, version: int | None = None) -> bool:
        """Remove a value."""
        made = self.make_and_validate_key(key, version=version)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {_TABLE} WHERE key = %s", [made])  # noqa: S608 (our own table)
            return bool(cursor.rowcount)

    def clear(self) -> None:
        """Remove every value."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {_TABLE}")  # noqa: S608 (our own table)


def add_up(key: str, amount: int, *, ends_at: float) -> int:
    """Add to a shared number in one statement, so that no two processes count the same, and return the sum.

    Args:
        key: Its name; another namespace than that of the cache.
        amount: What is added; a number that is not there begins at 0.
        ends_at: Seconds since the epoch at which it may be forgotten.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} AS kept (key, value, ends_at) VALUES (%s, %s, %s)"  # noqa: S608 (our own table)
            " ON CONFLICT (key) DO UPDATE SET value = (kept.value::bigint + excluded.value::bigint)::text"
            " RETURNING value",
            [key, str(amount), ends_at],
        )
        return int(cursor.fetchone()[0])
