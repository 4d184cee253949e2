"""Impact assessments of the methods of analysis."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openilp import reference
from openilp.analysis import conditions, registry
from openilp.oversight.errors import OversightError
from openilp.oversight.models import ImpactAssessment
from openilp.oversight.rules.assessments import ALLOWING, PARTS, Facts, Finding, Standing, standing
from openilp.oversight.selectors import assessments as selectors
from openilp.oversight.selectors.assessments import MethodNotAssessed
from openilp.oversight.services.assessments import AssessmentAnswered, answer_assessment, assess_method
from openilp.oversight.services.processing import SupersededMeanwhile
from openilp.safeguards.errors import NotPermitted, RecordNotFound, WrongApprover
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act
from tests.factories import World
from tests.oversight.test_registers import visiting

HEAD, OFFICER = Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER
ANALYST = Role.OPERATIONAL_ANALYST
METHOD = "hot_spots_count"
SAID = {part: f"About {part}: a sentence that says what was weighed, and how." for part in PARTS}
TODAY = date(2026, 3, 2)


def assessed(world: World, act: Act, role: Role = HEAD, **more: Any) -> ImpactAssessment:
    """Assess a method."""
    values: dict[str, Any] = {
        "method": METHOD,
        "parts": SAID,
        "decision": "may_be_used",
        "review_on": timezone.localdate() + timedelta(days=365),
    }
    with act(world.user(role)) as actor:
        return assess_method(actor=actor, **(values | more))


def signed(world: World, act: Act, row: ImpactAssessment, *, agrees: bool = True) -> None:
    """Answer as the second person."""
    with act(world.user(OFFICER)) as actor:
        answer_assessment(
            actor=actor, assessment=row, agrees=agrees, reason="" if agrees else "The risks are missing."
        )


def stands(world: World, act: Act, name: str = METHOD) -> Standing:
    """Return how a method stands for an analyst."""
    with act(world.user(ANALYST), world.desk) as actor:
        return selectors.line(name, actor=actor).standing


@given(
    st.builds(
        Facts,
        version=st.sampled_from(["1", "2"]),
        decision=st.sampled_from([str(one) for one in Finding]),
        review_on=st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3)),
        agrees=st.sampled_from([None, True, False]),
    )
)
def test_a_method_is_assessed_on_four_conditions_only(facts: Facts) -> None:
    """The present version, a second person's yes, a decision that allows it, and a review that is not overdue."""
    found = standing(facts, version="1", today=TODAY)

    holds = facts.version == "1" and facts.agrees and facts.decision in ALLOWING and facts.review_on >= TODAY
    assert (found is Standing.ASSESSED) == bool(holds)
    assert standing(None, version="1", today=TODAY) is Standing.NONE


@pytest.mark.parametrize("name", sorted(registry.METHODS))
def test_every_registered_method_brings_its_card(name: str) -> None:
    """What it answers, takes and warns of, and the traps of the library's functions that its code calls [LEG-11]."""
    card = selectors.card_of(registry.METHODS[name])

    assert all(card[part] for part in ("title", "question", "needs", "caution"))
    assert card["cards"], f"No function of the library was found behind '{name}'."
    assert all(dict(each["sections"]).get("Traps") for each in card["cards"])


def test_an_assessment_counts_with_a_second_person_only(world: World, act: Act) -> None:
    """Written, signed, and replaced by a newer one that waits again; each stays as it was written."""
    assert stands(world, act) is Standing.NONE
    first = assessed(world, act)
    assert stands(world, act) is Standing.UNSIGNED
    with act(world.user(HEAD)) as actor, pytest.raises(WrongApprover):
        answer_assessment(actor=actor, assessment=first, agrees=True)

    signed(world, act, first)

    assert stands(world, act) is Standing.ASSESSED
    with pytest.raises(AssessmentAnswered):
        signed(world, act, first)
    with pytest.raises(SupersededMeanwhile):
        assessed(world, act)
    second = assessed(world, act, supersedes=first.ref, decision="not_to_be_used")
    with pytest.raises(AssessmentAnswered):
        signed(world, act, first)
    signed(world, act, second)
    assert stands(world, act) is Standing.NOT_ALLOWED


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("risks", {"parts": SAID | {"risks": "None."}}),
        ("decision", {"decision": "fine"}),
        ("review_on", {"review_on": date(2020, 1, 1)}),
        ("review_on", {"review_on": date(2120, 1, 1)}),
    ],
)
def test_half_an_assessment_is_refused(world: World, act: Act, field: str, more: dict[str, Any]) -> None:
    """Each refusal names its field."""
    with pytest.raises(OversightError) as refused:
        assessed(world, act, **more)

    assert refused.value.field == field


def test_an_analyst_reads_and_does_not_assess(world: World, act: Act) -> None:
    """And a method that is not there is not found."""
    with pytest.raises(NotPermitted):
        assessed(world, act, ANALYST)
    with pytest.raises(RecordNotFound):
        assessed(world, act, method="ouija")


def test_a_profile_can_refuse_what_nobody_has_assessed(
    world: World, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default it is shown only; where the law's profile says so, a run is refused until it is signed [LEG-11]."""
    method = registry.METHODS[METHOD]
    with act(world.user(ANALYST), world.desk) as actor:
        conditions.check(method, actor=actor)
    strict = replace(reference.national_profile("altania"), refuses_unassessed=True)
    monkeypatch.setattr(reference, "national_profile", lambda *_: strict)

    with act(world.user(ANALYST), world.desk) as actor, pytest.raises(MethodNotAssessed) as refused:
        conditions.check(method, actor=actor)
    signed(world, act, assessed(world, act))

    assert (refused.value.method, refused.value.standing) == (METHOD, Standing.NONE)
    with act(world.user(ANALYST), world.desk) as actor:
        conditions.check(method, actor=actor)


def test_the_register_is_a_page_a_document_and_an_api(world: World) -> None:
    """The head writes, the officer signs, the authority reads."""
    head, officer = visiting(world, HEAD), visiting(world, OFFICER)
    authority = visiting(world, Role.SUPERVISORY_AUTHORITY)
    path, api = f"/oversight/assessments/{METHOD}", f"/api/v1/oversight/assessments/{METHOD}"
    typed = SAID | {"decision": "with_measures", "review_on": str(timezone.localdate() + timedelta(days=99))}
    assert "no assessment" in authority.get("/oversight/assessments").content.decode()
    assert authority.get(f"{path}/document").content.startswith(b"%PDF")

    assert head.post(path, typed | {"necessity": "x"}).status_code == 422
    assert head.post(path, typed).status_code == 302
    assert "Your answer as the second person" not in head.get(path).content.decode()
    assert officer.post(f"{path}/answer", {"agrees": "no", "reason": ""}).status_code == 422
    assert officer.post(f"{path}/answer", {"agrees": "yes"}).status_code == 302

    shown = authority.get(api).json()
    assert (shown["standing"], shown["agrees"]) == ("assessed", True)
    assert authority.get("/api/v1/oversight/assessments").json()[0]["method"] in registry.METHODS
    assert authority.get(f"{path}/document").content.startswith(b"%PDF")
    assert authority.post(path, typed).status_code == 200
    body = typed | {"supersedes": shown["ref"]}
    assert officer.post(api, body, content_type="application/json").status_code == 201
    answer = {"ref": shown["ref"], "agrees": True}
    assert head.post(f"{api}/answer", answer, content_type="application/json").status_code == 409
    answer["ref"] = officer.get(api).json()["ref"]
    assert head.post(f"{api}/answer", answer, content_type="application/json").status_code == 201
    assert authority.get("/oversight/assessments/ouija").status_code == 404
