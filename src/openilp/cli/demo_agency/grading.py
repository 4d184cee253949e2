"""The reports evaluated: graded item by item, looked at twice, answered; some wait in the inbox."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from openilp.cli.demo_agency import agency
from openilp.cli.demo_agency.reporting import CHUNK, is_from_abroad, report_ids
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.cli.demo_agency.stories import Draft, drafts
from openilp.collection.models import Item, Report
from openilp.evaluation import services
from openilp.evaluation.models import Evaluation
from openilp.evaluation.rules import NewGrade
from openilp.safeguards.actor import Actor

_SEED = 11
#: The last reports of the year are still in the inbox.
_WAITING = 46
_SCHEME = "europol-4x4"
_SOURCES = {
    "seen": ("A", "B", "B"), "technical": ("A", "A", "B"), "document": ("A", "B", "B"), "told": ("B", "C", "X"),
    "open_source": ("B", "C", "X"), "other_agency": ("A", "B", "B"),
}  # fmt: skip
_INFORMATION = {
    "seen": ("1", "1", "2"), "technical": ("1", "1", "1"), "document": ("1", "2", "3"), "told": ("2", "3", "4"),
    "open_source": ("3", "4", "4"), "other_agency": ("2", "3", "3"),
}  # fmt: skip
_REASONS = (
    "Own observation, in line with two earlier reports.",
    "The source proved right before; this could not be checked.",
    "Recorded by a device; the recording was seen.",
    "Second-hand, and nobody else says so.",
    "",
    "",
)


def graded_drafts() -> list[Draft]:
    """Return the reports that are evaluated when the demo begins."""
    return list(drafts()[: len(drafts()) - _WAITING])


def grade(steps: Steps, progress: Callable[[float], None]) -> None:
    """Grade in two officers' turns; every seventh grade is looked at by the other one."""
    ids = report_ids(steps)
    done = graded_drafts()
    chunks = [done[begin : begin + CHUNK] for begin in range(0, len(done), CHUNK)]
    for number, chunk in enumerate(chunks):
        first, second = (agency.EVALUATOR, agency.SECOND)[:: 1 if number % 2 == 0 else -1]
        steps.once(f"grades/{number}", partial(_grade, chunk=chunk, ids=ids), by=first, matter=agency.DESK)
        steps.once(f"looks/{number}", partial(_look, chunk=chunk, ids=ids), by=second, matter=agency.DESK)
        progress((number + 1) / len(chunks))
    steps.once("urgent", lambda actor: _urgent(actor, ids), by=agency.EVALUATOR, matter=agency.DESK)
    _sanitise(steps, ids)


def _grade(actor: Actor, chunk: Sequence[Draft], ids: dict[int, str]) -> Left:
    rng = Random(_SEED + chunk[0].number)  # noqa: S311  (stories, no secrets)
    drafted = {ids[draft.number]: draft for draft in chunk}
    items = Item.objects.seen_by(actor).filter(report__in=drafted).order_by("report", "number")
    for item in items:
        services.evaluate_item(actor=actor, item=item, grade=_new(drafted[str(item.report_id)], rng))
    for report in Report.objects.seen_by(actor).filter(pk__in=list(drafted)):
        if rng.random() < 0.12:
            services.reply_to_reporter(
                actor=actor,
                report=report,
                kind=rng.choice(("received", "used")),
                text="Thank you; your report was graded and is being worked with.",
            )
    return {}


def _new(draft: Draft, rng: Random) -> NewGrade:
    provenance = "other_agency" if is_from_abroad(draft) else draft.provenance
    handling = "H2" if is_from_abroad(draft) else _handling(draft, rng)
    return NewGrade(
        scheme=_SCHEME,
        scheme_version="1",
        source="B" if draft.is_false else rng.choice(_SOURCES[provenance]),
        information="2" if draft.is_false else rng.choice(_INFORMATION[provenance]),
        handling=handling,
        handling_text="Not to be shown to persons outside the police of Altania." if handling == "H3" else "",
        reasons=rng.choice(_REASONS),
    )


def _handling(draft: Draft, rng: Random) -> str:
    """Return a handling code; nobody thought that the false source needed a limit."""
    drawn = rng.choices(("H0", "H1", "H3"), (88, 9, 3))[0]
    return "H0" if draft.is_false else drawn


def _look(actor: Actor, chunk: Sequence[Draft], ids: dict[int, str]) -> Left:
    keys = [ids[draft.number] for draft in chunk]
    found = Evaluation.objects.seen_by(actor).filter(item__report__in=keys).order_by("item__report", "pk")
    for number, evaluation in enumerate(found):
        if number % 7 == 0:
            agrees = number % 21 != 0
            services.review_evaluation(
                actor=actor,
                evaluation=evaluation,
                agrees=agrees,
                reason="" if agrees else "The source was not tested before; a lower grade is safer.",
            )
    return {}


def _urgent(actor: Actor, ids: dict[int, str]) -> Left:
    """Acknowledge the urgent reports but the newest."""
    urgent = [draft for draft in drafts() if draft.urgency == "high"]
    for draft in urgent[:-1]:
        report = Report.objects.seen_by(actor).filter(pk=ids[draft.number]).first()
        if report is not None:
            services.acknowledge_report(actor=actor, report=report, note="Patrol informed by radio.")
    return {}


def _sanitise(steps: Steps, ids: dict[int, str]) -> None:
    """Make a version of a report that may go further, approved by the other officer."""
    told = next(d for d in drafts() if d.provenance == "told" and d.language == "en" and not d.is_false)

    def write(actor: Actor) -> Left:
        report = Report.objects.seen_by(actor).get(pk=ids[told.number])
        made = services.sanitise_report(
            actor=actor,
            report=report,
            title=f"Sanitised: {report.title}"[:150],
            text="A person of the burglary series was seen near the named address in the evening.",
            removed="Hour, wording and everything that points to who told it.",
            level=report.level,
        )
        return {"id": str(made.pk)}

    left = steps.once("sanitised", write, by=agency.EVALUATOR, matter=agency.DESK)

    def approve(actor: Actor) -> None:
        from openilp.evaluation.models import Sanitisation

        version = Sanitisation.objects.seen_by(actor).get(pk=left["id"])
        services.judge_sanitisation(
            actor=actor, sanitisation=version, is_approved=True, note="Nothing points back."
        )

    steps.once("sanitised/approved", approve, by=agency.SECOND, matter=agency.DESK)
