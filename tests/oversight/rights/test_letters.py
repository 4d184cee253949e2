"""The letter: what it tells, what it does not tell, and that nobody can tell the difference."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone, translation

from openilp.collection.rules import NewItem, NewMention
from openilp.oversight import letters
from openilp.oversight.errors import OversightError
from openilp.oversight.models import RightsDecision, RightsFinding, RightsLetter, RightsRequest
from openilp.oversight.rules.rights import TAKEN_OUT
from openilp.oversight.sealing import NoOversightKey
from openilp.oversight.selectors import holdings as selectors
from openilp.oversight.services import holdings
from openilp.oversight.services import letters as services
from openilp.safeguards import approvals
from openilp.safeguards.approvals import ApprovalChanged, ApprovalNeeded
from openilp.safeguards.errors import WrongApprover
from openilp.safeguards.log import sealing
from openilp.safeguards.models import ApprovalRequest
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act, hand_in
from tests.factories import World
from tests.oversight.rights.asking import KEEPER, WHY, judged, received, searched

OFFICER, HEAD = Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE
SAID = "Tavel Orsk met Dovan Sill at the yard. The van was white."


@pytest.fixture
def oversight_key(settings: Any, tmp_path: Path) -> str:
    """Give the instance a key of the oversight body; return the private half."""
    private, public = sealing.key_pair()
    settings.OPENILP_OVERSIGHT_KEY = tmp_path / "oversight.pub"
    Path(settings.OPENILP_OVERSIGHT_KEY).write_text(public)
    return private


def told(world: World, act: Act, *, label: Any = None) -> Any:
    """Hand in a report that names the person, and somebody else."""
    mentions = [NewMention("person", "Dovan Sill", "WIT"), NewMention("person", "Tavel Orsk", "WIT")]
    with act(world.user(HEAD), label or world.desk) as actor:
        return hand_in(actor, items=(NewItem(SAID, "fact", mentions),))


def decide(world: World, act: Act, finding: RightsFinding, decision: str, **more: Any) -> RightsDecision:
    """Decide what the letter says of a finding."""
    given = {} if decision == "disclose" else {"grounds": ["b"], "reason": WHY}
    with act(world.user(KEEPER), world.desk) as actor:
        row = selectors.finding(finding.pk, actor=actor)
        return holdings.decide_finding(actor=actor, finding=row, decision=decision, **{**given, **more})


def approved(world: World, act: Act, request: RightsRequest, *, second: Role = HEAD) -> ApprovalRequest:
    """Ask for what is withheld, and approve it as a second person."""
    with act(world.user(KEEPER), world.desk) as actor:
        row = services.ask_to_withhold(actor=actor, request=request, reason="Two reports of one operation.")
    with act(world.user(second), world.desk) as actor:
        seen = approvals.requests(actor=actor).get(pk=row.pk)
        approvals.answer(actor=actor, request=seen, digest=seen.digest, is_approved=True)
    return row


def issue(world: World, act: Act, request: RightsRequest, approval: Any = None) -> RightsLetter:
    """Issue the letter."""
    with act(world.user(KEEPER), world.desk) as actor:
        return services.issue_letter(actor=actor, request=request, approval=approval)


@pytest.mark.parametrize("language", ["en", "mn"])
def test_nothing_held_and_everything_omitted_are_the_same_bytes(
    world: World, act: Act, oversight_key: str, language: str
) -> None:
    """Two courses of one request: nothing was found; a report was found and omitted. One letter [LEG-08]."""
    request = received(world, act, language=language, address="Quay 4\n1000 Altana")
    point = transaction.savepoint()
    searched(world, act, request)
    nothing = issue(world, act, request)
    transaction.savepoint_rollback(point)
    told(world, act)
    (finding,) = judged(world, act, request)
    decide(world, act, finding, "omit")
    omitted = issue(world, act, request, approved(world, act, request))

    assert bytes(nothing.pdf) == bytes(omitted.pdf)
    assert (nothing.sha256, nothing.dated_on, nothing.language) == (
        omitted.sha256,
        omitted.dated_on,
        omitted.language,
    )
    assert len(nothing.pdf) > 5_000


def test_the_date_of_a_letter_that_shows_nothing_is_the_last_day_of_its_time(world: World, act: Act) -> None:
    """Whether the desk answered on the first day or had to think for weeks does not show."""
    request = received(world, act)
    searched(world, act, request)

    letter = issue(world, act, request)

    assert letter.dated_on == request.due_on > timezone.localdate()


def test_a_disclosed_letter_differs_and_bears_today(world: World, act: Act) -> None:
    """The comparison above is no comparison of equal papers: what is told shows."""
    told(world, act)
    request = received(world, act)
    (finding,) = judged(world, act, request)
    decide(world, act, finding, "disclose")

    with act(world.user(KEEPER), world.desk) as actor:
        shown, _withheld = services.told_by(request, actor=actor)
        data = letters.letter_data(request, shown, dated_on=timezone.localdate())

    assert data["items"][0]["paragraphs"] == [SAID]
    assert "POL-12" not in data["items"][0]["frame"]
    assert "Police Act of Altania, section 12" in data["items"][0]["frame"]
    assert any("Data Protection Authority of Altania" in words for words in data["closing"])
    assert any("Administrative Court of Altania" in words for words in data["closing"])
    assert issue(world, act, request).dated_on == timezone.localdate()


def test_names_of_others_are_proposed_and_what_a_human_marks_is_gone(
    world: World, act: Act, oversight_key: str
) -> None:
    """Third parties are taken out word for word; the person's own name is not proposed [LEG-08]."""
    told(world, act)
    request = received(world, act)
    (finding,) = judged(world, act, request)
    with act(world.user(KEEPER), world.desk) as actor:
        content = selectors.contents(request, [finding], actor=actor)[finding.record_id]
        assert selectors.proposed_redactions(request, content) == ["Dovan Sill"]

    row = decide(world, act, finding, "part", passages=["Dovan Sill"], grounds=["e"])

    assert "Dovan" not in row.shown
    assert f"Tavel Orsk met {TAKEN_OUT} at the yard." in row.shown


