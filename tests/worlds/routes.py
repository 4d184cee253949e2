"""Every route of the URL resolver, with the objects that its address names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from ninja.operation import PathView

from openilp.safeguards.actions import Action
from openilp.safeguards.find import kinds
from openilp.safeguards.labels import State
from openilp.safeguards.models import ApiToken, Delegation, Notice, RetentionClock
from openilp.safeguards.roles import Role
from tests.worlds.agency import Agency

#: Which kind of object the parameter behind a segment of an address names.
SEGMENTS = {
    "analysis/runs": "methodrun",
    "analysis/snapshots": "snapshot",
    "assessments": "assessment",
    "products": "product",
    "editions": "edition",
    "citations": "citation",
    "recommendations": "#recommendation",
    "collation/entities": "entity",
    "collation/involvements": "involvement",
    "collation/links": "link",
    "collation/mentions": "mention",
    "collation/quarantine": "entity?",
    "quarantine/entities": "entity?",
    "collation/searches": "savedsearch",
    "collation/statements": "statement",
    "collection/answers": "requirement",
    "collection/attachments": "attachment",
    "collection/files": "attachment",
    "collection/imports": "importbatch",
    "collection/quarantine": "report?",
    "quarantine/reports": "report?",
    "reports": "report",
    "direction/lines": "planline",
    "direction/plans": "collectionplan",
    "direction/priorities": "priority",
    "direction/requirements": "requirement",
    "consents": "consentrequest",
    "releases": "release",
    "disputes": "dispute",
    "evaluations": "evaluation",
    "evaluation/items": "item",
    "sanitisations": "sanitisation",
    "evaluation/sanitised": "sanitisation",
    "lessons/from": "outcome",
    "me/tokens": "token",
    "settings/tokens": "token",
    "review/lessons": "lesson",
    "review/outcomes": "outcome",
    "review/results": "resultsanalysis",
    "tasks": "task",
    "review/thread": "any",
    "accounts": "account",
    "matters": "matter",
    "members": "account",
    "decisions": "decision",
    "meetings": "meeting",
    "agenda": "#agendaitem",
    "screen": "#agendaitem",
    "operations": "operation",
    "comparisons": "comparison",
    "exhibits": "exhibit",
    "reviews": "peerreview",
    "entities": "entity",
    "labels": "any",
    "sensitive": "any",
    "lower": "approvalrequest",
    "v1/conflicts": "conflict",
    "delegations": "delegation",
    "oversight/signs": "misusesign",
    "oversight/samples": "lookupsample",
    "notices": "notice",
    "alerts": "notice",
    "approvals": "approvalrequest",
    "emergencies": "emergency",
    "oversight/clocks": "retentionclock",
    "evaluation/necessities": "necessity",
    "oversight/authority": "authorityrequest",
    "oversight/statistics": "statisticissue",
    "oversight/breaches": "breach",
    "rights/findings": "rightsfinding",
    "rights/orders": "rightsorder",
    "rights/letters": "rightsletter",
    "rights": "rightsrequest",
    "corrections": "correctionnotice",
    "erasures": "erasure",
}
#: Routes of a place apart, and why worlds do not walk there: what holds it is tested beside it.
APART = {
    "/corridor/": "sources have their own tables, role, connection and key; tests/corridor holds them apart",
    "/api/v1/corridor/": "the same over HTTP",
    "/oversight/authority-register": "it lists all requests of persons by clock; tests/oversight/test_authority.py",
    "/api/v1/oversight/authority-register": "the same over HTTP",
    "/oversight/simulator": "it counts hidden rows for accounts without content; tests/safeguards/test_simulating.py",
    "/api/v1/oversight/simulation": "the same over HTTP",
}
#: Kinds that a thread is asked of: one of each half, and the ends.
THREADED = (
    "requirement",
    "report",
    "item",
    "entity",
    "product",
    "edition",
    "decision",
    "task",
    "outcome",
    "matter",
)
#: Words that occur in the texts of a world, and one that occurs in what its twin hides only.
WORD, NAME, HIDDEN_WORD = "yard", "Orleck", "zquorn"
_SEARCHES = [f"q={WORD}", f"q={NAME}", f"q={HIDDEN_WORD}", f"q={WORD}+{HIDDEN_WORD}"]
#: What else an address is asked with; `{kind}` stands for the reference of the first object of a kind, `{kind!}` of the
#: last one.
ASKED: dict[str, list[str]] = {
    "search": [*_SEARCHES, f"q={WORD}&kind=report", "q={report}", "q={entity}"],
    "api:search": [*_SEARCHES, f"q={WORD}&kind=report", "q={report}"],
    "collation:entities": [*_SEARCHES, "kind=person", "kind=vehicle"],
    "api:list_entities": ["", "kind=person", "kind=vehicle"],
    "api:suggest_entities": [*_SEARCHES, f"q={NAME}&kind=person"],
    "api:find_duplicates": [
        f"kind=person&property=name&value={NAME}",
        "kind=vehicle&property=plate&value=AT·BCD+10-100",
    ],
    "collation:duplicates": [
        f"entity_kind=person&about=name&value={NAME}",
        "entity_kind=vehicle&about=plate&value=AT·BCD+10-100",
    ],
    "collation:entity": ["", "tab=links", "tab=timeline", "tab=categories", "tab=statements"],
    "collation:compare": ["", "with={entity!}"],
    "collation:network": ["", "to={entity!}"],
    "api:show_network": ["", "depth=1", "depth=3"],
    "api:expand_entity": ["", "preview=true", "kind=uses"],
    "api:find_path": ["to={entity!}"],
    "collation:new-link": ["", "to={entity!}&item={item}"],
    "collation:new-entity": ["", "kind=vehicle&item={item}"],
    "api:list_reports": [
        "",
        *_SEARCHES,
        "urgency=high",
        "unit=R1D1",
        "requirement={requirement}",
        "mine=true",
        "size=2",
    ],
    "collection:home": ["", *_SEARCHES, "urgency=high", "requirement={requirement}"],
    "collection:submit": ["", "requirement={requirement}"],
    "collection:quarantine": ["", "state=refused"],
    "api:find_places": ["q=Kiln", "q=District"],
    "api:list_priorities": ["", "level=national", "unit=R1", "state=closed"],
    "direction:priorities": ["", "level=national", "unit=R1", "state=closed"],
    "direction:set-priority": ["", "from={priority}"],
    "api:list_requirements": ["", "urgency=medium", "priority={priority}", "mine=true", "state=closed"],
    "direction:requirements": ["", "urgency=medium", "priority={priority}", "state=closed"],
    "direction:raise-requirement": ["", "priority={priority}", "supersedes={requirement}"],
    "api:list_inbox": ["", "urgency=high", "unit=R1D1", "whose=mine"],
    "evaluation:home": ["", "urgency=high", "current={report!}"],
    "api:list_evaluations": ["", "item={item}"],
    "analysis:start-product": ["", "requirement={requirement}&priority={priority}"],
    "analysis:cite": ["", f"q={WORD}", f"q={HIDDEN_WORD}"],
    "analysis:record-assessment": ["", "requirement={requirement}", "supersedes={assessment}"],
    "dissemination:register": ["", f"title={WORD}", "reader=chair"],
    "dissemination:register-csv": ["", "title=Burglaries"],
    "api:list_register": ["", "reader=chair", "title=Burglaries"],
    "api:read_gate": ["", "readers=chair"],
    "dissemination:edition": ["", "unit=R1", "role=chair"],
    "tasking:tasks": ["", "show=all", "show=done"],
    "api:list_tasks": ["", "mine=true", "is_open=true"],
    "review:thread": ["", "direction=forward", "direction=back"],
    "api:thread": ["", "direction=forward", "direction=back"],
    "review:analyse": ["", "operation={operation}"],
    "notices": ["", "show=all"],
    "api:notice_list": ["", "unread=true"],
    "oversight:reviews": ["", "within=1827"],
    "oversight:rights": ["", "show=overdue", "show=mine", "show=all"],
    "api:list_rights": ["", "show=overdue", "show=mine", "show=all"],
    "api:list_clocks": ["", "within_days=1827"],
    "nav-counts": ["", "room=evaluation"],
    "accounts": ["", "q=chair", "role=chair", "unit=R1"],
    "api:accounts": ["", "q=chair", "role=chair", "unit=R1"],
}
_BLANK = re.compile(r"{(\w+)(!?)}")
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One route: its name, its address with parameters, what it answers to and who may open it."""

    name: str
    pattern: str
    methods: frozenset[str]
    roles: frozenset[Role]
    action: str

    def __str__(self) -> str:
        return f"{self.name} {self.pattern}"


