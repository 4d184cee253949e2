"""Around every request: one block, one event, nothing kept of what was refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from openilp.safeguards import people
from openilp.safeguards.models import Notice
from openilp.safeguards.roles import Role
from openilp.web.middleware import CONTENT_SECURITY_POLICY
from tests.factories import World

Browser = Callable[[Role], Client]


@pytest.fixture
def careless(settings: Any) -> None:
    """Add the faulty routes."""
    settings.ROOT_URLCONF = "tests.web.routes"


def alerts(world: World, role: Role, act: Any) -> int:
    """Return how many alerts an account has."""
    with act(world.user(role), world.desk) as actor:
        return int(Notice.objects.seen_by(actor).count())


@pytest.mark.parametrize(("path", "status"), [("undeclared", 500), ("refuses", 422)])
def test_what_is_not_declared_or_refused_leaves_nothing(
    careless: None, world: World, logged_in: Browser, act: Any, events: list[Any], path: str, status: int
) -> None:
    """A route without an action stays shut, a refusal rolls back what was written before it."""
    answer = logged_in(Role.PLAN_OWNER).get(f"/faulty/{path}")

    assert answer.status_code == status
    assert [event["outcome"] for event in events] == ["refused"]
    assert alerts(world, Role.PLAN_OWNER, act) == 0


def test_a_fault_rolls_back_and_says_so(
    careless: None, world: World, logged_in: Browser, act: Any, events: list[Any]
) -> None:
    """An exception leaves nothing, and the page says that nothing was saved."""
    client = logged_in(Role.PLAN_OWNER)
    client.raise_request_exception = False
    answer = client.get("/faulty/breaks")

    assert answer.status_code == 500
    assert "Nothing was saved" in answer.content.decode()
    assert [event["outcome"] for event in events] == ["refused"]
    assert alerts(world, Role.PLAN_OWNER, act) == 0


def test_a_write_is_kept_with_one_event(
    careless: None, world: World, logged_in: Browser, act: Any, events: list[Any]
) -> None:
    """One request, one event, under the route's action."""
    assert logged_in(Role.PLAN_OWNER).get("/faulty/writes").status_code == 200
    assert [(event["action"], event["outcome"]) for event in events] == [("test.writes", "done")]
    assert alerts(world, Role.PLAN_OWNER, act) == 1


def test_an_error_of_the_api_rolls_back(world: World, logged_in: Browser, events: list[Any]) -> None:
    """The API answers bad input as problem+json, and nothing is kept."""
    answer = logged_in(Role.ADMINISTRATOR).post(
        "/api/v1/accounts",
        {"username": "ada", "full_name": "Ada", "unit": "HQ", "roles": ["tea_maker"]},
        content_type="application/json",
    )

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["field"].startswith("roles")
    assert [event["outcome"] for event in events] == ["refused"]


def test_a_denial_is_logged_outside_the_rolled_back_transaction(
    world: World, logged_in: Browser, events: list[Any]
) -> None:
    """Who may not is refused in words, and the attempt stands in the log [LEG-02]."""
    answer = logged_in(Role.REPORTING_OFFICER).get("/settings/accounts")

    assert answer.status_code == 403
    assert "administrator" in answer.content.decode()
    assert [(e["action"], e["outcome"]) for e in events] == [("web.accounts", "refused")]


def test_hidden_and_absent_read_the_same(world: World, logged_in: Browser, act: Any) -> None:
    """A 404 for a hidden matter and one for an absent one are the same bytes [LEG-01]."""
    client = logged_in(Role.CHAIR)
    hidden = client.get(f"/matters/{world.operation.ref}")
    absent = client.get("/matters/M-0000")

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert _without_token(hidden) == _without_token(absent)
    api = [client.get(f"/api/v1/matters/{ref}") for ref in (world.operation.ref, "M-0000")]
    assert api[0].content == api[1].content
    assert [answer.status_code for answer in api] == [404, 404]


def _without_token(answer: Any) -> str:
    lines = answer.content.decode().split('name="csrfmiddlewaretoken" value="')
    return lines[0] + "".join(line.split('"', 1)[1] for line in lines[1:])


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/nowhere", "/matters/M-0000"])
def test_what_leads_nowhere_says_what_to_do(logged_in: Browser, path: str) -> None:
    """Unknown addresses get the same words, on pages and on the API."""
    answer = logged_in(Role.CHAIR).get(path)

    assert answer.status_code == 404
    assert "check the reference" in answer.content.decode()


