"""One statement for thousands of incidents: the one place where raw SQL writes a protected table.

PostgreSQL takes no COPY into a table under row-level security, so the columns go in as arrays. The policies check
every row as if it had come alone; `record` of the gate does the same thing ten times more slowly.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from openilp.collection.imports.conversion import SEPARATOR, Incidents
from openilp.collection.models import ImportBatch
from openilp.safeguards.actor import Actor

#: The values of a column go in as one text, cut at the separator: psycopg writes out a list of 5,000 values five
#: times more slowly than Python joins them. Conversion refuses texts that hold it, and JSON writes it as an escape.
_COLUMNS = {
    "crime_type": "text",
    "starts_at": "timestamptz",
    "ends_at": "timestamptz",
    "longitude": "float8",
    "latitude": "float8",
    "unit_id": "uuid",
    "source_id": "text",
    "outcome": "text",
    "import_record": "jsonb",
    "missing": "text",
    "content_hash": "text",
    "ordinal": "integer",
}
#: Columns where nothing is a null, not an empty text.
_NULLABLE = ("longitude", "latitude", "unit_id")

_ARRAYS = ", ".join(
    f"string_to_array(%({name})s, E'\\x1f'{', %(nothing)s' if name in _NULLABLE else ''})::{kind}[]"
    for name, kind in _COLUMNS.items()
)
_INSERT = f"""
INSERT INTO collection_incident (
    id, created_at, created_by_id, level, compartments, owner_unit_id, releasable_to, originator_control, state,
    purpose_id, legal_basis, recorded_on, review_on, batch_id, time_precision, crime_type, starts_at, ends_at,
    longitude, latitude, unit_id, source_id, outcome, import_record, missing, content_hash, ordinal
)
SELECT gen_random_uuid(), now(), %(author)s, %(level)s, %(compartments)s::uuid[], %(owner_unit_id)s,
    %(releasable_to)s::varchar[], %(originator_control)s, %(state)s, %(purpose)s, %(legal_basis)s, %(recorded_on)s,
    %(review_on)s, %(batch)s, %(precision)s, row.crime_type, row.starts_at, row.ends_at, row.longitude,
    row.latitude, row.unit_id, coalesce(row.source_id, ''), coalesce(row.outcome, ''), row.import_record,
    string_to_array(coalesce(row.missing, ''), ',')::varchar[], decode(row.content_hash, 'hex'), row.ordinal
FROM unnest({_ARRAYS}) AS row ({", ".join(_COLUMNS)})
ON CONFLICT (owner_unit_id, compartments, content_hash, ordinal) DO NOTHING
"""  # noqa: S608 (made of the constants above)


def insert(
    actor: Actor, batch: ImportBatch, precision: str, incidents: Incidents, units: Sequence[UUID | None]
) -> int:
    """Insert what the batch's unit does not hold yet inside the batch's matter; what lies in another one says nothing.

    Returns:
        How many rows were new.
    """
    if not len(incidents):
        return 0
    label: dict[str, Any] = batch.label.columns()
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                **label,
                "author": actor.user_id,
                "purpose": batch.purpose_id,
                "legal_basis": batch.legal_basis,
                "recorded_on": batch.recorded_on,
                "review_on": batch.review_on,
                "batch": batch.pk,
                "precision": precision,
                "nothing": "",
                **_columns(incidents, units),
            },
        )
        return int(cursor.rowcount)


def _columns(incidents: Incidents, units: Sequence[UUID | None]) -> dict[str, str]:
    numbers = (incidents.longitudes, incidents.latitudes)
    longitudes, latitudes = (["" if x is None else repr(x) for x in values] for values in numbers)
    values: dict[str, Iterable[str]] = {
        "crime_type": incidents.crime_types,
        "starts_at": incidents.starts,
        "ends_at": incidents.ends,
        "longitude": longitudes,
        "latitude": latitudes,
        "unit_id": ["" if unit is None else str(unit) for unit in units],
        "source_id": incidents.source_ids,
        "outcome": incidents.outcomes,
        "import_record": incidents.records,
        "missing": [",".join(names) for names in incidents.missing],
        "content_hash": [digest.hex() for digest in incidents.hashes],
        "ordinal": map(str, incidents.ordinals),
    }
    return {name: SEPARATOR.join(column) for name, column in values.items()}
