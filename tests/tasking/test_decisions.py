"""Decisions: what they must hold, and what they keep of the evidence."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openilp.analysis import selectors as analysis
from openilp.analysis.canonical import digest
from openilp.evaluation.models import Evaluation
from openilp.review import thread
from openilp.safeguards import acting as acting_module
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.roles import Role
from openilp.tasking import rules, selectors, services
from openilp.tasking.errors import (
    AlreadyAnswered,
    AlreadyDone,
    NoChoice,
    TaskingError,
    Unanswered,
    UnknownOption,
)
from openilp.tasking.rules import Answers, Option
from openilp.tasking.services import NewResponse
from tests.factories import LEGAL_BASIS, World
from tests.review.growing import grow
from tests.tasking import story

Act = Callable[..., Any]
AMOUNT = st.integers(0, 10_000)


@st.composite
def an_option(draw: Any, key: str = "A") -> Option:
    """Options with and without an estimate."""
    ends = draw(st.one_of(st.none(), st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)).map(sorted)))
    low, high = ends if ends else (None, None)
    return Option(key, "Something", draw(AMOUNT), Decimal(draw(AMOUNT)), low, high)


@given(st.lists(an_option(), max_size=5))
def test_doing_nothing_is_always_an_option(drawn: list[Option]) -> None:
    """[TCG-04] Exactly one way costs nothing at least, keys stay unique, and nothing that was given is lost."""
    keyed = [Option(**{**vars(o), "key": "ABCDE"[i]}) for i, o in enumerate(drawn)]
    found = rules.with_nothing(keyed, text="Do nothing")

    assert any(not o.hours and not o.money for o in found)
    assert found[: len(keyed)] == keyed
    assert len({o.key for o in found}) == len(found)


@given(an_option())
def test_an_option_survives_being_kept(option: Option) -> None:
    """What is kept as JSON comes back the same."""
    assert Option.from_json(option.as_json()) == option


@given(st.lists(an_option(), min_size=1, max_size=6))
def test_the_shared_scale_holds_every_interval(options: list[Option]) -> None:
    """No interval runs off the scale, and the scale is not more than ten times too long."""
    end = rules.axis_end(options)
    most = max(o.harm_high or 0 for o in options)

    assert end >= most
    assert end <= 1 or end <= 10 * most


@pytest.mark.parametrize(
    ("options", "chosen", "error"),
    [
        ([Option("A", "x")], "A", NoChoice),
        ([Option("A", "x"), Option("B", "y")], "C", UnknownOption),
        ([Option("A", "x"), Option("A", "y")], "A", TaskingError),
        ([Option("A", "x", harm_low=1.0), Option("B", "y")], "A", TaskingError),
        ([Option("A", "x", harm_low=2.0, harm_high=1.0), Option("B", "y")], "A", TaskingError),
        ([Option("A", " "), Option("B", "y")], "A", TaskingError),
        ([Option("A", "x", hours=-1), Option("B", "y")], "A", TaskingError),
    ],
)
def test_a_decision_without_a_real_choice_is_refused(
    options: list[Option], chosen: str, error: type[Exception]
) -> None:
    """[TCG-04] One option, an unknown letter, half an interval: each is refused in words."""
    with pytest.raises(error):
        rules.check_options(options, chosen)


@pytest.mark.parametrize("missing", list(rules.QUESTIONS))
def test_each_question_of_law_must_be_answered(world: World, act: Act, missing: str) -> None:
    """[TCG-07] Necessity, proportionality, non-discrimination: none may be left open."""
    answers = Answers(**{**vars(story.ANSWERS), missing: "  "})
    with act(world.user(Role.CHAIR), world.desk) as actor, pytest.raises(Unanswered) as caught:
        story.decided(actor, world, answers=answers)

    assert caught.value.field == missing


def test_a_decision_is_signed_and_answers_each_recommendation(world: World, act: Act) -> None:
    """[TCG-05] [TCG-12] Accepted and rejected with reasons; author and time stand on it."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.decided(actor, world)
        answers = [(r.verdict, r.reason) for r in selectors.responses_of(row, actor=actor)]
        open_ones = selectors.open_recommendations(actor=actor).count()

    assert row.created_by_id == world.user(Role.CHAIR).pk
    assert row.created_at is not None
    assert answers == [("accept", "The night pattern is firm."), ("reject", "The night pattern is firm.")]
    assert open_ones == 0


