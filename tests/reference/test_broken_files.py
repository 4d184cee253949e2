"""A file that breaks a rule is refused with its name and the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from openilp import reference
from openilp.reference.catalogue import SHIPPED, load

HEAD = """\
kind: {kind}
id: {id}
version: "{version}"
title: A list of the agency
status: own
source: {{document: Order of the agency, paragraph: section 1, date: 2025-01-01}}
"""


def listed(values: str, *, kind: str = "vocabulary", id: str = "agency-list", version: str = "1") -> str:  # noqa: A002
    """Write a file with a good head and the given rest."""
    return HEAD.format(kind=kind, id=id, version=version) + "noun: Thing\n" + values


def shipped(file: str, *changes: tuple[str, str]) -> str:
    """Take a shipped file, give it another id and break it."""
    text = (SHIPPED / file).read_text(encoding="utf-8")
    stem = Path(file).stem
    for old, new in ((f"\nid: {stem}\n", "\nid: broken\n"), *changes):
        assert old in text
        text = text.replace(old, new, 1)
    return text


GOOD_VALUES = "values: [{code: a, label: First}, {code: b, label: Second}]"

BROKEN = {
    "not YAML": ("a: [", "(whole file)", "cannot be read as YAML"),
    "not a mapping": ("- a\n- b\n", "(whole file)", "must be a mapping"),
    "an object of Python": ("a: !!python/object/apply:os.getcwd []", "(whole file)", "cannot be read as YAML"),
    "a key twice": (listed(GOOD_VALUES) + "\ntitle: Again", "(whole file)", "key 'title' is written twice"),
    "no title": (listed(GOOD_VALUES).replace("title: A list of the agency\n", ""), "title", "is missing"),
    "no paragraph": (
        listed(GOOD_VALUES).replace("paragraph: section 1, ", ""),
        "source.paragraph",
        "is missing; write a text",
    ),
    "a vague date": (listed(GOOD_VALUES).replace("2025-01-01", "last year"), "source.date", "must be a date"),
    "a version of words": (listed(GOOD_VALUES, version="new"), "version", "'new' is not a version"),
    "an unknown kind": (listed(GOOD_VALUES, kind="colours"), "kind", "'colours' is not known; use one of vocabulary"),
    "an unknown status": (listed(GOOD_VALUES).replace("status: own", "status: law"), "status", "'law' is not known"),
    "a misspelt key": (listed(GOOD_VALUES) + "\nnotes: x", "notes", "is not a key of this mapping"),
    "no values": (listed("values: []"), "values", "must be a list with at least one entry"),
    "a value that is a word": (listed("values: [a]"), "values[0]", "must be a mapping"),
    "a code that is a number": (
        listed("values: [{code: 1, label: One}]"), "values[0].code", "must be a text in quotes, not 1"
    ),
    "a code with a blank": (
        listed("values: [{code: a b, label: One}]"), "values[0].code", "'a b' is not a code"
    ),
    "a blank label": (listed("values: [{code: a, label: ' '}]"), "values[0].label", "must be a text"),
    "a code twice": (
        listed("values: [{code: a, label: One}, {code: a, label: Two}]"),
        "values[1].code",
        "'a' is used by an earlier value",
    ),
    "a label twice": (
        listed("values: [{code: a, label: One}, {code: b, label: One}]"),
        "values[1].label",
        "'One' is used by an earlier value",
    ),
    "a misspelt key of a value": (
        listed("values: [{code: a, label: One, defintion: x}]"),
        "values[0].defintion",
        "is not a key of this mapping",
    ),
    "a grading scheme without handling": (
        shipped("grading/europol-4x4.yaml", ("europol-h", "europol-z")),
        "handling",
        "there is no handling list 'europol-z' version '1'",
    ),
    "a strict code that allows more": (
        shipped("handling/europol-h.yaml", ("onward: named", "onward: free")),
        "values[3].strictness",
        "'H3' is stricter than 'H2' but allows more",
    ),
    "two codes on one rung": (
        shipped("handling/europol-h.yaml", ("strictness: 30", "strictness: 20")),
        "values[3].strictness",
        "'H3' is as strict as 'H2'",
    ),
    "conditions that do not exist": (
        shipped("handling/uk-3x5x2-h.yaml", ("conditions: uk-3x5x2-conditions", "conditions: nowhere")),
        "values[1].conditions",
        "there is no list 'nowhere'",
    ),
    "an ambiguous conversion without its flag": (
        shipped("conversions/uk-3x5x2-to-europol-4x4.yaml", ("    ambiguous: true\n", "")),
        "source_offers[0].ambiguous",
        "must be true when there are several candidates",
    ),
    "a conversion to no grade": (
        shipped("conversions/uk-3x5x2-to-europol-4x4.yaml", ('candidates: ["X"]', 'candidates: ["F"]')),
        "source_offers[1].candidates",
        "'F' is not a grade of 'europol-4x4'; use one of A, B, C, X",
    ),
    "a conversion with a hole": (
        shipped("conversions/uk-3x5x2-to-europol-4x4.yaml", ('  - code: "2"\n    candidates: ["X"]\n', "")),
        "source_offers",
        "must offer for each of 1, 2, 3 exactly once",
    ),
    "overlapping bands": (
        shipped("probability/phia.yaml", ("low: 0.25", "low: 0.20")),
        "values[2].low",
        "overlaps that of 'highly_unlikely'",
    ),
    "a band in per cent": (
        shipped("probability/phia.yaml", ("high: 0.35", "high: 35")),
        "values[2].high",
        "must be a number from 0 to 1",
    ),
    "a rule without an end": (
        shipped("law/retention-rules.yaml", ("    hard_stop: 6m\n", "")),
        "values[3].hard_stop",
        "rule 'QUAR' has neither a hard stop nor a repeated review",
    ),
    "a period without a unit": (
        shipped("law/retention-rules.yaml", ("first_review: 3y", 'first_review: "3"')),
        "values[0].first_review",
        "'3' is not a period",
    ),
    "an unknown lapse": (
        shipped("law/retention-rules.yaml", ("lapse: restrict_then_erase", "lapse: keep")),
        "values[0].lapse",
        "'keep' is not known; use one of erase",
    ),
    "a category with an unknown rule": (
        shipped("people/subject-categories.yaml", ("retention_rule: LED-REV", "retention_rule: FOREVER")),
        "values[0].retention_rule",
        "there is no retention rule 'FOREVER'",
    ),
    "a predicate that is a word": (
        shipped("people/subject-categories.yaml", ("needs_predicate: true", "needs_predicate: 'no'")),
        "values[0].needs_predicate",
        "must be true or false",
    ),
    "a basis for an unknown purpose": (
        shipped("law/legal-bases.yaml", ("purposes: [prevent, detect]", "purposes: [curiosity]")),
        "values[0].purposes",
        "there is no processing purpose curiosity",
    ),
    "a crime type without a weight": (
        shipped("crime/altania-harm.yaml", ("code: robbery", "code: piracy")),
        "values",
        "gives no weight to robbery",
    ),
    "a type with an unknown property": (
        shipped("entities/entity-types.yaml", ("names: [name, alias]", "names: [nickname]")),
        "values[0].names",
        "nickname is not among the properties",
    ),
    "a link to an unknown type": (
        shipped("entities/link-types.yaml", ("to: [person]", "to: [ghost]")),
        "values[0].to",
        "there is no entity type ghost",
    ),
    "a directed link without a way back": (
        shipped("entities/link-types.yaml", ("    reverse_label: is owned by\n", "")),
        "values[7].reverse_label",
        "is missing",
    ),
    "a review after the maximum": (
        shipped("profiles/altania.yaml", (", review_days: 1095", ", review_days: 1096")),
        "categories[0].review_days",
        "1096 is more than max_review_days (1095)",
    ),
    "a review after that of its rule": (
        shipped("profiles/altania.yaml", ("review_days: 365", "review_days: 400")),
        "categories[1].review_days",
        "400 is later than the first review of rule 'PFC-REV'",
    ),
    "an end before the start": (
        shipped("profiles/altania.yaml", ("from: 2022-07-01", "from: 2022-07-01, until: 2021-01-01")),
        "legal_bases[5].until",
        "is before 2022-07-01",
    ),
    "a profile with an unknown basis": (
        shipped("profiles/altania.yaml", ("code: POL-31", "code: POL-99")),
        "legal_bases[2].code",
        "there is no legal basis 'POL-99'",
    ),
    "a profile with a basis twice": (
        shipped("profiles/altania.yaml", ("code: POL-31", "code: POL-25")),
        "legal_bases",
        "names POL-25 twice",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "key", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_file_and_key(tmp_path: Path, text: str, key: str, reason: str) -> None:
    """Whoever wrote the file finds the place and what to write instead."""
    file = tmp_path / "agency" / "broken.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")

    with pytest.raises(reference.InvalidReferenceFile) as caught:
        load(file.parent)

    assert (caught.value.file, caught.value.key) == (file, key)
    assert reason in caught.value.reason
    assert str(file) in str(caught.value)


def test_an_agency_adds_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variable names a folder; what lies in it stands beside what is shipped."""
    (tmp_path / "units.yaml").write_text(listed(GOOD_VALUES, id="units"), encoding="utf-8")

    monkeypatch.setenv("OPENILP_REFERENCE", str(tmp_path))

    assert reference.vocabulary("units").codes == ("a", "b")
    assert reference.vocabulary("urgency").codes == ("high", "medium", "low")


