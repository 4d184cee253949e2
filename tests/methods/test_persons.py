"""Tables about people are refused by their headings."""

import pytest

from openilp.methods.persons import STAFF_WORDS, KeyedByPerson, refuse_persons


@pytest.mark.parametrize(
    "column", ["suspect_id", "SuspectName", "person", "date_of_birth", "Last Name", "DOB", "victim-no"]
)
def test_a_table_about_people_is_refused(column: str) -> None:
    """The refusal says which column is about people."""
    with pytest.raises(KeyedByPerson, match=column) as refused:
        refuse_persons(["x", "y", column])

    assert refused.value.column == column


def test_columns_about_places_are_taken() -> None:
    """Words that only resemble are no reason to refuse."""
    refuse_persons(["occ_date", "x_coordina", "call_group_type", "impersonal", "station_name", "subjective"])


def test_those_who_do_the_work_are_people_where_it_matters() -> None:
    """An officer's name is no reason to refuse a forecast, and one to refuse a comparison of officers."""
    refuse_persons(["officer"])
    with pytest.raises(KeyedByPerson, match="officer"):
        refuse_persons(["officer"], "calibration is shown by team", words=STAFF_WORDS)
