"""The shipped files are complete and say what the published documents say."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from openilp import reference
from openilp.reference.catalogue import SHIPPED, load

# The lists that the rooms build on, with the codes that other systems and the law know them by.
ORACLES = {
    "subject-categories": "SUS PFC CON VIC PVI WIT INF CNT ASC UNK",
    "markings": "child vulnerable victim privileged",
    "statement-kinds": "fact personal_assessment hypothesis third_party_claim",
    "purposes": "task operation incident subject-rights review quality training-synthetic-only audit life-at-risk",
    "confidence": "high moderate low",
    "confidence-factors": "source_quality corroboration method alternatives time",
    "response-strands": "prepare prevent protect pursue",
    "response-answers": "accept change reject",
    "organisation-levels": "national regional local",
    "urgency": "high medium low",
    "link-confirmations": "confirmed probable unconfirmed",
    "provenance-kinds": "seen told document technical open_source other_agency",
    "confidentiality-levels": "0 1 2 3",
    "handling-display": "HC0 HC1 HC2 HC3 HCX",
    "uk-3x5x2-conditions": "A1 A2 A3 S1 S2",
    "crime-types": "anti-social-behaviour bicycle-theft burglary criminal-damage-arson drugs other-theft "
    "possession-of-weapons public-order robbery shoplifting theft-from-the-person vehicle-crime violent-crime "
    "other-crime",
    "retention-rules": "LED-REV PFC-REV NONCRIM QUAR MINOR ACQ MOPI1 MOPI2 MOPI3 MOPI4-M CFR23 EUROPOL INTERPOL "
    "SOURCE AUDITD PKG",
}

RECALLED = [
    "phia",
    "confidence",
    "confidence-factors",
    "uk-3x5x2-conditions",
    "uk-3x5x2-h",
    "retention-rules",
    "legal-bases",
    "disruption-ratings",
]


@pytest.mark.parametrize(("name", "codes"), ORACLES.items(), ids=ORACLES)
def test_a_list_holds_exactly_the_codes_of_its_document(name: str, codes: str) -> None:
    """A code that is missing or too many would change what a stored record means."""
    assert tuple(codes.split()) == reference.vocabulary(name).codes


def test_every_shipped_file_is_read() -> None:
    """No file lies beside the catalogue unread."""
    files = list(SHIPPED.rglob("*.yaml"))

    assert len(files) == len(load().heads())


def test_a_file_is_named_after_its_id() -> None:
    """Whoever reads a stored scheme id finds its file by name."""
    assert {file.stem for file in SHIPPED.rglob("*.yaml")} == {head.id for head in load().heads()}


@pytest.mark.parametrize("name", RECALLED)
def test_what_was_recalled_says_so(name: str) -> None:
    """A list from memory ships as a configurable example, never as the law."""
    assert reference.vocabulary(name).head.status is reference.Status.EXAMPLE


def test_recalled_points_of_the_directive_say_so() -> None:
    """A single value can be less certain than its list."""
    statuses = {code: reference.subject_category(code).status for code in ("SUS", "CON", "ASC")}

    assert statuses == {
        "SUS": reference.Status.EXAMPLE,
        "CON": reference.Status.PUBLISHED,
        "ASC": reference.Status.EXAMPLE,
    }


def test_only_suspicion_needs_a_predicate() -> None:
    """Grounds are written down before a person becomes a suspect or about to commit an offence."""
    categories = load().categories.get("subject-categories").values

    assert {category.code for category in categories if category.needs_predicate} == {"SUS", "PFC"}


def test_only_the_uncategorised_cannot_be_searched() -> None:
    """What is not categorised is quarantined."""
    categories = load().categories.get("subject-categories").values

    assert {category.code for category in categories if not category.searchable} == {"UNK"}


def test_a_purpose_knows_whether_it_needs_a_matter() -> None:
    """Task and operation only exist inside a matter; training sees synthetic data only."""
    purposes = load().purposes.get("purposes").values

    assert {purpose.code for purpose in purposes if purpose.needs_matter} == {"task", "operation"}
    assert [purpose.code for purpose in purposes if purpose.synthetic_only] == ["training-synthetic-only"]
    assert reference.purpose("life-at-risk").needs_reason


def test_a_legal_basis_names_its_provision() -> None:
    """A stored basis leads to an article."""
    basis = reference.legal_basis("CPC-44")

    assert (basis.act, basis.provision) == ("Code of Criminal Procedure of Altania", "article 44")
    assert basis.purposes == ("detect", "investigate", "prosecute")


def test_crime_types_are_found_by_the_name_in_the_source_file() -> None:
    """The import meets the names of data.police.uk, not our codes."""
    types = reference.vocabulary("crime-types")

    assert types.by_alias("Violence and sexual offences").code == "violent-crime"
    with pytest.raises(reference.UnknownCode, match="Crime type named 'Piracy' is not in list 'crime-types'"):
        types.by_alias("Piracy")


@pytest.mark.real_data
def test_every_crime_type_of_the_real_file_is_known() -> None:
    """No row of the police.uk file is refused for its crime type."""
    folder = Path(os.environ["OPENILP_TEST_DATA"], "crime", "police_uk_avon_somerset")
    names = pq.read_table(
        folder / "avon_and_somerset_street_2023_2024.parquet", columns=["Crime type"]
    ).column(0)

    found = {reference.vocabulary("crime-types").by_alias(name).code for name in names.unique().to_pylist()}

    assert found == set(reference.vocabulary("crime-types").codes)


def test_every_crime_type_weighs_something() -> None:
    """A weight of zero would make a crime disappear from a map of harm. [CLT-11]"""
    types = reference.vocabulary("crime-types").codes

    assert all(reference.harm_weight(code) >= 1 for code in types)
    assert reference.harm_weight("robbery") > reference.harm_weight("shoplifting")
    assert reference.harm_table().head.status is reference.Status.ILLUSTRATIVE


def test_an_unweighted_crime_type_is_an_error() -> None:
    """No default stands in for a weight that nobody set."""
    with pytest.raises(reference.UnknownCode, match="Crime type 'piracy' is not in list 'altania-harm'"):
        reference.harm_weight("piracy")


def test_lists_that_name_enumerations_agree_with_them() -> None:
    """Every word that the readers accept has a label to show."""
    pairs = {
        "lapse-actions": tuple(reference.Lapse),
        "retention-clocks": tuple(reference.Clock),
        "onward-limits": tuple(reference.Onward),
        "court-uses": tuple(reference.Court),
    }

    assert {name: reference.vocabulary(name).codes for name in pairs} == pairs


def test_all_labels_holds_what_pages_show() -> None:
    """A text that is not extracted is never translated."""
    labels = reference.all_labels()

    assert {
        "Always reliable",  # a grade
        "Realistic possibility",  # a probability term
        "is owned by",  # the reverse reading of a link
        "Europol 4x4",  # the title of a scheme
        "Police Act of Altania",  # the act of a legal basis
        "Never shown in lists of suspects.",  # the note of a category
        "high risk",  # the condition of a retention rule
    } <= set(labels)
    assert list(labels) == sorted(set(labels))
    assert "" not in labels


def test_the_catalogue_is_read_once() -> None:
    """Ten thousand look-ups do not read ten thousand files."""
    assert reference.catalogue() is reference.catalogue()


def test_choices_pair_code_and_label_in_order() -> None:
    """A form offers the values in the order of the file."""
    assert reference.vocabulary("urgency").choices() == [
        ("high", "High"),
        ("medium", "Medium"),
        ("low", "Low"),
    ]


def test_an_unknown_list_names_the_known_ones() -> None:
    """The error says what to use instead."""
    with pytest.raises(
        reference.UnknownScheme, match="List 'colours' is not in the reference data"
    ) as caught:
        reference.vocabulary("colours")

    assert caught.value.id == "colours"
    assert "urgency" in caught.value.allowed


def test_an_unknown_version_names_the_known_ones() -> None:
    """A stored version that is gone is an error, never the newest instead."""
    with pytest.raises(reference.UnknownScheme, match=r"List 'urgency' has no version '9'; use one of 1\."):
        reference.vocabulary("urgency", "9")


def test_no_file_is_outside_the_package() -> None:
    """The wheel carries what the readers read."""
    assert Path(reference.__file__).parent == SHIPPED
