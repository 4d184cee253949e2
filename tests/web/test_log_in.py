"""Logging in: by name and password, an own password first, a second factor outside the demo, nothing else."""

from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from openilp.safeguards import people
from openilp.safeguards.models import User
from openilp.safeguards.roles import Role
from openilp.web.demo import DEMO_PASSWORD
from tests.approving import approved
from tests.factories import PASSWORD, World

OWN = "a river runs past the harbour"


def log_in(client: Client, name: str, password: str) -> Any:
    """Send the log-in form."""
    return client.post("/account/login/", {"login": name, "password": password})


def test_a_right_password_opens_home_and_is_logged(world: World, events: list[Any]) -> None:
    """Whatever the case of the name; the session is an audit event of the account [LEG-02]."""
    client = Client()
    answer = log_in(client, "Chair", PASSWORD)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    first = events[0]
    assert (first["action"], first["actor"]) == ("web.log_in", str(world.user(Role.CHAIR).pk))


@pytest.mark.parametrize("name", ["chair", "nobody"])
def test_a_wrong_password_reads_like_an_unknown_name(world: World, events: list[Any], name: str) -> None:
    """Nobody learns which names exist; the attempt is logged without what was typed."""
    answer = log_in(Client(), name, "wrong wrong wrong")
    text = answer.content.decode()

    assert answer.status_code == 200
    assert "not correct" in text
    assert [event["outcome"] for event in events] == ["refused"]
    assert "wrong" not in str(events)


def test_a_closed_account_reads_like_a_wrong_password(world: World, act: Any) -> None:
    """A leaver gets in no more, and the page does not say why."""
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        people.leave(actor=actor, user=world.user(Role.CHAIR))
    answer = log_in(Client(), "chair", PASSWORD)

    assert "not correct" in answer.content.decode()


def test_the_demo_shows_one_account_a_duty_and_its_password(world: World) -> None:
    """In the demo everybody finds a way in; choosing a row fills in the name [ADM-04]."""
    text = Client().get("/account/login/?as=plan_owner").content.decode()

    assert DEMO_PASSWORD in text
    for role in Role:
        assert f"?as={role.value}" in text
    assert 'value="plan_owner"' in text


def test_outside_the_demo_no_password_and_no_name_is_shown(world: World, settings: Any) -> None:
    """A real installation tells nothing before log-in."""
    settings.OPENILP_DEMO = False
    text = Client().get("/account/login/").content.decode()

    assert DEMO_PASSWORD not in text
    assert "plan_owner" not in text
    assert "Plan Owner" not in text


@pytest.mark.parametrize(
    "path",
    ["signup/", "password/reset/", "password/change/", "email/", "confirm-email/", "password/set/"],
)
def test_what_needs_mail_does_not_exist(world: World, path: str) -> None:
    """No signing up, no reset by e-mail."""
    client = Client()
    client.force_login(world.user(Role.CHAIR))
    for visitor in (Client(), client):
        assert visitor.get(f"/account/{path}").status_code == 404
        assert visitor.post(f"/account/{path}", {"email": "a@example.org"}).status_code == 404


def test_a_joiner_sets_an_own_password_and_a_second_factor_first(
    world: World, act: Any, settings: Any
) -> None:
    """Outside the demo nothing opens before both, and the second factor counts at the next log-in [LEG-01]."""
    settings.OPENILP_DEMO = False
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        password = people.starting_password()
        people.join(
            actor=actor,
            username="joiner",
            full_name="Jo Iner",
            unit=world.region,
            roles=[Role.REPORTING_OFFICER],
            clearance=1,
            password=password,
        )
    client = Client()
    log_in(client, "joiner", password)
    assert client.get("/")["Location"] == "/settings/password"
    assert client.get("/api/v1/me").status_code == 403
    changed = client.post("/settings/password", {"old": password, "new": OWN, "again": OWN})
    assert changed.status_code == 302, changed.content.decode()
    assert client.get("/")["Location"] == "/account/second-factor/"
    choice = client.get("/account/second-factor/").content.decode()
    assert "Add a key" in choice
    assert "/account/second-factor/app/activate/" in choice

    page = client.get("/account/second-factor/app/activate/")
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    done = client.post("/account/second-factor/app/activate/", {"code": _code(secret)})

    assert done.status_code == 302
    assert client.get("/").status_code == 200
    assert client.get("/account/second-factor/codes/").status_code == 200
    again = Client()
    assert log_in(again, "joiner", OWN)["Location"] == "/account/second-factor/authenticate/"
    assert again.get("/")["Location"].startswith("/account/login/")
    assert "six digits" in again.get("/account/second-factor/authenticate/").content.decode()


def _code(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


def test_after_a_reset_the_starting_password_is_good_for_one_log_in(world: World, act: Any) -> None:
    """The administrator hands over a password that must be changed at once; old sessions end."""
    user = world.user(Role.PLAN_OWNER)
    old_session = Client()
    old_session.force_login(user)
    assert old_session.get("/").status_code == 200
    admin, head = world.user(Role.ADMINISTRATOR), world.user(Role.HEAD_OF_INTELLIGENCE)
    request = approved(people.resetting(user=user), by=admin, second=head)
    with act(admin) as actor:
        password = people.reset_password(actor=actor, user=User.objects.get(pk=user.pk), approval=request)

    assert old_session.get("/")["Location"].startswith("/account/login/")
    client = Client()
    log_in(client, user.username, password)
    assert client.get("/")["Location"] == "/settings/password"
    refused = client.post("/settings/password", {"old": password, "new": OWN, "again": "other"})
    assert refused.status_code == 422
    assert client.post("/settings/password", {"old": password, "new": OWN, "again": OWN}).status_code == 302
    assert client.get("/").status_code == 200
