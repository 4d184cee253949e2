"""What an account is shown of a world: every address that its role may open, as comparable bytes."""

import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from zlib import crc32

from click.testing import CliRunner

from openilp.cli.main import cli
from openilp.safeguards.find import by_prefix
from openilp.safeguards.models import User
from openilp.safeguards.roles import Role
from tests.worlds.agency import Agency
from tests.worlds.keeping import undone
from tests.worlds.routes import Route, Stock, addresses, questions
from tests.worlds.visiting import Visitor

#: Drawn anew for each answer, whatever it shows.
_RANDOM = (
    re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+'),
    re.compile(rb'(name="idempotency_key"[^>]*value=")[^"]+'),
    re.compile(rb'(value=")[^"]+("[^>]*name="idempotency_key")'),
    re.compile(rb"(X-CSRFToken&quot;: &quot;)[^&]+"),
    re.compile(rb"(/ID ?\[?<)[^\]]+"),
)

#: How many of the roles that may open an address are shown it in the ordinary run.
SHARE = 1
Shown = dict[str, tuple[int, bytes]]


def plain(body: bytes) -> bytes:
    """Return an answer without what is random in it."""
    for pattern in _RANDOM:
        body = pattern.sub(rb"\1", body)
    return body


def seen(visitor: Visitor, asked: Iterable[str]) -> Shown:
    """Return what an account is answered at each address."""
    found: Shown = {}
    for address in asked:
        visit = visitor.get(address)
        found[address] = (visit.status, plain(visit.body))
    return found


def asked_of(role: Role, all_routes: list[Route], stock: Stock, *, everybody: bool) -> list[str]:
    """Return the addresses that an account of a role is shown: all that it may open, or its share of them.

    In the ordinary run each address goes to one of the roles that may open it, drawn by the address itself; other
    roles are refused before anything is read, which the tests of the roles hold.
    """
    found: list[str] = []
    for route in all_routes:
        if "GET" not in route.methods or role not in route.roles:
            continue
        asked = [p + q for p in addresses(route, stock, most=1) for q in questions(route, stock)]
        found += [a for a in asked if everybody or role in _drawn(route, a)]
    return found


def _drawn(route: Route, address: str) -> list[Role]:
    roles = sorted(route.roles)
    start = crc32(re.sub(r"[A-Z]{1,3}-\w{4}-\w{4}|[0-9a-f-]{36}", "", address).encode()) % len(roles)
    return (roles[start:] + roles[:start])[:SHARE]


def visitors(agency: Agency, *, cleared: bool) -> dict[Role, Visitor]:
    """Log every account in, once."""
    users = agency.cleared if cleared else agency.plain
    return {role: Visitor(user) for role, user in users.items()}


def said(user: User, stock: Stock) -> Shown:
    """Return what the verbs of the command line say to an account: every list, and the first object of each kind."""
    found: Shown = {}
    with TemporaryDirectory() as folder, patch("openilp.cli.running.open_database", lambda: False):
        for model in by_prefix().values():
            kind = str(model._meta.model_name)
            orders = [["list", kind], ["list", kind, "--json"]]
            for one in stock.get(kind, [])[:1]:
                orders += [["show", one.ref], ["thread", one.ref, "--json"], ["thread", one.ref, "--forward"]]
            for order in orders:
                with undone():
                    answer = CliRunner(env={"XDG_CONFIG_HOME": str(Path(folder))}).invoke(
                        cli, ["--as", user.username, *order]
                    )
                error = f"{type(answer.exception).__name__} {answer.exception}" if answer.exception else ""
                found[" ".join(order)] = (answer.exit_code, (answer.output + error).encode())
    return found