def test_the_evidence_stays_as_it_was_seen(world: World, act: Act) -> None:
    """[TCG-04] A later grade does not change what the decision rests on; the hash says so."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.decided(actor, world)
        first = Evaluation.objects.seen_by(actor).get()
        grow(
            Evaluation,
            actor=actor,
            world=world,
            item=first.item,
            supersedes=first,
            source_grade="D",
            information_grade="4",
        )
        kept = selectors.decision(row.ref, actor=actor)

    seen = kept.evidence["products"][0]
    assert seen["citations"][0]["evaluation"]["source"] == "B"
    assert seen["edition"]["sha256"] == "e" * 64
    assert seen["assessments"][0]["band"] == [0.55, 0.75]
    assert kept.evidence_sha256 == digest(kept.evidence)


def test_a_decision_is_as_secret_as_what_it_rests_on(world: World, act: Act) -> None:
    """Its label joins those of the evidence; who may not see the evidence does not see the decision."""
    secret = Label(Level.CONFIDENTIAL, frozenset(), world.region.pk)
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made = story.product(actor, world)
        grown = grow(type(made), actor=actor, world=world, title="Secret", label=secret, priority=None)
        evidence = [selectors.evidence_for(p, actor=actor) for p in (made, grown)]
        meeting = story.opened(actor, world)
        new = story.new_decision(actor, made, evidence=evidence)
        row = services.decide(actor=actor, meeting=meeting, item=None, new=new)
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor:
        assert not selectors.decisions(actor=actor).exists()

    assert row.level == Level.CONFIDENTIAL


def test_a_point_is_decided_once_and_a_recommendation_answered_once(world: World, act: Act) -> None:
    """The second attempt says so."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.decided(actor, world)
        meeting = selectors.meetings(actor=actor).get()
        item = selectors.agenda_of(meeting, actor=actor)[-1]
        with pytest.raises(AlreadyDone):
            services.decide(actor=actor, meeting=meeting, item=item, new=story.new_decision(actor, None))
        answered = selectors.responses_of(row, actor=actor)[0].recommendation
        with pytest.raises(AlreadyAnswered, match=answered.ref):
            services.answer_recommendation(actor=actor, new=NewResponse(answered, "accept", "Again"))


def test_a_changed_recommendation_says_what_is_done_instead(world: World, act: Act) -> None:
    """[TCG-05] Change without new words, and any answer without a reason, are refused."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made = story.product(actor, world)
        first = selectors.evidence_for(made, actor=actor).recommendations[0]
        with pytest.raises(TaskingError) as no_text:
            services.answer_recommendation(actor=actor, new=NewResponse(first, "change", "Too dear"))
        with pytest.raises(TaskingError) as no_reason:
            services.answer_recommendation(actor=actor, new=NewResponse(first, "reject"))
        with pytest.raises(TaskingError, match="accept, change, reject"):
            services.answer_recommendation(actor=actor, new=NewResponse(first, "perhaps", "x"))
        row = services.answer_recommendation(
            actor=actor, new=NewResponse(first, "change", "Too dear", "Half of it")
        )

    assert (no_text.value.field, no_reason.value.field) == ("changed_text", "reason")
    assert row.changed_text == "Half of it"


def test_a_decision_adopts_priorities_and_commissions_requirements(world: World, act: Act) -> None:
    """[TCG-08] What direction records says which decision it came from."""
    today = timezone.localdate()
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.decided(actor, world)
        wanted = services.commission_requirement(
            actor=actor,
            decision=row,
            question="Who resells the tools?",
            why="To stop the resale",
            due_on=today + timedelta(days=10),
            urgency="low",
        )
        priority = services.adopt_priority(
            actor=actor,
            decision=row,
            title="Burglary, Harbour",
            reason="Harm rises",
            unit=world.region,
            owner=world.user(Role.PLAN_OWNER),
            starts_on=today,
            ends_on=today + timedelta(days=90),
        )
        adopted = selectors.adoptions_of(row, actor=actor)

    assert {a.requirement_id for a in adopted} | {a.priority_id for a in adopted} == {
        wanted.pk,
        priority.pk,
        None,
    }
    assert row.ref in priority.source_document


def test_a_commissioned_product_starts_as_a_draft_in_the_thread_of_the_decision(
    world: World, act: Act
) -> None:
    """[TCG-08] The draft waits for an author with question and asker, and the thread leads from decision to draft."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.decided(actor, world)
        made = services.commission_product(
            actor=actor,
            decision=row,
            product_type="problem_profile",
            title="Resale of tools",
            question="Who resells the tools?",
            due_on=timezone.localdate() + timedelta(days=10),
            urgency="low",
        )
        ahead = {node.ref: node.kind for node in thread.thread(row.ref, actor=actor).ahead()}
        asked = made.requirement
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        waiting = [draft.pk for draft in analysis.unfinished_products(actor=actor)]

    assert asked is not None
    assert ahead.keys() >= {made.ref, asked.ref}
    assert made.pk in waiting
    assert (made.asker_id, "Who resells" in made.terms) == (world.user(Role.CHAIR).pk, True)


def test_who_decides_and_that_it_is_logged(world: World, act: Act) -> None:
    """[TCG-12] No other role decides or answers; what was done stands in the audit event."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.decided(actor, world)
        block = acting_module.require("test")
        written = [write["action"] for write in block.writes]
    for role in set(Role) - {Role.CHAIR}:
        with act(world.user(role), world.desk) as actor, pytest.raises(NotPermitted):
            services.decide_emergency(
                actor=actor, new=story.new_decision(actor, None), legal_basis=LEGAL_BASIS
            )

    assert "tasking.decide" in written
    assert row.ref.startswith("D-")