def test_what_is_withheld_needs_a_second_person_who_reaches_it(
    world: World, act: Act, oversight_key: str
) -> None:
    """Alone the officer cannot; nor with whoever is no member of the matter; nor once more was withheld [LEG-08]."""
    told(world, act, label=world.operation)
    request = received(world, act)
    (finding,) = judged(world, act, request)
    decide(world, act, finding, "omit")
    with pytest.raises(ApprovalNeeded):
        issue(world, act, request)
    with act(world.user(KEEPER), world.desk) as actor:
        asked = services.ask_to_withhold(actor=actor, request=request, reason="One report of an operation.")
    with act(world.user(Role.CHAIR), world.desk) as actor:
        assert not approvals.requests(actor=actor).filter(pk=asked.pk).exists()
        with pytest.raises(WrongApprover):
            approvals.answer(actor=actor, request=asked, digest=asked.digest, is_approved=True)
    with act(world.user(HEAD), world.operation) as actor:
        approvals.answer(actor=actor, request=asked, digest=asked.digest, is_approved=True)
    decide(world, act, finding, "refuse")
    with pytest.raises(ApprovalChanged):
        issue(world, act, request, asked)


def test_the_reason_is_sealed_and_only_the_oversight_key_opens_it(
    world: World, act: Act, oversight_key: str
) -> None:
    """No column holds it in the clear, and the commitment proves which reason it was [LEG-08]."""
    told(world, act)
    request = received(world, act)
    (finding,) = judged(world, act, request)

    row = decide(world, act, finding, "omit")

    assert WHY.encode() not in bytes(row.sealed)
    opened = sealing.unseal(bytes(row.sealed), sealing.private_key(oversight_key), row.commitment)
    assert opened.detail == {"about": str(finding.pk), "reason": WHY}


