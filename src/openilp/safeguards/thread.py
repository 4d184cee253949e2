"""The golden thread: append-only edges, written with the rows that they connect."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from django.db import models

from openilp.safeguards.labels import Label, joined
from openilp.safeguards.records import Identified


def draw(rows: Sequence[Identified]) -> None:
    """Write the edges that freshly recorded rows declare in `thread_links`."""
    from openilp.safeguards.models import ThreadEdge

    edges = [edge for row in rows for edge in _edges(row)]
    if edges:
        models.QuerySet(model=ThreadEdge).bulk_create(edges, batch_size=1000)


def _edges(row: Identified) -> Iterable[Any]:
    for link in row.thread_links:
        source, target = _end(row, link.source), _end(row, link.target)
        if source is not None and target is not None:
            yield _edge(source, target, link.kind, row)


def _end(row: Identified, name: str) -> tuple[str, Any] | None:
    if name == "self":
        return str(row._meta.model_name), row.pk
    field = row._meta.get_field(name)
    key = getattr(row, str(field.attname))  # type: ignore[union-attr]
    if key is None:
        return None
    return str(field.related_model._meta.model_name), key  # type: ignore[union-attr]


def _edge(source: tuple[str, Any], target: tuple[str, Any], kind: str, row: Identified) -> Any:
    from openilp.safeguards.models import ThreadEdge

    return ThreadEdge(
        id=uuid4(),
        from_kind=source[0],
        from_id=source[1],
        to_kind=target[0],
        to_id=target[1],
        kind=kind,
        created_by_id=row.created_by_id,
        **_label_of(row).columns(),
    )


def _label_of(row: Identified) -> Label:
    label: Label | None = getattr(row, "label", None)
    if label is not None:
        return label
    parts = [getattr(row, f.name).label for f in row._meta.fields if f.is_relation and _is_labelled(f)]
    return joined(parts)


def _is_labelled(field: Any) -> bool:
    return any(f.name == "compartments" for f in field.related_model._meta.fields)
