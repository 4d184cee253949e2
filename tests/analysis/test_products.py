"""Assessments and products: grades as they were, labels as a join, nothing lost between two editors."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from openilp.analysis import blueprints, selectors
from openilp.analysis.canonical import digest
from openilp.analysis.errors import (
    AlreadySuperseded,
    AnalysisError,
    EditConflict,
    NotEvaluated,
    NotReady,
)
from openilp.analysis.models import Assessment, Citation, Edition, Product
from openilp.analysis.services import (
    NewAssessment,
    NewRecommendation,
    Selection,
    Terms,
    Weighed,
    cite_items,
    finish_product,
    recommend,
    record_assessment,
    remove_citation,
    remove_recommendation,
    run_method,
    save_product,
    start_product,
    take_snapshot,
)
from openilp.collection.models import Item, Report
from openilp.direction.models import Requirement, RequirementClosure
from openilp.evaluation.models import Dispute
from openilp.safeguards import acting
from openilp.safeguards.errors import NotPermitted, RecordNotFound
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.roles import Role
from tests.analysis.data import a_year, evaluation, graded_item, incidents
from tests.factories import LEGAL_BASIS, World, lawful

Act = Callable[..., Any]
ANSWERS = {question.code: "Looked at, nothing found." for question in blueprints.RIGHTS_QUESTIONS}
NEW = NewAssessment(
    text="One group commits most of them.",
    probability_term="likely",
    confidence="moderate",
    confidence_reason="Two sources agree, one is doubtful.",
)
MEASURE = NewRecommendation("Patrol 22:00–04:00", "prevent", "Fewer break-ins", 420, Decimal("9100"), 90, 330)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.OPENILP_FILES = tmp_path


@pytest.fixture
def analyst(world: World) -> Any:
    """The operational analyst's account."""
    return world.user(Role.OPERATIONAL_ANALYST)


def start(actor: Any, world: World, **more: Any) -> Product:
    """Start a problem profile."""
    values: dict[str, Any] = {
        "product_type": "problem_profile",
        "title": "Burglaries at the ferry",
        "terms": Terms("Who does it?", world.user(Role.CHAIR), "Only 2025"),
        "legal_basis": LEGAL_BASIS,
    }
    return start_product(actor=actor, **values | more)


def with_text(product: Product, section: str, text: str) -> list[dict[str, Any]]:
    """Return the product's blocks with a text in one section."""
    return [{**b, "text": text} if b["section"] == section else b for b in product.body]


def save(actor: Any, product: Product, section: str, text: str) -> Product:
    """Save a text in one section."""
    return save_product(
        actor=actor,
        product=product,
        revision=product.revision,
        title=product.title,
        blocks=with_text(product, section, text),
    )


def test_a_judgement_keeps_word_and_confidence_apart_and_the_grades_it_had(
    world: World, act: Act, analyst: Any
) -> None:
    """A later grading of the item changes nothing in the assessment. [ANA-10]"""
    with act(analyst, world.desk) as actor:
        item, grade = graded_item(actor)
        made = record_assessment(
            actor=actor, new=NEW, evidence=[Weighed(item, supports=True)], legal_basis=LEGAL_BASIS
        )
        evaluation(actor, item, source_grade="D", supersedes=grade)

        assert (made.probability_term, made.confidence) == ("likely", "moderate")
        assert [e.evaluation_id for e in selectors.evidence_of(made, actor=actor)] == [grade.pk]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"probability_term": "certain"}, "almost_certain"),
        ({"confidence": "very"}, "moderate"),
        ({"confidence_reason": " "}, "confidence_reason"),
        ({"text": ""}, "text"),
    ],
)
def test_words_outside_the_yardstick_are_refused(
    world: World, act: Act, analyst: Any, change: dict[str, str], words: str
) -> None:
    """A word without a range is no judgement. [ANA-10]"""
    with act(analyst, world.desk) as actor, pytest.raises(AnalysisError, match=words):
        record_assessment(actor=actor, new=replace(NEW, **change), legal_basis=LEGAL_BASIS)


