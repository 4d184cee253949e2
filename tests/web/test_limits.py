"""Guessing is limited for all processes together, and says nothing about who exists."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import Client

from openilp.safeguards import limits, people
from openilp.safeguards.errors import TooManyRequests, TooManyTries, WrongPassword
from openilp.safeguards.models import SharedValue
from openilp.safeguards.roles import Role
from openilp.safeguards.shared import SharedCache
from tests.factories import PASSWORD, World

#: 40 seconds into a minute, years ahead of what the test's own requests leave behind.
MOMENT = 2_000_000_040 // 60 * 60 + 40
OWN = "a river runs past the harbour"
Browser = Callable[[Role], Client]


def log_in(name: str, password: str, client: Client | None = None, address: str = "10.0.0.1") -> str:
    """Send the log-in form from an address and return what the page says."""
    found = (client or Client()).post(
        "/account/login/", {"login": name, "password": password}, REMOTE_ADDR=address
    )
    return str(found["Location"]) if found.status_code == 302 else found.content.decode()


def test_the_shared_cache_is_seen_by_every_process(db: None) -> None:
    """Two of them, as two processes have them: what one counts the other reads."""
    one, other = SharedCache("", {}), SharedCache("", {})
    one.set("tries", [1.5, 2.5], 60)

    assert other.get("tries") == [1.5, 2.5]
    assert SharedValue.objects.count() == 1
    assert one.add("lock", True, 60)
    assert not other.add("lock", True, 60)
    assert other.delete("lock")
    assert other.add("lock", True, -1)
    assert one.get("lock", "ended") == "ended"
    assert one.add("lock", 2, None)
    assert other.touch("tries", 5)
    assert not other.touch("nothing", 5)
    one.clear()
    assert SharedValue.objects.count() == 0


def test_five_wrong_passwords_shut_an_account_for_every_process(world: World) -> None:
    """Even for the right one, from wherever; counted in the database, by a name that cannot be read there."""
    for number in range(5):
        assert "not correct" in log_in("chair", "wrong wrong wrong", address=f"10.0.0.{number}")
    assert "Too many failed" in log_in("chair", PASSWORD, address="10.0.1.1")
    assert SharedValue.objects.exists()
    assert not SharedValue.objects.filter(key__contains="chair").exists()
    assert log_in("plan_owner", PASSWORD, address="10.0.1.1") == "/"


def test_a_name_that_does_not_exist_is_limited_alike(world: World) -> None:
    """The texts of an existing, an unknown and a closed account are the same from the first to the last."""

    def said(name: str, net: int) -> list[bool]:
        texts = [log_in(name, "wrong wrong wrong", address=f"10.{net}.0.{n}") for n in range(7)]
        return ["Too many failed" in text for text in texts] + ["not correct" in text for text in texts]

    assert said("chair", 1) == said("nobody", 2)


def test_an_unknown_a_closed_and_a_known_name_cost_the_same_work(
    world: World, act: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hash each: the time tells nothing."""
    from openilp.web import settings as product

    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    user = world.user(Role.CHAIR)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        people.leave(actor=actor, user=world.user(Role.PLAN_OWNER))
    work: list[str] = []
    for name in ("encode", "verify"):
        before = getattr(Argon2PasswordHasher, name)

        def counted(self: Any, *args: Any, _before: Any = before, **more: Any) -> Any:
            work.append("hash")
            return _before(self, *args, **more)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    found = {}
    for name in ("chair", "plan_owner", "nobody"):
        work.clear()
        assert "not correct" in log_in(name, "wrong wrong wrong")
        found[name] = len(work)

    assert found["chair"] == 1
    assert found["plan_owner"] == found["nobody"] == found["chair"]


def test_codes_of_the_second_factor_are_limited(world: World) -> None:
    """Five wrong codes, in whatever browser; then not even the right one."""
    TOTP.activate(world.user(Role.CHAIR), "JBSWY3DPEHPK3PXP")
    texts = []
    for number in range(6):
        client = Client(REMOTE_ADDR=f"10.0.0.{number}")
        log_in("chair", PASSWORD, client, address=f"10.0.0.{number}")
        answer = client.post("/account/second-factor/authenticate/", {"code": "000000"})
        texts.append(answer.content.decode())

    assert ["Too many failed" in text for text in texts] == [False] * 5 + [True]


