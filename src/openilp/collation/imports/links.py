"""Import links between entities that were imported before, by their keys in the foreign system."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID

from openilp.collation import rules
from openilp.collation.errors import CollationError
from openilp.collation.imports.identity import entity_key
from openilp.collation.models import Entity, Link
from openilp.collection.errors import CollectionError
from openilp.collection.imports import batches, running
from openilp.collection.imports.batches import IMPORTERS, ImportResult, Tally
from openilp.collection.imports.mapping import ImportMapping
from openilp.collection.imports.reports_csv import EVERYWHERE, Cells, alone, held_values
from openilp.collection.imports.rows import LIMITS, Chunk, Limits, Reason, Verdict
from openilp.collection.imports.running import Progress, Source
from openilp.collection.models import ImportBatch
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.compartments import own_compartment

_KIND = "third_party_claim"
_CONFIRMATION = "unconfirmed"


@dataclass(frozen=True)
class LinkRow:
    """A link as a file tells it; whether its ends are there is seen when it is added."""

    row: int
    source: str
    target: str
    type: str
    confirmation: str
    kind: str
    valid_from: date | None
    valid_until: date | None


@dataclass
class Links:
    """The links of a chunk, and the reasons against the other rows."""

    rows: list[LinkRow] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def import_links(
    *,
    actor: Actor,
    path: Path,
    mapping: ImportMapping,
    file_name: str = "",
    reasons: Path | None = None,
    progress: Progress | None = None,
    limits: Limits = LIMITS,
) -> ImportResult:
    """Import a file of links into quarantine; both ends must have been imported from the same system.

    Raises:
        ImportRefused: If the file as a whole cannot be taken.
        NotPermitted: If the actor's roles do not import.
    """

    def add(batch: ImportBatch, made: Links) -> ImportBatch:
        return add_links(actor=actor, batch=batch, mapping=mapping, made=made)

    def convert(chunk: Chunk) -> Links:
        with batches.transaction(actor, "collation.look_for_ends"):
            return with_ends(actor, mapping, converted(chunk, mapping))

    source = Source(path, mapping, file_name, reasons, progress, limits)
    return running.run(source, actor=actor, kind="links", convert=convert, add=add)


def converted(chunk: Chunk, mapping: ImportMapping) -> Links:
    """Return the links of a chunk; a row with an unknown code or a wrong day is refused."""
    made = Links(reasons=list(chunk.refused))
    for number, row in zip(chunk.numbers, chunk.rows, strict=True):
        cells = Cells(mapping, row)
        try:
            made.rows.append(_row(number, cells))
        except (CollationError, CollectionError) as error:
            value = cells.text(error.field)[:200]
            made.reasons.append(Reason(number, Verdict.REFUSED, error.field, value, str(error)))
    made.reasons.sort(key=lambda reason: reason.row)
    return made


def _row(number: int, cells: Cells) -> LinkRow:
    begin, end = _day(cells, "valid_from"), _day(cells, "valid_until")
    rules.check_period(begin, end)
    return LinkRow(
        row=number,
        source=cells.key("source"),
        target=cells.key("target"),
        type=rules.require("type", cells.text("type"), "link-types"),
        confirmation=rules.require(
            "confirmation", cells.text("confirmation", _CONFIRMATION), "link-confirmations"
        ),
        kind=rules.require("kind", cells.text("kind", _KIND), "statement-kinds"),
        valid_from=begin,
        valid_until=end,
    )


def _day(cells: Cells, name: str) -> date | None:
    value = cells.text(name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise rules.bad_day(name, value) from error


def with_ends(actor: Actor, mapping: ImportMapping, made: Links) -> Links:
    """Return the links whose ends are there and may be joined; the others are refused."""
    known = _ends(actor, mapping, made.rows)
    kept = Links(reasons=list(made.reasons))
    for row in made.rows:
        try:
            _check_ends(row, known)
        except CollationError as error:
            kept.reasons.append(
                Reason(
                    row.row, Verdict.REFUSED, error.field, f"{row.source} → {row.target}"[:200], str(error)
                )
            )
        else:
            kept.rows.append(row)
    kept.reasons.sort(key=lambda reason: reason.row)
    return kept


def _ends(actor: Actor, mapping: ImportMapping, rows: list[LinkRow]) -> dict[str, Entity]:
    """Return the entities that rows name, from inside the actor's operation before those from outside any."""
    names = {name for row in rows for name in (row.source, row.target)}
    ends: dict[str, Entity] = {}
    for inside in sorted({frozenset[UUID](), own_compartment(actor)}, key=len):
        keys = {entity_key(actor.unit_id, mapping, name, inside=inside): name for name in names}
        found = Entity.objects.seen_by(actor, states=EVERYWHERE).filter(pk__in=list(keys))
        ends |= {keys[row.pk]: row for row in found}
    return ends


def _check_ends(row: LinkRow, known: dict[str, Entity]) -> None:
    for name in ("source", "target"):
        if getattr(row, name) not in known:
            raise CollationError(
                name,
                f"No entity '{getattr(row, name)[:60]}' was imported from there; import the entities first.",
            )
    if row.source == row.target:
        raise CollationError("target", "Both ends are one entity; a link joins two.")
    rules.check_link(row.type, known[row.source].kind, known[row.target].kind, row.confirmation, row.kind)


@action("collation.add_imported_links", roles=IMPORTERS, operation="collection")
def add_links(*, actor: Actor, batch: ImportBatch, mapping: ImportMapping, made: Links) -> ImportBatch:
    """Add one step's links in quarantine, and count them."""
    alone(batch)
    ends = _ends(actor, mapping, made.rows)
    there = _there(actor, [row.pk for row in ends.values()])
    fresh = []
    for row in made.rows:
        same = (ends[row.source].pk, ends[row.target].pk, row.type, row.valid_from)
        if same not in there:
            there.add(same)
            fresh.append(row)
    held = held_values(batch)
    if fresh:
        Link.objects.record_many(
            actor=actor,
            rows=[
                {
                    "source": ends[row.source],
                    "target": ends[row.target],
                    "type": row.type,
                    "confirmation": row.confirmation,
                    "kind": row.kind,
                    "valid_from": row.valid_from,
                    "valid_until": row.valid_until,
                    "batch": batch,
                    **held,
                }
                for row in fresh
            ],
        )
    tally = Tally(new=len(fresh), known=len(made.rows) - len(fresh), refused=len(made.reasons))
    return batches.count_up(actor, batch, tally)


def _there(actor: Actor, keys: list[UUID]) -> set[tuple[UUID, UUID, str, date | None]]:
    rows = Link.objects.seen_by(actor, states=EVERYWHERE).filter(source__in=keys, target__in=keys)
    return set(rows.values_list("source_id", "target_id", "type", "valid_from"))