def test_an_ungraded_item_is_no_evidence(world: World, act: Act, analyst: Any) -> None:
    """Neither in an assessment nor in a product."""
    with act(analyst, world.desk) as actor:
        report = Report.objects.record(
            actor=actor, title="x", text="x", urgency="low", provenance="seen", **lawful()
        )
        item = Item.objects.record(actor=actor, report=report, number=1, text="x", kind="fact")

        with pytest.raises(NotEvaluated, match=item.ref):
            record_assessment(
                actor=actor, new=NEW, evidence=[Weighed(item, supports=True)], legal_basis=LEGAL_BASIS
            )
        with pytest.raises(NotEvaluated, match=item.ref):
            cite_items(actor=actor, product=start(actor, world), items=[item])


def test_only_the_newest_assessment_is_superseded(world: World, act: Act, analyst: Any) -> None:
    """The chain has no branches, and lists show its end."""
    with act(analyst, world.desk) as actor:
        first = record_assessment(actor=actor, new=NEW, legal_basis=LEGAL_BASIS)
        second = record_assessment(actor=actor, new=NEW, supersedes=first, legal_basis=LEGAL_BASIS)

        assert [a.ref for a in selectors.assessments(actor=actor)] == [second.ref]
        assert selectors.successor_of(first, actor=actor) == second
        with pytest.raises(AlreadySuperseded):
            record_assessment(actor=actor, new=NEW, supersedes=first, legal_basis=LEGAL_BASIS)


@pytest.mark.parametrize("product_type", ["problem_profile", "operational_assessment", "briefing"])
def test_a_product_starts_on_its_template(world: World, act: Act, analyst: Any, product_type: str) -> None:
    """Each type brings its sections; the terms of reference name the question and its limits. [PRO-01]"""
    with act(analyst, world.desk) as actor:
        made = start(actor, world, product_type=product_type)

        assert [b["section"] for b in made.body] == [s.code for s in blueprints.sections(product_type)]
        assert made.terms == "Who does it?\n\nOnly 2025"
        with pytest.raises(AnalysisError, match="pamphlet"):
            start(actor, world, product_type="pamphlet")


def test_two_editors_at_once_lose_nothing(world: World, act: Act, analyst: Any) -> None:
    """The second one gets a conflict; the first one's text stands, and the difference shows both."""
    with act(analyst, world.desk) as actor:
        opened = start(actor, world)
        first = save(actor, opened, "problem", "Windows at night.")

        mine = with_text(opened, "problem", "Doors by day.")
        with pytest.raises(EditConflict) as caught:
            save_product(actor=actor, product=first, revision=1, title=opened.title, blocks=mine)
        assert (caught.value.yours, caught.value.theirs) == (1, 2)
        with pytest.raises(EditConflict):
            save_product(actor=actor, product=opened, revision=1, title=opened.title, blocks=mine)
        stored = selectors.product(opened.ref, actor=actor)
        assert next(b["text"] for b in stored.body if b["section"] == "problem") == "Windows at night."


def test_references_in_the_text_become_citations_in_their_grade(world: World, act: Act, analyst: Any) -> None:
    """Writing `[I-…]` cites the item in the grade that it has now; what nobody cited is flagged. [PRO-02]"""
    with act(analyst, world.desk) as actor:
        item, grade = graded_item(actor)
        product = save(actor, start(actor, world), "judgement", f"One group [{item.ref}].")

        (citation,) = selectors.citations_of(product, actor=actor)
        assert (citation.item_id, citation.evaluation_id) == (item.pk, grade.pk)
        assert selectors.flags_of(product, [citation], actor=actor) == []
        product = save(actor, product, "judgement", "One group [I-2222-2222].")
        codes = {flag.code for flag in selectors.flags_of(product, [citation], actor=actor)}
        assert codes == {"not_cited", "judgement_without_source"}


