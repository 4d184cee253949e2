"""Import entities: one row an entity, one statement a filled cell."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from openilp import reference
from openilp.collation import rules
from openilp.collation.errors import CollationError
from openilp.collation.imports.identity import entity_key
from openilp.collation.models import Entity, Statement
from openilp.collation.rules import NewStatement
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

#: Fields of a mapping that are no properties.
_OWN_FIELDS = frozenset({"key", "type", "kind"})
_KIND = "third_party_claim"


@dataclass(frozen=True)
class EntityRow:
    """An entity as a file tells it, checked."""

    row: int
    key: str
    kind: str
    statements: tuple[NewStatement, ...]


@dataclass
class Entities:
    """The entities of a chunk, and the reasons against the other rows."""

    rows: list[EntityRow] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def import_entities(
    *,
    actor: Actor,
    path: Path,
    mapping: ImportMapping,
    file_name: str = "",
    reasons: Path | None = None,
    progress: Progress | None = None,
    limits: Limits = LIMITS,
) -> ImportResult:
    """Import a file of entities into quarantine; a known entity only gets the statements that are new.

    Raises:
        ImportRefused: If the file as a whole cannot be taken.
        NotPermitted: If the actor's roles do not import.
    """
    return running.run(
        Source(path, mapping, file_name, reasons, progress, limits),
        actor=actor,
        kind="entities",
        convert=lambda chunk: converted(chunk, mapping),
        add=lambda batch, made: add_entities(actor=actor, batch=batch, mapping=mapping, made=made),
    )


def converted(chunk: Chunk, mapping: ImportMapping) -> Entities:
    """Return the entities of a chunk; a row with a value that its property cannot hold is refused."""
    made = Entities(reasons=list(chunk.refused))
    for number, row in zip(chunk.numbers, chunk.rows, strict=True):
        cells = Cells(mapping, row)
        try:
            made.rows.append(_row(number, cells))
        except (CollationError, CollectionError) as error:
            made.reasons.append(
                Reason(number, Verdict.REFUSED, error.field, cells.text(error.field)[:200], str(error))
            )
    made.reasons.sort(key=lambda reason: reason.row)
    return made


def _row(number: int, cells: Cells) -> EntityRow:
    key, kind = cells.key("key"), rules.require("type", cells.text("type"), "entity-types")
    claim = rules.require("kind", cells.text("kind", _KIND), "statement-kinds")
    statements = []
    for name in (*cells.mapping.fields, *cells.mapping.defaults):
        value = cells.text(name)
        if name in _OWN_FIELDS or not value:
            continue
        new = NewStatement(property=name, value=value, kind=claim)
        rules.check_statement(kind, new)
        statements.append(new)
    if not statements:
        wanted = ", ".join(reference.entity_type(kind).names)
        raise CollationError("key", f"Nothing is said of '{key[:40]}'; fill at least {wanted}.")
    return EntityRow(number, key, kind, tuple(statements))


@action("collation.add_imported_entities", roles=IMPORTERS, operation="collection")
def add_entities(*, actor: Actor, batch: ImportBatch, mapping: ImportMapping, made: Entities) -> ImportBatch:
    """Add one step's entities with their statements in quarantine, and count them."""
    alone(batch)
    unit, inside = batch.owner_unit_id, batch.label.compartments
    keys = {row.key: entity_key(unit, mapping, row.key, inside=inside) for row in made.rows}
    there = Entity.objects.seen_by(actor, states=EVERYWHERE).filter(pk__in=set(keys.values()))
    entities: dict[UUID, Entity] = {row.pk: row for row in there}
    said = _said(actor, list(entities))
    new, statements = 0, []
    fresh: dict[UUID, str] = {}
    for row in made.rows:
        key = keys[row.key]
        if key not in entities:
            fresh.setdefault(key, row.kind)
        claims_ = [
            statement
            for statement in row.statements
            if (key, statement.property, _value_key(row.kind, statement)) not in said
        ]
        said |= {(key, statement.property, _value_key(row.kind, statement)) for statement in claims_}
        new += bool(claims_)
        statements += [(key, row.kind, statement) for statement in claims_]
    if fresh:
        rows = [{"id": key, "kind": kind} for key, kind in fresh.items()]
        # One whose statements were all put out of sight since is there still: it gets these, and nothing is said of it.
        entities |= {row.pk: row for row in Entity.objects.record_missing(actor=actor, rows=rows)}
    _record(actor, batch, entities, statements)
    tally = Tally(new=new, known=len(made.rows) - new, refused=len(made.reasons))
    return batches.count_up(actor, batch, tally)


def _said(actor: Actor, keys: list[UUID]) -> set[tuple[UUID, str, str]]:
    rows = Statement.objects.seen_by(actor, states=EVERYWHERE).filter(entity__in=keys)
    return set(rows.values_list("entity_id", "property", "value_key"))


def _value_key(kind: str, statement: NewStatement) -> str:
    return rules.value_key(kind, statement.property, statement.value.strip())


def _record(
    actor: Actor,
    batch: ImportBatch,
    entities: dict[UUID, Entity],
    statements: list[tuple[UUID, str, NewStatement]],
) -> None:
    held: dict[str, Any] = held_values(batch)
    if statements:
        Statement.objects.record_many(
            actor=actor,
            rows=[
                {
                    "entity": entities[key],
                    "property": new.property,
                    "value": new.value.strip(),
                    "value_key": _value_key(kind, new),
                    "kind": new.kind,
                    "batch": batch,
                    **held,
                }
                for key, kind, new in statements
            ],
        )
