"""What protects the people in the records: stand-in, emergencies, stricter label, reviews, erasure, a request."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from openilp.cli.demo_agency import agency
from openilp.cli.demo_agency.reporting import report_ids
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.cli.demo_agency.stories import drafts
from openilp.collation.models import Involvement
from openilp.collection.models import Report
from openilp.evaluation.models import Dispute
from openilp.oversight import selectors, services
from openilp.oversight.rules.reviews import Asked
from openilp.oversight.rules.rights import NewRequest
from openilp.oversight.services import rights
from openilp.safeguards import emergencies, relabelling
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Matter
from openilp.safeguards.people import delegations
from openilp.safeguards.roles import Role


def watch(steps: Steps) -> None:
    """Use each safeguard once, so that those who watch over it have something to look at."""
    steps.once(
        "watch/stand-in", lambda actor: _stand_in(actor, steps), by=agency.PLAN_OWNER, matter=agency.DESK
    )
    _break_glass(steps)
    steps.once("watch/label", lambda actor: _tighten(actor, steps), by=agency.HEAD, matter=agency.DESK)
    steps.once("watch/ended", _end_suspicion, by=agency.HEAD, matter=agency.DESK)
    steps.once("watch/kept", _keep, by=agency.HEAD, matter=agency.DESK)
    steps.once("watch/ordered", lambda actor: _order(actor, steps), by=agency.PROTECTION, matter=agency.DESK)
    steps.once("watch/erased", _erase, by=agency.PROTECTION, reason="administration")
    steps.once("watch/asked", _ask, by=agency.PROTECTION, matter=agency.DESK)


def _stand_in(actor: Actor, steps: Steps) -> Left:
    delegations.delegate(
        actor=actor,
        to=steps.user(agency.COORDINATOR),
        roles=[Role.PLAN_OWNER],
        matters=[Matter.objects.seen_by(actor).get(pk=steps.matter(agency.DESK))],
        until=timezone.now() + timedelta(days=14),
        reason="Two weeks of leave",
    )
    return {}


def _break_glass(steps: Steps) -> None:
    def ring(actor: Actor) -> Left:
        return {"ref": Matter.objects.seen_by(actor).get(pk=steps.matter(agency.RING)).ref}

    ref = steps.once("watch/ring", ring, by=agency.HEAD, matter=agency.RING)["ref"]

    def at_once(actor: Actor) -> Left:
        row = emergencies.break_glass(
            actor=actor,
            matter=ref,
            reason_code="life-at-risk",
            reason="A man was threatened from a van of the ring this morning; the patrol must know who drives it.",
            minutes=30,
        )
        emergencies.end_emergency(actor=actor, emergency=row)
        return {"ref": row.ref}

    def at_night(actor: Actor) -> Left:
        emergencies.break_glass(
            actor=actor,
            matter=ref,
            reason_code="incident",
            reason="A stolen lorry of the ring lies across the border road; the driver has run.",
            minutes=60,
        )
        return {}

    def review(actor: Actor) -> Left:
        emergencies.review_emergency(
            actor=actor,
            emergency=emergencies.emergency_of(opened["ref"], actor=actor),
            is_justified=True,
            finding="The threat is in the log of the control room; only the driver's record was opened.",
        )
        return {}

    opened = steps.once("watch/glass", at_once, by="officer.mid1", reason="life-at-risk")
    steps.once("watch/glass-waits", at_night, by="officer.nor1", reason="incident")
    steps.once("watch/glass-reviewed", review, by=agency.HEAD, matter=agency.DESK)


def _tighten(actor: Actor, steps: Steps) -> Left:
    (row, *_) = _false_reports(actor, steps)
    relabelling.tighten_label(
        actor=actor,
        row=row,
        label=relabelling.label_like(row, level=2),
        reason="It names the source's brother, so that the source could be guessed.",
    )
    return {}


def _false_reports(actor: Actor, steps: Steps) -> Iterator[Any]:
    """Yield the reports of the false source on which nothing rests, the latest first."""
    ids = report_ids(steps)
    told = [ids[draft.number] for draft in drafts() if draft.is_false]
    disputed = Dispute.objects.seen_by(actor).values("report")
    yield from (
        Report.objects.seen_by(actor).filter(pk__in=told).exclude(pk__in=disputed).order_by("-observed_at")
    )


def _clocks(actor: Actor, category: str) -> Iterator[Any]:
    """Yield the clocks of people of a category, in the order in which they were recorded."""
    rows = Involvement.objects.seen_by(actor).filter(category=category).order_by("created_at", "pk")
    found = {clock.record_id: clock for clock in selectors.clocks(actor=actor).filter(kind="involvement")}
    yield from (found[row.pk] for row in rows if row.pk in found)


def _end_suspicion(actor: Actor) -> Left:
    services.report_event(
        actor=actor,
        clock=next(_clocks(actor, "SUS")),
        event="no_further_action",
        happened_on=timezone.localdate() - timedelta(days=2),
    )
    return {}


def _asked(verdict: str, reason: str, *, needed: bool) -> Asked:
    return Asked(
        verdict=verdict,
        answers={
            "still_necessary": needed,
            "category_right": needed,
            "evaluation_right": needed,
            "outcome_known": True,
            "less_intrusive": False,
        },
        reason=reason,
    )


def _keep(actor: Actor) -> Left:
    services.review_record(
        actor=actor,
        clock=next(_clocks(actor, "WIT")),
        asked=_asked("retain", "The trial is set for spring, and she is to be heard there.", needed=True),
    )
    return {}


def _order(actor: Actor, steps: Steps) -> Left:
    (*_, row) = _false_reports(actor, steps)
    services.review_record(
        actor=actor,
        clock=selectors.clocks(actor=actor).get(kind="report", record_id=row.pk),
        asked=_asked(
            "erase", "The story was invented; nobody may act on it, and it accuses a man.", needed=False
        ),
    )
    return {}


def _erase(actor: Actor) -> Left:
    services.erase_lapsed(actor=actor)
    return {}


def _ask(actor: Actor) -> Left:
    """Register that a witness of the burglaries wants to know what is held on her."""
    facts = (item.fact for draft in drafts() for item in draft.items)
    witness = next(fact.a for fact in facts if fact.a.category == "WIT")
    rights.receive_request(
        actor=actor,
        new=NewRequest(
            kind="access",
            received_on=timezone.localdate() - timedelta(days=9),
            identity_proof="document",
            identity_note="Identity card of Altania",
            full_name=witness.latin,
            other_names=(witness.cyrillic,),
            language="en",
            wish="I gave a statement after the break-in next door. What is kept of it, and who has seen it?",
        ),
    )
    return {}