def test_a_probability_word_without_a_source_is_flagged(world: World, act: Act, analyst: Any) -> None:
    """A judgement in a section of facts is found by its word. [PRO-02]"""
    with act(analyst, world.desk) as actor:
        product = save(
            actor, start(actor, world), "problem", "It happens at night. It is highly likely one group."
        )

        (flag,) = selectors.flags_of(product, [], actor=actor)
        assert (flag.code, flag.detail) == ("sentence_without_source", "It is highly likely one group.")


def test_a_product_takes_the_join_of_what_it_cites(world: World, act: Act) -> None:
    """Citing a restricted item of an operation lifts the product and all that hangs on it; who is no member
    sees neither. [PRO-03]"""
    head = world.user(Role.HEAD_OF_INTELLIGENCE)
    secret = Label(Level.RESTRICTED, frozenset({world.operation.pk}), world.region.pk)
    with act(head, world.operation) as actor:
        plain, _ = graded_item(actor)
        item, _ = graded_item(actor, "From the operation.", label=secret)
        product = start(actor, world)
        recommend(actor=actor, product=product, new=MEASURE)
        cite_items(actor=actor, product=product, items=[plain])
        cite_items(actor=actor, product=product, items=[item])
        product = selectors.product(product.ref, actor=actor)
        assert (product.level, product.compartments) == (Level.RESTRICTED, [world.operation.pk])
        assert {c.level for c in selectors.citations_of(product, actor=actor)} == {Level.RESTRICTED}
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        with pytest.raises(RecordNotFound):
            selectors.product(product.ref, actor=actor)
        assert not Citation.objects.seen_by(actor).exists()


def test_a_citation_goes_stale_when_its_grade_or_report_falls(world: World, act: Act, analyst: Any) -> None:
    """A new grade and a dispute are both said; citing again takes the new grade."""
    with act(analyst, world.desk) as actor:
        item, grade = graded_item(actor)
        product = start(actor, world)
        cite_items(actor=actor, product=product, items=[item])
        newer = evaluation(actor, item, source_grade="D", supersedes=grade)

        (stale,) = selectors.stale_citations(selectors.citations_of(product, actor=actor), actor=actor)
        assert (stale.reason, stale.current) == ("superseded", newer)
        cite_items(actor=actor, product=product, items=[item])
        citations = selectors.citations_of(product, actor=actor)
        assert [c.evaluation_id for c in citations] == [newer.pk]
        Dispute.objects.record(actor=actor, report=item.report, is_false=True, reason="Invented.")
        assert [s.reason for s in selectors.stale_citations(citations, actor=actor)] == ["false"]
        remove_citation(actor=actor, citation=citations[0])
        assert selectors.citations_of(product, actor=actor) == []


def finished(actor: Any, world: World) -> tuple[Edition, Item, Assessment]:
    """Finish a product with a figure, an assessment, a citation and a recommendation."""
    a_year(actor)
    item, _ = graded_item(actor)
    snapshot = take_snapshot(
        actor=actor,
        selection=Selection(date(2025, 1, 1), date(2025, 12, 31)),
        title="2025",
        legal_basis=LEGAL_BASIS,
    )
    run = run_method(actor=actor, snapshot=snapshot, method="monthly_trend")
    judged = record_assessment(
        actor=actor, new=NEW, evidence=[Weighed(item, supports=True)], legal_basis=LEGAL_BASIS
    )
    product = start(actor, world)
    recommend(actor=actor, product=product, new=MEASURE)
    blocks = [
        *with_text(product, "brief", f"Flats are entered at night [{item.ref}]."),
        {"id": "b-1", "kind": "run", "run": run.ref},
        {"id": "b-2", "kind": "assessment", "assessment": judged.ref},
    ]
    product = save_product(actor=actor, product=product, revision=1, title=product.title, blocks=blocks)
    return (
        finish_product(actor=actor, product=product, revision=product.revision, rights_check=ANSWERS),
        item,
        judged,
    )


