"""Emergencies on pages, over HTTP and at the terminal."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from openilp.safeguards import people
from openilp.safeguards.models import Membership, User
from openilp.safeguards.roles import CONTENT, Role
from tests.factories import PASSWORD, World

Browser = Callable[[Role], Client]
WHY = "A child was taken from the ferry an hour ago."
FORM = {"reason_code": "life-at-risk", "reason": WHY, "minutes": "30"}


@pytest.fixture
def far(world: World) -> Client:
    """Return the browser of a data-protection officer of another unit."""
    user = people.make_account(
        username="far",
        full_name="Far Officer",
        unit=world.headquarters,
        roles=[Role.DATA_PROTECTION_OFFICER],
        clearance=2,
        password=PASSWORD,
        must_change_password=False,
    )
    client = Client()
    client.force_login(user)
    return client


def test_an_emergency_from_opening_to_review(
    world: World, logged_in: Browser, far: Client, events: list[Any]
) -> None:
    """Opened on a page, acted for at once, closed by hand, reviewed by another unit; each step is an event."""
    client = logged_in(Role.STRATEGIC_ANALYST)
    opened = client.post("/emergencies", FORM | {"matter": world.operation.ref})
    page = opened["Location"]
    assert opened.status_code == 302, opened.content.decode()
    assert client.get("/api/v1/me").json()["purpose"] == str(world.operation.pk)
    assert "Close it now" in client.get(page).content.decode()
    assert far.get("/emergencies").context["waiting"] == 1
    assert "Record the finding" in far.get(page).content.decode()
    assert "Record the finding" not in logged_in(Role.HEAD_OF_INTELLIGENCE).get(page).content.decode()
    assert logged_in(Role.CHAIR).get(page).status_code == 404
    assert client.post(f"{page}/end").status_code == 302
    assert client.get("/api/v1/me").json()["purpose"] == str(world.desk.pk)
    bare = far.post(page, {"finding": "", "is_justified": ""})
    assert bare.status_code == 422
    body = {"finding": "I spoke to the head of the operation.", "is_justified": "yes"}
    assert far.post(page, body).status_code == 302

    text = client.get(page).content.decode()
    assert "It was justified" in text
    assert WHY not in str(events)
    written = [write["action"] for event in events for write in event["writes"]]
    assert [name for name in written if "emergency" in name or "glass" in name] == [
        "safeguards.break_glass",
        "safeguards.end_emergency",
        "safeguards.review_emergency",
    ]


def test_a_reference_that_does_not_exist_reads_like_one_that_does_not_open(
    world: World, logged_in: Browser
) -> None:
    """The attempt leaves nothing but its event."""
    client = logged_in(Role.STRATEGIC_ANALYST)
    answer = client.post("/emergencies", FORM | {"matter": "M-2222-2222"})

    assert answer.status_code == 422
    assert "No matter opens under this reference" in answer.content.decode()
    assert Membership.objects.filter(user=world.user(Role.STRATEGIC_ANALYST)).count() == 1
    assert client.get("/emergencies").context["page"].rows == []


@pytest.mark.parametrize("role", sorted(Role))
def test_who_opens_the_page(logged_in: Browser, role: Role) -> None:
    """Whoever works with content, and the oversight, which opens nothing."""
    answer = logged_in(role).get("/emergencies")

    assert answer.status_code == (200 if role in CONTENT | {Role.OVERSIGHT} else 403)
    if answer.status_code == 200:
        assert ("Open it" in answer.content.decode()) == (role in CONTENT)


def test_over_http(world: World, logged_in: Browser, far: Client) -> None:
    """Open, list, review; a conflict bars, and is lifted by a keeper of the list."""
    client = logged_in(Role.STRATEGIC_ANALYST)

    def send(sender: Client, path: str, body: dict[str, Any]) -> Any:
        return sender.post(f"/api/v1/{path}", body, content_type="application/json")

    body = FORM | {"matter": world.operation.ref}
    short = send(client, "emergencies", body | {"minutes": 5})
    assert (short.status_code, short.json()["field"]) == (422, "minutes")
    ref = send(client, "emergencies", body).json()["ref"]
    assert [row["ref"] for row in far.get("/api/v1/emergencies?to_review=true").json()["rows"]] == [ref]
    finding = {"is_justified": False, "finding": "The head of the operation could be reached."}
    own = send(logged_in(Role.HEAD_OF_INTELLIGENCE), f"emergencies/{ref}/review", finding)
    assert own.json()["type"] == "/docs/problems#WrongApprover"
    assert send(far, f"emergencies/{ref}/review", finding).json()["is_reviewed"] is True
    assert send(client, f"emergencies/{ref}/end", {}).status_code == 200

    head = logged_in(Role.HEAD_OF_INTELLIGENCE)
    conflict = {"username": "strategic_analyst", "matter": world.operation.ref, "kind": "relative"}
    made = send(head, "conflicts", conflict)
    assert (made.status_code, made.json()["username"]) == (201, "strategic_analyst")
    assert send(client, "emergencies", body).status_code == 404
    assert send(client, f"conflicts/{made.json()['id']}/lift", {}).status_code == 403
    assert send(head, f"conflicts/{made.json()['id']}/lift", {}).status_code == 204
    assert send(client, "emergencies", body).status_code == 201


def test_at_the_terminal(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what is open until when."""
    from openilp.cli import running
    from openilp.cli.main import cli

    settings.OPENILP_DEMO = True
    monkeypatch.setattr(running, "open_database", lambda: None)
    command = ["--as", "strategic_analyst", "break-glass", world.operation.ref]
    done = CliRunner().invoke(cli, [*command, "--reason", "life-at-risk", "--why", WHY, "--minutes", "30"])

    assert done.exit_code == 0, done.output
    assert f"{world.operation.ref} is open to Strategic Analyst until" in done.output
    user = User.objects.get(username="strategic_analyst")
    assert world.operation.pk in people.actor_for(user).compartments