def test_an_agency_adds_a_version_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest version is the default; a stored one still means what it meant. Version 10 follows 9. [ADM-07]"""
    for version, values in (("9", "values: [{code: urgent, label: Urgent}]"), ("10", GOOD_VALUES)):
        text = listed(values, id="urgency", version=version)
        (tmp_path / f"urgency-{version}.yaml").write_text(text, encoding="utf-8")

    monkeypatch.setenv("OPENILP_REFERENCE", str(tmp_path))

    assert reference.vocabulary("urgency").codes == ("a", "b")
    assert reference.vocabulary("urgency", "9").codes == ("urgent",)
    assert reference.vocabulary("urgency", "1").codes == ("high", "medium", "low")


def test_a_shipped_version_cannot_be_changed(tmp_path: Path) -> None:
    """The same id and version with other values is refused, even in a list of another kind."""
    file = tmp_path / "mine.yaml"
    file.write_text(listed(GOOD_VALUES, id="europol-4x4"), encoding="utf-8")

    with pytest.raises(
        reference.ReferenceVersionTaken, match="give this file a new version or another id"
    ) as caught:
        load(tmp_path)

    assert (caught.value.file, caught.value.key) == (file, "version")


def test_a_folder_that_is_missing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt path is not an agency without files."""
    monkeypatch.setenv("OPENILP_REFERENCE", str(tmp_path / "nowhere"))

    with pytest.raises(reference.InvalidReferenceFile, match=r"OPENILP_REFERENCE.*is not a folder"):
        reference.catalogue()