def test_an_edition_is_frozen_with_everything_that_it_shows(world: World, act: Act, analyst: Any) -> None:
    """Figure, assessment, citation, grade and recommendation are written out; the hash is that of the content.
    New incidents, grades and drafts change nothing. [PRO-02] [PRO-07]"""
    with act(analyst, world.desk) as actor:
        edition, item, judged = finished(actor, world)
        incidents(actor, [{"starts_at": datetime(2025, 2, 2, tzinfo=UTC)}])
        kept = Edition.objects.seen_by(actor).get(pk=edition.pk)

        blocks = {b["id"]: b for b in kept.content["blocks"]}
        assert kept.sha256 == digest(json.loads(json.dumps(kept.content)))
        assert blocks["b-1"]["figure"]["svg"].startswith("<svg")
        assert blocks["b-1"]["figure"]["n"] == 480
        assert blocks["b-2"]["assessment"]["term"] == "Likely or probable"
        assert blocks["b-2"]["assessment"]["evidence"] == [
            {"ref": item.ref, "supports": True, "grade": "B/2, H1"}
        ]
        (citation,) = kept.content["citations"]
        assert (citation["ref"], citation["grade"], citation["text"]) == (item.ref, "B/2, H1", item.text)
        (measure,) = kept.content["recommendations"]
        assert (measure["hours"], measure["money"], measure["harm_low"], measure["harm_high"]) == (
            420, "9100.00", 90, 330,
        )  # fmt: skip
        assert judged.ref in str(kept.content)


def test_a_product_is_not_finished_without_the_rights_questions(world: World, act: Act, analyst: Any) -> None:
    """Every question about bias and rights wants an answer in words. [ANA-14]"""
    with act(analyst, world.desk) as actor:
        product = save(actor, start(actor, world), "brief", "Short.")

        with pytest.raises(NotReady, match="protected trait"):
            finish_product(
                actor=actor,
                product=product,
                revision=product.revision,
                rights_check=ANSWERS | {"protected": " "},
            )
        assert not Edition.objects.seen_by(actor).exists()
        edition = finish_product(
            actor=actor, product=product, revision=product.revision, rights_check=ANSWERS
        )
        assert edition.rights_check == ANSWERS
        with pytest.raises(EditConflict):
            finish_product(actor=actor, product=product, revision=product.revision, rights_check=ANSWERS)


def test_a_product_on_a_false_report_is_not_finished(world: World, act: Act, analyst: Any) -> None:
    """The words name the item and what to do."""
    with act(analyst, world.desk) as actor:
        item, _ = graded_item(actor)
        product = save(actor, start(actor, world), "brief", f"See [{item.ref}].")
        Dispute.objects.record(actor=actor, report=item.report, is_false=True, reason="Invented.")

        with pytest.raises(NotReady, match=f"{item.ref} was found false: take it out"):
            finish_product(actor=actor, product=product, revision=product.revision, rights_check=ANSWERS)


def test_the_next_edition_counts_on(world: World, act: Act, analyst: Any) -> None:
    """A finished product may be taken up again; a removed recommendation stays in the edition that held it."""
    with act(analyst, world.desk) as actor:
        edition, _, _ = finished(actor, world)
        product = selectors.product(edition.product.ref, actor=actor)
        (measure,) = selectors.recommendations_of(product, actor=actor)
        remove_recommendation(actor=actor, recommendation=measure)
        second = finish_product(actor=actor, product=product, revision=product.revision, rights_check=ANSWERS)

        assert [e.number for e in selectors.editions_of(product, actor=actor)] == [2, 1]
        assert second.content["recommendations"] == []
        assert len(edition.content["recommendations"]) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"strand": "punish"}, "pursue"),
        ({"hours": -1}, "negative"),
        ({"harm_high": None}, "one end"),
        ({"harm_low": 400.0}, "reversed"),
        ({"effect": ""}, "effect"),
    ],
)
def test_a_recommendation_says_effect_and_cost(
    world: World, act: Act, analyst: Any, change: dict[str, Any], words: str
) -> None:
    """Strand, hours, money and an interval of harm that is one. [PRO-07]"""
    with act(analyst, world.desk) as actor, pytest.raises(AnalysisError, match=words):
        recommend(actor=actor, product=start(actor, world), new=replace(MEASURE, **change))


