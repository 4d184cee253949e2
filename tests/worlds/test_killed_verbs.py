"""Every block of the process is killed outright (SIGKILL) before it is done: nothing is there, and it can be done.

All that writes goes through an `acting` block, which is one transaction with its event in it. So killing blocks kills
every verb: the ones that no walk takes have the same beginning and end, and no way to write outside.
"""

import random
from typing import Any

import pytest

from openilp.safeguards import audit
from openilp.safeguards.actions import registered
from openilp.safeguards.errors import OutsideActing
from tests.killing import kill_every_block
from tests.worlds.agency import found
from tests.worlds.keeping import build
from tests.worlds.knowing import gather

#: One seed for the points of every run.
SEED = 20261130
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the set that the verbs are added to whose blocks came to their end."""
    seen: set[str] = set()
    write = audit.record

    def note(event: dict[str, Any], *sealed: Any) -> None:
        write(event, *sealed)
        seen.update(each["action"] for each in event["writes"])

    monkeypatch.setattr(audit, "record", note)
    return seen


def test_the_first_half_of_the_process_is_killed_block_by_block(
    monkeypatch: pytest.MonkeyPatch, walked: set[str]
) -> None:
    """What is asked, reported, imported, graded and linked: absent after the death, done after that [ADM-03]."""
    killer = kill_every_block(monkeypatch, random.Random(SEED))
    gather(found(), 2)

    assert killer.left == []
    assert killer.deaths >= 10
    assert {"collection.submit_report", "collation.link_entities", "evaluation.evaluate_item"} <= walked


@pytest.mark.deep
def test_the_whole_process_is_killed_block_by_block(
    monkeypatch: pytest.MonkeyPatch, walked: set[str]
) -> None:
    """Two thirds of all verbs, each in a block that died at least once."""
    killer = kill_every_block(monkeypatch, random.Random(SEED))
    build()

    assert killer.left == []
    verbs = {name for name, each in registered().items() if each.kind == "verb"}
    print(f"{killer.deaths} deaths; {len(walked & verbs)} of {len(verbs)} verbs")
    assert len(walked & verbs) >= 0.6 * len(verbs)


def test_no_verb_writes_outside_a_block() -> None:
    """So that what holds of the blocks that were killed holds of every verb."""
    from openilp.review import services as review
    from openilp.safeguards.people import open_matter

    for verb in (open_matter, review.draw_lesson):
        with pytest.raises(OutsideActing):
            verb(actor=None)  # type: ignore[call-arg, arg-type]
