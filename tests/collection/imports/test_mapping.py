"""Mappings: the law is declared in the file, or the rows are quarantined."""

from datetime import date
from typing import Any

import pytest

from openilp.collection.imports.errors import BrokenMapping, UnknownMapping
from openilp.collection.imports.mapping import known, mapping, parse
from openilp.safeguards.labels import State

RAW: dict[str, Any] = {
    "id": "ours",
    "version": "1",
    "kind": "incidents",
    "title": "Ours",
    "purpose": "prevent",
    "legal_basis": "STAT-3",
    "persons": "none",
    "columns": ["When", "What"],
    "fields": {"period": "When", "crime_type": "What"},
    "time_precision": "day",
}


def test_every_shipped_mapping_can_be_read() -> None:
    """What lies in the folder is valid."""
    assert "police-uk" in known()
    for name in known():
        assert name == mapping(name).id


def test_police_uk_declares_purpose_basis_and_that_there_are_no_persons() -> None:
    """The demo's mapping is lawful as it stands."""
    found = mapping("police-uk")

    assert (found.purpose, found.legal_basis, found.persons) == ("prevent", "STAT-3", "none")
    assert State.NORMAL is found.state


@pytest.mark.parametrize("key", ["purpose", "legal_basis", "persons"])
def test_what_is_not_declared_means_quarantine(key: str) -> None:
    """Purpose, legal basis and `persons: none`: one missing is enough."""
    found = parse({**RAW, key: ""})

    assert State.QUARANTINED is found.state
    assert (key,) == found.undeclared


def test_rows_that_may_hold_persons_are_quarantined() -> None:
    """`persons: some` is not `persons: none`."""
    assert State.QUARANTINED is parse({**RAW, "persons": "some"}).state


def test_quarantined_rows_are_reviewed_within_half_a_year() -> None:
    """What nobody categorises does not stay."""
    lawful = parse({**RAW, "legal_basis": ""}).lawful(date(2024, 1, 1), otherwise="POL-12")

    assert {"legal_basis": "POL-12", "review_on": date(2024, 6, 29)} == lawful


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"purpose": "curiosity"}, "purpose"),
        ({"purpose": "prosecute"}, "purpose"),
        ({"legal_basis": "NO-1"}, "legal_basis"),
        ({"kind": "things"}, "kind"),
        ({"columns": []}, "columns"),
        ({"fields": {"period": "When", "crime_type": "Which"}}, "fields.crime_type"),
        ({"fields": {"period": "When"}}, "fields.crime_type"),
        ({"time_precision": "year"}, "time_precision"),
        ({"review_days": 9999}, "review_days"),
        ({"crime_type_aliases": {"Theft": "stealing"}}, "crime_type_aliases.Theft"),
        ({"expected": ["place"]}, "expected.0"),
        ({"colour": "red"}, "colour"),
        ({"title": ""}, "title"),
    ],
)
def test_a_broken_mapping_names_the_key(change: dict[str, Any], key: str) -> None:
    """File, key and what to do."""
    with pytest.raises(BrokenMapping) as caught:
        parse({**RAW, **change})

    assert key == caught.value.key


def test_an_unknown_mapping_names_those_that_exist() -> None:
    """No path is taken for a name."""
    with pytest.raises(UnknownMapping, match="police-uk"):
        mapping("../police-uk")
