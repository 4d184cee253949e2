"""Reviewing one record, and reporting what calls for a review."""

from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from openilp import reference
from openilp.oversight import selectors
from openilp.oversight.errors import OversightConflict, OversightError
from openilp.oversight.models import LifeEvent, RecordReview
from openilp.oversight.models.reviews import REVIEWERS
from openilp.oversight.rules import reviews as rules
from openilp.oversight.rules.reviews import Asked, Verdict
from openilp.oversight.selectors.reviews import Waiting
from openilp.safeguards import notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import hands, is_second
from openilp.safeguards.errors import WrongApprover
from openilp.safeguards.models import RetentionClock
from openilp.safeguards.people import actor_for, colleagues
from openilp.safeguards.retention import clocks
from openilp.safeguards.roles import INTELLIGENCE, Role

#: What ends a suspicion, and holds of one place in one matter.
ENDS_A_SUSPICION = ("acquittal", "no_further_action", "no_crime")


class ReasonUsed(OversightConflict):
    """Say that a reviewer gives one reason twice."""

    def __init__(self) -> None:
        super().__init__("You gave this very reason for another record; write why this one is kept or goes.")


class CannotStay(OversightConflict):
    """Say that the rule lets a record end."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(f"Rule {rule} lets this record end; it can be restricted until then, or erased now.")


class NotDueYet(OversightConflict):
    """Say that erasing a record before its day is not for this reviewer."""

    def __init__(self) -> None:
        super().__init__(
            "Until its own review day has come, only the data-protection officer has a record erased; ask there."
        )


@action("oversight.review_record", roles=REVIEWERS)
def review_record(*, actor: Actor, clock: RetentionClock, asked: Asked) -> RecordReview:
    """Review one record: retain it until its next review, restrict it, or have it erased in the coming night.

    A record is reviewed by itself, with its own reason; nothing is kept by whoever recorded it. Before the day of its
    review comes – its own day, not one that an event brought forward – only the data-protection officer has it erased.
    The heads of its unit are told of the order.

    Raises:
        OversightError: If an answer, the reason or the present facts are missing, or contradict the decision.
        WrongApprover: If the actor recorded it, or stands in for whoever did, and would retain or restrict it.
        NotDueYet: If it would be erased before its day by somebody else than the data-protection officer.
        CannotStay: If its rule has no further review.
        ReasonUsed: If the actor gave this reason before.
    """
    (one,) = selectors.waiting([clock], actor=actor)
    rules.check(asked, needs_grounds=selectors.needs_grounds(one.record))
    _check_reviewer(actor, clock, one.record, asked)
    try:
        with transaction.atomic():
            row: RecordReview = RecordReview.objects.record(
                actor=actor,
                kind=clock.kind,
                record_id=clock.record_id,
                rule=clock.rule,
                due_on=clock.due_on,
                answers={code: bool(asked.answers[code]) for code in rules.QUESTIONS},
                grounds=asked.grounds.strip(),
                decision=asked.verdict,
                reason=asked.reason.strip()[:1000],
                reason_digest=rules.digest_of(asked.reason),
                next_due_on=_next_review(clock, asked),
            )
    except IntegrityError as error:
        raise ReasonUsed from error
    with connection.cursor() as cursor:
        cursor.execute("SELECT openilp_clock_review(%s)", [row.pk])
    if asked.verdict == Verdict.ERASE:
        _tell_heads(actor, one)
    return row


def _check_reviewer(actor: Actor, clock: RetentionClock, record: Any, asked: Asked) -> None:
    if asked.verdict == Verdict.ERASE:
        is_due = clock.due_on <= timezone.localdate() and clock.cause in ("recorded", "reviewed")
        if not (is_due or actor.has_role(Role.DATA_PROTECTION_OFFICER)):
            raise NotDueYet
        return
    if not is_second(actor=actor, authors=hands(record)):
        raise WrongApprover("Keeping a record")


def _tell_heads(actor: Actor, one: Waiting) -> None:
    """Tell the heads of the record's unit who could see it that it goes in the coming night."""
    heads = colleagues(actor=actor, roles=[Role.HEAD_OF_INTELLIGENCE])
    told = [
        user.pk
        for user in heads
        if user.unit_id == one.record.owner_unit_id
        and user.pk != actor.user_id
        and actor_for(user).may_see(one.record.label)
    ]
    notices.notify(
        actor=actor, recipients=told, kind="erasure_ordered", ref=getattr(one.record, "ref", ""), url=""
    )


def _next_review(clock: RetentionClock, asked: Asked) -> date | None:
    if asked.verdict == Verdict.ERASE:
        return None
    today, rule = timezone.localdate(), clocks.rule_of(clock.rule)
    latest = rules.latest_review(rule, today=today, started_on=clock.started_on, ends_on=clock.ends_on)
    if latest is None and asked.verdict == Verdict.RESTRICT and clock.ends_on and clock.ends_on > today:
        latest = clock.ends_on
    if latest is None:
        raise CannotStay(clock.rule)
    wanted = asked.next_due_on or latest
    if not today < wanted <= latest:
        raise OversightError(
            "next_due_on", f"{wanted} is not between tomorrow and {latest}; choose a day there."
        )
    return wanted


@action("oversight.report_event", roles=INTELLIGENCE | {Role.DATA_PROTECTION_OFFICER})
def report_event(*, actor: Actor, clock: RetentionClock, event: str, happened_on: date) -> LifeEvent:
    """Report what calls for a review at once: an acquittal, no further action, no crime, or a death.

    The first three end the suspicion of one person in one matter: rule ACQ holds from then on, and without a review
    the record goes after 30 days. A death brings every clock of the person forward, also where the actor sees nothing.

    Raises:
        OversightError: If the event is unknown, does not belong to this record, or lies ahead.
    """
    (one,) = selectors.waiting([clock], actor=actor)
    if event not in (*ENDS_A_SUSPICION, "death"):
        raise OversightError(
            "event", f"'{event[:40]}' is no event; use one of {', '.join((*ENDS_A_SUSPICION, 'death'))}."
        )
    if happened_on > timezone.localdate():
        raise OversightError("happened_on", f"{happened_on} lies ahead; give the day on which it happened.")
    if event != "death" and clock.kind != "involvement":
        raise OversightError("event", f"'{event}' is said of a person's place in a matter; open that record.")
    row: LifeEvent = LifeEvent.objects.record(
        actor=actor, kind=clock.kind, record_id=clock.record_id, event=event, happened_on=happened_on
    )
    today = timezone.localdate()
    if event == "death":
        clocks.pull("entity", _person(one.record), due=today, cause="death")
    else:
        clocks.pull("involvement", clock.record_id, due=today, cause=event, rule="ACQ")
    return row


def _person(record: Any) -> Any:
    subject = getattr(record, "person", None) or getattr(record, "entity", None)
    if subject is None or not reference.entity_type(subject.kind).is_person:
        raise OversightError(
            "event", "This record is not about one person; report the death at a record that is."
        )
    return subject.pk
