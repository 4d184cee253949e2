"""All reference data, read and checked together."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from openilp.reference.crime import HarmTable, read_harm_table
from openilp.reference.entities import (
    EntityProperty,
    EntityType,
    LinkType,
    read_entity_types,
    read_link_types,
    read_properties,
)
from openilp.reference.errors import InvalidReferenceFile, ReferenceVersionTaken
from openilp.reference.fields import Fields
from openilp.reference.grading import (
    Conversion,
    GradingScheme,
    HandlingCode,
    read_conversion,
    read_grading,
    read_handling,
)
from openilp.reference.judgement import ProbabilityTerm, read_probability
from openilp.reference.law import LegalBasis, NationalProfile, read_legal_bases
from openilp.reference.people import Purpose, SubjectCategory, read_categories, read_purposes
from openilp.reference.profiles import read_profile
from openilp.reference.retention import RetentionRule, read_retention
from openilp.reference.shelf import Shelf
from openilp.reference.special import SpecialCategory, read_special
from openilp.reference.statistics import DeclaredStatistic, read_statistics
from openilp.reference.values import Head, Value, Vocabulary, as_is, read_head, read_values

SHIPPED: Final = Path(__file__).parent


class Catalogue:
    """Keep every list of every kind, each on its shelf.

    Attributes:
        vocabularies: Every list of values, whatever its kind, including those on the other shelves.
    """

    def __init__(self) -> None:
        self.vocabularies: Shelf[Vocabulary[Value]] = Shelf("List")
        self.plain: Shelf[Vocabulary[Value]] = Shelf("List")
        self.crime_types: Shelf[Vocabulary[Value]] = Shelf("List of crime types")
        self.handling: Shelf[Vocabulary[HandlingCode]] = Shelf("Handling scheme")
        self.grading: Shelf[GradingScheme] = Shelf("Grading scheme")
        self.conversions: Shelf[Conversion] = Shelf("Conversion")
        self.probability: Shelf[Vocabulary[ProbabilityTerm]] = Shelf("Probability yardstick")
        self.retention: Shelf[Vocabulary[RetentionRule]] = Shelf("List of retention rules")
        self.categories: Shelf[Vocabulary[SubjectCategory]] = Shelf("List of data-subject categories")
        self.purposes: Shelf[Vocabulary[Purpose]] = Shelf("List of purposes")
        self.bases: Shelf[Vocabulary[LegalBasis]] = Shelf("List of legal bases")
        self.harm: Shelf[HarmTable] = Shelf("Harm table")
        self.properties: Shelf[Vocabulary[EntityProperty]] = Shelf("List of entity properties")
        self.entity_types: Shelf[Vocabulary[EntityType]] = Shelf("List of entity types")
        self.link_types: Shelf[Vocabulary[LinkType]] = Shelf("List of link types")
        self.special: Shelf[Vocabulary[SpecialCategory]] = Shelf("List of special categories")
        self.statistics: Shelf[Vocabulary[DeclaredStatistic]] = Shelf("List of declared statistics")
        self.profiles: Shelf[NationalProfile] = Shelf("National profile")

    def heads(self) -> tuple[Head, ...]:
        """Return the head of every file."""
        lists = [each.head for each in self.vocabularies.everything()]
        others = [
            each.head
            for shelf in (self.grading, self.conversions, self.harm, self.profiles)
            for each in shelf.everything()
        ]
        return (*lists, *others)


def _plain(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.plain, head, read_values(fields, head, as_is))


def _crime_types(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.crime_types, head, read_values(fields, head, as_is))


def _handling(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.handling, head, read_handling(fields, head, into.plain))


def _grading(fields: Fields, head: Head, into: Catalogue) -> None:
    into.grading.put(head, read_grading(fields, head, into.handling))


def _conversion(fields: Fields, head: Head, into: Catalogue) -> None:
    into.conversions.put(head, read_conversion(fields, head, into.grading))


def _probability(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.probability, head, read_probability(fields, head))


def _retention(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.retention, head, read_retention(fields, head))


def _categories(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.categories, head, read_categories(fields, head, into.retention))


def _purposes(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.purposes, head, read_purposes(fields, head))


def _bases(fields: Fields, head: Head, into: Catalogue) -> None:
    purposes = into.plain.get("processing-purposes")
    _list(into, into.bases, head, read_legal_bases(fields, head, purposes))


def _harm(fields: Fields, head: Head, into: Catalogue) -> None:
    into.harm.put(head, read_harm_table(fields, head, into.crime_types))


def _properties(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.properties, head, read_properties(fields, head))


def _entity_types(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.entity_types, head, read_entity_types(fields, head, into.properties))


def _link_types(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.link_types, head, read_link_types(fields, head, into.entity_types))


def _special(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.special, head, read_special(fields, head))


def _statistics(fields: Fields, head: Head, into: Catalogue) -> None:
    _list(into, into.statistics, head, read_statistics(fields, head))


def _profile(fields: Fields, head: Head, into: Catalogue) -> None:
    profile = read_profile(
        fields,
        head,
        grading=into.grading,
        probability=into.probability,
        harm=into.harm,
        bases=into.bases,
        categories=into.categories,
        rules=into.retention,
    )
    into.profiles.put(head, profile)


def _list(into: Catalogue, shelf: Shelf[Vocabulary[Any]], head: Head, entry: Vocabulary[Any]) -> None:
    shelf.put(head, entry)
    into.vocabularies.put(head, entry)


# In this order: a kind may only name what an earlier kind has brought.
_READERS: Final[dict[str, Callable[[Fields, Head, Catalogue], None]]] = {
    "vocabulary": _plain,
    "crime-types": _crime_types,
    "handling": _handling,
    "grading": _grading,
    "conversion": _conversion,
    "probability": _probability,
    "retention-rules": _retention,
    "subject-categories": _categories,
    "purposes": _purposes,
    "legal-bases": _bases,
    "harm-table": _harm,
    "entity-properties": _properties,
    "entity-types": _entity_types,
    "link-types": _link_types,
    "special-categories": _special,
    "declared-statistics": _statistics,
    "profile": _profile,
}


@cache
def load(agency: Path | None = None) -> Catalogue:
    """Read the shipped files and, when given, those of the agency.

    Args:
        agency: Folder with further `*.yaml` files, read at any depth. They may add lists and versions of
            lists; they cannot change what is there.

    Returns:
        Everything, checked; the same object on every call with the same folder.

    Raises:
        InvalidReferenceFile: If a file breaks a rule, with the file and the key.
        ReferenceVersionTaken: If a file repeats the id and version of another.
    """
    files = _yaml_files(SHIPPED)
    if agency is not None:
        if not agency.is_dir():
            raise InvalidReferenceFile(
                agency, "OPENILP_REFERENCE", "is not a folder; name the folder of the agency's files"
            )
        files += _yaml_files(agency)
    opened: list[tuple[Fields, Head]] = []
    first: dict[tuple[str, str], Path] = {}
    for file in files:
        fields = Fields.of_file(file)
        head = read_head(fields)
        if head.kind not in _READERS:
            raise fields.refuse("kind", f"'{head.kind}' is not known; use one of {', '.join(_READERS)}")
        taken = first.setdefault((head.id, head.version), file)
        if taken != file:
            raise ReferenceVersionTaken(
                file,
                "version",
                f"'{head.id}' version '{head.version}' is in '{taken}' already and cannot be changed; "
                "give this file a new version or another id",
            )
        opened.append((fields, head))
    kinds = list(_READERS)
    catalogue = Catalogue()
    for fields, head in sorted(opened, key=lambda each: kinds.index(each[1].kind)):
        _READERS[head.kind](fields, head, catalogue)
        fields.close()
    return catalogue


def _yaml_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.yaml"))