def test_the_present_password_is_not_found_out_in_a_stolen_session(world: World, logged_in: Browser) -> None:
    """Five wrong ones, though each refusal rolls its request back; on the page and over HTTP together."""
    client = logged_in(Role.CHAIR)
    for _ in range(3):
        body = {"old": "wrong wrong wrong", "new": OWN, "again": OWN}
        assert client.post("/settings/password", body).status_code == 422
    for _ in range(2):
        answer = client.post(
            "/api/v1/me/password", {"old": "wrong", "new": OWN}, content_type="application/json"
        )
        assert (answer.status_code, answer.json()["field"]) == (422, "old")
    refused = client.post(
        "/api/v1/me/password", {"old": PASSWORD, "new": OWN}, content_type="application/json"
    )
    page = client.post("/settings/password", {"old": PASSWORD, "new": OWN, "again": OWN})

    assert (refused.status_code, refused.json()["type"]) == (429, "/docs/problems#TooManyTries")
    assert page.status_code == 429
    assert "wait" in page.content.decode()
    world.user(Role.CHAIR).refresh_from_db()
    assert world.user(Role.CHAIR).check_password(PASSWORD)


def test_a_limit_ends_by_itself(world: World, act: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a quarter of an hour one may try again."""
    user = world.user(Role.CHAIR)
    for _ in range(limits.OWN_PASSWORD.most):
        with pytest.raises(WrongPassword), act(user) as actor:
            people.change_own_password(actor=actor, user=user, old="wrong", new=OWN)
    with pytest.raises(TooManyTries), act(user) as actor:
        people.change_own_password(actor=actor, user=user, old=PASSWORD, new=OWN)
    later = limits.time.time() + limits.OWN_PASSWORD.window_s + 1
    monkeypatch.setattr(limits.time, "time", lambda: later)
    with act(user) as actor:
        people.change_own_password(actor=actor, user=user, old=PASSWORD, new=OWN)


def test_tokens_that_do_not_exist_are_limited_by_address(world: World, act: Any) -> None:
    """A flood is told to wait; a real token from the same address goes on."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        token = people.issue_token(actor=actor, name="notebook")
    guesser = Client(headers={"Authorization": "Bearer guess"})
    answers = [guesser.get("/api/v1/me") for _ in range(limits.TOKEN.most + 1)]

    assert [answer.status_code for answer in answers] == [401] * limits.TOKEN.most + [429]
    assert answers[0].json()["type"] == "/docs/problems#NotLoggedIn"
    assert int(answers[-1]["Retry-After"]) > 0
    assert Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/me").status_code == 200
    cache.clear()
    assert guesser.get("/api/v1/me").status_code == 401


def test_an_account_that_floods_the_api_is_told_to_wait(
    world: World, logged_in: Browser, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the rest of the minute; others and the pages go on."""
    settings.OPENILP_API_LIMIT = 30
    monkeypatch.setattr(limits.time, "time", lambda: MOMENT)
    client = logged_in(Role.CHAIR)
    answers = [client.get("/api/v1/me") for _ in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].json()["type"] == "/docs/problems#TooManyRequests"
    assert answers[-1]["Retry-After"] == "20"
    assert logged_in(Role.PLAN_OWNER).get("/api/v1/me").status_code == 200
    assert client.get("/settings/").status_code == 200


def test_what_one_account_may_ask_is_counted_for_all_processes(
    db: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """Two of them share one allowance; refusing costs no statement, and the next minute brings a new one."""
    one, other = limits.Allowance("test"), limits.Allowance("test")
    monkeypatch.setattr(limits.time, "time", lambda: MOMENT)
    for _ in range(40):
        one.spend("a", most=60)
    for _ in range(20):
        other.spend("a", most=60)
    for process in (one, other):
        with pytest.raises(TooManyRequests, match="60 requests a minute"):
            process.spend("a", most=60)
    with django_assert_num_queries(0), pytest.raises(TooManyRequests):
        one.spend("a", most=60)
    other.spend("b", most=60)
    monkeypatch.setattr(limits.time, "time", lambda: MOMENT + 60)
    one.spend("a", most=60)
