"""Entity types, what may be stated of them, and which links may join them."""

from __future__ import annotations

import pytest

from openilp import reference
from openilp.reference import Datatype
from openilp.reference.catalogue import load

# UMF and POLE know these; the demo and the importers build on the codes.
NEEDED = {
    "person", "organisation", "vehicle", "phone", "document", "account", "weapon", "location", "event", "email",
    "drug", "property",
}  # fmt: skip


def test_the_needed_types_are_there() -> None:
    """Every kind of object that a report can mention has a type."""
    assert set(reference.vocabulary("entity-types").codes) >= NEEDED


def test_only_a_person_is_a_person() -> None:
    """Categories, markings and retention of persons hang on this flag."""
    types = load().entity_types.get("entity-types").values

    assert [each.code for each in types if each.is_person] == ["person"]


def test_a_statement_finds_its_datatype() -> None:
    """A birth date is a date and only one of them can be true; a person can have many names."""
    birth_date = reference.entity_property("birth_date")

    assert (birth_date.datatype, birth_date.many) == (Datatype.DATE, False)
    assert reference.entity_property("name").many
    assert "birth_date" in reference.entity_type("person").properties
    assert "birth_date" not in reference.entity_type("vehicle").properties
    assert reference.entity_type("vehicle").names == ("plate", "vin")


def test_no_property_holds_a_special_category() -> None:
    """Race, belief, health, sex life and biometrics have no field on purpose (Directive (EU) 2016/680 Art. 10)."""
    forbidden = (
        "race",
        "ethnic",
        "relig",
        "belief",
        "politic",
        "union",
        "health",
        "sexual",
        "biometr",
        "genetic",
        "dna",
    )

    codes = reference.vocabulary("entity-properties").codes

    assert [code for code in codes if any(word in code for word in forbidden)] == []


def test_no_property_scores_a_person() -> None:
    """There is no field that could hold a predicted risk of a person (EU AI Act Art. 5(1)(d))."""
    person = reference.entity_type("person").properties

    assert [
        code for code in person if any(word in code for word in ("risk", "score", "rank", "threat"))
    ] == []


def test_every_property_is_used_by_a_type() -> None:
    """A property that no entity can have is a mistake in the file."""
    used = {code for each in load().entity_types.get("entity-types").values for code in each.properties}

    assert set(reference.vocabulary("entity-properties").codes) == used


def test_a_directed_link_runs_one_way() -> None:
    """A person owns a vehicle; a vehicle does not own a person."""
    owns = reference.link_type("owns")

    assert (owns.label, owns.reverse_label) == ("owns", "is owned by")
    assert owns.may_join("person", "vehicle")
    assert not owns.may_join("vehicle", "person")


def test_a_symmetric_link_runs_both_ways() -> None:
    """Contact between an e-mail address and a telephone number has no direction."""
    contact = reference.link_type("communicated_with")

    assert contact.reverse_label == contact.label
    assert contact.may_join("phone", "email")
    assert contact.may_join("email", "phone")
    assert not contact.may_join("person", "phone")


def test_links_are_offered_by_their_ends() -> None:
    """The form for a new link offers only what makes sense."""
    offered = {link.code for link in reference.link_types_between("person", "location")}

    assert {"lives_at", "frequents", "seen_at"} <= offered
    assert "happened_at" not in offered
    assert "connected_with" in offered


@pytest.mark.parametrize("code", sorted(reference.vocabulary("entity-types").codes))
def test_every_two_types_can_be_connected(code: str) -> None:
    """No mention is lost because the list lacks the right link."""
    for other in reference.vocabulary("entity-types").codes:
        assert reference.link_types_between(code, other)


def test_links_from_an_unknown_type_are_an_error() -> None:
    """A misspelt type is not a type without links."""
    with pytest.raises(reference.UnknownCode, match="Entity type 'persn' is not in list 'entity-types'"):
        reference.link_types_between("persn", "location")
