"""Requests of people whose data are held, for tests."""

from typing import Any

from django.utils import timezone

from openilp.oversight.models import RightsFinding, RightsRequest
from openilp.oversight.rules.rights import NewRequest
from openilp.oversight.selectors import holdings as selectors
from openilp.oversight.services import holdings, rights
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act
from tests.factories import World

KEEPER = Role.DATA_PROTECTION_OFFICER
WHY = "Telling of it would warn the others who are watched."


def new(**more: Any) -> NewRequest:
    """Return a request for access, valid by default."""
    given = {
        "kind": "access",
        "received_on": timezone.localdate(),
        "identity_proof": "in_person",
        "full_name": "Tavel Orsk",
        "language": "en",
        **more,
    }
    return NewRequest(**given)


def received(world: World, act: Act, **more: Any) -> RightsRequest:
    """Register a request as the data-protection officer."""
    with act(world.user(KEEPER), world.desk) as actor:
        return rights.receive_request(actor=actor, new=new(**more))


def searched(world: World, act: Act, row: RightsRequest, *words: str) -> list[RightsFinding]:
    """Look for words, and return what was found."""
    with act(world.user(KEEPER), world.desk) as actor:
        holdings.search_for_person(actor=actor, request=row, words=words or (row.full_name,))
        return selectors.rows_of(row, actor=actor)


def judged(world: World, act: Act, row: RightsRequest, *, kind: str = "") -> list[RightsFinding]:
    """Look for the person, say of each finding of a kind that it is the person, and return all findings."""
    found = searched(world, act, row)
    with act(world.user(KEEPER), world.desk) as actor:
        for one in found:
            if not kind or one.record_kind == kind:
                holdings.judge_finding(
                    actor=actor, finding=selectors.finding(one.pk, actor=actor), is_same=True
                )
        return selectors.rows_of(row, actor=actor)