def _walk(resolver: Any, before: str = "", spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str, Any]]:
    for found in resolver.url_patterns:
        address = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from _walk(found, address, (*spaces, *([found.namespace] if found.namespace else [])))
        else:
            yield ":".join((*spaces, found.name or address)), address, found.callback


def _operations(callback: Any) -> Iterator[tuple[frozenset[str], Action | None]]:
    cells = [cell.cell_contents for cell in getattr(callback, "__closure__", None) or ()]
    view = next((cell for cell in cells if isinstance(cell, PathView)), None)
    if view is None:
        yield frozenset({"GET", "POST"}), getattr(callback, "openilp_action", None)
    else:
        for operation in view.operations:
            yield frozenset(operation.methods), getattr(operation.view_func, "openilp_action", None)


def routes() -> list[Route]:
    """Return every route but those of a place apart, the API's once a method."""
    found: dict[tuple[str, frozenset[str]], Route] = {}
    for name, address, callback in _walk(get_resolver()):
        for methods, action in _operations(callback):
            roles = action.roles if action else frozenset()
            route = Route(name, f"/{address}", methods, roles, action.name if action else "")
            found.setdefault((route.pattern, methods), route)
    return [route for route in found.values() if not route.pattern.startswith(tuple(APART))]


class NoKind(Exception):
    """Say that an address has a parameter that the world cannot fill."""

    def __init__(self, pattern: str, segment: str) -> None:
        super().__init__(
            f"Nobody said which kind '{segment}' stands for in {pattern}; add it to SEGMENTS in {__name__}."
        )


