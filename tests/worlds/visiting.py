"""Visits to the pages and the API of a world, each taken back afterwards."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client

from openilp.safeguards.models import User
from tests.worlds.keeping import undone

_BOOKKEEPING = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
#: Lists of values are as long as the rows are many; the shape of a query is the same.
_LISTS = re.compile(r"(?:%s(?:::\w+)?, )*%s(?:::\w+)?")


@dataclass(frozen=True)
class Visit:
    """What an address answered."""

    status: int
    body: bytes
    kind: str
    queries: tuple[str, ...] = ()


class Visitor:
    """One account that is logged in."""

    def __init__(self, user: User) -> None:
        self.client = Client(raise_request_exception=True)
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def get(self, address: str, **headers: Any) -> Visit:
        """Open an address."""
        with undone():
            return self._answer(self.client.get(address, **headers))

    def post(self, address: str, body: Any = None, *, as_json: bool = True) -> Visit:
        """Send something to an address."""
        kind = "application/json" if as_json else "application/x-www-form-urlencoded"
        with undone():
            return self._answer(self.client.post(address, data=body or "", content_type=kind))

    def counted(self, address: str) -> Visit:
        """Open an address and keep the queries that it took."""
        taken: list[str] = []

        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            if not sql.startswith(_BOOKKEEPING):
                taken.append(_LISTS.sub("?", sql))
            return execute(sql, params, many, context)

        with undone(), connection.execute_wrapper(note):
            answer = self._answer(self.client.get(address))
        return Visit(answer.status, answer.body, answer.kind, tuple(taken))

    def _answer(self, response: Any) -> Visit:
        body = b"".join(response.streaming_content) if response.streaming else response.content
        return Visit(response.status_code, body, response.headers.get("Content-Type", ""))
