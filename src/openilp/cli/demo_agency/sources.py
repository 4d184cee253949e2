"""The source desk of the demo: one invented source, from the first meeting to a report that crosses."""

from datetime import timedelta

from django.utils import timezone

from openilp.cli.demo_agency import agency
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.corridor import selectors, services
from openilp.corridor.rules import NewContact, NewDraft, NewIdentity, Profile
from openilp.safeguards.actor import Actor

_PLACE = "Back room of a closed workshop"


def tell(steps: Steps) -> None:
    """Register the source, meet it, and let one report cross; another draft waits for the controller."""
    left = steps.once(
        "sources/registered",
        lambda actor: _register(actor, steps),
        by=agency.HANDLER,
        matter=agency.SOURCES,
    )
    steps.once(
        "sources/met", lambda actor: _meet(actor, left["ref"]), by=agency.HANDLER, matter=agency.SOURCES
    )
    passed = steps.once("sources/passed", _pass_on, by=agency.CONTROLLER, matter=agency.SOURCES)
    steps.once(
        "sources/waiting", lambda actor: _wait(actor, left["ref"]), by=agency.HANDLER, matter=agency.SOURCES
    )
    steps.once(
        "sources/taken",
        lambda actor: _take_in(actor, passed["pseudonym"]),
        by=agency.EVALUATOR,
        matter=agency.DESK,
    )


def _register(actor: Actor, steps: Steps) -> Left:
    made = services.register_source(
        actor=actor,
        identity=NewIdentity(
            full_name="Orvane Tulmirask", aliases="Орване Тулмираск", telephone="+999 555 031 990"
        ),
        profile=Profile(
            code_name="Kestrel",
            access="Is asked to store goods.",
            motive="Wants out of debt.",
            standing="untested",
        ),
        controller=steps.user(agency.CONTROLLER),
        review_on=timezone.localdate() + timedelta(days=90),
    )
    return {"ref": made.ref}


def _meet(actor: Actor, ref: str) -> None:
    source = selectors.source(ref, actor=actor)
    met = timezone.now() - timedelta(days=3)
    services.record_contact(
        actor=actor,
        source=source,
        new=NewContact(
            met, _PLACE, "Handler alone", "Says that goods of the burglaries change cars at night."
        ),
    )
    services.assess_risk(
        actor=actor,
        source=source,
        hazards="Two of the group know the car. A visit at home would be noticed.",
        measures="Meetings in another district only; no calls after dark.",
        review_on=timezone.localdate() + timedelta(days=30),
    )
    services.draft_report(
        actor=actor,
        source=source,
        new=NewDraft(
            title="Goods change cars at night",
            items=[
                "Goods from break-ins are moved from one car to another at night before they leave the district."
            ],
            urgency="medium",
        ),
    )


def _wait(actor: Actor, ref: str) -> None:
    services.draft_report(
        actor=actor,
        source=selectors.source(ref, actor=actor),
        new=NewDraft(
            title="A second store is sought",
            items=[
                "The group looks for a second place to store goods, with a gate that opens to two streets."
            ],
            urgency="low",
        ),
    )


def _pass_on(actor: Actor) -> Left:
    (waiting,) = selectors.to_judge(actor=actor)
    services.judge_draft(actor=actor, draft=waiting.row, is_passed=True)
    return {"pseudonym": str(waiting.held["pseudonym"])}


def _take_in(actor: Actor, pseudonym: str) -> None:
    row = selectors.crossing(pseudonym, actor=actor)
    services.take_in(actor=actor, crossing=row, legal_basis="POL-12")
    services.send_request(
        actor=actor,
        kind="question",
        text="Which cars are used, and at which hour?",
        pseudonym=pseudonym,
        due_on=timezone.localdate() + timedelta(days=14),
    )
