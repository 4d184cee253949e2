"""Search under row-level security: through the functions that repeat the one predicate beside the index."""

from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL

from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import InvalidInput
from openilp.safeguards.paging import PAGE_SIZE, Page, cursor, position

SHORTEST_PART = 3


class TermTooShort(InvalidInput):
    """Say that a search term has too few letters."""

    field = "q"

    def __init__(self, term: str) -> None:
        self.term = term
        super().__init__(
            f"'{term}' is too short to search for; give at least {SHORTEST_PART} letters or digits."
        )


def by_words(
    model: type[models.Model], *, actor: Actor, query: str, after: str = "", size: int = PAGE_SIZE
) -> Page:
    """Return rows whose words match a query (`"two words"`, `or`, `-not`), newest first."""
    return _page(model, "search", actor, query, after, size)


def by_part(
    model: type[models.Model], *, actor: Actor, part: str, after: str = "", size: int = PAGE_SIZE
) -> Page:
    """Return rows whose key contains a part, newest first.

    Raises:
        TermTooShort: If the part has fewer than three characters.
    """
    if len(part) < SHORTEST_PART:
        raise TermTooShort(part)
    return _page(model, "find", actor, part, after, size)


def _page(model: type[models.Model], verb: str, actor: Actor, query: str, after: str, size: int) -> Page:
    at, key = position(after) if after else (None, None)
    ids = RawSQL(f"SELECT {verb}_{model._meta.db_table}(%s, %s, %s, %s)", [query, size + 1, at, key])  # noqa: S611 (name of our own table, values as parameters)
    gate: Any = model.objects  # type: ignore[attr-defined]
    found = list(gate.seen_by(actor).filter(pk__in=ids).order_by("-created_at", "-pk"))
    return Page(found[:size], cursor(found[size - 1]) if len(found) > size else "")
