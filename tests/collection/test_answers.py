"""A report that was handed in without its question is tied to it later: a row and an edge, never an edit."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openilp.collection import selectors, services
from openilp.collection.errors import AlreadyAnswers, AnswerReplaced, CollectionError, NotTheReporter
from openilp.collection.models import Report
from openilp.collection.rules import NewItem, NewReport
from openilp.direction import selectors as direction
from openilp.direction import services as asking
from openilp.direction.models import Requirement
from openilp.direction.rules import NewLine
from openilp.safeguards.models import Notice, ThreadEdge
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.factories import LEGAL_BASIS, World

Act = Callable[..., AbstractContextManager[Any]]
API = "/api/v1/collection/reports"
NEW = NewReport(items=[NewItem("A white van left the yard.", "fact")], urgency="low", provenance="seen")


@pytest.fixture
def officer(world: World) -> Any:
    """The reporting officer."""
    return world.user(Role.REPORTING_OFFICER)


@pytest.fixture
def report(world: World, act: Act, officer: Any) -> Report:
    """A report without a question."""
    with act(officer, world.desk) as actor:
        return services.submit_report(actor=actor, new=NEW, legal_basis=LEGAL_BASIS)


@pytest.fixture
def asked(world: World, act: Act) -> Requirement:
    """A question with a plan of one line."""
    return ask(world, act, "Who drives the white van?")


def ask(world: World, act: Act, question: str) -> Requirement:
    """Ask a question and plan how it is answered."""
    due = timezone.localdate() + timedelta(days=10)
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        row = asking.raise_requirement(
            actor=actor,
            question=question,
            why="To stop it.",
            due_on=due,
            urgency="low",
            legal_basis=LEGAL_BASIS,
        )
        line = NewLine(
            what="Watch the yard",
            method="surveillance",
            collector=world.user(Role.REPORTING_OFFICER).pk,
            due_on=due,
        )
        asking.plan_collection(actor=actor, requirement=row, title="Yard", lines=[line])
    return row


def line_of(row: Requirement, actor: Any) -> Any:
    """Return the line of a question's plan."""
    return direction.lines_of(direction.plans_of(row, actor=actor), actor=actor)[0]


def test_a_report_is_tied_to_a_question_after_hand_in(
    world: World, act: Act, officer: Any, report: Report, asked: Requirement
) -> None:
    """The question counts it among its answers, the thread leads through it, and the asker is told [DIR-04]."""
    with act(officer, world.desk) as actor:
        row = services.tie_report(actor=actor, report=report, requirement=asked, reason="It is the van.")

        assert [report.pk] == [each.pk for each in selectors.answers(asked, actor=actor)]
        edges = ThreadEdge.objects.seen_by(actor).filter(to_id=report.pk, from_id=asked.pk)
        assert [edge.kind for edge in edges] == ["answered by"]
        assert Report.objects.seen_by(actor).get(pk=report.pk).requirement_id is None
        wanted = selectors.Wanted(requirement=asked.ref)
        assert [report.pk] == [each.pk for each in selectors.listed(wanted, actor=actor).rows]
        assert row.label.level >= asked.label.level
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as asker:
        assert "report_on_your_question" in {n.kind for n in Notice.objects.seen_by(asker)}


def test_a_report_is_tied_to_a_line_of_a_plan(
    world: World, act: Act, officer: Any, report: Report, asked: Requirement
) -> None:
    """The line says which question; its plan has an edge to the report [COL-03]."""
    with act(officer, world.desk) as actor:
        line = line_of(asked, actor)
        row = services.tie_report(actor=actor, report=report, line=line, reason="Seen on watch.")

        assert (asked.pk, line.pk, line.plan_id) == (row.requirement_id, row.line_id, row.plan_id)
        edges = ThreadEdge.objects.seen_by(actor).filter(to_id=report.pk, from_id=line.plan_id)
        assert [edge.kind for edge in edges] == ["collected"]


