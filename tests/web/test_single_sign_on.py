"""Single sign-on against a provider that really runs: who is who is told by issuer and subject, and by nothing else."""

import json
import urllib.parse
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from openilp.safeguards import people
from openilp.safeguards.models import User
from openilp.safeguards.roles import Role
from openilp.web.single_sign_on import provider_of
from tests.approving import approved
from tests.factories import PASSWORD, World

#: The provider's own libraries announce changes; that is no fault of ours.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
Browser = Callable[[Role], Client]

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from oidc_provider_mock import run_server_in_thread


@pytest.fixture
def issuer(settings: Any) -> Iterator[str]:
    """Start a provider, and name it in the settings."""
    with run_server_in_thread() as server:
        address = f"http://localhost:{server.server_port}"
        settings.OPENILP_OIDC_ISSUER = address
        settings.OPENILP_OIDC_SECRET = "known to both"
        yield address


class _Stay(urllib.request.HTTPRedirectHandler):
    """Return a redirect instead of following it."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


def describe(issuer: str, subject: str, **claims: Any) -> None:
    """Tell the provider what it knows of a subject."""
    asked = urllib.request.Request(
        f"{issuer}/users/{subject}",
        method="PUT",
        data=json.dumps(claims).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(asked, timeout=10).close()


def sign_on(client: Client, issuer: str, subject: str, *, process: str = "") -> Any:
    """Go to the provider, say there who one is, come back, and return what OpenILP answers."""
    begun = client.post(f"/account/single-sign-on/{provider_of(issuer)}/{process}")
    assert begun.status_code == 302, begun.content
    form = urllib.parse.urlencode({"sub": subject}).encode()
    try:
        urllib.request.build_opener(_Stay).open(begun["Location"], data=form, timeout=10)
        pytest.fail("the provider sent nobody back")
    except urllib.error.HTTPError as answer:
        back = urllib.parse.urlsplit(answer.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def bind(client: Client, issuer: str, subject: str) -> Any:
    """Bind an identity to the account that is logged in."""
    return sign_on(client, issuer, subject, process="?process=connect")


def by_password(account: str) -> Client:
    """Return a browser that logged in by password just now."""
    client = Client()
    client.post("/account/login/", {"login": account, "password": PASSWORD})
    return client


def test_a_bound_identity_opens_its_account(world: World, issuer: str, events: list[Any]) -> None:
    """Bound once after the password, it opens the account from then on; both are in the log [LEG-01]."""
    assert bind(by_password("chair"), issuer, "s-1")["Location"] == "/settings/"
    client = Client()
    answer = sign_on(client, issuer, "s-1")

    assert answer["Location"] == "/"
    assert client.get("/api/v1/me").json()["username"] == "chair"
    assert [event["action"] for event in events if event["action"].startswith("web.")].count(
        "web.bind_single_sign_on"
    ) == 1
    kept = SocialAccount.objects.get()
    assert (kept.provider, kept.uid, kept.extra_data) == (provider_of(issuer), "s-1", {})


def test_an_identity_that_nobody_bound_opens_nothing(world: World, issuer: str) -> None:
    """Not an account of the same name or address either; and no account is made."""
    user = world.user(Role.CHAIR)
    user.email = "chair@example.org"
    user.save(update_fields=["email"])
    describe(issuer, "chair", email="chair@example.org", email_verified=True, preferred_username="chair")
    before = type(user).objects.count()
    client = Client()
    answer = sign_on(client, issuer, "chair")
    text = (client.get(answer["Location"]) if answer.status_code == 302 else answer).content.decode()

    assert "not bound to an account" in text
    assert client.get("/")["Location"].startswith("/account/login/")
    assert type(user).objects.count() == before
    assert not SocialAccount.objects.exists()


def test_the_same_subject_of_another_issuer_is_somebody_else(
    world: World, issuer: str, settings: Any
) -> None:
    """What was bound under one provider opens nothing under the next."""
    bind(by_password("chair"), issuer, "s-1")
    with run_server_in_thread() as other:
        settings.OPENILP_OIDC_ISSUER = f"http://localhost:{other.server_port}"
        client = Client()
        sign_on(client, settings.OPENILP_OIDC_ISSUER, "s-1")

        assert client.get("/")["Location"].startswith("/account/login/")


def test_a_token_of_another_issuer_is_not_believed(
    world: World, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever answers in the provider's place signs with another name; the name in the settings counts."""
    from openilp.web.single_sign_on import Protocol

    bind(by_password("chair"), issuer, "s-1")
    honest = Protocol.openid_config.fget
    with run_server_in_thread() as other:
        address = f"http://localhost:{other.server_port}"

        def turned(self: Any) -> dict[str, Any]:
            found = honest(self)
            return {
                name: value.replace(issuer, address) if isinstance(value, str) else value
                for name, value in found.items()
            }

        monkeypatch.setattr(Protocol, "openid_config", property(turned))
        client = Client()
        answer = sign_on(client, issuer, "s-1")

    assert answer.status_code == 403
    assert "did not come to its end" in answer.content.decode()
    assert client.get("/")["Location"].startswith("/account/login/")


