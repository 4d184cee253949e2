"""The query gate of the corridor: as the one of the rest, over the corridor's own transaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from django.db import models

from openilp.corridor import session
from openilp.safeguards import recording
from openilp.safeguards.actor import Actor
from openilp.safeguards.gate import GatedQuerySet
from openilp.safeguards.labels import State


class CorridorQuerySet(GatedQuerySet):
    """Rows of the corridor as one actor may see them."""

    def seen_by(self, actor: Actor, *, states: Iterable[State] = (State.NORMAL,)) -> Self:
        """Return the rows that the actor may see, inside the corridor's transaction."""
        session.enter(actor)
        return super().seen_by(actor, states=states)


class AmbientCorridorGate(models.Manager.from_queryset(CorridorQuerySet)):  # type: ignore[misc]
    """The manager behind foreign keys: it answers inside an `acting` block only; row security decides what."""

    def get_queryset(self) -> CorridorQuerySet:
        """Return rows for the actor of the running block."""
        found: CorridorQuerySet = super().get_queryset()
        found._ambient = True
        return found


class CorridorGate(models.Manager.from_queryset(CorridorQuerySet)):  # type: ignore[misc]
    """The manager of every table of the corridor."""

    def record(self, *, actor: Actor, **values: Any) -> Any:
        """Insert one row with the actor as its author."""
        return self.record_many(actor=actor, rows=[values])[0]

    def record_many(self, *, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Insert rows with the actor as their author."""
        session.enter(actor)
        return recording.insert(self.model, actor, rows)
