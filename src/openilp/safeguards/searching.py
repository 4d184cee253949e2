"""Search under row-level security: through the functions that repeat the one predicate beside the index."""

from typing import Any

from django.db import models

from openilp.safeguards.acting import require
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import InvalidInput
from openilp.safeguards.gate import rule_over
from openilp.safeguards.labels import State
from openilp.safeguards.paging import PAGE_SIZE, Page, cursor, position
from openilp.safeguards.predicate import LABEL_COLUMNS

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
    """Return the rows that a search function hands out, narrowed once more by the gate's own rule.

    The function returns whole rows: read again by their keys, they would cost as much as the search itself.
    """
    at, key = position(after) if after else (None, None)
    index = getattr(model, "search_vector", "")
    shown = ", ".join(f'r."{f.column}"' for f in model._meta.concrete_fields if f.name != index)
    columns = {column: f"r.{column}" for column in LABEL_COLUMNS}
    rule, reach = rule_over(columns, actor, sorted({State.NORMAL} & actor.states))
    gate: Any = model.objects  # type: ignore[attr-defined]
    found = list(
        gate.raw(
            f"SELECT {shown} FROM {verb}_{model._meta.db_table}(%s, %s, %s, %s) r WHERE {rule}"  # noqa: S608 (names of our own columns, values as parameters)
            " ORDER BY r.created_at DESC, r.id DESC",
            [query, size + 1, at, key, *reach],
        )
    )
    require("a search").deliver(str(model._meta.model_name), [str(row.pk) for row in found])
    return Page(found[:size], cursor(found[size - 1]) if len(found) > size else "")