def test_without_a_key_nothing_is_withheld(world: World, act: Act) -> None:
    """A reason that could not be sealed would be lost, so the officer is told what to set up."""
    told(world, act)
    (finding,) = judged(world, act, received(world, act))

    with pytest.raises(NoOversightKey):
        decide(world, act, finding, "omit")


@pytest.mark.parametrize(
    ("decision", "more", "field"),
    [
        ("burn", {}, "decision"),
        ("omit", {"grounds": []}, "grounds"),
        ("omit", {"grounds": ["z"]}, "grounds"),
        ("omit", {"reason": "because"}, "reason"),
        ("part", {"passages": []}, "passages"),
        ("part", {"passages": ["words that stand nowhere"]}, "passages"),
        ("disclose", {"grounds": ["b"]}, "grounds"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_at_its_field(
    world: World, act: Act, oversight_key: str, decision: str, more: dict[str, Any], field: str
) -> None:
    """One error, which names the field; nothing is recorded."""
    told(world, act)
    (finding,) = judged(world, act, received(world, act))
    with pytest.raises(OversightError) as refused:
        decide(world, act, finding, decision, **more)

    assert refused.value.field == field
    with act(world.user(KEEPER), world.desk) as actor:
        assert not RightsDecision.objects.seen_by(actor).exists()


def test_no_letter_leaves_before_the_desk_has_finished(world: World, act: Act) -> None:
    """Not before somebody looked, judged and decided; what is left is said."""
    told(world, act)
    request = received(world, act)
    with pytest.raises(services.NotReady, match="Nobody has looked"):
        issue(world, act, request)
    (finding,) = searched(world, act, request)
    with pytest.raises(services.NotReady, match="1 record is to be judged"):
        issue(world, act, request)
    with act(world.user(KEEPER), world.desk) as actor:
        row = selectors.finding(finding.pk, actor=actor)
        with pytest.raises(holdings.NotJudged):
            holdings.decide_finding(actor=actor, finding=row, decision="disclose")
        holdings.judge_finding(actor=actor, finding=row, is_same=True)
    with pytest.raises(services.NotReady, match="1 record is to be decided"):
        issue(world, act, request)


def test_what_is_about_another_person_is_in_no_letter(world: World, act: Act) -> None:
    """A human's “no” is enough: the letter is that of a person on whom nothing is held."""
    told(world, act)
    request = received(world, act)
    (finding,) = searched(world, act, request)
    with act(world.user(KEEPER), world.desk) as actor:
        row = selectors.finding(finding.pk, actor=actor)
        holdings.judge_finding(actor=actor, finding=row, is_same=False, reason="Born thirty years later.")

    assert issue(world, act, request).dated_on == request.due_on


def test_an_indirect_request_is_answered_neutrally_whatever_is_held(
    world: World, act: Act, oversight_key: str
) -> None:
    """Art. 17(3): the person learns that the verifications took place, and of the court."""
    request = received(world, act, kind="indirect", authority_ref="DPA 12/2026")
    with act(world.user(KEEPER), world.desk) as actor:
        shown, _withheld = services.told_by(request, actor=actor)
        data = letters.letter_data(request, shown, dated_on=request.due_on + timedelta(days=1))

    assert any("verifications" in words for words in data["opening"])
    assert data["items"] == []


@pytest.mark.parametrize("language", ["ru", "mn"])
def test_the_letter_speaks_the_language_of_the_person(language: str) -> None:
    """No sentence of it is left in English."""
    row = RightsRequest(
        ref="DS-2222-2222", kind="access", full_name="Orsk", language=language, received_on=date(2026, 1, 5)
    )
    nothing = letters.Told((), (), ())

    def sentences(code: str) -> list[str]:
        with translation.override(code):
            data = letters.letter_data(row, nothing, dated_on=date(2026, 2, 5))
        return [data["head"]["title"], data["closing_title"], *data["opening"], *data["closing"]]

    assert [
        one for one, other in zip(sentences(language), sentences("en"), strict=True) if one == other
    ] == []