def test_every_answer_carries_the_headers(logged_in: Browser) -> None:
    """No inline script or style, no framing, no caching, nothing from elsewhere."""
    for path in ("/", "/account/login/", "/nowhere", "/api/v1/me"):
        answer = logged_in(Role.CHAIR).get(path)

        assert answer["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("path", ["/", "/help", "/settings/", "/alerts", "/settings/password"])
def test_pages_of_the_frame_open_for_every_role_without_inline_code(
    logged_in: Browser, role: Role, path: str
) -> None:
    """The policy forbids inline code, so no page may carry any."""
    answer = logged_in(role).get(path)
    text = answer.content.decode()

    assert answer.status_code == 200
    assert " style=" not in text
    assert " onclick=" not in text
    assert "<style" not in text
    for part in text.split("<script")[1:]:
        assert "src=" in part.split(">")[0] or 'type="application/json"' in part.split(">")[0]


def test_a_form_from_elsewhere_is_refused_in_words(world: World) -> None:
    """Without the token of the page a form is not taken."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.user(Role.CHAIR))
    answer = client.post("/purpose", {"purpose": str(world.desk.pk)})

    assert answer.status_code == 403
    assert "Load it again" in answer.content.decode()


def test_the_purpose_is_changed_with_one_click_and_logged(
    world: World, logged_in: Browser, events: list[Any]
) -> None:
    """The next request acts for the chosen matter; a matter of others is refused [LEG-02]."""
    client = logged_in(Role.PLAN_OWNER)
    moved = client.post("/purpose", {"purpose": str(world.operation.pk), "next": "/help"})
    client.get("/help")
    foreign = logged_in(Role.CHAIR).post("/purpose", {"purpose": str(world.operation.pk)})

    assert (moved.status_code, moved["Location"]) == (302, "/help")
    assert events[0]["writes"][0]["action"] == "web.change_purpose"
    assert events[0]["writes"][0]["objects"] == {"matter": [str(world.operation.pk)]}
    assert events[1]["purpose"] == str(world.operation.pk)
    assert foreign.status_code == 403


def test_the_next_page_is_never_another_site(world: World, logged_in: Browser) -> None:
    """An address from a form cannot lead away."""
    answer = logged_in(Role.CHAIR).post(
        "/purpose", {"purpose": str(world.desk.pk), "next": "https://elsewhere.example/"}
    )

    assert answer["Location"] == "/"


def test_a_leavers_session_ends_at_the_next_request(world: World, logged_in: Browser, act: Any) -> None:
    """Closing an account ends what is open."""
    client = logged_in(Role.PLAN_OWNER)
    assert client.get("/help").status_code == 200
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        people.leave(actor=actor, user=world.user(Role.PLAN_OWNER))
    answer = client.get("/help")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


def test_a_dismissed_member_acts_for_the_matter_no_more(world: World, logged_in: Browser, act: Any) -> None:
    """A membership counts at each request, not at log-in."""
    client = logged_in(Role.PLAN_OWNER)
    client.post("/purpose", {"purpose": str(world.operation.pk)})
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        people.dismiss(actor=actor, matter=world.operation, user=world.user(Role.PLAN_OWNER))
    own = client.get("/api/v1/me").json()

    assert own["purpose"] == str(world.desk.pk)
    assert [matter["ref"] for matter in own["matters"]] == [world.desk.ref]


def test_a_token_logs_in_for_its_matter_without_a_csrf_token(world: World, act: Any) -> None:
    """A program acts as its account, for the matter that the token was issued for."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.operation) as actor:
        token = people.issue_token(actor=actor, name="notebook")
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"})
    answer = client.get("/api/v1/me")

    assert answer.status_code == 200
    assert answer.json()["purpose"] == str(world.operation.pk)
    posted = client.post("/api/v1/me/language", {"language": "mn"}, content_type="application/json")
    assert posted.status_code == 200
    assert Client(headers={"Authorization": "Bearer wrong"}).get("/api/v1/me").status_code == 401
    assert Client(headers={"Authorization": f"Bearer {token}"}).get("/help").status_code == 302


def test_a_browser_needs_its_csrf_token_on_the_api(world: World) -> None:
    """The cookie alone writes nothing."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.user(Role.CHAIR))
    answer = client.post("/api/v1/me/language", {"language": "mn"}, content_type="application/json")

    assert answer.status_code == 403


def test_a_token_issues_no_further_tokens(world: World, act: Any) -> None:
    """Whoever took a token cannot make one that outlives it."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        token = people.issue_token(actor=actor, name="notebook", days=1)
    thief = Client(headers={"Authorization": f"Bearer {token}"})
    answer = thief.post("/api/v1/me/tokens", {"name": "longer", "days": 365}, content_type="application/json")

    assert answer.status_code == 422
    assert "log in with a browser" in answer.json()["detail"]
    assert [row["name"] for row in thief.get("/api/v1/me/tokens").json()] == ["notebook"]


def test_a_wrong_method_is_a_problem_in_words(logged_in: Browser) -> None:
    """The API answers each refusal in one form."""
    answer = logged_in(Role.CHAIR).put("/api/v1/me")

    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
