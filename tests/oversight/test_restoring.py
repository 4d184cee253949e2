"""Erased stays erased after a restore."""

from pathlib import Path

import pytest

from openilp.collection.models import Report
from openilp.oversight import restoring
from openilp.safeguards.labels import State
from openilp.safeguards.models import Erasure
from openilp.safeguards.retention import ledger
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act, hand_in
from tests.factories import make_world
from tests.oversight.making import keeper_of, stones

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_restore_brings_back_is_erased_again(act: Act, apart: Path) -> None:
    """A record of the ledger goes although its clock runs on; its neighbour stays; a second run does nothing."""
    world = make_world()
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        back, stays = hand_in(actor), hand_in(actor)
    ledger.append([ledger.Line("e", "report", str(back.pk), "LED-REV", "2026-11-01", str(actor.user_id))])

    first = restoring.reapply(ledger.path())
    second = restoring.reapply()

    assert (first.lines, first.erased) == (1, 1)
    assert second.erased == 0
    with act(keeper_of(world), world.desk) as actor:
        assert {stays.pk} == set(Report.objects.seen_by(actor, states=State).values_list("pk", flat=True))
        assert ("report", back.ref) in stones(actor)
        assert Erasure.objects.seen_by(actor).get().cause == "restored"