def test_the_second_factor_is_asked_for_all_the_same(world: World, issuer: str) -> None:
    """The provider stands in the place of the password only."""
    bind(by_password("chair"), issuer, "s-1")
    TOTP.activate(world.user(Role.CHAIR), "JBSWY3DPEHPK3PXP")
    client = Client()

    assert sign_on(client, issuer, "s-1")["Location"] == "/account/second-factor/authenticate/"
    assert client.get("/")["Location"].startswith("/account/login/")


def test_a_closed_account_is_opened_by_no_provider(world: World, issuer: str, act: Any) -> None:
    """Whoever has left gets in no more, whatever the provider says."""
    bind(by_password("chair"), issuer, "s-1")
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        people.leave(actor=actor, user=world.user(Role.CHAIR))
    client = Client()
    sign_on(client, issuer, "s-1")

    assert client.get("/")["Location"].startswith("/account/login/")


def test_binding_asks_for_the_password_again_and_can_be_taken_off(
    world: World, issuer: str, logged_in: Browser
) -> None:
    """A stolen session binds nothing; what is taken off opens nothing."""
    stolen = logged_in(Role.CHAIR)
    assert stolen.get("/account/single-sign-on/bind/")["Location"].startswith("/account/reauthenticate/")
    own = by_password("chair")
    assert own.get("/account/single-sign-on/bind/").status_code == 200
    bind(own, issuer, "s-1")
    assert "Take off" in own.get("/settings/").content.decode()
    own.post("/account/single-sign-on/unbind/")

    client = Client()
    sign_on(client, issuer, "s-1")
    assert client.get("/")["Location"].startswith("/account/login/")


def test_a_stolen_session_cannot_bind_past_the_page(world: World, issuer: str, logged_in: Browser) -> None:
    """The address of the provider itself asks for the password as well."""
    stolen = logged_in(Role.CHAIR)
    begun = stolen.post(f"/account/single-sign-on/{provider_of(issuer)}/?process=connect")

    assert begun["Location"] == "/account/single-sign-on/bind/"
    assert not SocialAccount.objects.exists()


def test_without_a_provider_there_is_nothing(world: World, settings: Any) -> None:
    """No button, no address; and where there is one, only forms lead to it."""
    settings.OPENILP_OIDC_ISSUER = ""
    page = Client().get("/account/login/")
    assert "single-sign-on" not in page.content.decode()
    assert "form-action 'self';" in page["Content-Security-Policy"]
    assert Client().post("/account/single-sign-on/oidc-0/").status_code == 404
    settings.OPENILP_OIDC_ISSUER = "https://id.example.org/realms/police"
    page = Client().get("/account/login/")

    assert "single-sign-on" in page.content.decode()
    assert "form-action 'self' https://id.example.org;" in page["Content-Security-Policy"]
    assert Client().post("/account/single-sign-on/oidc-0/").status_code == 404


def test_a_starting_password_binds_nothing(world: World, issuer: str) -> None:
    """Whoever handed it over knows it too: an own one comes first."""
    User.objects.filter(username="chair").update(must_change_password=True)
    client = by_password("chair")

    begun = client.post(f"/account/single-sign-on/{provider_of(issuer)}/?process=connect")
    assert begun["Location"] == "/account/single-sign-on/bind/"
    assert client.get(begun["Location"])["Location"] == reverse("change-password")
    assert not SocialAccount.objects.exists()


def test_a_new_password_and_leaving_end_the_binding(world: World, issuer: str, act: Any) -> None:
    """What somebody bound who had taken the account over is no way back in."""
    admin, second, user = (world.user(r) for r in (Role.ADMINISTRATOR, Role.HEAD_OF_INTELLIGENCE, Role.CHAIR))
    bind(by_password("chair"), issuer, "s-1")
    asked = approved(people.resetting(user=User.objects.get(pk=user.pk)), by=admin, second=second)
    with act(admin) as actor:
        people.reset_password(actor=actor, user=User.objects.get(pk=user.pk), approval=asked)
    assert not SocialAccount.objects.exists()
    client = Client()
    sign_on(client, issuer, "s-1")
    assert client.get("/")["Location"].startswith("/account/login/")

    bind(by_password("plan_owner"), issuer, "s-2")
    assert SocialAccount.objects.count() == 1
    with act(admin) as actor:
        people.leave(actor=actor, user=User.objects.get(username="plan_owner"))
    assert not SocialAccount.objects.exists()


def test_a_binding_that_was_not_made_is_not_logged(world: World, issuer: str, events: list[Any]) -> None:
    """Another account's identity stays that account's, and the log says nothing else."""
    bind(by_password("chair"), issuer, "s-1")
    bind(by_password("plan_owner"), issuer, "s-1")

    assert [event["action"] for event in events].count("web.bind_single_sign_on") == 1
    assert SocialAccount.objects.get().user_id == world.user(Role.CHAIR).pk
