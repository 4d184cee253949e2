"""Categories of data subjects and the purposes for which they may be looked up."""

from __future__ import annotations

from dataclasses import dataclass

from openilp.reference.fields import Fields
from openilp.reference.retention import RetentionRule
from openilp.reference.shelf import Shelf
from openilp.reference.values import Head, Value, Vocabulary, read_values


@dataclass(frozen=True)
class SubjectCategory(Value):
    """Hold one category of data subject; a person holds it in a matter, never as such.

    Attributes:
        article: Point of Article 6 of Directive (EU) 2016/680, or a dash.
        retention_rule: Code of the rule that applies unless national law says otherwise.
        needs_predicate: Whether grounds must be written down before a person is entered.
        searchable: Whether records of this category can be searched, linked and analysed.
        note: What the category is not; empty when there is no risk of confusion.
    """

    article: str
    retention_rule: str
    needs_predicate: bool
    searchable: bool
    note: str


@dataclass(frozen=True)
class Purpose(Value):
    """Hold one purpose of a look-up.

    Attributes:
        needs_matter: Whether it is only valid inside a matter that the user is a member of.
        needs_reason: Whether a written reason is asked for each time.
        synthetic_only: Whether only synthetic data may be seen under it.
    """

    needs_matter: bool
    needs_reason: bool
    synthetic_only: bool


def read_categories(
    fields: Fields, head: Head, rules: Shelf[Vocabulary[RetentionRule]]
) -> Vocabulary[SubjectCategory]:
    """Read a list of data-subject categories.

    Raises:
        InvalidReferenceFile: If a category names a retention rule that does not exist.
    """
    known = {code for rule_list in rules.everything() for code in rule_list.codes}

    def category(row: Fields, value: Value) -> SubjectCategory:
        rule = row.code("retention_rule")
        if rule not in known:
            raise row.refuse(
                "retention_rule", f"there is no retention rule '{rule}'; use one of {_join(known)}"
            )
        return SubjectCategory(
            **vars(value),
            article=row.text("article"),
            retention_rule=rule,
            needs_predicate=row.flag("needs_predicate", default=False),
            searchable=row.flag("searchable", default=True),
            note=row.text_or("note", ""),
        )

    return read_values(fields, head, category)


def read_purposes(fields: Fields, head: Head) -> Vocabulary[Purpose]:
    """Read a list of look-up purposes."""
    return read_values(fields, head, _purpose)


def _purpose(fields: Fields, value: Value) -> Purpose:
    return Purpose(
        **vars(value),
        needs_matter=fields.flag("needs_matter", default=False),
        needs_reason=fields.flag("needs_reason", default=True),
        synthetic_only=fields.flag("synthetic_only", default=False),
    )


def _join(codes: set[str]) -> str:
    return ", ".join(sorted(codes))
