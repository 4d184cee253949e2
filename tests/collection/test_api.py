"""Entry over HTTP: one report through, twice the same, and what is refused."""

from typing import Any

import pytest
from django.test import Client

from openilp.safeguards.roles import Role
from tests.factories import World

REPORT = {
    "items": [
        {
            "text": "A white van left the yard.",
            "kind": "fact",
            "mentions": [{"entity_type": "vehicle", "text": "white van"}],
        }
    ],
    "urgency": "low",
    "provenance": "seen",
    "legal_basis": "POL-12",
}


@pytest.fixture
def officer(world: World) -> Client:
    """A browser of the reporting officer."""
    client = Client()
    client.force_login(world.user(Role.REPORTING_OFFICER))
    return client


def post(client: Client, body: dict[str, Any], **headers: str) -> Any:
    """Send a report."""
    return client.post("/api/v1/collection/reports", body, content_type="application/json", headers=headers)


def test_a_report_goes_in_and_is_listed(officer: Client) -> None:
    """One report through the API."""
    answer = post(officer, REPORT)

    assert answer.status_code == 201, answer.content
    listed = officer.get("/api/v1/collection/reports").json()["rows"]
    assert [answer.json()["ref"]] == [row["ref"] for row in listed]


def test_the_same_post_sent_twice_is_done_once(officer: Client) -> None:
    """A replayed POST with its key answers the same and writes nothing."""
    first, second = (post(officer, REPORT, **{"Idempotency-Key": "k-1"}) for _ in range(2))

    assert first.json() == second.json()
    assert len(officer.get("/api/v1/collection/reports").json()["rows"]) == 1


def test_an_unknown_code_is_refused_with_field_and_remedy(officer: Client) -> None:
    """Bad input gets a clear error, and nothing is written."""
    answer = post(officer, REPORT | {"urgency": "soonish"})

    assert answer.status_code == 422
    assert answer.json()["field"] == "urgency"
    assert "high" in answer.json()["detail"]
    assert officer.get("/api/v1/collection/reports").json()["rows"] == []


def test_the_administrator_gets_no_reports(world: World) -> None:
    """No content for who manages accounts."""
    client = Client()
    client.force_login(world.user(Role.ADMINISTRATOR))

    assert client.get("/api/v1/collection/reports").status_code == 403


def test_without_log_in_there_is_nothing(db: None) -> None:
    """Pages send to the log-in, the API says 401."""
    assert Client().get("/api/v1/collection/reports").status_code == 401
    assert Client().get("/collection/").status_code == 302


def test_the_pages_of_the_room_open(officer: Client) -> None:
    """Form, list and report render for the officer."""
    ref = post(officer, REPORT).json()["ref"]
    for path in ("/", "/collection/", "/collection/reports/new", f"/collection/reports/{ref}", "/nav/counts"):
        answer = officer.get(path)

        assert answer.status_code == 200, (path, answer.content[:500])
