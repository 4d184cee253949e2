"""What the tests of the frame share: browsers by role, and the audit events as they are written."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from openilp.safeguards import audit
from openilp.safeguards.roles import Role
from tests.factories import World


@pytest.fixture
def logged_in(world: World) -> Callable[[Role], Client]:
    """Return a logged-in browser of a role."""

    def of(role: Role) -> Client:
        client = Client()
        client.force_login(world.user(role))
        return client

    return of


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the list that each written audit event is added to; it is written all the same."""
    seen: list[dict[str, Any]] = []
    write = audit.record

    def note(event: dict[str, Any], *sealed: Any) -> None:
        write(event, *sealed)
        seen.append(event)

    monkeypatch.setattr(audit, "record", note)
    return seen


@pytest.fixture(autouse=True)
def forget() -> None:
    """Begin each test without kept counts."""
    from django.core.cache import caches

    caches["process"].clear()
