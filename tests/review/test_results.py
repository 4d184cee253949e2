"""Outcomes, results and lessons: who records them, what the figures allow to say, and how the loop closes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import md5
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openilp.collection.models import ImportBatch, Incident
from openilp.direction.models import Priority, Requirement
from openilp.review import rules, selectors, services, thread
from openilp.review.errors import (
    NothingToCompare,
    OutcomeExists,
    OutcomeSuperseded,
    PeriodsOverlap,
    ReviewError,
)
from openilp.review.rules import Comparison, Counts
from openilp.review.services import Measurement
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import Unit
from openilp.safeguards.roles import Role
from openilp.tasking import selectors as tasking
from openilp.tasking import services as carrying_out
from openilp.tasking.errors import NotTheOwner
from tests.factories import World
from tests.review.growing import grow
from tests.tasking import story

Act = Callable[..., Any]
HALVES = Comparison(date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 31))
OUTCOME: dict[str, Any] = {"result": "achieved", "text": "Two arrests.", "happened_on": date(2026, 1, 2)}


def incidents(actor: Any, world: World, unit: Unit, monthly: list[int], **more: Any) -> None:
    """Record burglaries of 2025, so many a month."""
    batch = grow(ImportBatch, actor=actor, world=world)
    rows = []
    for month, n in enumerate(monthly, 1):
        at = timezone.make_aware(datetime(2025, month, 15, 12))  # noqa: DTZ001 – made aware at once
        for i in range(n):
            digest = md5(f"{unit.pk} {month} {i} {more}".encode(), usedforsecurity=False).digest()
            values = {"batch": batch, "crime_type": "burglary", "starts_at": at, "ends_at": at}
            rows.append({**values, "time_precision": "month", "unit": unit, "content_hash": digest, **more})
    Incident.objects.record_many(actor=actor, rows=rows)


def a_priority(actor: Any, world: World, **more: Any) -> Priority:
    """Record a priority of the district about burglary."""
    values = {"unit": world.district, "crime_types": ["burglary"], "cascades_from": None}
    made: Priority = grow(Priority, actor=actor, world=world, **values | more)
    return made


@pytest.fixture
def task(world: World, act: Act) -> Any:
    """A task of the reporting officer."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        story.operation(actor, world)
        return tasking.tasks(actor=actor).get()


def test_an_outcome_ends_its_task_and_empties_the_tray(world: World, act: Act, task: Any) -> None:
    """[OPS-08] Result, disruption and words; a task that was not over is over by it."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        carrying_out.finish_task(actor=actor, task=task)
        waiting = selectors.in_tray(actor=actor).count()
        row = services.record_outcome(actor=actor, task=task, disruption="moderate", **OUTCOME)
        with pytest.raises(OutcomeExists, match=row.ref):
            services.record_outcome(actor=actor, task=task, **OUTCOME)

        assert waiting == 1
        assert selectors.in_tray(actor=actor).count() == 0
        assert (row.result, row.disruption) == ("achieved", "moderate")


def test_an_overdue_task_waits_for_its_outcome_too(world: World, act: Act, task: Any) -> None:
    """What is late and not told is shown; what is not due yet is not."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        late = grow(type(task), actor=actor, world=world, due_on=timezone.localdate() - timedelta(days=1))
        assert [t.ref for t in selectors.in_tray(actor=actor)] == [late.ref]
        services.record_outcome(actor=actor, task=late, **OUTCOME)
        assert tasking.task(late.ref, actor=actor).is_done


def test_a_corrected_outcome_keeps_the_first(world: World, act: Act, task: Any) -> None:
    """The later word counts, the earlier stays; a third cannot correct the first."""
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor:
        first = services.record_outcome(actor=actor, task=task, **OUTCOME)
        second = services.correct_outcome(actor=actor, outcome=first, **OUTCOME | {"result": "not_achieved"})
        with pytest.raises(OutcomeSuperseded, match=second.ref):
            services.correct_outcome(actor=actor, outcome=first, **OUTCOME)

        assert selectors.outcome_of(task, actor=actor) == second
        assert selectors.outcome(first.ref, actor=actor).result == "achieved"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"result": "great"}, "result"),
        ({"text": " "}, "text"),
        ({"disruption": "total"}, "disruption"),
        ({"happened_on": timezone.localdate() + timedelta(days=2)}, "happened_on"),
    ],
)
def test_an_outcome_in_bad_words_is_refused(
    world: World, act: Act, task: Any, change: dict[str, Any], field: str
) -> None:
    """The error names the field."""
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor, pytest.raises(ReviewError) as caught:
        services.record_outcome(actor=actor, task=task, **OUTCOME | change)

    assert caught.value.field == field


