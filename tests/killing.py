"""Dying as `kill -9` dies: a fork that ends itself at some statement, and what a database holds afterwards."""

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction

from openilp.safeguards import acting
from openilp.safeguards.postgres.instance import Instance

#: Statements before which a block may die; one that has fewer dies when all is done and nothing is committed.
STATEMENTS = 60


@contextmanager
def nothing_shared() -> Iterator[None]:
    """Let go of every connection: a fork must not speak on that of its parent."""
    for each in connections.all():
        each.close()
        with suppress(AttributeError):
            each.close_pool()
    yield


def forked(work: Callable[[], int]) -> int:
    """Do something in a fork; return its status, negative where a signal ended it."""
    with nothing_shared():
        pid = os.fork()
        if pid == 0:
            try:
                os._exit(work())
            finally:
                os._exit(99)
        _pid, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def die() -> None:
    """End this process outright."""
    os.kill(os.getpid(), signal.SIGKILL)


class Killer:
    """Kills each block of a process once before it is done: at a random statement, or just before its commit.

    A block is tried in a fork first, which never comes back; then it is done. What the database holds is compared
    before and after the death: nothing of a block that was killed may be there.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.deaths = 0
        self.left: list[str] = []

    @contextmanager
    def atomic(self, *args: Any, **kwargs: Any) -> Iterator[None]:
        """Stand in the place of `transaction.atomic` where a block begins."""
        point = self.rng.randint(1, STATEMENTS)
        before = held()
        with nothing_shared():
            pid = os.fork()
            if pid:
                _pid, status = os.waitpid(pid, 0)
                assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        if pid == 0:
            with self._dying(point, *args, **kwargs):
                yield
            os._exit(99)
        self.deaths += 1
        now = held()
        tables = sorted(table for table in now if now[table] != before[table])
        if tables:
            self.left.append(f"block {self.deaths}, killed at statement {point}: {', '.join(tables)}")
        with transaction.atomic(*args, **kwargs):
            yield

    @contextmanager
    def _dying(self, point: int, *args: Any, **kwargs: Any) -> Iterator[None]:
        sent = 0

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal sent
            sent += 1
            if sent == point:
                die()
            return execute(sql, params, many, context)

        for each in connections.all():
            each.execute_wrappers.append(count)
        try:
            with transaction.atomic(*args, **kwargs):
                try:
                    yield
                finally:
                    die()
        finally:
            die()


def kill_every_block(monkeypatch: pytest.MonkeyPatch, rng: random.Random) -> Killer:
    """Have every `acting` block from now on die once before it is done."""
    killer = Killer(rng)
    shim = SimpleNamespace(
        atomic=killer.atomic, get_rollback=transaction.get_rollback, set_rollback=transaction.set_rollback
    )
    monkeypatch.setattr(acting, "transaction", shim)
    return killer


def held() -> dict[str, tuple[int, int]]:
    """Return, by table, a fingerprint of every row of every table, as somebody who sees them all."""
    dsn = Instance.here().server.dsn(dbname=str(connection.settings_dict["NAME"]))
    with psycopg.connect(dsn) as own:
        tables = own.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('public', 'corridor') ORDER BY 1"
        ).fetchall()
        parts = " UNION ALL ".join(
            f"SELECT '{table}', count(*), sum(hashtextextended(t::text, 0)) FROM {table} t"
            for (table,) in tables
        )
        return {table: (rows, digest) for table, rows, digest in own.execute(parts).fetchall()}
