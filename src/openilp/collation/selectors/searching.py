"""Search over statements, reports and items: by words, by part of a key in any script, by reference, by structure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext

from openilp import reference
from openilp.collation import rules
from openilp.collation.errors import CollationError, SearchHasNothing
from openilp.collation.models import Entity, SavedSearch, Statement
from openilp.collation.selectors.identity import clusters_of
from openilp.collation.selectors.naming import names_by_id, standing_statements
from openilp.collection.models import Item, Report
from openilp.safeguards import find, references, searching
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.gate import related
from openilp.safeguards.models import Matter
from openilp.safeguards.paging import MOST

PAGE = 50
_SHORTEST = 3
_DETAIL = 160


@dataclass(frozen=True)
class Hit:
    """One thing that was found: what it is, where it is, and the words that matched."""

    kind: str
    ref: str
    title: str
    detail: str
    url: str
    at: datetime


@dataclass(frozen=True)
class HitGroup:
    """The hits of one kind; `has_more` says that not all were listed."""

    kind: str
    hits: tuple[Hit, ...]
    has_more: bool = False


@dataclass(frozen=True)
class Filters:
    """What a search is narrowed to. `kind` is that of the hit (entity, report, item)."""

    kind: str = ""
    entity_kind: str = ""
    property: str = ""
    since: date | None = None
    until: date | None = None
    matter: UUID | None = None

    def as_json(self) -> dict[str, str]:
        """Return the filters as they are kept in a saved search: set ones only."""
        return {key: str(value) for key, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Filters":
        """Return filters from what was kept, or from the query part of an address.

        Raises:
            CollationError: If a code, a date or a matter is not one.
        """
        for field, vocabulary in (("entity_kind", "entity-types"), ("property", "entity-properties")):
            if kept.get(field):
                rules.require(field, str(kept[field]), vocabulary)
        kind = str(kept.get("kind") or "")
        if kind not in ("", *KINDS):
            raise CollationError("kind", f"'{kind}' is no kind of hit; use one of {', '.join(KINDS)}.")
        return cls(
            kind=kind,
            entity_kind=str(kept.get("entity_kind") or ""),
            property=str(kept.get("property") or ""),
            since=_date("since", kept.get("since")),
            until=_date("until", kept.get("until")),
            matter=_key(kept.get("matter")),
        )

    def on(self, rows: Any) -> Any:
        """Return a gated queryset of labelled rows narrowed to dates and matter."""
        if self.since:
            rows = rows.filter(created_at__date__gte=self.since)
        if self.until:
            rows = rows.filter(created_at__date__lte=self.until)
        if self.matter:
            rows = rows.filter(Q(purpose=self.matter) | Q(compartments__contains=[self.matter]))
        return rows


KINDS = ("entity", "report", "item")
#: Pages of objects that a reference leads to; what has no page is not offered.
_ROUTES = {
    "entity": "collation:entity",
    "report": "collection:report",
    "priority": "direction:priority",
    "requirement": "direction:requirement",
    "product": "analysis:product",
    "meeting": "tasking:meeting",
    "decision": "tasking:decision",
    "operation": "tasking:operation",
    "task": "tasking:task",
    "release": "dissemination:release",
    "lesson": "review:lesson",
}


def search(query: str, *, actor: Actor, filters: Filters | None = None, size: int = PAGE) -> list[HitGroup]:
    """Return what the actor may see of a query, in groups: an exact reference, entities, reports, items.

    Args:
        query: Words, a plate, a number, a reference, in any script; empty when the filters say enough.
        actor: Who asks.
        filters: What to narrow it to.
        size: Hits a group.
    """
    asked, narrowed = query.strip(), filters or Filters()
    exact = _by_reference(asked, actor=actor)
    if exact:
        return exact
    groups: list[HitGroup] = []
    if narrowed.kind in ("", "entity"):
        groups.append(_entities(asked, narrowed, actor=actor, size=size))
    structured = narrowed.entity_kind or narrowed.property
    if narrowed.kind in ("", "report") and not structured:
        groups.append(_texts(Report, "report", asked, narrowed, actor=actor, size=size))
    if narrowed.kind in ("", "item") and not structured and asked:
        groups.append(_texts(Item, "item", asked, narrowed, actor=actor, size=size))
    return [group for group in groups if group.hits]


def suggestions(query: str, *, actor: Actor, kind: str = "", most: int = 10) -> list[Hit]:
    """Return entities whose name, plate, number or reference holds the typed part, for a field with suggestions."""
    exact = _by_reference(query.strip(), actor=actor)
    if exact:
        return [hit for group in exact for hit in group.hits if hit.kind == "entity"]
    found = _entities(query.strip(), Filters(entity_kind=kind), actor=actor, size=most)
    return list(found.hits)


def _by_reference(query: str, *, actor: Actor) -> list[HitGroup]:
    if references.prefix_of(query) is None:
        return []
    try:
        row: Any = find.by_reference(query, actor=actor)
    except RecordNotFound:
        return []
    kind = str(row._meta.model_name)
    if kind in ("statement", "item"):
        return _behind(row, kind, actor=actor)
    url = _address(kind, row.ref)
    if kind == "entity":
        title = names_by_id([row.pk], actor=actor)[row.pk].label
    else:
        title = str(getattr(row, "title", "") or row.ref)
    return [HitGroup(kind, (Hit(kind, row.ref, title, "", url, row.created_at),))]


def _behind(row: Any, kind: str, *, actor: Actor) -> list[HitGroup]:
    """Return the page on which a part stands: the entity of a statement, the report of an item."""
    if kind == "item":
        whole: Any = related(row, "report")
        detail, address = row.text[:_DETAIL], _address("report", whole.ref) if whole else ""
        title = whole.title if whole else row.ref
    else:
        name = names_by_id([row.entity_id], actor=actor)[row.entity_id]
        detail, address, title = _said(row), name.url, name.label
    return [HitGroup(kind, (Hit(kind, row.ref, title, detail, address, row.created_at),))]


def _address(kind: str, ref: str) -> str:
    if kind not in _ROUTES:
        return ""
    try:
        return reverse(_ROUTES[kind], args=[ref])
    except NoReverseMatch:
        return ""


def _entities(query: str, filters: Filters, *, actor: Actor, size: int) -> HitGroup:
    rows = _statements(query, filters, actor=actor)
    ids = list(dict.fromkeys(row.entity_id for row in rows))
    if filters.entity_kind and ids:
        kept = Entity.objects.seen_by(actor).filter(pk__in=ids, kind=filters.entity_kind)
        allowed = set(kept.values_list("pk", flat=True))
        ids = [key for key in ids if key in allowed]
    clusters = clusters_of(ids, actor=actor)
    shown: dict[frozenset[UUID], UUID] = {}
    for key in ids:
        shown.setdefault(clusters[key], key)
    known = names_by_id(shown.values(), actor=actor)
    said = {row.entity_id: row for row in reversed(rows)}
    hits = [
        Hit(
            "entity",
            known[key].ref,
            known[key].label,
            _said(said[key]),
            known[key].url,
            said[key].created_at,
        )
        for key in shown.values()
        if key in known
    ]
    hits.sort(key=lambda hit: (hit.title.casefold(), hit.ref))
    return HitGroup("entity", tuple(hits[:size]), has_more=len(hits) > size or len(rows) >= MOST)


def _statements(query: str, filters: Filters, *, actor: Actor) -> list[Statement]:
    narrowed = filters.on(standing_statements(actor=actor))
    if filters.property:
        narrowed = narrowed.filter(property=filters.property)
    if not query:
        if not (filters.entity_kind or filters.property or filters.matter or filters.since):
            return []
        if filters == Filters(kind=filters.kind, entity_kind=filters.entity_kind):
            newest = Entity.objects.seen_by(actor).filter(kind=filters.entity_kind)
            shown = [row.pk for row in newest.order_by("-created_at", "-pk")[:PAGE]]
            narrowed = narrowed.filter(entity__in=shown)
        elif filters.entity_kind:
            kinds = Entity.objects.seen_by(actor).filter(kind=filters.entity_kind)
            narrowed = narrowed.filter(entity__in=kinds.values("pk"))
        return list(narrowed.order_by("-created_at", "-pk")[:MOST])
    keys = rules.search_keys(query)
    found: dict[UUID, Statement] = {}
    if filters.property:
        for row in narrowed.filter(value_key__in=keys)[:MOST]:
            found[row.pk] = row
    pages = [searching.by_words(Statement, actor=actor, query=keys[0], size=MOST)] if keys else []
    if not any(each.next for each in pages):
        # Parts of words add to whole words; where whole words fill the page there is nothing to add.
        pages += [
            searching.by_part(Statement, actor=actor, part=key, size=MOST)
            for key in keys
            if len(key) >= _SHORTEST
        ]
    ids = {row.pk for each in pages for row in each.rows} - set(found)
    found |= {row.pk: row for row in narrowed.filter(pk__in=ids)}
    return sorted(found.values(), key=lambda row: (row.created_at, str(row.pk)), reverse=True)


def _said(row: Statement) -> str:
    return f"{gettext(reference.entity_property(row.property).label)}: {row.value}"


def _texts(model: Any, kind: str, query: str, filters: Filters, *, actor: Actor, size: int) -> HitGroup:
    rows = model.objects.seen_by(actor)
    if query and not (filters.since or filters.until or filters.matter):
        matched = searching.by_words(model, actor=actor, query=query, size=min(size, MOST))
        reports = _reports_of(matched.rows, actor=actor) if kind == "item" else {}
        at_once = tuple(_text_hit(kind, row, reports) for row in matched.rows)
        return HitGroup(kind, at_once, has_more=bool(matched.next))
    if query:
        matched = searching.by_words(model, actor=actor, query=query, size=MOST)
        rows = rows.filter(pk__in=[row.pk for row in matched.rows])
    elif not (filters.since or filters.matter):
        return HitGroup(kind, ())
    found = list(filters.on(rows).order_by("-created_at", "-pk")[: size + 1])
    reports = _reports_of(found, actor=actor) if kind == "item" else {}
    hits = [_text_hit(kind, row, reports) for row in found[:size]]
    return HitGroup(kind, tuple(hits), has_more=len(found) > size)


def _reports_of(items: Iterable[Any], *, actor: Actor) -> dict[UUID, Any]:
    ids = {row.report_id for row in items}
    return {row.pk: row for row in Report.objects.seen_by(actor).filter(pk__in=ids)}


def _text_hit(kind: str, row: Any, reports: dict[UUID, Any]) -> Hit:
    if kind == "report":
        return Hit(kind, row.ref, row.title, row.text[:_DETAIL], _address("report", row.ref), row.created_at)
    whole = reports.get(row.report_id)
    url = _address("report", whole.ref) if whole else ""
    return Hit(kind, row.ref, whole.title if whole else row.ref, row.text[:_DETAIL], url, row.created_at)


def saved_searches(*, actor: Actor) -> Any:
    """Return the actor's own saved searches that have neither ended nor expired."""
    today = timezone.localdate()
    mine = SavedSearch.objects.seen_by(actor).filter(created_by_id=actor.user_id)
    return mine.filter(ended_on=None, expires_on__gte=today)


