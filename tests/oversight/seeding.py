"""Events of the past, written where the sequencer writes them, with what stands near a member of staff."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from openilp.collation.models import Entity, Link, Statement
from openilp.collation.rules.values import value_key
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import User
from tests.factories import lawful


class Log:
    """Writes events into the table of the log, as its sequencer."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection, self.seq = connection, 1_000_000

    def look(
        self,
        user: User,
        at: datetime,
        *,
        opened: Iterable[UUID] = (),
        listed: Iterable[UUID] = (),
        purpose: str = "incident",
        kind: str = "entity",
        **more: Any,
    ) -> int:
        """Write that an account opened records, or was shown a list of them."""
        self.seq += 1
        names = [str(key) for key in opened]
        seen = [*names, *(str(key) for key in listed)]
        event = {
            "actor": str(user.pk),
            "purpose": purpose,
            "action": "test.look",
            "outcome": "done",
            "delivered": {kind: seen},
            **({"opened": {kind: names}} if names else {}),
            **more,
        }
        self.connection.execute(
            "INSERT INTO safeguards_auditevent (seq, at, event, previous, digest, touched)"
            " VALUES (%s, %s, %s, '', %s, %s::uuid[])",
            [self.seq, at, Jsonb(event), f"{self.seq:064x}", seen],
        )
        return self.seq


def entity(actor: Actor, value: str, about: str = "name", **more: Any) -> Entity:
    """Record somebody with one statement."""
    made: Entity = Entity.objects.record(actor=actor, kind="person")
    Statement.objects.record(
        actor=actor,
        entity=made,
        property=about,
        value=value,
        value_key=value_key("person", about, value),
        **lawful(kind="fact", **more),
    )
    return made


def linked(actor: Actor, hub: Entity, others: Iterable[Entity]) -> None:
    """Link an entity with others."""
    for other in others:
        Link.objects.record(
            actor=actor,
            source=hub,
            target=other,
            **lawful(type="associate", confirmation="confirmed", kind="fact"),
        )


def ids(number: int) -> list[UUID]:
    """Return random ids of records that nobody kept."""
    return [uuid4() for _ in range(number)]
