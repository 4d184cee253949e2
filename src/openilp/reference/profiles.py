"""Reading of national profiles against the lists that they put in force."""

from __future__ import annotations

from typing import Any

from openilp.reference.crime import HarmTable
from openilp.reference.fields import Fields
from openilp.reference.grading import GradingScheme
from openilp.reference.judgement import ProbabilityTerm
from openilp.reference.law import CategoryInForce, InForce, LegalBasis, NationalProfile, RightsClock
from openilp.reference.people import SubjectCategory
from openilp.reference.retention import Period, RetentionRule
from openilp.reference.shelf import Shelf
from openilp.reference.values import Head, Value, Vocabulary


def read_profile(
    fields: Fields,
    head: Head,
    *,
    grading: Shelf[GradingScheme],
    probability: Shelf[Vocabulary[ProbabilityTerm]],
    harm: Shelf[HarmTable],
    bases: Shelf[Vocabulary[LegalBasis]],
    categories: Shelf[Vocabulary[SubjectCategory]],
    rules: Shelf[Vocabulary[RetentionRule]],
) -> NationalProfile:
    """Read a national profile.

    Raises:
        InvalidReferenceFile: If it names what does not exist, ends before it starts, or lets a category wait
            longer than the profile's maximum or than the first review of its retention rule.
    """
    maximum = fields.integer("max_review_days", minimum=1)
    known_rules = {rule.code: rule for each in rules.everything() for rule in each.values}
    profile = NationalProfile(
        head=head,
        country=fields.text("country"),
        starts_on=fields.date("starts_on"),
        grading_scheme=_named(fields, "grading_scheme", grading),
        probability_yardstick=_named(fields, "probability_yardstick", probability),
        harm_table=_named(fields, "harm_table", harm),
        max_review_days=maximum,
        adult_age=fields.integer("adult_age", minimum=1),
        refuses_unassessed=fields.flag("refuses_unassessed_methods", default=False),
        legal_bases=tuple(_in_force(row, bases, "legal basis") for row in fields.rows("legal_bases")),
        categories=tuple(
            _category(row, categories, known_rules, maximum) for row in fields.rows("categories")
        ),
        rights=_rights(fields.inner("rights"), bases),
    )
    for key, codes in (
        ("legal_bases", [basis.code for basis in profile.legal_bases]),
        ("categories", [category.code for category in profile.categories]),
    ):
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise fields.refuse(key, f"names {', '.join(twice)} twice; keep one")
    return profile


def _named(fields: Fields, key: str, shelf: Shelf[Any]) -> tuple[str, str]:
    named = fields.inner(key)
    name, version = named.code("id"), named.text("version")
    named.close()
    if version not in shelf.versions(name):
        raise fields.refuse(key, f"there is no {shelf.noun.lower()} '{name}' version '{version}'")
    return name, version


def _in_force(row: Fields, shelf: Shelf[Vocabulary[Any]], noun: str) -> InForce:
    found = _span(row, shelf, noun)
    row.close()
    return found


def _span(row: Fields, shelf: Shelf[Vocabulary[Any]], noun: str) -> InForce:
    code = row.code("code")
    values: list[Value] = [value for each in shelf.everything() for value in each.values]
    if code not in {value.code for value in values}:
        raise row.refuse("code", f"there is no {noun} '{code}'")
    starts_on, ends_on = row.date("from"), row.date_or_none("until")
    if ends_on is not None and ends_on < starts_on:
        raise row.refuse("until", f"{ends_on} is before {starts_on}; an end cannot precede the start")
    return InForce(code, starts_on, ends_on)


def _rights(row: Fields, bases: Shelf[Vocabulary[LegalBasis]]) -> RightsClock:
    basis = row.code("legal_basis")
    if basis not in {value.code for each in bases.everything() for value in each.values}:
        raise row.refuse("legal_basis", f"there is no legal basis '{basis}'")
    found = RightsClock(
        answer=_period(row, "answer"),
        extension=_period(row, "extension"),
        legal_basis=basis,
        authority=row.text("authority"),
        court=row.text("court"),
    )
    row.close()
    return found


def _period(row: Fields, key: str) -> Period:
    try:
        return Period.parse(row.text(key))
    except ValueError as error:
        raise row.refuse(key, str(error)) from error


def _category(
    row: Fields, shelf: Shelf[Vocabulary[SubjectCategory]], rules: dict[str, RetentionRule], maximum: int
) -> CategoryInForce:
    span = _span(row, shelf, "data-subject category")
    rule, days = row.code("retention_rule"), row.integer("review_days", minimum=1)
    if rule not in rules:
        raise row.refuse("retention_rule", f"there is no retention rule '{rule}'")
    if days > maximum:
        raise row.refuse("review_days", f"{days} is more than max_review_days ({maximum}); lower it")
    first = rules[rule].first_review
    if first is not None and days > first.longest_days:
        raise row.refuse("review_days", f"{days} is later than the first review of rule '{rule}'; lower it")
    row.close()
    return CategoryInForce(span.code, span.starts_on, span.ends_on, days, rule)