def test_only_owner_and_planners_say_what_came_of_a_task(world: World, act: Act, task: Any) -> None:
    """A colleague is told who may."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        with pytest.raises(NotTheOwner):
            services.record_outcome(actor=actor, task=task, **OUTCOME)
        wanted = Measurement(priority=a_priority(actor, world), comparison=HALVES)
        with pytest.raises(NotPermitted):
            services.analyse_results(actor=actor, wanted=wanted, reading="x")


def test_a_true_fall_is_found_and_its_cost_is_told(world: World, act: Act) -> None:
    """[ANA-17] Halved here, unchanged there: ratio and difference recover the truth, and n is told."""
    other = Unit.objects.create(code="R1D2", name="Hill", organisation_level="local", parent=world.region)
    with act(world.user(Role.CHAIR), world.desk) as actor:
        priority = a_priority(actor, world)
        operation = story.operation(actor, world)
        booked = tasking.tasks(actor=actor).get()
        incidents(actor, world, world.district, [40] * 6 + [20] * 6)
        incidents(actor, world, other, [40] * 12)
        spent: dict[str, Any] = {"hours": Decimal(60), "money": Decimal(1200)}
        carrying_out.record_effort(actor=actor, task=booked, spent_on=timezone.localdate(), **spent)
        wanted = Measurement(priority=priority, comparison=HALVES, operation=operation, control=other)
        row = services.analyse_results(actor=actor, wanted=wanted, reading="Patrols worked.")
        kept = selectors.result(row.ref, actor=actor).result

    assert kept["ratio"]["value"] == pytest.approx(0.5)
    assert kept["relative"]["low"] < 0.5 < kept["relative"]["high"] < 1
    assert kept["difference"]["value"] == -120
    assert (kept["hours_per_event"]["value"], kept["money_per_event"]["value"]) == (0.5, 10)
    assert (kept["n_before"], kept["n_after"], rules.reading_of(kept)) == (240, 120, "fall")


def test_without_a_change_none_is_claimed(world: World, act: Act) -> None:
    """[ANA-17] The same rate before and after: the interval holds 1."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        incidents(actor, world, world.district, [9, 11, 10, 12, 8, 10, 11, 9, 10, 8, 12, 10])
        wanted = Measurement(priority=a_priority(actor, world), comparison=HALVES)
        row = services.analyse_results(actor=actor, wanted=wanted, reading="Nothing to see.")

    assert rules.reading_of(row.result) == "open"
    assert row.result["ratio"]["low"] < 1 < row.result["ratio"]["high"]
    assert row.result["relative"] is None


def test_months_without_any_data_are_gaps_not_zeros(world: World, act: Act) -> None:
    """A month in which nothing at all came in is left out of the rate."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        incidents(actor, world, world.district, [10, 10, 0, 10, 10, 10] + [10] * 6)
        wanted = Measurement(priority=a_priority(actor, world), comparison=HALVES)
        row = services.analyse_results(actor=actor, wanted=wanted, reading="x")

    assert row.result["treated"]["before"] == [10, 10, None, 10, 10, 10]
    assert row.result["ratio"]["value"] == pytest.approx(1.0)
    assert row.result["n_gaps"] == 1


def test_a_figure_is_as_secret_as_its_incidents(world: World, act: Act) -> None:
    """[PRO-03] One confidential incident makes the whole figure confidential; hidden ones are not counted."""
    secret = Label(Level.CONFIDENTIAL, frozenset(), world.region.pk)
    with act(world.user(Role.CHAIR), world.desk) as actor:
        incidents(actor, world, world.district, [10] * 12)
        incidents(actor, world, world.district, [5] * 12, label=secret)
        wanted = Measurement(priority=a_priority(actor, world), comparison=HALVES)
        all_of_it = services.analyse_results(actor=actor, wanted=wanted, reading="x")
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        part = services.analyse_results(actor=actor, wanted=wanted, reading="x")
        assert selectors.results(actor=actor).count() == 1

    assert (all_of_it.level, part.level) == (Level.CONFIDENTIAL, Level.INTERNAL)
    assert (all_of_it.result["n_before"], part.result["n_before"]) == (90, 60)


@pytest.mark.parametrize(
    ("periods", "error"),
    [
        ((date(2025, 6, 1), date(2025, 1, 1), date(2025, 7, 1), date(2025, 8, 1)), ReviewError),
        ((date(2025, 1, 1), date(2025, 6, 1), date(2025, 6, 20), date(2025, 8, 1)), PeriodsOverlap),
        ((date(2025, 1, 1), date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)), NothingToCompare),
    ],
)
def test_impossible_comparisons_are_refused_in_words(
    world: World, act: Act, periods: tuple[date, ...], error: type[Exception]
) -> None:
    """Upside-down periods, overlap, and no incidents at all."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        wanted = Measurement(priority=a_priority(actor, world), comparison=Comparison(*periods))
        with pytest.raises(error):
            services.analyse_results(actor=actor, wanted=wanted, reading="x")


