"""Freezing the rows that an analysis rests on."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from openilp import reference
from openilp.analysis import snapshot_files
from openilp.analysis.errors import AnalysisError, BadPeriod, NothingSelected
from openilp.analysis.models import Snapshot
from openilp.collation.models import Entity, Link, Statement
from openilp.collection.models import Incident
from openilp.safeguards import acting
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label, Level, joined
from openilp.safeguards.models import Matter, Unit
from openilp.safeguards.roles import ANALYSTS, INTELLIGENCE, MANAGERS, Role

#: Who may open drafts and runs; finished products go further by release only.
READERS = INTELLIGENCE | MANAGERS
TAKERS = ANALYSTS | {Role.HEAD_OF_INTELLIGENCE}
_CHUNK = 20_000
_COLUMNS = ("longitude", "latitude", "crime_type", "starts_at", "ends_at", "time_precision", "unit__code")
_LABEL = ("level", "compartments", "releasable_to", "originator_control")
_SCHEMA = pa.schema(
    [
        ("longitude", pa.float64()),
        ("latitude", pa.float64()),
        ("crime_type", pa.dictionary(pa.int32(), pa.string())),
        ("starts_at", pa.timestamp("us")),
        ("ends_at", pa.timestamp("us")),
        ("time_precision", pa.dictionary(pa.int32(), pa.string())),
        ("unit", pa.dictionary(pa.int32(), pa.string())),
    ]
)
#: From coarse to fine.
PRECISIONS = ("month", "day", "minute")


@dataclass(frozen=True)
class Selection:
    """Which incidents: types and units (all when empty), a period, and what a row must carry.

    `finest_needed` leaves out rows whose time is coarser; `needs_place` those without coordinates.
    """

    starts_on: date
    ends_on: date
    crime_types: Sequence[str] = ()
    units: Sequence[UUID] = ()
    needs_place: bool = False
    finest_needed: str = "month"


@action("analysis.take_snapshot", roles=TAKERS, operation="combination")
def take_snapshot(
    *,
    actor: Actor,
    selection: Selection,
    title: str,
    legal_basis: str,
    label: Label | None = None,
    review_on: date | None = None,
) -> Snapshot:
    """Freeze the incidents that the analyst may see and that a selection asks for."""
    _check(selection)
    units = _beneath(selection.units)
    period = _period(selection)
    rows = Incident.objects.seen_by(actor).filter(**period)
    if selection.units:
        rows = rows.filter(unit__in=[unit.pk for unit in units])
    gaps = _gap_months(rows, selection)
    if selection.crime_types:
        rows = rows.filter(crime_type__in=selection.crime_types)
    joint = joined([label or actor.label(level=Level.OPEN), _label_of(rows, actor)])
    kept, excluded = _kept(rows, selection)
    if acting_block := acting.current():
        acting_block.count("incident", len(kept) + sum(excluded.values()))
    if not kept:
        raise NothingSelected("incident")
    query = {
        "kind": "incidents",
        "crime_types": sorted(selection.crime_types),
        "units": sorted(unit.code for unit in units if unit.pk in selection.units),
        "starts_on": selection.starts_on.isoformat(),
        "ends_on": selection.ends_on.isoformat(),
        "needs_place": selection.needs_place,
        "finest_needed": selection.finest_needed,
        "time_zone": settings.TIME_ZONE,
        "gap_months": gaps,
    }
    table = _table(kept, query, units)
    return _record(actor, "incidents", title, query, table, excluded, joint, legal_basis, review_on)


@action("analysis.take_network_snapshot", roles=TAKERS, operation="combination")
def take_network_snapshot(
    *,
    actor: Actor,
    matter: UUID,
    title: str,
    legal_basis: str,
    label: Label | None = None,
    review_on: date | None = None,
) -> Snapshot:
    """Freeze the links of one matter that the analyst may see; links of other matters stay out."""
    if matter not in actor.compartments:
        raise AnalysisError("matter", "Choose one of your own matters; a network is looked at within one.")
    mine = Q(purpose=matter) | Q(compartments__contains=[matter])
    newer = Link.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    links = list(Link.objects.seen_by(actor).filter(mine, ~Exists(newer)).order_by("created_at", "pk"))
    if not links:
        raise NothingSelected("link of this matter")
    ends = {link.source_id for link in links} | {link.target_id for link in links}
    refs = dict(Entity.objects.seen_by(actor).filter(pk__in=ends).values_list("pk", "ref"))
    shown = [link for link in links if link.source_id in refs and link.target_id in refs]
    names, labels = _names(ends, actor)
    table = pa.table(
        {
            "source": [refs[link.source_id] for link in shown],
            "target": [refs[link.target_id] for link in shown],
            "source_name": [names.get(link.source_id, refs[link.source_id]) for link in shown],
            "target_name": [names.get(link.target_id, refs[link.target_id]) for link in shown],
            "type": [link.type for link in shown],
            "confirmation": [link.confirmation for link in shown],
        }
    )
    query = {"kind": "links", "matter": str(Matter.objects.seen_by(actor).get(pk=matter).ref)}
    table = table.replace_schema_metadata({"openilp": json.dumps(query, sort_keys=True)})
    parts = [label or actor.label(), *(link.label for link in links), *labels]
    joint = replace(joined(parts), owner_unit=actor.unit_id)
    excluded = {"end_not_visible": len(links) - len(shown)} if len(shown) < len(links) else {}
    return _record(actor, "links", title, query, table, excluded, joint, legal_basis, review_on)


def _check(selection: Selection) -> None:
    if selection.ends_on < selection.starts_on:
        raise BadPeriod(selection.starts_on, selection.ends_on)
    known = reference.vocabulary("crime-types")
    for code in selection.crime_types:
        try:
            known.require(code)
        except reference.UnknownCode as error:
            raise AnalysisError("crime_types", str(error)) from error
    if selection.finest_needed not in PRECISIONS:
        raise AnalysisError(
            "finest_needed", f"'{selection.finest_needed}' is no precision; use {', '.join(PRECISIONS)}."
        )


def _beneath(chosen: Sequence[UUID]) -> list[Unit]:
    """Return the chosen units with all units beneath them; every unit when none is chosen."""
    everything = list(Unit.objects.order_by("code"))
    if not chosen:
        return everything
    inside = set(chosen)
    while found := {unit.pk for unit in everything if unit.parent_id in inside} - inside:
        inside |= found
    return [unit for unit in everything if unit.pk in inside]


def _period(selection: Selection) -> dict[str, datetime]:
    zone = timezone.get_default_timezone()
    begin = datetime.combine(selection.starts_on, time.min, zone)
    end = datetime.combine(selection.ends_on + timedelta(days=1), time.min, zone)
    return {"starts_at__gte": begin, "starts_at__lt": end}


def _gap_months(rows: Any, selection: Selection) -> list[str]:
    """Return the months of the period in which no incident of any type was delivered."""
    held = {
        f"{month:%Y-%m}"
        for month in rows.order_by()
        .annotate(month=TruncMonth("starts_at", tzinfo=timezone.get_default_timezone()))
        .values_list("month", flat=True)
        .distinct()
    }
    return [month for month in months_between(selection.starts_on, selection.ends_on) if month not in held]


def months_between(first: date, last: date) -> list[str]:
    """Return every month (`YYYY-MM`) that a period touches."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [
        f"{first.year + (first.month - 1 + i) // 12}-{(first.month - 1 + i) % 12 + 1:02}"
        for i in range(count)
    ]


