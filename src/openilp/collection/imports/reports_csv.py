"""Import reports that another system holds: each stays in quarantine until somebody has categorised it."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from django.utils import timezone

from openilp.collection import rules
from openilp.collection.errors import CollectionError
from openilp.collection.imports import batches, running
from openilp.collection.imports.batches import IMPORTERS, ImportResult, Tally
from openilp.collection.imports.mapping import ImportMapping
from openilp.collection.imports.rows import LIMITS, Chunk, Limits, Reason, Verdict
from openilp.collection.imports.running import Progress, Source
from openilp.collection.models import ImportBatch, Item, Report
from openilp.safeguards import turns
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import State

QUARANTINED = (State.QUARANTINED,)
EVERYWHERE = (State.NORMAL, State.QUARANTINED)
_DEFAULTS = {"urgency": "low", "language": "und", "provenance": "other_agency", "kind": "third_party_claim"}
_KEY_LENGTH = 120


@dataclass(frozen=True)
class ReportRow:
    """A report as a file tells it, checked."""

    row: int
    key: str
    new: rules.NewReport


@dataclass
class Reports:
    """The reports of a chunk, and the reasons against the other rows."""

    rows: list[ReportRow] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """Return how many rows are refused."""
        return len(self.reasons)


def import_reports(
    *,
    actor: Actor,
    path: Path,
    mapping: ImportMapping,
    file_name: str = "",
    reasons: Path | None = None,
    progress: Progress | None = None,
    limits: Limits = LIMITS,
) -> ImportResult:
    """Import a file of reports into quarantine; a report is known by its key in the system that it comes from.

    Raises:
        ImportRefused: If the file as a whole cannot be taken.
        NotPermitted: If the actor's roles do not import.
    """
    zone, now = timezone.get_current_timezone(), timezone.now()
    return running.run(
        Source(path, mapping, file_name, reasons, progress, limits),
        actor=actor,
        kind="reports",
        convert=lambda chunk: converted(chunk, mapping, zone=zone, now=now),
        add=lambda batch, made: add_reports(actor=actor, batch=batch, made=made),
    )


def converted(chunk: Chunk, mapping: ImportMapping, *, zone: tzinfo, now: datetime) -> Reports:
    """Return the reports of a chunk; a row that breaks a rule of entry is refused with the field."""
    made = Reports(reasons=list(chunk.refused))
    for number, row in zip(chunk.numbers, chunk.rows, strict=True):
        cells = Cells(mapping, row)
        try:
            made.rows.append(ReportRow(number, cells.key("key"), _new(cells, zone, now)))
        except CollectionError as error:
            value = cells.text(error.field)
            made.reasons.append(Reason(number, Verdict.REFUSED, error.field, value[:200], str(error)))
    made.reasons.sort(key=lambda reason: reason.row)
    return made


@dataclass(frozen=True)
class Cells:
    """One row, asked by the names of fields."""

    mapping: ImportMapping
    row: tuple[str, ...]

    def text(self, name: str, default: str = "") -> str:
        """Return what a field says, in our code where the mapping translates it."""
        place = self.mapping.place_of(name)
        value = self.row[place].strip() if place is not None else ""
        value = value or self.mapping.defaults.get(name, default)
        return self.mapping.values.get(name, {}).get(value.casefold(), value)

    def key(self, name: str) -> str:
        """Return the key of a row in its own system.

        Raises:
            CollectionError: If it is empty or too long.
        """
        value = self.text(name)
        if not 0 < len(value) <= _KEY_LENGTH:
            raise CollectionError(name, f"The key has {len(value)} characters; 1 to {_KEY_LENGTH} are taken.")
        return value


def _new(cells: Cells, zone: tzinfo, now: datetime) -> rules.NewReport:
    longitude, latitude = (_number(cells, name) for name in ("longitude", "latitude"))
    new = rules.NewReport(
        items=[rules.NewItem(cells.text("text"), cells.text("kind", _DEFAULTS["kind"]))],
        urgency=cells.text("urgency", _DEFAULTS["urgency"]),
        provenance=cells.text("provenance", _DEFAULTS["provenance"]),
        title=cells.text("title"),
        language=cells.text("language", _DEFAULTS["language"]),
        observed_at=_time(cells, zone),
        place=cells.text("place"),
        longitude=longitude,
        latitude=latitude,
    )
    rules.check(new, now=now)
    return new


def _number(cells: Cells, name: str) -> float | None:
    value = cells.text(name)
    try:
        return float(value) if value else None
    except ValueError as error:
        raise CollectionError(name, f"'{value}' is no number of degrees.") from error


def _time(cells: Cells, zone: tzinfo) -> datetime | None:
    value = cells.text("observed_at")
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise CollectionError("observed_at", f"'{value}' is no time such as 2024-05-31T22:15.") from error
    return at if at.tzinfo else at.replace(tzinfo=zone)


@action("collection.add_imported_reports", roles=IMPORTERS, operation="collection")
def add_reports(*, actor: Actor, batch: ImportBatch, made: Reports) -> ImportBatch:
    """Add one step's reports in quarantine, and count them."""
    alone(batch)
    keys = [row.key for row in made.rows]
    there = Report.objects.seen_by(actor, states=EVERYWHERE).filter(owner_unit_id=batch.owner_unit_id)
    known = set(there.filter(foreign_key__in=keys, batch__isnull=False).values_list("foreign_key", flat=True))
    fresh: dict[str, ReportRow] = {}
    for row in made.rows:
        if row.key not in known:
            fresh.setdefault(row.key, row)
    _record(actor, batch, list(fresh.values()))
    tally = Tally(new=len(fresh), known=len(made.rows) - len(fresh), refused=made.refused)
    return batches.count_up(actor, batch, tally)


def alone(batch: ImportBatch) -> None:
    """Let nobody else import for the batch's unit until the transaction ends, so that nothing comes in twice."""
    turns.take("import", batch.owner_unit_id)


def held_values(batch: ImportBatch) -> dict[str, Any]:
    """Return label, purpose, legal basis and review date of quarantined rows of a batch."""
    columns = {**batch.label.columns(), "state": State.QUARANTINED}
    return {
        **columns,
        "purpose_id": batch.purpose_id,
        "legal_basis": batch.legal_basis,
        "review_on": batch.review_on,
    }


def _record(actor: Actor, batch: ImportBatch, rows: list[ReportRow]) -> None:
    if not rows:
        return
    reports: list[Report] = Report.objects.record_many(
        actor=actor,
        rows=[
            {
                "title": rules.title_of(row.new)[:160],
                "text": rules.text_of(row.new)[0],
                "language": row.new.language,
                "urgency": row.new.urgency,
                "provenance": row.new.provenance,
                "observed_at": row.new.observed_at,
                "place": row.new.place,
                "longitude": row.new.longitude,
                "latitude": row.new.latitude,
                "batch": batch,
                "foreign_key": row.key,
                **held_values(batch),
            }
            for row in rows
        ],
    )
    Item.objects.record_many(
        actor=actor,
        rows=[
            {
                "report": report,
                "number": 1,
                "text": row.new.items[0].text.strip(),
                "kind": row.new.items[0].kind,
                "sentence_end": len(report.text),
            }
            for report, row in zip(reports, rows, strict=True)
        ],
    )
