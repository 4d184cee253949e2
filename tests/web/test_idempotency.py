"""A write that is sent twice is done once."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from openilp.safeguards.models import IdempotencyKey, Matter, User
from openilp.safeguards.roles import Role
from tests.factories import World

Browser = Callable[[Role], Client]
MATTER = {
    "title": "Quay thefts",
    "kind": "operation",
    "purpose_code": "detect",
    "legal_basis": "POL-12",
    "idempotency_key": "form-1",
}
JOINER = {
    "username": "ada",
    "full_name": "Ada Bright",
    "unit": "HQ",
    "roles": ["reporting_officer"],
    "clearance": 1,
}


def test_a_form_sent_twice_is_done_once(world: World, logged_in: Browser, act: Any) -> None:
    """The second sending leads to where the first led."""
    client = logged_in(Role.HEAD_OF_INTELLIGENCE)
    first, second = (client.post("/matters", MATTER) for _ in range(2))

    assert first.status_code == 302, first.content.decode()
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    ref = first["Location"].rsplit("/", 1)[1]
    assert client.get(f"/matters/{ref}").status_code == 200
    with act(world.user(Role.HEAD_OF_INTELLIGENCE)) as actor:
        assert Matter.objects.seen_by(actor).filter(title="Quay thefts").count() == 1


def test_a_key_with_another_content_is_a_conflict(logged_in: Browser) -> None:
    """The same key for something else is refused, on a page in words."""
    client = logged_in(Role.HEAD_OF_INTELLIGENCE)
    client.post("/matters", MATTER)
    answer = client.post("/matters", MATTER | {"title": "Another"})

    assert answer.status_code == 409
    assert "new key" in answer.content.decode()


def test_a_key_with_another_address_is_a_conflict(logged_in: Browser) -> None:
    """A key belongs to one address."""
    client = logged_in(Role.ADMINISTRATOR)
    for path in ("/api/v1/accounts", "/api/v1/me/tokens"):
        answer = client.post(path, JOINER, content_type="application/json", headers={"Idempotency-Key": "k"})

    assert answer.status_code == 409
    assert answer.json()["title"] == "Conflict"


def test_a_repeated_creation_keeps_no_secret(logged_in: Browser) -> None:
    """The starting password is in the first answer only, and nowhere in the database."""
    client = logged_in(Role.ADMINISTRATOR)
    answers = [
        client.post(
            "/api/v1/accounts", JOINER, content_type="application/json", headers={"Idempotency-Key": "k"}
        )
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201], answers[0].content
    assert answers[0].json()["password"]
    assert "password" not in answers[1].json()
    assert answers[1].json()["id"] == answers[0].json()["id"]
    assert User.objects.filter(username="ada").count() == 1
    assert "password" not in (IdempotencyKey.objects.get(key="k").answer or {})


def test_a_refused_write_frees_its_key(logged_in: Browser) -> None:
    """Whoever corrects the input may send it under the same key."""
    client = logged_in(Role.ADMINISTRATOR)
    refused = client.post(
        "/api/v1/accounts",
        JOINER | {"unit": "NOWHERE"},
        content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )
    done = client.post(
        "/api/v1/accounts", JOINER, content_type="application/json", headers={"Idempotency-Key": "k"}
    )

    assert refused.status_code == 404
    assert done.status_code == 201
