"""A second person for what an administrator must not do alone: on pages and over HTTP."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from openilp.safeguards.models import User
from openilp.safeguards.roles import Role
from tests.factories import PASSWORD, World

Browser = Callable[[Role], Client]
REASON = "came to my desk with the staff card"


def send(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    """Post to the API."""
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def digest(client: Client, page: str) -> str:
    """Return the digest that stands in the form of the page."""
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', client.get(page).content.decode())
    assert found, page
    return found[1]


def test_a_forgotten_password_goes_through_two_hands(
    world: World, logged_in: Browser, events: list[Any]
) -> None:
    """Asked by one, approved by another, carried out once, shown once, and each step is logged."""
    admin, head = logged_in(Role.ADMINISTRATOR), logged_in(Role.HEAD_OF_INTELLIGENCE)
    asked = admin.post("/settings/accounts/chair/password", {"reason": REASON})
    page = asked["Location"]
    assert asked.status_code == 302
    assert page.startswith("/approvals/TP-")
    assert admin.post(f"{page}/carry-out").status_code == 409
    assert "Carry it out now" not in admin.get(page).content.decode()
    assert REASON in head.get(page).content.decode()

    body = {"answer": "approve", "digest": digest(head, page), "reason": ""}
    assert head.post(page, body).status_code == 302
    assert head.post(f"{page}/carry-out").status_code in (403, 409)
    assert User.objects.get(username="chair").check_password(PASSWORD)
    shown = admin.post(f"{page}/carry-out").content.decode()
    found = re.search(r'id="starting-password">([^<]+)<', shown)

    assert found, shown[:2000]
    assert User.objects.get(username="chair").check_password(found[1])
    assert admin.post(f"{page}/carry-out").status_code == 409
    assert found[1] not in str(events)
    written = [write["action"] for event in events for write in event["writes"]]
    assert [name for name in written if name.startswith("safeguards.")] == [
        "safeguards.ask_approval",
        "safeguards.answer_approval",
        "safeguards.reset_password",
    ]


def test_a_reason_is_asked_for_in_words(logged_in: Browser) -> None:
    """Nothing is asked without one, and the field says so."""
    answer = logged_in(Role.ADMINISTRATOR).post("/settings/accounts/chair/password", {"reason": " "})

    assert answer.status_code == 422
    assert "Reason" in answer.content.decode()
    assert logged_in(Role.HEAD_OF_INTELLIGENCE).get("/approvals").context["page"].rows == []


def test_more_duties_are_asked_for_and_shown_beside_the_old_ones(world: World, logged_in: Browser) -> None:
    """The form asks; the page says what is and what would be; nothing changed so far."""
    admin = logged_in(Role.ADMINISTRATOR)
    duties = {"unit": "R1", "roles": ["plan_owner", "chair"], "clearance": "3"}
    bare = admin.post("/settings/accounts/plan_owner", duties)
    assert bare.status_code == 422
    assert "second person" in bare.content.decode()
    page = admin.post("/settings/accounts/plan_owner", duties | {"reason": REASON})["Location"]
    text = logged_in(Role.DATA_PROTECTION_OFFICER).get(page).content.decode()

    assert "Chair of tasking" in text
    assert "confidential" in text
    assert "restricted" in text
    assert User.objects.get(username="plan_owner").roles == ["plan_owner"]


def test_a_refusal_needs_a_reason_and_stands(logged_in: Browser) -> None:
    """The asker reads it and can only ask anew."""
    admin, officer = logged_in(Role.ADMINISTRATOR), logged_in(Role.DATA_PROTECTION_OFFICER)
    page = admin.post("/settings/accounts/chair/password", {"reason": REASON})["Location"]
    body = {"answer": "refuse", "digest": digest(officer, page), "reason": ""}
    assert officer.post(page, body).status_code == 422
    assert officer.post(page, body | {"reason": "he sits beside me and knows it"}).status_code == 302

    assert "he sits beside me" in admin.get(page).content.decode()
    assert admin.post(f"{page}/carry-out").status_code == 409


def test_a_lost_device_is_taken_off_by_two(world: World, logged_in: Browser) -> None:
    """Nobody asks it for one's own account; the devices are those that were there when it was asked."""
    user = world.user(Role.PLAN_OWNER)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    admin, head = logged_in(Role.ADMINISTRATOR), logged_in(Role.HEAD_OF_INTELLIGENCE)
    own = admin.post("/settings/accounts/administrator/second-factor", {"reason": REASON})
    assert own.status_code == 422
    page = admin.post("/settings/accounts/plan_owner/second-factor", {"reason": REASON})["Location"]
    head.post(page, {"answer": "approve", "digest": digest(head, page)})
    assert Authenticator.objects.filter(user=user).exists()
    assert admin.post(f"{page}/carry-out").status_code == 302

    assert not Authenticator.objects.filter(user=user).exists()


@pytest.mark.parametrize("role", sorted(Role))
def test_approvals_open_for_second_people_only(world: World, logged_in: Browser, role: Role) -> None:
    """Whoever can neither ask nor answer sees nothing of it; who answers only for sources finds no other request."""
    page = logged_in(Role.ADMINISTRATOR).post("/settings/accounts/chair/password", {"reason": REASON})[
        "Location"
    ]
    is_open = role in (Role.ADMINISTRATOR, Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER)
    lists = is_open or role in (Role.CHAIR, Role.SOURCE_CONTROLLER)

    assert logged_in(role).get("/approvals").status_code == (200 if lists else 403)
    shut = 404 if lists else 403
    assert logged_in(role).get(page).status_code == (200 if is_open else shut)
    assert logged_in(role).get(f"/api/v1{page}").status_code == (200 if is_open else shut)


def test_the_whole_way_over_http(world: World, logged_in: Browser) -> None:
    """Ask, answer the digest, carry out; a joiner with duties of content needs it."""
    admin, head = logged_in(Role.ADMINISTRATOR), logged_in(Role.HEAD_OF_INTELLIGENCE)
    joiner = {
        "username": "ada",
        "full_name": "Ada",
        "unit": "R1",
        "roles": ["operational_analyst"],
        "clearance": 2,
    }
    alone = send(admin, "accounts", joiner)
    assert (alone.status_code, alone.json()["type"]) == (409, "/docs/problems#ApprovalNeeded")
    asked = send(admin, "approvals", joiner | {"action": "safeguards.join", "reason": REASON})
    assert asked.status_code == 201, asked.content
    ref = asked.json()["ref"]
    waiting = head.get("/api/v1/approvals?waiting=true").json()["rows"]
    assert [(row["ref"], row["state"]) for row in waiting] == [(ref, "waiting")]
    assert waiting[0]["parameters"]["roles"] == ["operational_analyst"]
    wrong = send(head, f"approvals/{ref}/answer", {"digest": "0" * 64, "is_approved": True})
    assert wrong.json()["type"] == "/docs/problems#ApprovalChanged"
    own = send(admin, f"approvals/{ref}/answer", {"digest": waiting[0]["digest"], "is_approved": True})
    assert own.json()["type"] == "/docs/problems#WrongApprover"
    given = send(head, f"approvals/{ref}/answer", {"digest": waiting[0]["digest"], "is_approved": True})
    assert given.json()["state"] == "approved"
    done = send(admin, f"approvals/{ref}/carry-out").json()

    ada = User.objects.get(username="ada")
    assert ada.check_password(done["password"])
    assert (ada.roles, ada.clearance) == (["operational_analyst"], 2)
    assert head.get(f"/api/v1/approvals/{ref}").json()["state"] == "carried_out"
    assert head.get("/api/v1/approvals?waiting=true").json()["rows"] == []
