"""World A holds more than world B, and whoever is not cleared for it is answered the same bytes in both.

Both are one database: it is shown to every account, then the hidden rows are written beside the visible ones, then it
is shown again. So nothing differs by chance, and only what is drawn anew for each answer has to be levelled.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import unified_diff
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from openilp.safeguards.find import kinds
from openilp.safeguards.labels import State
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for
from openilp.safeguards.records import ProtectedRecord
from openilp.safeguards.roles import Role
from tests.worlds.agency import Agency
from tests.worlds.comparing import Shown, asked_of, orders_of, plain, seen, visitors
from tests.worlds.hiding import hide
from tests.worlds.keeping import build, kept
from tests.worlds.routes import HIDDEN_WORD, Route, Stock, addresses, questions, routes, stock_of
from tests.worlds.verbs import (
    ABLE,
    ASKED,
    SILENT,
    acts_for_an_account,
    files,
    is_outside,
    orders,
    told,
    verbs,
)
from tests.worlds.verbs import (
    NO_CONTENT as NO_CONTENT_AT_TERMINAL,
)
from tests.worlds.visiting import Visitor
from tests.worlds.without_content import ASKED_OF, NO_CONTENT

#: Hidden objects of a kind that are opened until one answers: a meeting without minutes has no file of them.
_TRIED = 30
#: The clock of all visits stands behind everything that is written meanwhile, places in matters included.
LATER = timedelta(minutes=10)
ABSENT = {"ref": "2222-2222", "key": "00000000-0000-4000-8000-000000000000"}


@dataclass
class Twins:
    """Both worlds as every account saw them."""

    agency: Agency
    routes: list[Route]
    stock: Stock
    everybody: bool
    folder: Path
    plain: dict[Role, Visitor] = field(default_factory=dict)
    before: dict[Role, Shown] = field(default_factory=dict)
    after: dict[Role, Shown] = field(default_factory=dict)
    cleared_before: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    cleared_after: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)
    later: Stock = field(default_factory=dict)
    keepers: dict[Role, Visitor] = field(default_factory=dict)

    def hidden_objects(self, most: int = 1) -> Stock:
        """Return the first hidden objects of each kind that are out of reach for their label."""
        known = {kind: {one.pk for one in rows} for kind, rows in self.stock.items()}
        found = {
            kind: [one for one in rows if one.pk not in known.get(kind, set())][:most]
            for kind, rows in self.later.items()
        }
        return {kind: rows for kind, rows in found.items() if rows}


@pytest.fixture(
    scope="module", params=[False, pytest.param(True, marks=pytest.mark.deep)], ids=["some", "all"]
)
def twins(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Twins]:
    """Both worlds, shown to everybody at one and the same moment."""
    with django_db_blocker.unblock(), kept(), files() as folder:
        agency, _ = build()
        made = Twins(agency, routes(), stock_of(agency), request.param, folder)
        made.plain = visitors(agency, cleared=False)
        made.keepers = keepers = visitors(agency, cleared=True)
        at_desk = {r for r, u in agency.plain.items() if State.QUARANTINED in actor_for(u).states}
        now = timezone.now() + LATER
        with patch("django.utils.timezone.now", lambda: now):
            made.before = {role: _shown(made, role) for role in made.plain}
            made.cleared_before = _to_the_cleared(made, keepers)
        made.hidden = hide(agency, ("confidential", "compartment"))
        with patch("django.utils.timezone.now", lambda: now):
            made.after = {role: _shown(made, role) for role in at_desk}
        for kind, number in hide(agency, ("quarantined", "restricted")).items():
            made.hidden[kind] += number
        made.later = stock_of(agency)
        with patch("django.utils.timezone.now", lambda: now):
            made.after |= {role: _shown(made, role) for role in made.plain if role not in at_desk}
            made.cleared_after = _to_the_cleared(made, keepers)
            yield made


#: Of orders that differ by kind only, a cleared account is asked about so many at the command line.
_ENOUGH = 12


def _shown(twins: Twins, role: Role) -> Shown:
    found = seen(twins.plain[role], asked_of(role, twins.routes, twins.stock, everybody=twins.everybody))
    asked = orders_of(role, twins.stock, twins.folder, everybody=twins.everybody)
    return found | told(twins.agency.plain[role], asked, twins.folder)


def _to_the_cleared(twins: Twins, keepers: dict[Role, Visitor]) -> dict[str, list[tuple[int, bytes]]]:
    """Return what each route answers to a cleared account of the first role that may open it."""
    found: dict[str, list[tuple[int, bytes]]] = {}
    for route in twins.routes:
        if "GET" not in route.methods or not route.roles or route.pattern in NO_CONTENT:
            continue
        whose = ASKED_OF.get(route.pattern, Role.HEAD_OF_INTELLIGENCE)
        role = next(role for role in (whose, *Role) if role in route.roles)
        asked = [p + q for p in addresses(route, twins.stock, most=1) for q in questions(route, twins.stock)]
        found[route.pattern] = list(seen(keepers[role], asked).values())
    for verb in _content_verbs():
        asked = orders(verb, twins.stock, twins.folder)
        asked = asked[:: max(1, len(asked) // _ENOUGH)]
        found[verb] = list(told(_teller(twins, verb), asked, twins.folder).values())
    return found


def _content_verbs() -> list[str]:
    return [verb for verb in ASKED if verb not in NO_CONTENT_AT_TERMINAL]


def _teller(twins: Twins, verb: str) -> User:
    """Return the cleared account that a verb is shown to."""
    able = ABLE.get(verb, frozenset({Role.HEAD_OF_INTELLIGENCE}))
    return twins.agency.cleared[next(role for role in Role if role in able)]


def _difference(one: tuple[int, bytes], other: tuple[int, bytes]) -> str:
    """Return the first lines in which two answers differ."""
    if one[0] != other[0]:
        return f"status {one[0]} -> {other[0]}"
    was, now = (_lines(body) for _status, body in (one, other))
    return "\n".join([line[:160] for line in unified_diff(was, now, lineterm="", n=0)][:8])


def _lines(body: bytes) -> list[str]:
    return re.sub(r"([>,])", r"\1\n", body.decode(errors="replace")).splitlines()


def test_whoever_is_not_cleared_is_answered_the_same_bytes(twins: Twins) -> None:
    """Lists, counts, searches, graphs, paths, maps, figures, threads and files hold nothing of the hidden rows."""
    leaks = {
        (role.value, address): _difference(answer, twins.after[role][address])
        for role, shown in twins.before.items()
        for address, answer in shown.items()
        if answer != twins.after[role][address]
    }

    assert leaks == {}


def test_a_comparison_counts_only_where_the_cleared_see_a_difference(twins: Twins) -> None:
    """Otherwise a page would pass that shows nothing of what was hidden to anybody.

    The difference is in what a visible object's address answers, or that the address of a hidden one answers at all.
    """
    same = [
        pattern
        for pattern, shown in twins.cleared_before.items()
        if shown == twins.cleared_after[pattern] and {status for status, _body in shown} != {405}
    ]
    reaches = dict.fromkeys(_content_verbs(), _reaches_a_hidden_one)
    same = [name for name in same if not reaches.get(name, _opens_a_hidden_one)(twins, name)]

    assert same == []
    assert sorted(set(NO_CONTENT) - {route.pattern for route in twins.routes}) == []


def _reaches_a_hidden_one(twins: Twins, verb: str) -> bool:
    """Tell whether a verb finds something hidden for a cleared account: by its reference, or inside its matter."""
    hidden = twins.hidden_objects()
    refs = {one.ref for rows in hidden.values() for one in rows}
    asked = [o for o in orders(verb, {**twins.stock, **hidden}, twins.folder) if refs & set(o)]
    inside = ["--matter", hidden["matter"][0].ref]
    asked += [inside + o for o in orders(verb, twins.stock, twins.folder) if verb.startswith("import ")]
    answers = told(_teller(twins, verb), asked, twins.folder).values()
    return any(not re.search(rb"RecordNotFound|NotPermitted|known +0\b", said) for _status, said in answers)


def test_every_verb_of_the_command_line_is_registered() -> None:
    """A verb that nobody compares could tell of what is hidden; it is asked here, or it stands with a reason.

    No verb that acts for an account can be left outside.
    """
    registered = {*ASKED, *SILENT}
    outside = {verb: command for verb, command in verbs().items() if is_outside(verb)}

    assert sorted(set(verbs()) - registered - set(outside)) == [], (
        "Add them to ASKED in tests/worlds/verbs.py."
    )
    assert sorted(registered - set(verbs())) == []
    assert sorted(verb for verb, command in outside.items() if acts_for_an_account(command)) == []


def _opens_a_hidden_one(twins: Twins, pattern: str) -> bool:
    """Tell whether a cleared account is answered at the address of something hidden."""
    route = next(r for r in twins.routes if r.pattern == pattern and "GET" in r.methods)
    hidden = twins.hidden_objects(_TRIED)
    asked = [
        address
        for address in addresses(route, {**twins.stock, **hidden}, most=_TRIED)
        if any(one.ref in address or one.pk in address for rows in hidden.values() for one in rows)
    ]
    roles = [role for role in Role if role in route.roles]
    return any(twins.keepers[role].get(address).status in (200, 302) for address in asked for role in roles)


def test_something_of_every_kind_was_hidden(twins: Twins) -> None:
    """A kind without hidden rows is a kind whose leak nobody would see."""
    protected = [kind for kind, model in kinds().items() if issubclass(model, ProtectedRecord)]

    assert sorted(kind for kind in protected if not twins.hidden.get(kind)) == []


def test_a_hidden_reference_reads_like_none_at_the_command_line(twins: Twins) -> None:
    """Shown, threaded, acted for or lent out: the answer is that of a reference that nobody ever drew."""
    user = twins.agency.plain[Role.OPERATIONAL_ANALYST]
    leaks = {}
    for kind, rows in twins.hidden_objects().items():
        named = [one for one in rows if "?" not in kind and "-" in one.ref and one.ref != one.pk]
        for one in named:
            both = [_orders_naming(ref) for ref in (one.ref, _absent(one.ref))]
            answers = [
                [_levelled(answer, "", one) for answer in told(user, asked, twins.folder).values()]
                for asked in both
            ]
            if answers[0] != answers[1]:
                leaks[one.ref] = answers

    assert leaks == {}


def _orders_naming(ref: str) -> list[list[str]]:
    lent = ["delegate", "chair", "--role", "operational_analyst", "--in", ref, "--why", "leave until Monday"]
    return [["show", ref], ["thread", ref], ["--matter", ref, "list", "report"], lent]


def test_what_is_hidden_reads_like_what_never_was(twins: Twins) -> None:
    """The same answer, whether something is hidden behind a reference or nothing: to read and to write."""
    hidden = {kind: rows for kind, rows in twins.hidden_objects().items() if not kind.endswith("?")}
    leaks = {}
    for route in twins.routes:
        role = next((role for role in (Role.OPERATIONAL_ANALYST, *Role) if role in route.roles), None)
        if role is None or "<" not in route.pattern:
            continue
        for address in addresses(route, {**twins.stock, **hidden}, most=1):
            for one in (
                one for rows in hidden.values() for one in rows if one.ref in address or one.pk in address
            ):
                nobody = address.replace(one.ref, _absent(one.ref)).replace(one.pk, ABSENT["key"])
                for way in ("get", "post"):
                    answers = [_asked(twins.plain[role], way, a) for a in (address, nobody)]
                    levelled = [
                        _levelled(answer, a, one)
                        for answer, a in zip(answers, (address, nobody), strict=True)
                    ]
                    if levelled[0] != levelled[1]:
                        leaks[way, address] = _difference(levelled[0], levelled[1])

    assert leaks == {}


def _absent(ref: str) -> str:
    """Return a reference of the same kind that nobody ever drew."""
    return f"{ref.split('-')[0]}-{ABSENT['ref']}" if len(ref) < len(ABSENT["key"]) else ABSENT["key"]


def _asked(visitor: Visitor, way: str, address: str) -> tuple[int, bytes]:
    visit = visitor.get(address) if way == "get" else visitor.post(address, "{}")
    return visit.status, plain(visit.body)


def _levelled(answer: tuple[int, bytes], address: str, one: Any) -> tuple[int, bytes]:
    body = answer[1]
    for name in (one.ref, one.pk, _absent(one.ref), ABSENT["key"]):
        body = body.replace(name.encode(), b"~")
    return answer[0], body


def test_the_hidden_word_reaches_nobody(twins: Twins) -> None:
    """Not even where a page repeats what was asked, beside what it found."""
    found = [
        (role.value, address)
        for role, shown in twins.after.items()
        for address, (_status, body) in shown.items()
        if HIDDEN_WORD.encode() in body and HIDDEN_WORD not in address
    ]

    assert found == []