def test_a_unit_is_not_compared_with_itself(world: World, act: Act) -> None:
    """The district lies in the region: the comparison says so."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        wanted = Measurement(priority=a_priority(actor, world), comparison=HALVES, control=world.region)
        with pytest.raises(ReviewError, match="share ground"):
            services.analyse_results(actor=actor, wanted=wanted, reading="x")


MONTH = st.dates(date(2000, 1, 1), date(2040, 12, 31))


@given(MONTH, MONTH)
def test_months_of_a_period_follow_each_other(one: date, other: date) -> None:
    """Each month once, without a hole, first and last included."""
    start, end = sorted((one, other))
    found = rules.months(start, end)

    assert (found[0], found[-1]) == (start.replace(day=1), end.replace(day=1))
    assert all(rules.month_after(a) == b for a, b in pairwise(found))


@given(st.integers(30, 80), st.floats(0.3, 1.8), st.integers(0, 2**32 - 1))
def test_the_interval_is_in_order_and_holds_the_estimate(rate: int, effect: float, seed: int) -> None:
    """Whatever chance draws, low ≤ value ≤ high, and the words follow the interval."""
    rng = np.random.default_rng(seed)
    before, after = rng.poisson(rate, 6).tolist(), rng.poisson(rate * effect, 6).tolist()
    found = rules.compared(Counts(before, after), None, hours=1, money=1)
    ratio = found["ratio"]

    assert ratio["low"] <= ratio["value"] <= ratio["high"]
    says_fall = rules.reading_of(found) == "fall"
    assert says_fall == (ratio["high"] < 1)


def test_a_lesson_raises_a_requirement_and_closes_the_loop(world: World, act: Act, task: Any) -> None:
    """[REV-01] From the outcome to the question: the thread of the requirement leads back to the decision."""
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor:
        outcome = services.record_outcome(actor=actor, task=task, **OUTCOME)
        lesson = services.draw_lesson(
            actor=actor,
            text="They moved to the quay.",
            outcome=outcome,
            question="Who stores the tools now?",
            due_on=timezone.localdate() + timedelta(days=14),
        )
        raised = Requirement.objects.seen_by(actor).get(pk=lesson.requirement_id)
        back = {node.kind for node in thread.thread(raised.ref, actor=actor, direction="back").behind()}
        with pytest.raises(ReviewError, match="drawn from"):
            services.draw_lesson(actor=actor, text="From nothing")
        with pytest.raises(ReviewError) as no_day:
            services.draw_lesson(actor=actor, text="x", outcome=outcome, question="When?")

    assert raised.why == "They moved to the quay."
    assert {"lesson", "outcome", "task", "operation", "decision", "recommendation", "product"} <= back
    assert no_day.value.field == "due_on"


def test_the_share_of_decisions_that_cite_intelligence(world: World, act: Act) -> None:
    """[REV-03] One of two decisions rests on an edition; one of two recommendations was followed."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        before = selectors.use_of_intelligence(actor=actor)
        story.decided(actor, world)
        new = story.new_decision(actor, None)
        carrying_out.decide_emergency(actor=actor, new=new, legal_basis=world.desk.legal_basis)
        use = selectors.use_of_intelligence(actor=actor)

    assert before.citing.percent is None
    assert (use.citing.part, use.citing.whole, use.citing.percent) == (1, 2, 50)
    assert (use.followed.part, use.followed.whole) == (1, 2)