def _label_of(rows: Any, actor: Actor) -> Label:
    parts = [
        Label(
            level=Level(level),
            compartments=frozenset(UUID(str(c)) for c in compartments),
            owner_unit=actor.unit_id,
            releasable_to=frozenset(releasable_to),
            originator_control=control,
        )
        for level, compartments, releasable_to, control in rows.order_by().values_list(*_LABEL).distinct()
    ]
    return joined(parts) if parts else actor.label()


def _kept(rows: Any, selection: Selection) -> tuple[list[tuple[Any, ...]], dict[str, int]]:
    excluded: Counter[str] = Counter()
    kept = []
    fine_enough = PRECISIONS[PRECISIONS.index(selection.finest_needed) :]
    for row in rows.order_by("starts_at", "pk").values_list(*_COLUMNS).iterator(chunk_size=_CHUNK):
        if selection.needs_place and (row[0] is None or row[1] is None):
            excluded["no_coordinates"] += 1
        elif row[5] not in fine_enough:
            excluded["coarse_time"] += 1
        else:
            kept.append(row)
    return kept, dict(excluded)


def _table(rows: list[tuple[Any, ...]], query: dict[str, Any], units: Iterable[Unit]) -> pa.Table:
    zone = timezone.get_default_timezone()
    columns = list(zip(*rows, strict=True))
    for at in (3, 4):
        columns[at] = tuple(moment.astimezone(zone).replace(tzinfo=None) for moment in columns[at])
    arrays = [
        pa.array(column, type=field.type.value_type).dictionary_encode()
        if pa.types.is_dictionary(field.type)
        else pa.array(column, type=field.type)
        for column, field in zip(columns, _SCHEMA, strict=True)
    ]
    drawn = [unit for unit in units if unit.boundary]
    above = {unit.parent_id for unit in drawn}
    boundaries = {
        unit.code: {"name": unit.name, "geometry": unit.boundary} for unit in drawn if unit.pk not in above
    }
    facts = json.dumps({**query, "boundaries": boundaries}, sort_keys=True)
    return pa.Table.from_arrays(arrays, schema=_SCHEMA.with_metadata({"openilp": facts}))


def _names(entities: Iterable[UUID], actor: Actor) -> tuple[dict[UUID, str], list[Label]]:
    """Return the first name of each entity among the statements that the actor may see, and their labels."""
    found: dict[UUID, str] = {}
    labels = []
    naming = {code for kind in reference.vocabulary("entity-types").codes for code in _names_of(kind)}
    newer = Statement.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    stated = Statement.objects.seen_by(actor).filter(~Exists(newer), entity__in=entities, property__in=naming)
    for row in stated.order_by("created_at", "pk"):
        if row.entity_id not in found:
            found[row.entity_id] = row.value
            labels.append(row.label)
    return found, labels


def _names_of(kind: str) -> tuple[str, ...]:
    return tuple(reference.entity_type(kind).names)


def _record(
    actor: Actor,
    kind: str,
    title: str,
    query: dict[str, Any],
    table: pa.Table,
    excluded: dict[str, int],
    label: Label,
    legal_basis: str,
    review_on: date | None,
) -> Snapshot:
    if not title.strip():
        raise AnalysisError("title", "The snapshot has no title; say in a few words what it holds.")
    sha256 = snapshot_files.write(table)
    lawful: dict[str, Any] = {"legal_basis": legal_basis, "label": label}
    if review_on is not None:
        lawful["review_on"] = review_on
    row: Snapshot = Snapshot.objects.record(
        actor=actor,
        kind=kind,
        title=title.strip()[:160],
        query=query,
        rows=table.num_rows,
        excluded=excluded,
        sha256=sha256,
        **lawful,
    )
    return row