def test_the_tray_holds_what_was_graded_since_the_last_answer(world: World, act: Act, analyst: Any) -> None:
    """A graded item for a requirement waits until somebody judges; a closed requirement waits no more."""
    with act(analyst, world.desk) as actor:
        asked = Requirement.objects.record(
            actor=actor,
            question="Who?",
            why="To decide.",
            asker=world.user(Role.CHAIR),
            due_on=date(2026, 12, 31),
            urgency="low",
            **lawful(),
        )
        assert list(selectors.in_tray(actor=actor)) == []
        report = Report.objects.record(
            actor=actor, title="x", text="x", urgency="low", provenance="seen", requirement=asked, **lawful()
        )
        item = Item.objects.record(actor=actor, report=report, number=1, text="x", kind="fact")
        grade = evaluation(actor, item)
        assert list(selectors.in_tray(actor=actor)) == [asked]
        record_assessment(actor=actor, new=NEW, requirement=asked, legal_basis=LEGAL_BASIS)
        assert list(selectors.in_tray(actor=actor)) == []
        evaluation(actor, item, source_grade="C", supersedes=grade)
        assert list(selectors.in_tray(actor=actor)) == [asked]
        RequirementClosure.objects.record(actor=actor, requirement=asked, is_answered=True, note="Done.")
        assert list(selectors.in_tray(actor=actor)) == []


def test_a_finished_product_answers_its_requirement(world: World, act: Act, analyst: Any) -> None:
    """What was graded before the edition waits no more; an unfinished product keeps its question in the tray."""
    with act(analyst, world.desk) as actor:
        asked = Requirement.objects.record(
            actor=actor, question="Who?", why="To decide.", asker=world.user(Role.CHAIR),
            due_on=date(2026, 12, 31), urgency="low", **lawful(),
        )  # fmt: skip
        product = start(actor, world, requirement=asked)
        assert list(selectors.in_tray(actor=actor)) == [asked]
        product = save(actor, product, "brief", "Short.")
        finish_product(actor=actor, product=product, revision=product.revision, rights_check=ANSWERS)
        assert list(selectors.in_tray(actor=actor)) == []


def test_each_verb_is_noted_for_the_audit(world: World, act: Act, analyst: Any) -> None:
    """The event of a block names every verb of analysis that ran, with the ids of what it made."""
    with act(analyst, world.desk) as actor:
        edition, _, _ = finished(actor, world)
        block = acting.current()

        assert block is not None
        noted = {entry["action"]: entry["objects"] for entry in block.event()["writes"]}
        assert noted["analysis.finish_product"] == {"edition": [str(edition.pk)]}
        assert {"analysis.take_snapshot", "analysis.run_method", "analysis.record_assessment",
                "analysis.start_product", "analysis.save_product", "analysis.recommend"} <= set(noted)  # fmt: skip


def test_readers_write_no_products(world: World, act: Act, analyst: Any) -> None:
    """Every verb of a product is closed to who only reads."""
    with act(analyst, world.desk) as actor:
        product = start(actor, world)
        item, _ = graded_item(actor)
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor:
        calls: list[Callable[[], Any]] = [
            lambda: start(actor, world),
            lambda: save(actor, product, "brief", "x"),
            lambda: cite_items(actor=actor, product=product, items=[item]),
            lambda: recommend(actor=actor, product=product, new=MEASURE),
            lambda: finish_product(actor=actor, product=product, revision=1, rights_check=ANSWERS),
            lambda: record_assessment(actor=actor, new=NEW, legal_basis=LEGAL_BASIS),
        ]
        for call in calls:
            with pytest.raises(NotPermitted):
                call()
