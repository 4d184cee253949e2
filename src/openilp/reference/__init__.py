"""Scales, vocabularies and national profiles: versioned files and their typed readers.

A grade must mean tomorrow what it meant in court. Store scheme, version and code, never the label; a list
changes by a new version only. Labels are English source strings that the pages translate. An agency adds its
own files through the environment variable `OPENILP_REFERENCE`, the path of a folder.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from openilp.reference.catalogue import Catalogue, load
from openilp.reference.crime import HarmTable, HarmWeight
from openilp.reference.entities import Datatype, EntityProperty, EntityType, LinkType
from openilp.reference.errors import (
    InvalidReferenceFile,
    NoConversion,
    ReferenceDataError,
    ReferenceVersionTaken,
    UnknownCode,
    UnknownScheme,
)
from openilp.reference.grading import (
    UNRESTRICTED,
    Axis,
    Conversion,
    Court,
    DisplayCode,
    Grade,
    GradingScheme,
    HandlingCode,
    Offer,
    Onward,
    Restriction,
    restriction,
    strictest,
)
from openilp.reference.judgement import ProbabilityTerm, term_of
from openilp.reference.law import CategoryInForce, InForce, LegalBasis, NationalProfile, RightsClock
from openilp.reference.people import Purpose, SubjectCategory
from openilp.reference.retention import Clock, Lapse, Period, RetentionRule
from openilp.reference.special import Passage, SpecialCategory, passages, struck
from openilp.reference.statistics import Counted, DeclaredStatistic, Dimension
from openilp.reference.values import Citation, Head, Status, Value, Vocabulary

__all__ = [
    "UNRESTRICTED",
    "Axis",
    "Catalogue",
    "CategoryInForce",
    "Citation",
    "Clock",
    "Conversion",
    "Counted",
    "Court",
    "Datatype",
    "DeclaredStatistic",
    "Dimension",
    "DisplayCode",
    "EntityProperty",
    "EntityType",
    "Grade",
    "GradingScheme",
    "HandlingCode",
    "HarmTable",
    "HarmWeight",
    "Head",
    "InForce",
    "InvalidReferenceFile",
    "Lapse",
    "LegalBasis",
    "LinkType",
    "NationalProfile",
    "NoConversion",
    "Offer",
    "Onward",
    "Passage",
    "Period",
    "ProbabilityTerm",
    "Purpose",
    "ReferenceDataError",
    "ReferenceVersionTaken",
    "Restriction",
    "RetentionRule",
    "RightsClock",
    "SpecialCategory",
    "Status",
    "SubjectCategory",
    "UnknownCode",
    "UnknownScheme",
    "Value",
    "Vocabulary",
    "all_labels",
    "catalogue",
    "conversion_offer",
    "declared_statistics",
    "entity_property",
    "entity_type",
    "grading_scheme",
    "grading_schemes",
    "handling_code",
    "harm_table",
    "harm_weight",
    "legal_basis",
    "link_type",
    "link_types_between",
    "national_profile",
    "national_profiles",
    "probability_term",
    "probability_terms",
    "purpose",
    "restriction",
    "retention_rule",
    "special_categories",
    "special_passages",
    "special_struck",
    "strictest",
    "subject_category",
    "vocabularies",
    "vocabulary",
]


def catalogue() -> Catalogue:
    """Return everything, read and checked once for each value of `OPENILP_REFERENCE`.

    Raises:
        InvalidReferenceFile: If a file breaks a rule, with the file and the key.
    """
    folder = os.environ.get("OPENILP_REFERENCE")
    return load(Path(folder)) if folder else load()


def grading_scheme(scheme: str, version: str | None = None) -> GradingScheme:
    """Return a grading scheme, by default in its newest version.

    Raises:
        UnknownScheme: If there is no such scheme or version.
    """
    return catalogue().grading.get(scheme, version)


def grading_schemes() -> tuple[GradingScheme, ...]:
    """Return the newest version of every grading scheme, sorted by id."""
    return catalogue().grading.newest()


def handling_code(scheme: str, code: str, version: str | None = None) -> HandlingCode:
    """Return a handling code of a handling scheme, for example `H2` of `europol-h`.

    Raises:
        UnknownScheme: If there is no such handling scheme or version.
        UnknownCode: If the scheme has no such code.
    """
    return catalogue().handling.get(scheme, version).value(code)


def conversion_offer(axis: Axis | str, code: str, *, from_scheme: str, to_scheme: str) -> Offer:
    """Offer grades of another scheme for a grade; nothing is converted, a person chooses.

    Args:
        axis: Source or information.
        code: The grade in the scheme that it was given in.
        from_scheme: Id of that scheme.
        to_scheme: Id of the scheme that is wanted.

    Raises:
        NoConversion: If there is no table between the two schemes.
        UnknownCode: If the first scheme has no such grade on the axis.
    """
    for table in catalogue().conversions.newest():
        if (table.from_scheme[0], table.to_scheme[0]) == (from_scheme, to_scheme):
            return table.offer(axis, code)
    raise NoConversion(from_scheme, to_scheme)


def probability_terms(yardstick: str = "phia", version: str | None = None) -> tuple[ProbabilityTerm, ...]:
    """Return the terms of a probability yardstick, least likely first.

    Raises:
        UnknownScheme: If there is no such yardstick or version.
    """
    return catalogue().probability.get(yardstick, version).values


def probability_term(
    probability: float, yardstick: str = "phia", version: str | None = None
) -> ProbabilityTerm | None:
    """Return the term for a probability (0–1), or None in a gap, which is left open on purpose.

    Raises:
        UnknownScheme: If there is no such yardstick or version.
        ValueError: If the probability is not between 0 and 1.
    """
    return term_of(probability_terms(yardstick, version), probability)


def vocabulary(name: str, version: str | None = None) -> Vocabulary[Value]:
    """Return any list of values by its id, by default in its newest version.

    Raises:
        UnknownScheme: If there is no such list or version.
    """
    return catalogue().vocabularies.get(name, version)


def vocabularies() -> tuple[Vocabulary[Value], ...]:
    """Return the newest version of every list of values, sorted by id."""
    return catalogue().vocabularies.newest()


def subject_category(code: str, version: str | None = None) -> SubjectCategory:
    """Return a data-subject category.

    Raises:
        UnknownCode: If there is no such category.
    """
    return catalogue().categories.get("subject-categories", version).value(code)


def purpose(code: str, version: str | None = None) -> Purpose:
    """Return a look-up purpose.

    Raises:
        UnknownCode: If there is no such purpose.
    """
    return catalogue().purposes.get("purposes", version).value(code)


def legal_basis(code: str, list_id: str = "legal-bases", version: str | None = None) -> LegalBasis:
    """Return a legal basis.

    Raises:
        UnknownScheme: If there is no such list of legal bases.
        UnknownCode: If the list has no such basis.
    """
    return catalogue().bases.get(list_id, version).value(code)


def retention_rule(code: str, list_id: str = "retention-rules", version: str | None = None) -> RetentionRule:
    """Return a retention rule.

    Raises:
        UnknownScheme: If there is no such list of rules.
        UnknownCode: If the list has no such rule.
    """
    return catalogue().retention.get(list_id, version).value(code)


def harm_table(table: str = "altania-harm", version: str | None = None) -> HarmTable:
    """Return a harm table.

    Raises:
        UnknownScheme: If there is no such table or version.
    """
    return catalogue().harm.get(table, version)


def harm_weight(crime_type: str, table: str = "altania-harm", version: str | None = None) -> float:
    """Return the harm weight of a crime type: its starting sentence in days.

    Raises:
        UnknownScheme: If there is no such harm table.
        UnknownCode: If the table does not weigh the crime type.
    """
    return harm_table(table, version).weights.value(crime_type).days


def entity_property(code: str, version: str | None = None) -> EntityProperty:
    """Return a property that a statement can claim of an entity.

    Raises:
        UnknownCode: If there is no such property.
    """
    return catalogue().properties.get("entity-properties", version).value(code)


def entity_type(code: str, version: str | None = None) -> EntityType:
    """Return an entity type.

    Raises:
        UnknownCode: If there is no such type.
    """
    return catalogue().entity_types.get("entity-types", version).value(code)


def link_type(code: str, version: str | None = None) -> LinkType:
    """Return a link type.

    Raises:
        UnknownCode: If there is no such type.
    """
    return catalogue().link_types.get("link-types", version).value(code)


def link_types_between(from_type: str, to_type: str, version: str | None = None) -> tuple[LinkType, ...]:
    """Return the link types that may run from an entity of one type to one of another.

    Raises:
        UnknownCode: If one of them is not an entity type.
    """
    for code in (from_type, to_type):
        entity_type(code)
    links = catalogue().link_types.get("link-types", version).values
    return tuple(link for link in links if link.may_join(from_type, to_type))


def declared_statistics(
    list_id: str = "declared-statistics", version: str | None = None
) -> Vocabulary[DeclaredStatistic]:
    """Return a list of declared statistics, by default in its newest version.

    Raises:
        UnknownScheme: If there is no such list or version.
    """
    return catalogue().statistics.get(list_id, version)


def special_categories(
    list_id: str = "special-categories", version: str | None = None
) -> Vocabulary[SpecialCategory]:
    """Return a list of special categories of data with its words, by default in its newest version.

    Raises:
        UnknownScheme: If there is no such list or version.
    """
    return catalogue().special.get(list_id, version)


def special_passages(text: str) -> tuple[Passage, ...]:
    """Return the passages of a text that touch a special category of data, in reading order."""
    return passages(text, special_categories())


def special_struck(text: str, allowed: Collection[str] = ()) -> str:
    """Return a text with the passages of special categories struck, but for those whose codes are allowed."""
    return struck(text, special_categories(), allowed)


def national_profile(profile: str, version: str | None = None) -> NationalProfile:
    """Return a national profile.

    Raises:
        UnknownScheme: If there is no such profile or version.
    """
    return catalogue().profiles.get(profile, version)


def national_profiles() -> tuple[NationalProfile, ...]:
    """Return the newest version of every national profile, sorted by id."""
    return catalogue().profiles.newest()


def all_labels() -> tuple[str, ...]:
    """Return every English text that a page may show, once each and sorted, for extraction by gettext."""
    found: set[str] = set()
    known = catalogue()
    for head in known.heads():
        found |= {head.title, head.note}
    lists: list[Vocabulary[Value]] = [*known.vocabularies.everything()]
    lists += [axis for scheme in known.grading.everything() for axis in (scheme.source, scheme.information)]
    lists += [table.weights for table in known.harm.everything()]
    for each in lists:
        for value in each.values:
            found |= {value.label, value.definition}
            if isinstance(value, LinkType):
                found.add(value.reverse_label)
            if isinstance(value, SubjectCategory):
                found.add(value.note)
            if isinstance(value, RetentionRule):
                found |= {value.basis, value.applies_to, value.repeat_if}
            if isinstance(value, LegalBasis):
                found |= {value.act, value.provision}
            if isinstance(value, DeclaredStatistic):
                found |= {value.law, *(group.label for group in value.groups)}
        found.add(each.noun)
    found |= {offer.note for table in known.conversions.everything() for offer in table.offers}
    found |= {profile.country for profile in known.profiles.everything()}
    return tuple(sorted(found - {""}))
