"""Who acts at the terminal: a named account and matter for every verb."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from openilp.safeguards.errors import AccountError


@dataclass(frozen=True)
class Wanted:
    """What `--as` and `--matter` say."""

    account: str | None = None
    matter: str | None = None


def _kept() -> Path:
    from openilp.safeguards.postgres.home import openilp_home

    folder = os.environ.get("XDG_CONFIG_HOME")
    base = Path(folder) if folder else Path.home() / ".config"
    return base / "openilp" / f"{openilp_home().as_posix().strip('/').replace('/', '-')}.json"


@contextmanager
def acting_as(wanted: Wanted, verb: str, *, default: str = "", matter: str = "") -> Iterator[Any]:
    """Open the database and an `acting` block for the wanted account.

    Args:
        wanted: The options of the command line.
        verb: Name of the action in the audit log.
        default: Account that the demo takes where none is named.
        matter: Reference of the matter where none is named.
    """
    from openilp.cli.running import open_database
    from openilp.safeguards.acting import acting

    open_database()
    actor = actor_of(wanted, default=default, matter=matter)
    with acting(actor, f"cli.{verb}") as block:
        block.declared = True
        yield actor


def actor_of(wanted: Wanted, *, default: str = "", matter: str = "") -> Any:
    """Return the actor for the wanted account; outside the demo it proves itself by its password or kept log-in."""
    from django.conf import settings

    from openilp.safeguards.models import User
    from openilp.safeguards.people import actor_for

    kept = _read_kept()
    name = wanted.account or kept.get("account") or (default if settings.OPENILP_DEMO else "")
    if not name:
        raise AccountError("Nobody is named; add --as ACCOUNT, or log in once with `openilp login`.")
    user = User.objects.filter(username=name.lower(), is_active=True).first()
    if not settings.OPENILP_DEMO:
        user = _proven(user, name, kept)
    if user is None:
        raise AccountError(f"There is no open account '{name}'; `openilp doctor` shows the installation.")
    actor = actor_for(user)
    wanted_matter = wanted.matter or kept.get("matter") or matter
    return actor_for(user, purpose=_matter(wanted_matter, actor)) if wanted_matter else actor


def _proven(user: Any, name: str, kept: dict[str, str]) -> Any:
    from openilp.safeguards import limits
    from openilp.safeguards.people import account_of_token

    token = account_of_token(kept.get("token", ""))
    if token is not None and token.user.username == name.lower():
        return token.user
    password = os.environ.get("OPENILP_PASSWORD") or click.prompt(
        f"Password of {name}", hide_input=True, err=True
    )
    limits.check(limits.TERMINAL, name.lower())
    if user is None or not user.check_password(password):
        limits.failed(limits.TERMINAL, name.lower())
        raise AccountError(f"The password is not that of an open account '{name}'.")
    return user


def _matter(reference: str, actor: Any) -> UUID:
    from openilp.safeguards.acting import acting
    from openilp.safeguards.errors import NotAMember
    from openilp.safeguards.models import Matter

    with acting(actor, "cli.choose_matter"):
        found = Matter.objects.seen_by(actor).filter(ref=reference.upper()).first()
        if found is None:
            found = Matter.objects.seen_by(actor).filter(title__iexact=reference).first()
    if found is None or found.pk not in actor.compartments:
        raise NotAMember(reference)
    return UUID(str(found.pk))


def _read_kept() -> dict[str, str]:
    path = _kept()
    if not path.exists():
        return {}
    found: dict[str, str] = json.loads(path.read_text())
    return found


@click.command()
@click.argument("account")
@click.option("--days", default=1, show_default=True, help="how long the log-in is kept")
@click.pass_obj
def login(wanted: Wanted, account: str, days: int) -> None:
    """Log in as ACCOUNT and keep it for this user of the machine."""
    from openilp.safeguards import people

    chosen = Wanted(account=account, matter=wanted.matter)
    with acting_as(chosen, "login") as actor:
        token = people.issue_token(actor=actor, name="terminal", days=days)
    path = _kept()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"account": account.lower(), "token": token, "matter": wanted.matter or ""}, file)
    print(f"Acting as {actor.name} for {days} day(s).")


@click.command()
def logout() -> None:
    """Forget the kept log-in and its token."""
    from openilp.cli.running import open_database
    from openilp.safeguards.models import ApiToken
    from openilp.safeguards.people import token_digest

    kept = _read_kept()
    if not kept:
        print("No log-in was kept.", file=sys.stderr)
        return
    open_database()
    ApiToken.objects.filter(digest=token_digest(kept.get("token", ""))).delete()
    _kept().unlink()
    print("Logged out.")


COMMANDS = (login, logout)
