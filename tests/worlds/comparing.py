"""What an account is shown of a world: every address that its role may open, as comparable bytes."""

import re
from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

from openilp.safeguards.roles import CONTENT, Role
from tests.worlds.agency import Agency
from tests.worlds.routes import Route, Stock, addresses, questions
from tests.worlds.verbs import ABLE, ASKED, SILENT, Order, orders
from tests.worlds.visiting import Visitor

#: Drawn anew for each answer, whatever it shows.
_RANDOM = (
    re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+'),
    re.compile(rb'(name="idempotency_key"[^>]*value=")[^"]+'),
    re.compile(rb'(value=")[^"]+("[^>]*name="idempotency_key")'),
    re.compile(rb"(X-CSRFToken&quot;: &quot;)[^&]+"),
    re.compile(rb"(/ID ?\[?<)[^\]]+"),
)

#: What differs from one built world to the next in an address or an order.
_REFERENCE = re.compile(r"[A-Z]{1,3}-\w{4}-\w{4}|[0-9a-f-]{36}")
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
    start = crc32(_REFERENCE.sub("", address).encode()) % len(roles)
    return (roles[start:] + roles[:start])[:SHARE]


def visitors(agency: Agency, *, cleared: bool) -> dict[Role, Visitor]:
    """Log every account in, once."""
    users = agency.cleared if cleared else agency.plain
    return {role: Visitor(user) for role, user in users.items()}


def orders_of(role: Role, stock: Stock, folder: Path, *, everybody: bool) -> list[Order]:
    """Return what an account of a role is answered at the command line: everything, or its share.

    In the ordinary run each order goes to one role that works with content, drawn by the order itself.
    """
    found = [order for verb in ASKED if verb not in SILENT for order in orders(verb, stock, folder)]
    return found if everybody else [order for order in found if role == _asker(order)]


def _asker(order: Order) -> Role:
    able = sorted(ABLE.get(" ".join(order[:2]), CONTENT))
    words = " ".join(word for word in order if "/" not in word)
    return able[crc32(_REFERENCE.sub("", words).encode()) % len(able)]