def test_trends_show_counts_harm_and_gaps(world: World, act: Act) -> None:
    """[REV-02] Incidents weighted by harm, month by month, for each priority in force."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        today = timezone.localdate()
        a_priority(actor, world, starts_on=today, ends_on=today, position=1)
        incidents(actor, world, world.district, [3, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 4])
        found = selectors.trends(actor=actor)[0]

    by_month = dict(zip(found.months, found.counts, strict=True))
    harm = dict(zip(found.months, found.harm, strict=True))
    assert [by_month[date(2025, m, 1)] for m in (1, 2, 3, 12)] == [3, None, 2, 4]
    assert harm[date(2025, 1, 1)] == 1.5 * (harm[date(2025, 3, 1)] or 0) > 0


@pytest.fixture
def refs(world: World, act: Act, task: Any) -> dict[str, str]:
    """One of each object of the room."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        today = timezone.localdate()
        priority = a_priority(actor, world, starts_on=today, ends_on=today, position=1)
        incidents(actor, world, world.district, [12] * 6 + [6] * 6)
        wanted = Measurement(
            priority=priority, comparison=HALVES, operation=tasking.operations(actor=actor).get()
        )
        result = services.analyse_results(actor=actor, wanted=wanted, reading="It fell.")
        outcome = services.record_outcome(actor=actor, task=task, **OUTCOME)
        lesson = services.draw_lesson(actor=actor, text="Learnt.", outcome=outcome)
        late = grow(type(task), actor=actor, world=world, due_on=today - timedelta(days=1))
        return {
            "task": late.ref,
            "outcome": outcome.ref,
            "result": result.ref,
            "lesson": lesson.ref,
            "priority": priority.ref,
        }


def browser(world: World, role: Role) -> Client:
    """A browser of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


PAGES = (
    "/review/",
    "/review/priorities",
    "/review/results",
    "/review/lessons",
    "/review/results/{result}",
    "/review/outcomes/{outcome}",
    "/review/lessons/{lesson}",
    "/review/thread/{result}",
)


def test_every_page_opens_for_who_works_here_and_for_nobody_else(world: World, refs: dict[str, str]) -> None:
    """Readers get 200, the administrator sees no content."""
    for role in (Role.CHAIR, Role.REPORTING_OFFICER):
        client = browser(world, role)
        answers = {path: client.get(path.format(**refs)).status_code for path in PAGES}
        assert set(answers.values()) == {200}, answers
    closed = browser(world, Role.ADMINISTRATOR)
    assert {closed.get(path.format(**refs)).status_code for path in PAGES} == {403}


def test_forms_take_what_is_right_and_refuse_the_rest(world: World, refs: dict[str, str]) -> None:
    """Outcome, comparison and lesson through their pages."""
    chair = browser(world, Role.CHAIR)
    told = {"result": "achieved", "text": "Done.", "happened_on": "2026-01-02"}
    asked = {"text": "Learnt more.", "question": "Where now?", "due_on": "2099-01-01", "urgency": "low"}
    for url, right in (
        (f"/review/tasks/{refs['task']}/outcome", told),
        (f"/review/lessons/from/{refs['outcome']}", asked),
        (f"/review/lessons/from/{refs['result']}", {"text": "Also.", "urgency": "low"}),
    ):
        assert chair.get(url).status_code == 200, url
        assert chair.post(url, {"sent": "1"}).status_code == 422, url
        assert chair.post(url, right).status_code == 302, url
    assert chair.get("/review/results/new").status_code == 200
    assert chair.post("/review/results/new", {"sent": "1"}).status_code == 422


def test_every_verb_is_in_the_api(world: World, refs: dict[str, str]) -> None:
    """Record, correct, compare, learn, list; unknown units are named with the choices."""
    chair = browser(world, Role.CHAIR)

    def send(path: str, body: dict[str, Any]) -> Any:
        return chair.post(f"/api/v1/review/{path}", body, content_type="application/json")

    told = {"result": "overtaken", "text": "Snow.", "happened_on": "2026-01-02"}
    made = send(f"tasks/{refs['task']}/outcome", told)
    again = send(f"tasks/{refs['task']}/outcome", told)
    corrected = send(f"outcomes/{made.json()['ref']}/correction", told)
    compare = {
        "priority": refs["priority"],
        "before_from": "2025-01-01",
        "before_until": "2025-06-01",
        "after_from": "2025-07-01",
        "after_until": "2025-12-01",
        "reading": "x",
    }
    compared = send("results", compare)
    lost = send("results", compare | {"control": "XX"})
    learnt = send("lessons", {"text": "Learnt.", "results": refs["result"]})
    lists = ("outcomes", "results", "lessons", "use-of-intelligence", "spent")

    codes = [a.status_code for a in (made, again, corrected, compared, lost, learnt)]
    assert codes == [201, 409, 201, 201, 422, 201], compared.content
    assert (lost.json()["field"], "R1D1" in lost.json()["detail"]) == ("control", True)
    assert {chair.get(f"/api/v1/review/{name}").status_code for name in lists} == {200}
