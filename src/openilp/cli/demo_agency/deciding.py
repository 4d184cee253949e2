"""Who was told, what was decided: the burglary profile released, answered in a meeting, carried out as an operation."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from django.utils import timezone

from openilp.analysis.models import Edition, Product
from openilp.cli.demo_agency import agency
from openilp.cli.demo_agency.questions import priority_of
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.cli.demo_agency.studying import BURGLARY
from openilp.dissemination import services as dissemination
from openilp.dissemination.models import Release
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit
from openilp.tasking import selectors, services
from openilp.tasking.models import Decision, Meeting
from openilp.tasking.rules import Answers, Option, with_nothing
from openilp.tasking.services import NewDecision, NewResponse, NewTask

OPERATION = "Operation Backgate"
_REVIEWER = agency.STRATEGIC
_READERS = (agency.CHAIR, agency.COORDINATOR, agency.PLAN_OWNER)

_REASONS = (
    "Both measures together cost less than a quarter of what the region set aside, and the estimates of harm prevented "
    "do not overlap with zero. Covert observation waits until the open means have been tried."
)
_ANSWERS = Answers(
    necessity="Yes: leaflets in spring changed nothing, and the series goes on in both districts.",
    proportionality="Yes: open patrols and locks burden nobody beyond stops, which need a reason each time.",
    non_discrimination="People who walk home from night shifts; the briefing describes vehicles and tools, not people.",
)


def decide(steps: Steps) -> None:
    """Review, approve, release, meet, decide, open the operation, close the meeting."""
    steps.once("release/named", lambda actor: _name(actor, steps), by=agency.ANALYST, matter=agency.DESK)
    steps.once("release/reviewed", lambda actor: _review(actor, steps), by=_REVIEWER, matter=agency.DESK)
    steps.once("release/approved", lambda actor: _approve(actor, steps), by=agency.HEAD, matter=agency.DESK)
    steps.once("release/released", lambda actor: _release(actor, steps), by=agency.HEAD, matter=agency.DESK)
    for reader in _READERS:
        steps.once(
            f"release/read/{reader}",
            partial(_read, steps=steps, reader=reader),
            by=reader,
            matter=agency.DESK,
        )
    steps.once("meeting/called", lambda actor: _call(actor, steps), by=agency.COORDINATOR, matter=agency.DESK)
    steps.once("meeting/decided", lambda actor: _hold(actor, steps), by=agency.CHAIR, matter=agency.DESK)
    steps.once("operation", lambda actor: _operate(actor, steps), by=agency.COORDINATOR, matter=agency.DESK)
    steps.once("meeting/closed", lambda actor: _close(actor, steps), by=agency.CHAIR, matter=agency.DESK)
    steps.once(
        "meeting/next", lambda actor: _call_next(actor, steps), by=agency.COORDINATOR, matter=agency.DESK
    )


def _edition(actor: Actor, steps: Steps) -> Edition:
    found: Edition = Edition.objects.seen_by(actor).get(pk=steps.done[BURGLARY]["edition"])
    return found


def _name(actor: Actor, steps: Steps) -> Left:
    dissemination.name_reviewer(actor=actor, edition=_edition(actor, steps), reviewer=steps.user(_REVIEWER))
    return {}


def _review(actor: Actor, steps: Steps) -> Left:
    dissemination.review_edition(
        actor=actor,
        edition=_edition(actor, steps),
        is_sound=True,
        note="Each judgement cites its items; the alternative reading is said.",
    )
    return {}


def _approve(actor: Actor, steps: Steps) -> Left:
    edition = _edition(actor, steps)
    dissemination.approve_edition(
        actor=actor, edition=edition, is_approved=True, note="The one source on the buyer is marked as such."
    )
    return {}


def _release(actor: Actor, steps: Steps) -> Left:
    made = dissemination.release_edition(
        actor=actor,
        edition=_edition(actor, steps),
        readers=[steps.user(name) for name in _READERS],
        reason="Basis of the regional tasking meeting.",
        now=timezone.now(),
    )
    return {"release": str(made.pk)}


def _read(actor: Actor, steps: Steps, reader: str) -> Left:
    release = Release.objects.seen_by(actor).get(pk=steps.done["release/released"]["release"])
    dissemination.acknowledge_release(actor=actor, release=release)
    if reader == agency.COORDINATOR:
        dissemination.rate_release(
            actor=actor,
            release=release,
            value="useful",
            comment="The maps by count and by harm side by side helped.",
        )
    return {}


def _call(actor: Actor, steps: Steps) -> Left:
    members = [agency.HEAD, agency.COORDINATOR, agency.PLAN_OWNER, agency.ANALYST]
    meeting = services.call_meeting(
        actor=actor,
        kind="regional_operational",
        title="Tasking meeting, Northmark Region",
        unit=Unit.objects.get(code="NOR"),
        chair=steps.user(agency.CHAIR),
        starts_at=timezone.now(),
        members=[steps.user(name) for name in members],
        without_vote=[steps.user(agency.ANALYST)],
        quorum=3,
        legal_basis="POL-12",
    )
    present = [steps.user(name) for name in (*members, agency.CHAIR)]
    services.open_meeting(actor=actor, meeting=meeting, present=present)
    return {"meeting": str(meeting.pk)}


def _meeting(actor: Actor, steps: Steps) -> Meeting:
    found: Meeting = Meeting.objects.seen_by(actor).get(pk=steps.done["meeting/called"]["meeting"])
    return found


def _hold(actor: Actor, steps: Steps) -> Left:
    meeting = _meeting(actor, steps)
    product = Product.objects.seen_by(actor).get(pk=steps.done[BURGLARY]["product"])
    evidence = selectors.evidence_for(product, actor=actor)
    rows = evidence.recommendations
    item = next(
        point
        for point in selectors.agenda_of(meeting, actor=actor)
        if point.recommendation_id in {row.pk for row in rows}
    )
    patrol, locks, covert = rows
    options = [
        Option(key, row.text, row.hours, row.money, row.harm_low, row.harm_high, row.ref)
        for key, row in zip("ABC", rows, strict=True)
    ]
    options.append(Option("D", "Patrol eight weeks and fit the locks", 390, Decimal(20600), 1200.0, 5200.0))
    decision = services.decide(
        actor=actor,
        meeting=meeting,
        item=item,
        new=NewDecision(
            title="Back-door burglaries: patrols and locks",
            options=with_nothing(options, text="Go on as before"),
            chosen="D",
            reasons=_REASONS,
            answers=_ANSWERS,
            effect_review_on=timezone.localdate() + timedelta(days=60),
            dissent="The head of intelligence would have tried the locks alone first.",
            evidence=[evidence],
            responses=[
                NewResponse(
                    patrol, "change", "Eight weeks are paid for; then the effect is looked at.",
                    "Patrol on foot from 19:00 to 01:00 in the two hot spots for eight weeks",
                ),
                NewResponse(locks, "accept", "Cheap, quick, and it helps whoever the thieves are."),
                NewResponse(covert, "reject", "Too deep an intrusion while open means are untried."),
            ],
            priority=priority_of(steps, "burglary/NOR-2", actor),
        ),
    )  # fmt: skip
    return {"decision": str(decision.pk)}


def _operate(actor: Actor, steps: Steps) -> Left:
    today = timezone.localdate()
    reporter, owner = steps.user(agency.REPORTER), steps.user(agency.PLAN_OWNER)
    operation = services.open_operation(
        actor=actor,
        decision=Decision.objects.seen_by(actor).get(pk=steps.done["meeting/decided"]["decision"]),
        name=OPERATION,
        goals="A tenth fewer burglaries than in the same months of the year before; no second entry at a fitted home.",
        plan_owner=owner,
        starts_on=date(2024, 10, 1),
        ends_on=today + timedelta(days=60),
        members=[steps.user(name) for name in (agency.CHAIR, agency.HEAD, agency.ANALYST, agency.EVALUATOR)],
        tasks=[
            NewTask(
                "Patrol on foot in hot spot 1, 19:00 to 01:00", "pursue", reporter, date(2024, 11, 30), 190
            ),
            NewTask(
                "Fit locks and lights at the 60 homes",
                "protect",
                owner,
                date(2024, 12, 15),
                110,
                Decimal(14500),
            ),
            NewTask(
                "Visit the homes that were entered twice", "protect", reporter, today + timedelta(days=14), 40
            ),
            NewTask(
                "Compare tool marks of the last twenty entries",
                "prepare",
                owner,
                today - timedelta(days=9),
                60,
            ),
        ],
    )
    return {"operation": str(operation.pk), "matters": {OPERATION: str(operation.matter_id)}}


def _close(actor: Actor, steps: Steps) -> Left:
    services.close_meeting(actor=actor, meeting=_meeting(actor, steps))
    return {}


def _call_next(actor: Actor, steps: Steps) -> Left:
    """Call the next meeting, which has an agenda and has not begun."""
    members = [agency.HEAD, agency.COORDINATOR, agency.PLAN_OWNER]
    meeting = services.call_meeting(
        actor=actor,
        kind="regional_operational",
        title="Tasking meeting, Midland Region",
        unit=Unit.objects.get(code="MID"),
        chair=steps.user(agency.CHAIR),
        starts_at=timezone.now() + timedelta(days=6),
        members=[steps.user(name) for name in members],
        quorum=3,
        legal_basis="POL-12",
    )
    services.fill_agenda(actor=actor, meeting=meeting)
    return {}