def saved_search(ref: str, *, actor: Actor) -> SavedSearch:
    """Return one of the actor's own saved searches.

    Raises:
        RecordNotFound: If there is none.
    """
    found: SavedSearch | None = saved_searches(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def run_saved(row: SavedSearch, *, actor: Actor, size: int = PAGE) -> list[HitGroup]:
    """Return what a saved search finds now."""
    query, filters = str(row.query.get("q", "")), Filters.from_json(row.query)
    return search(query, actor=actor, filters=filters, size=size)


def newer_hits(row: SavedSearch, *, actor: Actor) -> list[Hit]:
    """Return the hits of a saved search that came in since its owner was last told."""
    since = row.alerted_at or row.created_at
    return [hit for group in run_saved(row, actor=actor, size=MOST) for hit in group.hits if hit.at > since]


def check_query(query: str, filters: Filters) -> dict[str, str]:
    """Return a search as it is kept.

    Raises:
        SearchHasNothing: If it asks for nothing.
    """
    kept = {"q": query.strip(), **filters.as_json()}
    if not any(kept.values()) or (set(kept) == {"q", "kind"} and not kept["q"]):
        raise SearchHasNothing
    return kept


def matters(*, actor: Actor) -> list[Matter]:
    """Return the matters that a search can be narrowed to."""
    return list(Matter.objects.seen_by(actor))


def properties() -> list[tuple[str, str]]:
    """Return the properties that a search can be narrowed to, with their English labels."""
    return reference.vocabulary("entity-properties").choices()


def _date(field: str, value: Any) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise rules.bad_day(field, str(value)) from error


def _key(value: Any) -> UUID | None:
    if not value:
        return None
    try:
        return UUID(str(value))
    except ValueError as error:
        raise CollationError("matter", f"'{value}' is no matter; choose one of your own.") from error
