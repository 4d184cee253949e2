"""From rows of text to incidents, refused or incomplete row by row. Pure: no database."""

import hashlib
import json
import math
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from openilp.collection.imports.mapping import ImportMapping
from openilp.collection.imports.rows import Chunk, Reason, Verdict

_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_EARLIEST_YEAR = 1950
#: Stands between values on their way to the database, so that no text may hold it.
SEPARATOR = "\x1f"
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_RECORD = json.JSONEncoder(ensure_ascii=False)


class Unconvertible(ValueError):
    """Say which field of a row cannot be taken, and why."""

    def __init__(self, field_name: str, value: str, reason: str) -> None:
        self.field, self.value, self.reason = field_name, value, reason
        super().__init__(reason)


@dataclass
class Incidents:
    """Incidents as columns, ready for one statement, and the reasons of their chunk."""

    crime_types: list[str] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    longitudes: list[float | None] = field(default_factory=list)
    latitudes: list[float | None] = field(default_factory=list)
    source_ids: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    missing: list[tuple[str, ...]] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    ordinals: list[int] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    refused: int = 0
    incomplete: int = 0

    def __len__(self) -> int:
        """Return how many incidents there are."""
        return len(self.hashes)


class Converter:
    """Converts the chunks of one file in order; equal rows are numbered across the whole file."""

    def __init__(self, mapping: ImportMapping, *, timezone: tzinfo, today: date) -> None:
        self.mapping, self.timezone, self.today = mapping, timezone, today
        self._seen: dict[bytes, int] = {}
        self._periods: dict[str, tuple[str, str]] = {}
        self._places = {name: mapping.place_of(name) for name in mapping.fields}
        self._numbers = tuple(
            place for name in ("longitude", "latitude") if (place := self._places.get(name)) is not None
        )

    def convert(self, chunk: Chunk) -> Incidents:
        """Return the incidents of a chunk."""
        made = Incidents(reasons=list(chunk.refused), refused=len(chunk.refused))
        for number, raw in zip(chunk.numbers, chunk.rows, strict=True):
            row = self._canonical(raw)
            try:
                self._add(made, number, row)
            except Unconvertible as bad:
                made.refused += 1
                made.reasons.append(Reason(number, Verdict.REFUSED, bad.field, bad.value[:200], bad.reason))
        made.reasons.sort(key=lambda reason: reason.row)
        return made

    def _canonical(self, raw: tuple[str, ...]) -> tuple[str, ...]:
        """Return the row with numbers in one way of writing, so that CSV and Parquet hash alike."""
        row = [cell.strip() for cell in raw]
        for place in self._numbers:
            if row[place]:
                try:
                    row[place] = repr(float(row[place]))
                except ValueError:
                    continue
        return tuple(row)

    def _add(self, made: Incidents, number: int, row: tuple[str, ...]) -> None:
        crime_type = self._crime_type(row)
        start, end = self._period(row)
        longitude, latitude = self._point(row)
        source_id, outcome = self._short(row, "source_id"), self._short(row, "outcome")
        present = {"place": longitude is not None, "source_id": bool(source_id), "outcome": bool(outcome)}
        missing = tuple(
            wanted.field
            for wanted in self.mapping.expected
            if crime_type not in wanted.unless and not self._has(row, wanted.field, present)
        )
        digest = content_hash(row)
        ordinal = self._seen.get(digest, 0)
        self._seen[digest] = ordinal + 1
        made.crime_types.append(crime_type)
        made.starts.append(start)
        made.ends.append(end)
        made.longitudes.append(longitude)
        made.latitudes.append(latitude)
        made.source_ids.append(source_id)
        made.outcomes.append(outcome)
        made.records.append(_RECORD.encode(self._record(row)))
        made.missing.append(missing)
        made.hashes.append(digest)
        made.ordinals.append(ordinal)
        if missing:
            made.incomplete += 1
            made.reasons += [
                Reason(number, Verdict.INCOMPLETE, name, "", f"{name} is missing") for name in missing
            ]

    def _has(self, row: tuple[str, ...], name: str, present: dict[str, bool]) -> bool:
        return present[name] if name in present else bool(self._cell(row, name))

    def _record(self, row: tuple[str, ...]) -> dict[str, str]:
        return {name: cell for name, cell in zip(self.mapping.columns, row, strict=True) if cell}

    def _cell(self, row: tuple[str, ...], name: str) -> str:
        place = self._places.get(name)
        return self.mapping.defaults.get(name, "") if place is None else row[place]

    def _short(self, row: tuple[str, ...], name: str, most: int = 80) -> str:
        value = self._cell(row, name)
        if len(value) > most:
            raise Unconvertible(
                self._column(name), value, f"{len(value)} characters; at most {most} are taken"
            )
        if SEPARATOR in value:
            raise Unconvertible(self._column(name), value, "the text holds a control character")
        return value

    def _column(self, name: str) -> str:
        return self.mapping.fields.get(name, name)

    def _crime_type(self, row: tuple[str, ...]) -> str:
        value = self._cell(row, "crime_type")
        code = self.mapping.crime_types.get(value.casefold())
        if code is None:
            said = "there is no crime type" if not value else "the mapping knows no such crime type"
            raise Unconvertible(self._column("crime_type"), value, said)
        return code

    def _period(self, row: tuple[str, ...]) -> tuple[str, str]:
        value = self._cell(row, "period")
        if value not in self._periods:
            self._periods[value] = self._read_period(value)
        return self._periods[value]

    def _read_period(self, value: str) -> tuple[str, str]:
        try:
            start, end = period(value, self.mapping.time_precision, self.timezone)
        except ValueError as error:
            raise Unconvertible(
                self._column("period"), value, f"this is no {self.mapping.time_precision} (such as 2024-01)"
            ) from error
        if not start.year >= _EARLIEST_YEAR or start.date() > self.today:
            raise Unconvertible(self._column("period"), value, "the time lies in the future, or before 1950")
        return start.isoformat(), end.isoformat()

    def _point(self, row: tuple[str, ...]) -> tuple[float | None, float | None]:
        texts = self._cell(row, "longitude"), self._cell(row, "latitude")
        if not any(texts):
            return None, None
        try:
            longitude, latitude = float(texts[0]), float(texts[1])
        except ValueError as error:
            said = "one coordinate is missing" if not all(texts) else "this is no number of degrees"
            raise Unconvertible("place", ", ".join(texts), said) from error
        if not (
            math.isfinite(longitude)
            and math.isfinite(latitude)
            and -180 <= longitude <= 180
            and -90 <= latitude <= 90
        ):
            raise Unconvertible("place", ", ".join(texts), "this is no place on Earth")
        return longitude, latitude


def content_hash(row: tuple[str, ...]) -> bytes:
    """Return 16 bytes of BLAKE2b over a canonical row."""
    text = _CANONICAL.encode(row)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def period(value: str, precision: str, timezone: tzinfo) -> tuple[datetime, datetime]:
    """Return begin and end of a month, day or minute.

    Raises:
        ValueError: If the text is none.
    """
    if precision == "month":
        found = _MONTH.match(value)
        if not found:
            raise ValueError(value)
        year, month = int(found[1]), int(found[2])
        start = datetime(year, month, 1, tzinfo=timezone)
        return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=timezone)
    if precision == "day":
        day = date.fromisoformat(value)
        start = datetime(day.year, day.month, day.day, tzinfo=timezone)
        return start, start + timedelta(days=1)
    at = datetime.fromisoformat(value)
    start = at if at.tzinfo else at.replace(tzinfo=timezone)
    return start, start + timedelta(minutes=1)
