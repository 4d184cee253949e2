"""What came of it: hours, outcomes, before and after, a lesson that asks again – and a source that proves false."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from openilp.cli.demo_agency import agency
from openilp.cli.demo_agency.deciding import OPERATION
from openilp.cli.demo_agency.questions import priority_of
from openilp.cli.demo_agency.reporting import report_ids
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.cli.demo_agency.stories import drafts
from openilp.cli.demo_agency.studying import BURGLARY
from openilp.collection.models import Item, Report
from openilp.evaluation import services as evaluation
from openilp.review import services
from openilp.review.models import Outcome, ResultsAnalysis
from openilp.review.rules import Comparison
from openilp.review.services import Measurement
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit
from openilp.tasking import services as tasking
from openilp.tasking.models import Operation, Task

_NIGHTS = 12


def look_back(steps: Steps) -> None:
    """Book the work, record outcomes, measure, learn; then the talkative man proves to have invented it all."""
    steps.once("work/patrol", lambda actor: _patrol(actor, steps), by=agency.REPORTER, matter=OPERATION)
    steps.once("work/locks", lambda actor: _locks(actor, steps), by=agency.PLAN_OWNER, matter=OPERATION)
    steps.once("results", lambda actor: _results(actor, steps), by=agency.ANALYST, matter=OPERATION)
    steps.once("lesson", lambda actor: _lesson(actor, steps), by=agency.HEAD, matter=OPERATION)
    steps.once("false", lambda actor: _prove_false(actor, steps), by=agency.EVALUATOR, matter=agency.DESK)


def _task(actor: Actor, steps: Steps, beginning: str) -> Any:
    rows = Task.objects.seen_by(actor).filter(operation=steps.done["operation"]["operation"])
    return next(row for row in rows if row.title.startswith(beginning))


def _patrol(actor: Actor, steps: Steps) -> Left:
    task = _task(actor, steps, "Patrol on foot")
    for night in range(_NIGHTS):
        tasking.record_effort(
            actor=actor,
            task=task,
            spent_on=date(2024, 10, 4) + timedelta(days=4 * night),
            hours=Decimal(12 + 2 * (night % 3)),
            note="Two officers",
        )
    made = services.record_outcome(
        actor=actor,
        task=task,
        result="achieved",
        text="Both vehicles were checked; tools were secured once. No entry in the hot spot while the patrol was out.",
        happened_on=date(2024, 11, 29),
        disruption="moderate",
    )
    return {"outcome": str(made.pk)}


def _locks(actor: Actor, steps: Steps) -> Left:
    task = _task(actor, steps, "Fit locks")
    tasking.record_effort(
        actor=actor,
        task=task,
        spent_on=date(2024, 11, 20),
        hours=Decimal(20),
        money=Decimal(9800),
        note="41 homes",
    )
    tasking.record_effort(
        actor=actor,
        task=task,
        spent_on=date(2024, 12, 12),
        hours=Decimal(12),
        money=Decimal(3100),
        note="13 homes",
    )
    made = services.record_outcome(
        actor=actor,
        task=task,
        result="partly_achieved",
        text="54 of 60 homes were fitted; six owners could not be reached. One fitted home was tried, without success.",
        happened_on=date(2024, 12, 14),
        disruption="minor",
    )
    return {"outcome": str(made.pk)}


def _results(actor: Actor, steps: Steps) -> Left:
    made = services.analyse_results(
        actor=actor,
        wanted=Measurement(
            priority=priority_of(steps, "burglary/NOR-2", actor),
            comparison=Comparison(
                date(2023, 10, 1), date(2023, 12, 31), date(2024, 10, 1), date(2024, 12, 31)
            ),
            operation=Operation.objects.seen_by(actor).get(pk=steps.done["operation"]["operation"]),
            unit=Unit.objects.get(code="NOR-2"),
            control=Unit.objects.get(code="SOU-1"),
        ),
        reading=(
            "The interval holds no change as well as a fall: three months are too short to tell. The measure may go on "
            "on its cost, not on a proven effect."
        ),
    )
    return {"results": str(made.pk)}


def _lesson(actor: Actor, steps: Steps) -> Left:
    services.draw_lesson(
        actor=actor,
        text=(
            "The operation was measured over three months, in which chance moves more than any patrol could. The next "
            "one needs a comparison area and six months from the first day on."
        ),
        outcome=Outcome.objects.seen_by(actor).get(pk=steps.done["work/patrol"]["outcome"]),
        results=ResultsAnalysis.objects.seen_by(actor).get(pk=steps.done["results"]["results"]),
        question="Who buys the goods of the back-door burglaries, and through which shop or site do they go?",
        due_on=timezone.localdate() + timedelta(days=45),
        urgency="medium",
    )
    return {}


def _prove_false(actor: Actor, steps: Steps) -> Left:
    """Mark the reports of the false source: one of them is cited in the released profile."""
    cited = set(
        Item.objects.seen_by(actor)
        .filter(pk__in=steps.done[BURGLARY]["items"])
        .values_list("report_id", flat=True)
    )
    ids = report_ids(steps)
    reports = Report.objects.seen_by(actor).in_bulk(
        [ids[draft.number] for draft in drafts() if draft.is_false]
    )
    for report in sorted(reports.values(), key=lambda row: row.pk not in cited)[:4]:
        evaluation.dispute_report(
            actor=actor,
            report=report,
            is_false=True,
            reason="The man was abroad on the days that he described, and has sold the same story to a newspaper.",
        )
    return {}
