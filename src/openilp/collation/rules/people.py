"""What must hold before a person is entered, categorised or marked."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from openilp import reference
from openilp.collation.errors import CategoryMissing, CollationError, LinkNotAllowed, PredicateMissing
from openilp.collation.rules.values import require

UNKNOWN = "UNK"


@dataclass(frozen=True)
class NewInvolvement:
    """A person's category in a matter; without a matter the one that the actor acts for."""

    category: str
    predicate: str = ""
    matter: UUID | None = None
    since: date | None = None
    until: date | None = None


def check_involvement(new: NewInvolvement | None) -> NewInvolvement:
    """Return the involvement after checking it.

    Raises:
        CategoryMissing: Without a category, or with one that says that it is not known.
        PredicateMissing: If somebody becomes a suspect, or one about to offend, without facts.
        CollationError: If the category is unknown or ends before it begins.
    """
    if new is None or not new.category or new.category == UNKNOWN:
        raise CategoryMissing
    try:
        category = reference.subject_category(new.category)
    except reference.UnknownCode as error:
        raise CollationError("category", str(error)) from error
    if category.needs_predicate and not new.predicate.strip():
        raise PredicateMissing(new.category)
    if new.since and new.until and new.until < new.since:
        raise CollationError("until", f"{new.until} lies before {new.since}; give an end on or after it.")
    return new


def check_link(link_type: str, source_kind: str, target_kind: str, confirmation: str, kind: str) -> None:
    """Check a link's codes and ends.

    Raises:
        LinkNotAllowed: If the type does not run between the two types of entity.
        CollationError: If a code is unknown.
    """
    require("type", link_type, "link-types")
    require("confirmation", confirmation, "link-confirmations")
    require("kind", kind, "statement-kinds")
    if not reference.link_type(link_type).may_join(source_kind, target_kind):
        allowed = [link.code for link in reference.link_types_between(source_kind, target_kind)]
        raise LinkNotAllowed(link_type, source_kind, target_kind, allowed)
