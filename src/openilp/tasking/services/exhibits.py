"""Verbs of the evidence: freeze what a meeting is shown when it is opened."""

from collections.abc import Sequence

from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.roles import MANAGERS
from openilp.tasking.models import AgendaItem, Exhibit
from openilp.tasking.selectors.exhibits import exhibits_of, pieces_of


@action("tasking.freeze_exhibits", roles=MANAGERS)
def freeze_exhibits(*, actor: Actor, items: Sequence[AgendaItem]) -> list[Exhibit]:
    """Freeze what points of an agenda lay before their meeting, each thing once and under its own label.

    Whoever opens a meeting freezes what that person may see; the chair's “bring up to date” adds the rest.
    """
    rows = []
    for item in items:
        known = {_subject(exhibit) for exhibit in exhibits_of(item, actor=actor)}
        for piece in pieces_of(item, actor=actor):
            if piece.rows[piece.kind].pk in known:
                continue
            rows.append(
                {
                    "agenda_item": item,
                    "kind": piece.kind,
                    "title": piece.title[:200],
                    **piece.rows,
                    "content": piece.content,
                    "sha256": piece.sha256,
                    "label": piece.label,
                }
            )
    return Exhibit.objects.record_many(actor=actor, rows=rows) if rows else []


def _subject(row: Exhibit) -> object:
    return getattr(row, f"{row.kind}_id")
