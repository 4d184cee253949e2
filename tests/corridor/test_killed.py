"""Killed between its two commits, a write of the source desk is done once when it is sent again, and not said to be."""

import signal
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from openilp.corridor import session
from openilp.safeguards.postgres.instance import Instance
from openilp.safeguards.roles import Role
from tests.corridor.scenes import register
from tests.factories import make_world
from tests.killing import die, forked

pytestmark = pytest.mark.django_db(databases=["default", "corridor"], transaction=True)

GIVEN = {
    "title": "At night",
    "items": "A lorry comes.\n\nTwo men unload.",
    "urgency": "medium",
    "language": "en",
    "idempotency_key": "k-1",
}


def drafts() -> int:
    """Count the drafts of the desk, as somebody who sees every row."""
    with psycopg.connect(Instance.here().server.dsn(dbname=str(connection.settings_dict["NAME"]))) as own:
        found = own.execute("SELECT count(*) FROM corridor.corridor_draft").fetchone()
    return int(found[0]) if found else -1


def test_what_was_cut_off_between_two_commits_is_done_once() -> None:
    """The key alone is no answer: a moment later the write is refused, half a minute later it is done [ADM-03]."""
    world = make_world()
    source = register(world)
    handler = world.user(Role.SOURCE_HANDLER)

    def send() -> Any:
        client = Client()
        client.force_login(handler)
        return client.post(f"/corridor/sources/{source.ref}/report", GIVEN)

    def dying() -> int:
        with patch.object(session, "_leave", lambda _block: die()):
            send()
        return 98

    assert forked(dying) == -signal.SIGKILL
    assert drafts() == 0
    assert send().status_code == 409
    later = timezone.now() + timedelta(minutes=1)
    with patch("django.utils.timezone.now", lambda: later):
        assert send().status_code == 302
        assert send().status_code == 302
    assert drafts() == 1
