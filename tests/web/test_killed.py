"""Killed outright (SIGKILL) at any point of a write: what was answered is there, what was not is absent or done once.

The process that serves is forked and ends itself at the n-th statement that it sends to the database, or after the
last one, before the answer leaves: every way in which `kill -9` can fall between two statements.
"""

import json
import random
import signal
import zlib
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from openilp.safeguards.models import User
from openilp.safeguards.postgres.instance import Instance
from openilp.safeguards.roles import Role
from tests.collection.test_api import REPORT
from tests.direction.test_api import priority
from tests.factories import LEGAL_BASIS, World, make_world
from tests.killing import die, forked
from tests.web.test_idempotency import JOINER, MATTER

#: One seed for the sample of every run; the deep run tries every point.
SEED = 20261130


@dataclass(frozen=True)
class Path:
    """A way to write: who writes what where, and how its rows are known again."""

    name: str
    role: Role
    address: str
    body: dict[str, Any] | bytes
    counted: str
    form: bool = False


def marked(path: Path, mark: str) -> Any:
    """Return a body that is known again by a mark."""
    if isinstance(path.body, bytes):
        return path.body + mark.encode()
    return json.loads(json.dumps(path.body).replace("MARK", mark))


PATHS = (
    Path(
        "report",
        Role.REPORTING_OFFICER,
        "/api/v1/collection/reports",
        REPORT | {"title": "MARK"},
        "SELECT count(*) FROM collection_report r JOIN collection_item i ON i.report_id = r.id WHERE title = %s",
    ),
    Path(
        "file",
        Role.REPORTING_OFFICER,
        "/api/v1/collection/reports/REF/attachments?name=MARK.txt",
        b"what was seen: ",
        "SELECT count(*) FROM collection_attachment WHERE name = %s || '.txt'",
    ),
    Path(
        "priority",
        Role.CHAIR,
        "/api/v1/direction/priorities",
        priority(title="MARK"),
        "SELECT count(*) FROM direction_priority WHERE title = %s",
    ),
    Path(
        "entity",
        Role.STRATEGIC_ANALYST,
        "/api/v1/collation/entities",
        {
            "kind": "vehicle",
            "statements": [{"property": "colour", "value": "MARK", "kind": "fact"}],
            "legal_basis": LEGAL_BASIS,
        },
        "SELECT count(*) FROM collation_statement WHERE value = %s",
    ),
    Path(
        "matter, by a form",
        Role.HEAD_OF_INTELLIGENCE,
        "/matters",
        MATTER | {"title": "MARK", "idempotency_key": "MARK"},
        "SELECT count(*) FROM safeguards_matter WHERE title = %s",
        form=True,
    ),
    Path(
        "account",
        Role.ADMINISTRATOR,
        "/api/v1/accounts",
        JOINER | {"username": "MARK"},
        "SELECT count(*) FROM safeguards_user WHERE username = %s",
    ),
    Path(
        "token",
        Role.CHAIR,
        "/api/v1/me/tokens",
        {"name": "MARK"},
        "SELECT count(*) FROM safeguards_apitoken WHERE name = %s",
    ),
)


@pytest.fixture
def committed(transactional_db: None) -> World:
    """An agency that other processes see."""
    return make_world()


def send(path: Path, mark: str, user: User) -> Any:
    """Send a write, with the mark as its key."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    address, body = path.address.replace("MARK", mark), marked(path, mark)
    if path.form:
        return client.post(address, body)
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    return client.post(address, body, content_type=kind, headers={"Idempotency-Key": mark})


def beginning(path: Path, user: User) -> Path:
    """Return the way to write after what it stands on is there."""
    if "REF" not in path.address:
        return path
    made = send(PATHS[0], "below", user).json()["ref"]
    return replace(path, address=path.address.replace("REF", made))


def dies_at(point: int, path: Path, mark: str, user: User) -> int:
    """Serve a write in a fork that is killed before its n-th statement, or after all of them; return its status."""

    def work() -> int:
        sent = 0

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal sent
            sent += 1
            if sent == point:
                die()
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            answer = send(path, mark, user)
        if point:
            die()
        return sent if answer.status_code < 400 else 98

    return forked(work)


def statements_of(path: Path, user: User) -> int:
    """Return how many statements a write sends."""
    sent = dies_at(0, path, f"n{zlib.crc32(path.name.encode())}", user)
    assert 5 < sent < 98, f"{path.name} was not written: {sent}"
    return sent


def rows(path: Path, mark: str) -> int:
    """Count what a write left, as somebody who sees every row."""
    dsn = Instance.here().server.dsn(dbname=str(connection.settings_dict["NAME"]))
    with psycopg.connect(dsn) as own:
        found = own.execute(path.counted, [mark]).fetchone()
    return int(found[0]) if found else 0


def events() -> int:
    """Count the audit events of requests that wrote something and were not refused."""
    dsn = Instance.here().server.dsn(dbname=str(connection.settings_dict["NAME"]))
    with psycopg.connect(dsn) as own:
        found = own.execute(
            "SELECT count(*) FROM safeguards_audit_outbox WHERE event ->> 'outcome' = 'done'"
            " AND jsonb_array_length(event -> 'writes') > 0"
        ).fetchone()
    return int(found[0]) if found else 0


def check(path: Path, point: int, user: User) -> None:
    """Kill a write at a point, send it again, and look: it is there once, and logged once."""
    mark = f"m{zlib.crc32(path.name.encode())}p{point}"
    logged = events()
    assert dies_at(point, path, mark, user) == -signal.SIGKILL
    after_death = rows(path, mark)
    assert after_death in (0, 1)
    assert events() - logged == after_death, "a write without its event, or an event without its write"
    again = send(path, mark, user)

    assert again.status_code < 400, again.content
    assert rows(path, mark) == 1, f"{path.name}, killed at statement {point}"
    assert events() - logged == 1
    assert send(path, mark, user).status_code < 400
    assert rows(path, mark) == 1


def test_writes_that_are_killed_are_there_once_or_not_at_all(committed: World) -> None:
    """A seeded sample of points, and always the one between the commit and the answer [ADM-03]."""
    for kind in PATHS:
        user = committed.user(kind.role)
        path = beginning(kind, user)
        total = statements_of(path, user)
        check(path, random.Random(f"{SEED} {path.name}").randint(1, total), user)
        check(path, total + 1, user)


@pytest.mark.deep
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_point_of_every_write(committed: World, path: Path) -> None:
    """Before each statement, and after the last."""
    user = committed.user(path.role)
    path = beginning(path, user)
    for point in range(1, statements_of(path, user) + 2):
        check(path, point, user)