def test_a_wrong_tie_is_replaced_not_edited(
    world: World, act: Act, officer: Any, report: Report, asked: Requirement
) -> None:
    """The newer word stands; the older one stays as a row; two cannot replace it both."""
    other = ask(world, act, "Where do stolen cars go?")
    with act(officer, world.desk) as actor:
        first = services.tie_report(actor=actor, report=report, requirement=asked, reason="The van.")
        second = services.tie_report(
            actor=actor, report=report, requirement=other, reason="No, the cars.", supersedes=first
        )

        assert [second.pk] == [row.pk for row in selectors.answers_of(report, actor=actor)]
        assert list(selectors.answers(asked, actor=actor)) == []
        with pytest.raises(AnswerReplaced):
            services.tie_report(
                actor=actor, report=report, requirement=asked, reason="Back.", supersedes=first
            )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"reason": "  "}, "reason"), ({"reason": "x" * 301}, "reason"), ({"requirement": None}, "requirement")],
)
def test_what_is_missing_is_named(
    world: World,
    act: Act,
    officer: Any,
    report: Report,
    asked: Requirement,
    wrong: dict[str, Any],
    field: str,
) -> None:
    """A tie needs a question and a reason."""
    values = {"requirement": asked, "reason": "It is the van.", **wrong}
    with act(officer, world.desk) as actor, pytest.raises(CollectionError) as error:
        services.tie_report(actor=actor, report=report, **values)

    assert field == error.value.field


def test_a_line_of_another_question_is_refused(
    world: World, act: Act, officer: Any, report: Report, asked: Requirement
) -> None:
    """A line belongs to the plan of its own question."""
    other = ask(world, act, "Where do stolen cars go?")
    with act(officer, world.desk) as actor, pytest.raises(CollectionError, match="choose one of its own"):
        services.tie_report(
            actor=actor, report=report, requirement=asked, line=line_of(other, actor), reason="Watch."
        )


def test_it_is_tied_once(world: World, act: Act, officer: Any, report: Report, asked: Requirement) -> None:
    """A second time says so."""
    with act(officer, world.desk) as actor:
        services.tie_report(actor=actor, report=report, requirement=asked, reason="The van.")
        with pytest.raises(AlreadyAnswers):
            services.tie_report(actor=actor, report=report, requirement=asked, reason="The van.")


def test_only_the_author_or_the_intelligence_unit_ties(
    world: World, act: Act, report: Report, asked: Requirement
) -> None:
    """A chair reads it, and leaves it as it is."""
    with act(world.user(Role.CHAIR), world.desk) as actor, pytest.raises(NotTheReporter):
        services.tie_report(actor=actor, report=report, requirement=asked, reason="The van.")
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        assert services.tie_report(actor=actor, report=report, requirement=asked, reason="The van.")


def test_the_page_ties_and_shows_it(world: World, officer: Any, report: Report, asked: Requirement) -> None:
    """With question and line in one choice; the requirement's page then lists the report."""
    client = Client()
    client.force_login(officer)
    address = f"/collection/reports/{report.ref}"
    actor = actor_for(officer, purpose=world.desk.pk)
    from openilp.safeguards.acting import acting

    with acting(actor, "test"):
        key = line_of(asked, actor).pk
    assert asked.question in client.get(address).content.decode()
    wrong = client.post(f"{address}/answers", {"target": f"{asked.ref}/{key}", "reason": ""})
    done = client.post(f"{address}/answers", {"target": f"{asked.ref}/{key}", "reason": "Seen on watch."})
    again = client.post(f"{address}/answers", {"target": f"{asked.ref}/{key}", "reason": "Seen on watch."})

    assert (wrong.status_code, done.status_code, again.status_code) == (422, 302, 409)
    assert "Seen on watch." in client.get(address).content.decode()
    assert report.ref in client.get(f"/collection/answers/{asked.ref}").content.decode()


def test_the_api_ties_and_lists(world: World, officer: Any, report: Report, asked: Requirement) -> None:
    """The same over HTTP, replacement included."""
    client = Client()
    client.force_login(officer)
    address = f"{API}/{report.ref}/answers"
    first = client.post(address, {"requirement": asked.ref, "reason": "The van."}, "application/json")
    listed = client.get(address).json()
    missing = client.post(address, {"reason": "The van."}, "application/json")

    assert first.status_code == 201
    assert [(first.json()["id"], asked.ref, "The van.")] == [
        (row["id"], row["requirement"], row["reason"]) for row in listed
    ]
    assert (missing.status_code, missing.json()["field"]) == (422, "requirement")
