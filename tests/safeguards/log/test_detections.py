"""Each attack's test fails when what detects the attack is taken out: none of them passes by chance."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from openilp.safeguards.log import evidence, verify
from openilp.safeguards.log.verify import _Progress
from tests.safeguards.log import test_attacks as attacks

#: The kinds of problems that show an attack, by the test of it.
DETECTED_BY: dict[Callable[..., None], set[str]] = {
    attacks.test_truncation_is_seen_by_what_was_signed: {"truncated"},
    attacks.test_truncation_with_all_its_checkpoints_is_seen_by_the_pins: {"truncated"},
    attacks.test_reordering_is_named: {"changed", "chain", "entry"},
    attacks.test_back_dating_is_named_even_with_the_key: {"back-dated"},
    attacks.test_a_whole_stretch_that_is_back_dated_is_held_against_the_witness: {"back-dated"},
    attacks.test_a_past_signed_again_with_the_stolen_key_is_seen_by_the_pins: {"rewritten"},
    attacks.test_a_past_signed_again_with_the_stolen_key_finds_no_witness: {"unwitnessed"},
    attacks.test_split_view_is_seen_by_a_checkpoint_from_elsewhere: {"split view"},
    attacks.test_split_view_of_a_longer_log_is_seen: {"truncated"},
    attacks.test_witness_rollback_is_seen_by_the_verifier: {"witness rollback"},
    attacks.test_two_cosignatures_in_one_log_show_a_rollback: {"witness rollback"},
}


def blind(monkeypatch: pytest.MonkeyPatch, kinds: set[str]) -> None:
    """Take out of the verifier whatever finds problems of some kinds."""
    find, gather = _Progress.find, evidence.gather

    def find_less(self: Any, seq: int, kind: str, what: str, until: int = 0) -> None:
        if kind not in kinds:
            find(self, seq, kind, what, until)

    def gather_less(*args: Any) -> Any:
        found = gather(*args)
        found.problems[:] = [problem for problem in found.problems if problem.kind not in kinds]
        return found

    monkeypatch.setattr(_Progress, "find", find_less)
    monkeypatch.setattr(verify.evidence, "gather", gather_less)


@pytest.mark.parametrize("attack", DETECTED_BY, ids=lambda attack: attack.__name__.removeprefix("test_"))
def test_without_its_detection_an_attack_is_not_seen(
    attack: Callable[..., None], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """The test of the attack turns red."""
    given = {name: request.getfixturevalue(name) for name in inspect.signature(attack).parameters}
    blind(monkeypatch, DETECTED_BY[attack])

    with pytest.raises(AssertionError):
        attack(**given)
