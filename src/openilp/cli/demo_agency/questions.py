"""What the agency wants to know: priorities cascaded over three levels, requirements, collection plans."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from openilp.cli.demo_agency import agency
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.direction import services
from openilp.direction.models import Priority, Requirement
from openilp.direction.rules import NewLine, Strands
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit

_CONCEPT = "National Policing Plan of Altania, chapter 3"


@dataclass(frozen=True)
class Aim:
    """A national priority, where it is carried on, and the question that goes with it."""

    story: str
    title: str
    reason: str
    goals: str
    strands: Strands
    below: Strands
    crime_types: tuple[str, ...]
    cascade: tuple[tuple[str, str, str, int], ...]
    hours: int
    question: str
    why: str
    lines: tuple[tuple[str, str, str], ...]


#: Cascade: unit, owner, reason, hours. Lines: what, method, collector.
AIMS = (
    Aim(
        story="burglary",
        title="Fewer burglaries of homes",
        reason="Burglary of homes carries the third-highest harm and the lowest rate of offences solved.",
        goals="Ten per cent fewer than in the year before; repeat victims visited within two days.",
        strands=Strands(
            intelligence="Series by way of entry; where the goods are sold.",
            prevention="Visit repeat victims within two days; lend locks in the streets of the last month.",
            enforcement="One investigation a series; checks of second-hand dealers.",
        ),
        below=Strands(
            intelligence="Marks of tools at back doors; cars seen twice in an evening.",
            prevention="Every home entered since January visited; gardens lit along the ring road.",
            enforcement="Evening patrols between Kiln Row and the ring road.",
        ),
        crime_types=("burglary",),
        cascade=(
            ("NOR", agency.HEAD, "Two of five burglaries of the country happen in the region.", 2400),
            ("NOR-2", agency.PLAN_OWNER, "A series by the back door has run since January.", 900),
        ),
        hours=6000,
        question="Who commits the back-door burglaries in Ilmar City and Varn Forest, and where do the goods go?",
        why="The regional meeting has to decide between patrols, protection of homes and an investigation.",
        lines=(
            ("Check vehicles in the evening between Kiln Row and the ring road", "patrol", agency.REPORTER),
            ("Ask second-hand dealers about watches and cameras", "community", "officer.nor3"),
            ("Compare tool marks of the last twenty entries", "forensic", agency.EVALUATOR),
        ),
    ),
    Aim(
        story="ring",
        title="Break the trade in stolen vehicles",
        reason="Vehicles leave the country within two nights; insurers and neighbours abroad have asked for action.",
        goals="One ring out of business; identification numbers checked at both border crossings.",
        strands=Strands(
            intelligence="Yards and firms behind them; hours and routes of the crossings.",
            prevention="Identification numbers checked before a car is registered; owners warned of the models sought.",
            enforcement="A joint operation with the neighbouring country against the yards.",
        ),
        below=Strands(
            intelligence="Which yards of the coast road change plates, and on which nights.",
            prevention="Dealers told which papers to ask for.",
            enforcement="Checks of lorries before the ferry.",
        ),
        crime_types=("vehicle-crime",),
        cascade=(("MID", agency.COORDINATOR, "The yards lie along the coast road of the region.", 1500),),
        hours=3200,
        question="Which yards change the identity of stolen vehicles, and who takes them over the border?",
        why="An operation with the neighbouring country needs names of firms and a time.",
        lines=(
            ("Watch the yards of the coast road at night", "surveillance", agency.EVALUATOR),
            ("Ask the neighbouring country for crossings of the plates", "partner", agency.LIAISON),
        ),
    ),
    Aim(
        story="drugs",
        title="Less open dealing near schools and stations",
        reason="Residents name it first; two young people were taken to hospital in autumn.",
        goals="The two busiest places without open dealing for three months.",
        strands=Strands(
            intelligence="Who supplies the sellers, and by which way.",
            prevention="Youth workers at the stops; better light at the station.",
            enforcement="The supply, not the sellers; courts ask for a ban of places.",
        ),
        below=Strands(intelligence="Hours and cars at the stops.", prevention="Youth workers at the two stops."),
        crime_types=("drugs",),
        cascade=(("MID", agency.COORDINATOR, "The supply reaches the region through Kelder Hills.", 1100),),
        hours=2100,
        question="Who supplies the sellers in Kelder Hills and Ilmar City, and at what hours?",
        why="Patrols move the sellers without touching the supply.",
        lines=(
            ("Note hours and cars at the stops", "patrol", "officer.mid3"),
            ("Talk with the youth workers", "community", agency.REPORTER),
        ),
    ),
)  # fmt: skip


def ask(steps: Steps) -> None:
    """Set the priorities, cascade them, raise a requirement each and plan how to answer it."""
    steps.once(
        "direction/priorities", lambda actor: _priorities(actor, steps), by=agency.CHAIR, matter=agency.DESK
    )
    steps.once(
        "direction/requirements",
        lambda actor: _requirements(actor, steps),
        by=agency.HEAD,
        matter=agency.DESK,
    )
    steps.once("direction/plans", lambda actor: _plans(actor, steps), by=agency.HEAD, matter=agency.DESK)


def priority_of(steps: Steps, name: str, actor: Actor) -> Priority:
    """Return a priority by story and unit, such as `burglary/NOR-2`."""
    found: Priority = Priority.objects.seen_by(actor).get(pk=steps.done["direction/priorities"][name])
    return found


def requirement_of(steps: Steps, story: str, actor: Actor) -> Requirement:
    """Return the requirement of a story."""
    found: Requirement = Requirement.objects.seen_by(actor).get(
        pk=steps.done["direction/requirements"][story]
    )
    return found


def _priorities(actor: Actor, steps: Steps) -> Left:
    left: Left = {}
    this_year = timezone.localdate().year
    headquarters = Unit.objects.get(code="ALT")
    for aim in AIMS:
        upper = services.set_priority(
            actor=actor,
            title=aim.title,
            reason=aim.reason,
            source_document=_CONCEPT,
            unit=headquarters,
            owner=steps.user(agency.HEAD),
            starts_on=date(2024, 1, 1),
            ends_on=date(this_year, 12, 31),
            legal_basis="POL-12",
            crime_types=aim.crime_types,
            hours_set=aim.hours,
            goals=aim.goals,
            strands=aim.strands,
        )
        left[f"{aim.story}/ALT"] = str(upper.pk)
        for code, owner, reason, hours in aim.cascade:
            upper = services.cascade_priority(
                actor=actor,
                priority=upper,
                unit=Unit.objects.get(code=code),
                owner=steps.user(owner),
                reason=reason,
                hours_set=hours,
                goals=aim.goals,
                strands=aim.below,
            )
            left[f"{aim.story}/{code}"] = str(upper.pk)
    return left


def _requirements(actor: Actor, steps: Steps) -> Left:
    left: Left = {}
    for number, aim in enumerate(AIMS):
        row = services.raise_requirement(
            actor=actor,
            question=aim.question,
            why=aim.why,
            due_on=timezone.localdate() + timedelta(days=21 + 14 * number),
            urgency=("high", "medium", "medium")[number],
            legal_basis="POL-12",
            priority=priority_of(steps, f"{aim.story}/{aim.cascade[-1][0]}", actor),
        )
        left[aim.story] = str(row.pk)
    return left


def _plans(actor: Actor, steps: Steps) -> Left:
    for aim in AIMS:
        lines = [
            NewLine(
                what=what,
                method=method,
                collector=steps.user(collector).pk,
                due_on=timezone.localdate() + timedelta(days=10 + 3 * number),
                hours=12 + 8 * number,
            )
            for number, (what, method, collector) in enumerate(aim.lines)
        ]
        requirement = requirement_of(steps, aim.story, actor)
        services.plan_collection(
            actor=actor, requirement=requirement, title=f"Plan: {aim.title}", lines=lines
        )
    return {}
