"""What is taken away is gone at the next request: sessions, tokens, a log-in that is half done."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from openilp.safeguards import people
from openilp.safeguards.models import IdempotencyKey, User
from openilp.safeguards.roles import Role
from openilp.web import services
from tests.approving import approved
from tests.factories import PASSWORD, World

OWN = "a river runs past the harbour"
Act = Callable[..., Any]


def fresh(user: User) -> User:
    """Return an account as it is now."""
    return User.objects.get(pk=user.pk)


def reset(world: World, act: Act, user: User) -> None:
    """Set a new starting password."""
    admin, head = world.user(Role.ADMINISTRATOR), world.user(Role.HEAD_OF_INTELLIGENCE)
    request = approved(people.resetting(user=user), by=admin, second=head)
    with act(admin) as actor:
        people.reset_password(actor=actor, user=fresh(user), approval=request)


def remove_device(world: World, act: Act, user: User) -> None:
    """Take the second factor off."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    admin, head = world.user(Role.ADMINISTRATOR), world.user(Role.HEAD_OF_INTELLIGENCE)
    request = approved(services.removing_second_factor(user=user), by=admin, second=head)
    with act(admin) as actor:
        services.remove_second_factor(actor=actor, user=fresh(user), approval=request)


def move(world: World, act: Act, user: User, **more: Any) -> None:
    """Give other duties."""
    values: dict[str, Any] = {"unit": world.region, "roles": [Role.PLAN_OWNER], "clearance": 2} | more
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        people.move(actor=actor, user=fresh(user), **values)


def leave(world: World, act: Act, user: User) -> None:
    """Close the account."""
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        people.leave(actor=actor, user=fresh(user))


def change_own(world: World, act: Act, user: User) -> None:
    """Change the password as its holder."""
    with act(user) as actor:
        people.change_own_password(actor=actor, user=fresh(user), old=PASSWORD, new=OWN)


ENDINGS: dict[str, Callable[..., None]] = {
    "reset": reset,
    "second factor removed": remove_device,
    "less clearance": lambda w, a, u: move(w, a, u, clearance=1),
    "other duties": lambda w, a, u: move(w, a, u, roles=[]),
    "other unit": lambda w, a, u: move(w, a, u, unit=w.district),
    "closed": leave,
    "own password": change_own,
}


@pytest.mark.parametrize("name", ENDINGS)
def test_every_session_and_token_ends(world: World, act: Act, name: str) -> None:
    """From the next request on neither a browser nor a program is in."""
    user = world.user(Role.PLAN_OWNER)
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(user)
    with act(user, world.desk) as actor:
        token = people.issue_token(actor=actor, name="notebook")
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert [c.get("/api/v1/me").status_code for c in (*browsers, program)] == [200, 200, 200]

    ENDINGS[name](world, act, user)

    assert [c.get("/api/v1/me").status_code for c in (*browsers, program)] == [401, 401, 401]


def test_duties_that_stay_as_they_are_end_nothing(world: World, act: Act) -> None:
    """Saving the form unchanged throws nobody out."""
    user = world.user(Role.PLAN_OWNER)
    browser = Client()
    browser.force_login(user)
    move(world, act, user)

    assert browser.get("/api/v1/me").status_code == 200


def test_whoever_changes_the_own_password_stays_and_all_others_go(world: World) -> None:
    """The session in use goes on; a stolen one does not."""
    here, elsewhere = Client(), Client()
    for browser in (here, elsewhere):
        browser.force_login(world.user(Role.CHAIR))
    changed = here.post("/settings/password", {"old": PASSWORD, "new": OWN, "again": OWN})

    assert changed.status_code == 302
    assert here.get("/api/v1/me").status_code == 200
    assert elsewhere.get("/api/v1/me").status_code == 401


def test_whoever_removes_the_own_second_factor_stays_and_all_others_go(world: World) -> None:
    """Removing a device is as grave as a new password."""
    user = world.user(Role.CHAIR)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    here, elsewhere = Client(), Client()
    elsewhere.force_login(user)
    _log_in_with_code(here, secret)
    assert here.get("/api/v1/me").status_code == 200
    done = here.post("/account/second-factor/app/remove/")

    assert done.status_code == 302, done.content.decode()[:2000]
    assert not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    assert here.get("/api/v1/me").status_code == 200
    assert elsewhere.get("/api/v1/me").status_code == 401


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def _log_in_with_code(client: Client, secret: str, between: Callable[[], None] = lambda: None) -> Any:
    client.post("/account/login/", {"login": "chair", "password": PASSWORD})
    between()
    return client.post("/account/second-factor/authenticate/", {"code": _code(secret)})


@pytest.mark.parametrize("name", ["reset", "less clearance", "closed"])
def test_a_log_in_that_is_half_done_is_not_finished_after_it(world: World, act: Act, name: str) -> None:
    """Between the password and the second factor the account was reset, lowered or closed."""
    user = world.user(Role.CHAIR)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    assert _log_in_with_code(Client(), secret)["Location"] == "/"
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).update(last_used_at=None)
    from django.core.cache import cache

    cache.clear()
    thief = Client()
    ending = {
        "reset": lambda: reset(world, act, user),
        "less clearance": lambda: move(world, act, user, roles=[Role.CHAIR], clearance=1),
        "closed": lambda: leave(world, act, user),
    }[name]
    answer = _log_in_with_code(thief, secret, ending)

    assert answer["Location"] != "/"
    assert thief.get("/api/v1/me").status_code == 401


def test_what_is_kept_of_a_repeated_write_does_not_give_a_new_password_away(world: World) -> None:
    """Whoever reads the table of keys tries no passwords against it: it takes the secret of the installation."""
    browser, path = Client(), "/settings/password"
    browser.force_login(world.user(Role.CHAIR))
    form = {"old": PASSWORD, "new": OWN, "again": OWN, "idempotency_key": "k1"}
    assert browser.post(path, form).status_code == 302
    kept = IdempotencyKey.objects.get(key="k1").digest
    fields = json.dumps([[name, [form[name]]] for name in sorted(form)])

    assert kept != hashlib.sha256(f"{path}\n{fields}".encode()).hexdigest()
    assert len(kept) == 64
