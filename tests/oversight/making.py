"""Records of former years, whose time is over: the clock is put back while they are written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from openilp.collation import services as collation
from openilp.collation.models import Involvement
from openilp.collation.rules import NewInvolvement, NewStatement
from openilp.safeguards.models import Membership, Tombstone
from openilp.safeguards.retention import ledger
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act
from tests.factories import LEGAL_BASIS, World

#: Days after which a record of the default rule is over: 1,095 to the review, then 30 restricted.
LAPSED = 1127
FACTS = "Seen at the yard in June with the stolen van."
OFFICER, KEEPER = Role.INTELLIGENCE_OFFICER, Role.DATA_PROTECTION_OFFICER


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """Write rows as if it were some days ago."""
    then = timezone.now() - timedelta(days=days)
    Membership.objects.filter(since__gt=then).update(since=then - timedelta(days=1))
    with patch("django.utils.timezone.now", lambda: then):
        yield


def lines() -> list[ledger.Line]:
    """Return the lines of the ledger."""
    return list(ledger.read())


def keeper_of(world: World) -> Any:
    """Return the data-protection officer."""
    return world.user(KEEPER)


def stones(actor: Any) -> set[tuple[str, str]]:
    """Return kind and reference of the tombstones that an actor sees."""
    return {(row.kind, row.ref) for row in Tombstone.objects.seen_by(actor)}


def person(world: World, act: Act, *, category: str = "SUS", days: int = 0, born: str = "") -> Involvement:
    """Record a person with a place in the desk's matter, as if it were some days ago."""
    said = [NewStatement("name", "Tavel Orsk", "fact")]
    said += [NewStatement("birth_date", born, "fact")] if born else []
    with days_ago(days), act(world.user(OFFICER), world.desk) as actor:
        made = collation.record_entity(
            actor=actor,
            kind="person",
            statements=said,
            involvement=NewInvolvement(
                category=category, predicate=FACTS if category in ("SUS", "PFC") else ""
            ),
            legal_basis=LEGAL_BASIS,
        )
        found: Involvement = Involvement.objects.seen_by(actor).get(person=made)
    return found
