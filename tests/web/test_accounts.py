"""Joiner, mover, leaver, and who belongs to what: on pages and over HTTP."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from openilp.safeguards.models import ApiToken, Membership, User
from openilp.safeguards.roles import Role
from tests.factories import World

Browser = Callable[[Role], Client]
JOINER = {
    "full_name": "Ada Bright",
    "username": "ada.bright",
    "unit": "R1",
    "clearance": "1",
    "language": "mn",
    "roles": ["reporting_officer"],
}


def send(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    """Post to the API."""
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


@pytest.mark.parametrize(
    "path",
    ["/settings/accounts", "/settings/accounts/new", "/settings/accounts/chair", "/settings/units"],
)
def test_pages_of_accounts_open_for_the_administrator_only(logged_in: Browser, path: str) -> None:
    """Managing accounts is one duty of its own [LEG-01]."""
    assert logged_in(Role.ADMINISTRATOR).get(path).status_code == 200
    for role in set(Role) - {Role.ADMINISTRATOR}:
        assert logged_in(role).get(path).status_code == 403


def test_a_joiner_gets_a_starting_password_shown_once(logged_in: Browser, events: list[Any]) -> None:
    """The password on the page logs in; it is in no list and in no log."""
    answer = logged_in(Role.ADMINISTRATOR).post("/settings/accounts/new", JOINER)
    text = answer.content.decode()
    found = re.search(r'id="starting-password">([^<]+)<', text)

    assert found, text[:2000]
    user = User.objects.get(username="ada.bright")
    assert user.check_password(found[1])
    assert (user.roles, user.clearance, user.language) == (["reporting_officer"], 1, "mn")
    assert user.must_change_password
    assert found[1] not in str(events)
    assert [write["action"] for write in events[-1]["writes"]] == ["safeguards.join"]
    assert found[1] not in logged_in(Role.ADMINISTRATOR).get("/settings/accounts/ada.bright").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("username", "Ada Bright", "Small letters"),
        ("username", "chair", "exists"),
        ("roles", [], "required"),
        ("unit", "NOWHERE", "valid choice"),
    ],
)
def test_bad_input_names_field_and_remedy(logged_in: Browser, field: str, value: Any, word: str) -> None:
    """The form comes back with what was typed and what is wrong."""
    answer = logged_in(Role.ADMINISTRATOR).post("/settings/accounts/new", JOINER | {field: value})

    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert "Ada Bright" in answer.content.decode()
    assert User.objects.filter(full_name="Ada Bright").count() == 0


def test_a_mover_loses_the_places_of_the_old_unit(world: World, logged_in: Browser) -> None:
    """Duties change, memberships end, and the log says who did it."""
    answer = logged_in(Role.ADMINISTRATOR).post(
        "/settings/accounts/plan_owner", {"unit": "R1D1", "roles": ["plan_owner"], "clearance": "1"}
    )

    assert answer.status_code == 302
    moved = User.objects.get(username="plan_owner")
    assert (moved.unit.code, moved.roles, moved.clearance) == ("R1D1", ["plan_owner"], 1)
    assert Membership.objects.filter(user=moved, until=None).count() == 0


def test_nobody_changes_the_own_duties(logged_in: Browser) -> None:
    """Not even the administrator."""
    duties = {"unit": "R1", "roles": ["chair"], "clearance": "3", "reason": "because I can"}
    answer = logged_in(Role.ADMINISTRATOR).post("/settings/accounts/administrator", duties)

    assert answer.status_code == 422
    assert User.objects.get(username="administrator").roles == ["administrator"]


def test_accounts_are_filtered_in_the_address(logged_in: Browser) -> None:
    """Name, duty, unit and state narrow the list; the order is that of names."""
    client = logged_in(Role.ADMINISTRATOR)
    found = client.get("/settings/accounts?role=chair").context["page"].rows
    named = client.get("/settings/accounts?q=officer").context["page"].rows
    closed = client.get("/settings/accounts?state=closed").context["page"].rows

    assert [row.username for row in found] == ["chair"]
    names = [row.username for row in named]
    assert names == sorted(names)
    assert "intelligence_officer" in names
    assert closed == []


def test_the_list_goes_on_behind_a_name(logged_in: Browser) -> None:
    """Pages are cut at a name, so that a new account moves nothing."""
    client = logged_in(Role.ADMINISTRATOR)
    whole = client.get("/api/v1/accounts").json()["rows"]
    rest = client.get(f"/api/v1/accounts?after={whole[3]['username']}").json()["rows"]

    assert [row["username"] for row in rest] == [row["username"] for row in whole[4:]]


def test_a_head_admits_and_dismisses(world: World, logged_in: Browser) -> None:
    """Who belongs to a matter is for those who belong to it and lead."""
    head = logged_in(Role.HEAD_OF_INTELLIGENCE)
    page = f"/matters/{world.operation.ref}"
    assert "Chair" not in _members(head, page)
    assert head.post(page, {"username": "chair"}).status_code == 302
    assert "Chair" in _members(head, page)
    assert logged_in(Role.CHAIR).get(page).status_code == 200
    assert head.post(f"{page}/members/chair/dismiss").status_code == 302

    assert "Chair" not in _members(head, page)
    assert logged_in(Role.CHAIR).get(page).status_code == 404


def _members(client: Client, page: str) -> list[str]:
    return [user.full_name for user in client.get(page).context["members"]]


def test_an_unknown_name_is_said_in_words(world: World, logged_in: Browser) -> None:
    """The form comes back with the remedy."""
    answer = logged_in(Role.HEAD_OF_INTELLIGENCE).post(
        f"/matters/{world.operation.ref}", {"username": "nobody"}
    )

    assert answer.status_code == 422
    assert "take one from the list" in answer.content.decode()


def test_who_stands_outside_names_no_members(world: World, logged_in: Browser, act: Any) -> None:
    """A standing task is known to all; its members are named to members."""
    Membership.objects.filter(matter=world.desk, user=world.user(Role.CHAIR)).delete()
    answer = logged_in(Role.CHAIR).get(f"/matters/{world.desk.ref}")

    assert answer.status_code == 200
    assert "Plan Owner" not in answer.content.decode()
    assert logged_in(Role.CHAIR).get(f"/api/v1/matters/{world.desk.ref}").json()["members"] == []
    refused = logged_in(Role.CHAIR).post(f"/matters/{world.desk.ref}", {"username": "chair"})
    assert refused.status_code == 403


def test_the_life_of_an_account_over_http(world: World, logged_in: Browser) -> None:
    """Join, move, leave: each verb answers what the account is then."""
    client = logged_in(Role.ADMINISTRATOR)
    duties = {"unit": "R1", "roles": ["reporting_officer"], "clearance": 1}
    joined = send(client, "accounts", {"username": "ada", "full_name": "Ada", **duties})
    moved = send(client, "accounts/ada/move", {"unit": "HQ", "roles": [], "clearance": 0})
    left = send(client, "accounts/ada/leave")

    assert joined.status_code == 201, joined.content
    assert (moved.json()["unit"], moved.json()["roles"]) == ("HQ", [])
    assert left.json()["is_active"] is False
    assert client.get("/api/v1/accounts/ada").json()["left_at"]
    assert send(client, "accounts/nobody/leave").status_code == 404
    assert send(logged_in(Role.CHAIR), "accounts/plan_owner/leave").status_code == 403


def test_matters_over_http(world: World, logged_in: Browser) -> None:
    """Open, admit, dismiss."""
    client = logged_in(Role.HEAD_OF_INTELLIGENCE)
    body = {
        "title": "Ferry thefts",
        "kind": "operation",
        "purpose_code": "detect",
        "legal_basis": "POL-12",
        "members": ["plan_owner"],
    }
    ref = send(client, "matters", body).json()["ref"]
    admitted = send(client, f"matters/{ref}/admit", {"username": "chair"}).json()["members"]
    dismissed = send(client, f"matters/{ref}/dismiss", {"username": "plan_owner"}).json()["members"]

    assert [person["username"] for person in admitted] == ["chair", "head_of_intelligence", "plan_owner"]
    assert [person["username"] for person in dismissed] == ["chair", "head_of_intelligence"]
    assert ref in [row["ref"] for row in client.get("/api/v1/matters").json()["rows"]]
    assert send(logged_in(Role.PLAN_OWNER), "matters", body).status_code == 403


def test_own_settings(world: World, logged_in: Browser) -> None:
    """Language and tokens; a token is shown once and ends at once."""
    client = logged_in(Role.OPERATIONAL_ANALYST)
    assert client.post("/settings/language", {"language": "mn"}).status_code == 302
    assert 'lang="mn"' in client.get("/help").content.decode()
    assert client.post("/settings/language", {"language": "xx"}).status_code == 422
    text = client.post("/settings/tokens", {"name": "notebook", "days": "7"}).content.decode()
    found = re.search(r'id="new-token">([^<]+)<', text)
    assert found
    program = Client(headers={"Authorization": f"Bearer {found[1]}"})
    assert program.get("/api/v1/me").status_code == 200
    assert found[1] not in client.get("/settings/").content.decode()
    key = ApiToken.objects.get(name="notebook").pk

    assert logged_in(Role.CHAIR).post(f"/settings/tokens/{key}/end").status_code == 404
    assert client.post(f"/settings/tokens/{key}/end").status_code == 302
    assert program.get("/api/v1/me").status_code == 401