def kind_of(pattern: str, position: int) -> str:
    """Return the kind of object that the parameter at a position of an address names."""
    parts = pattern[:position].strip("/").split("/")
    for segment in ("/".join(parts[-2:]), parts[-1]):
        if segment in SEGMENTS:
            return SEGMENTS[segment]
    raise NoKind(pattern, "/".join(parts[-2:]))


@dataclass(frozen=True)
class Named:
    """An object as addresses name it."""

    kind: str
    pk: str
    ref: str
    number: int = 0


Stock = dict[str, list[Named]]


def stock_of(agency: Agency) -> Stock:
    """Return all objects of a world that any of its accounts may see, by kind, oldest first."""
    found: dict[str, dict[str, Named]] = {}
    for users in (agency.plain, agency.cleared):
        for role in users:
            with agency.acting(role, cleared=users is agency.cleared) as actor:
                for kind, model in kinds().items():
                    rows = model.objects.seen_by(actor).order_by("created_at", "pk")
                    _put(found, kind, rows)
                    held = model.objects.seen_by(actor, states=[State.QUARANTINED, State.RESTRICTED])
                    _put(found, f"{kind}?", held.order_by("created_at", "pk"))
                _put(found, "notice", Notice.objects.seen_by(actor).order_by("created_at", "pk"))
                _put(found, "retentionclock", _as_their_records(RetentionClock.objects.seen_by(actor), found))
    found["account"] = {
        user.username: Named("account", str(user.pk), user.username) for user in agency.plain.values()
    }
    found["delegation"] = {
        str(row.pk): Named("delegation", str(row.pk), str(row.pk))
        for row in Delegation.objects.order_by("since", "pk")
    }
    found["token"] = {
        str(row.pk): Named("token", str(row.pk), str(row.pk))
        for row in ApiToken.objects.order_by("created_at", "pk")
    }
    return {kind: list(rows.values()) for kind, rows in found.items()}


def _as_their_records(clocks: Any, found: dict[str, dict[str, Named]]) -> list[Any]:
    """Return clocks in the order of kind and record: one moment stands on all of a transaction, and keys are random."""
    place = {(kind, key): n for kind, rows in found.items() for n, key in enumerate(rows)}
    return sorted(clocks, key=lambda clock: (clock.kind, place[clock.kind, str(clock.record_id)]))


def _put(found: dict[str, dict[str, Named]], kind: str, rows: Any) -> None:
    mine = found.setdefault(kind, {})
    for row in rows:
        ref = getattr(row, "ref", "") or str(row.pk)
        mine[str(row.pk)] = Named(kind.rstrip("?"), str(row.pk), ref, getattr(row, "number", 0))


def addresses(route: Route, stock: Stock, most: int = 2) -> list[str]:
    """Return addresses of a route for objects of a world: the first ones and the last of each kind."""
    if route.name == "review:thread-fragment":
        return [
            f"/review/thread/{one.kind}/{one.pk}/short"
            for kind in THREADED
            for one in _some(stock.get(kind, []), most)
        ]
    made = [route.pattern]
    for match in reversed(list(_PARAMETER.finditer(route.pattern))):
        kind = kind_of(route.pattern, match.start()) if match[2] != "name" else "#method"
        values = _values(kind, match[1] or "", match[2], stock, most)
        made = [one[: match.start()] + value + one[match.end() :] for one in made for value in values]
    return made


def questions(route: Route, stock: Stock) -> list[str]:
    """Return what a route is asked with, each as the part of an address behind the path."""
    return [f"?{_filled(asked, stock)}" if asked else "" for asked in ASKED.get(route.name, [""])]


def _filled(asked: str, stock: Stock) -> str:
    return _BLANK.sub(lambda m: stock[m[1]][-1 if m[2] else 0].ref, asked)


def _values(kind: str, converter: str, name: str, stock: Stock, most: int) -> list[str]:
    if kind == "#method":
        return ["hot_spots_count", "monthly_trend"][:most]
    if kind.startswith("#"):
        return ["1", "2"][:most]
    if kind == "any":
        return [one.ref for part in THREADED for one in _some(stock.get(part, []), most)]
    is_key = converter == "uuid" or name in ("key", "pk", "token")
    return [one.pk if is_key else one.ref for one in _some(stock.get(kind, []), most)]


def _some(rows: list[Named], most: int) -> list[Named]:
    """Return the first rows, and the last one where there is place for more than one."""
    return rows[:most] if most == 1 or len(rows) <= most else [*rows[: most - 1], rows[-1]]
