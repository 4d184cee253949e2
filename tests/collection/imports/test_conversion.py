"""From a row of text to an incident, without a database."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.collection.imports.conversion import Converter, Incidents, content_hash, period
from openilp.collection.imports.mapping import mapping
from openilp.collection.imports.rows import Chunk
from tests.collection.imports.files import row

MAPPING = mapping("police-uk")


def convert(*lines: str) -> Incidents:
    """Convert lines of the police.uk form."""
    rows = [tuple(line.split(",")) for line in lines]
    chunk = Chunk(numbers=list(range(1, len(rows) + 1)), rows=rows)
    return Converter(MAPPING, timezone=UTC, today=date(2025, 1, 1)).convert(chunk)


def test_a_whole_row_becomes_an_incident_with_its_record_kept() -> None:
    """The month is an interval, street and area stay in the import record."""
    made = convert(row())

    assert made.crime_types == ["burglary"]
    assert (made.starts[0], made.ends[0]) == ("2023-01-01T00:00:00+00:00", "2023-02-01T00:00:00+00:00")
    assert (made.longitudes[0], made.latitudes[0]) == (-2.5, 51.4)
    assert "On or near Kiln Row" in made.records[0]
    assert made.reasons == []


def test_a_row_without_coordinates_is_taken_and_counted_as_incomplete() -> None:
    """Missing is not zero: there is no point at 0, 0."""
    made = convert(row(longitude="", latitude=""))

    assert made.longitudes == [None]
    assert made.missing == [("place",)]
    assert (made.incomplete, made.refused) == (1, 0)


def test_anti_social_behaviour_has_no_key_and_no_outcome_by_design() -> None:
    """The source never gives them; that is not incomplete."""
    made = convert(
        row(key="", outcome="", crime_type="Anti-social behaviour"),
        row(key="", outcome="", crime_type="Drugs"),
    )

    assert made.missing == [(), ("source_id", "outcome")]


@pytest.mark.parametrize(
    ("line", "field", "word"),
    [
        (row(crime_type="Piracy"), "Crime type", "no such crime type"),
        (row(crime_type=""), "Crime type", "no crime type"),
        (row(month="2023-13"), "Month", "no month"),
        (row(month="January"), "Month", "no month"),
        (row(month="2031-01"), "Month", "future"),
        (row(longitude="east"), "place", "no number"),
        (row(longitude=""), "place", "one coordinate"),
        (row(latitude="99"), "place", "no place on Earth"),
        (row(latitude="nan"), "place", "no place on Earth"),
        (row(key="x" * 81), "Crime ID", "81 characters"),
        (row(key="a\x1fb"), "Crime ID", "control character"),
    ],
)
def test_a_row_that_cannot_be_taken_names_field_and_reason(line: str, field: str, word: str) -> None:
    """Refused, with what is wrong."""
    made = convert(row(), line)

    assert len(made) == 1
    assert (2, field) == (made.reasons[0].row, made.reasons[0].field)
    assert word in made.reasons[0].reason


def test_equal_rows_are_numbered_across_the_file() -> None:
    """Two burglaries of one month on one anonymised point are two."""
    made = convert(row(), row(key="k2"), row(), row())

    assert made.ordinals == [0, 0, 1, 2]
    assert made.hashes[0] == made.hashes[2] != made.hashes[1]


def test_one_number_written_in_two_ways_is_one_row() -> None:
    """CSV and Parquet of the same data hash alike."""
    made = convert(row(longitude="-2.50"), row(longitude="-2.5"))

    assert made.hashes[0] == made.hashes[1]


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=30))
def test_rows_hash_alike_only_when_they_are_alike(rows: list[tuple[str, str]]) -> None:
    """No cell can reach over into its neighbour."""
    assert len(set(rows)) == len({content_hash(one) for one in rows})


def test_periods_reach_from_begin_to_begin() -> None:
    """December ends with the year; a day is a day; a minute without zone is local."""
    assert datetime(2024, 1, 1, tzinfo=UTC) == period("2023-12", "month", UTC)[1]
    assert datetime(2024, 3, 1, tzinfo=UTC) == period("2024-02-29", "day", UTC)[1]
    assert datetime(2024, 2, 1, 10, 30, tzinfo=UTC) == period("2024-02-01T10:30", "minute", UTC)[0]
