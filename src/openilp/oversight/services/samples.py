"""Look-ups drawn by lot: recording them, the reason of whoever looked, the review by another unit."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from openilp.oversight.errors import OversightConflict, OversightError
from openilp.oversight.models import LookUpSample, SampleReason, SampleReview
from openilp.oversight.selectors.log import Event
from openilp.safeguards import acting, notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import is_same_person
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import User
from openilp.safeguards.roles import EVERYONE, MANAGERS

#: Days in which a drawn look-up is answered and reviewed. Our own figure.
DAYS = 7
_SHORTEST_REASON = 10


class SampleDone(OversightConflict):
    """Say that a drawn look-up has its reason or its review."""

    def __init__(self, ref: str, what: str) -> None:
        self.ref = ref
        super().__init__(f"{ref} has its {what}; it stands as it was written.")


class ReasonComesFirst(OversightConflict):
    """Say that whoever looked has not said why yet."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(
            f"{ref} has no reason yet; review it when the other has given one, or when its time is over."
        )


def record(*, actor: Actor, looks: Sequence[tuple[User, Event]]) -> tuple[list[LookUpSample], int]:
    """Record drawn look-ups, each with a supervisor of another unit, and tell both sides.

    Returns:
        The samples, and the number of look-ups for which there was no such supervisor.
    """
    made: list[LookUpSample] = []
    left = 0
    supervisors = _supervisors()
    for place, (user, event) in enumerate(looks):
        fit = [one for one in supervisors if one.unit_id != user.unit_id and not is_same_person(one, user)]
        if not fit:
            left += 1
            continue
        # Whose turn it is follows from the event, so that nobody chooses the reviewer.
        reviewer = fit[(event.access.seq + place) % len(fit)]
        row: LookUpSample = LookUpSample.objects.record(
            actor=actor,
            seq=event.access.seq,
            at=event.access.at,
            about=user,
            reviewer=reviewer,
            purpose=event.access.purpose[:40],
            opened={kind: list(keys) for kind, keys in event.opened.items()},
            due_on=timezone.localdate() + timedelta(days=DAYS),
        )
        made.append(row)
        _tell(actor, row, "sample_asked", user)
    return made, left


def _supervisors() -> list[User]:
    roles = [role.value for role in MANAGERS]
    return list(User.objects.filter(is_active=True, partner="", roles__overlap=roles).order_by("pk"))


@action("oversight.give_reason", roles=EVERYONE, operation="consultation")
def give_reason(*, actor: Actor, sample: LookUpSample, reason: str) -> SampleReason:
    """Say why a drawn look-up of one's own was needed.

    Raises:
        RecordNotFound: If it is somebody else's.
        OversightError: If the reason says nothing.
        SampleDone: If it was given before.
    """
    if sample.about_id != actor.user_id:
        raise RecordNotFound(sample.ref)
    _check("reason", reason)
    acting.require("SampleReason").justify(reason)
    try:
        with transaction.atomic():
            row: SampleReason = SampleReason.objects.record(actor=actor, sample=sample, reason=reason.strip())
    except IntegrityError as error:
        raise SampleDone(sample.ref, "reason") from error
    _tell(actor, sample, "sample_to_review", sample.reviewer)
    return row


@action("oversight.review_sample", roles=MANAGERS, operation="consultation")
def review_sample(*, actor: Actor, sample: LookUpSample, is_justified: bool, finding: str) -> SampleReview:
    """Say, as the supervisor of another unit who was named for it, whether a look-up was needed.

    Nothing follows from it by itself.

    Raises:
        RecordNotFound: If somebody else is named for it.
        ReasonComesFirst: If there is no reason yet and still time to give one.
        OversightError: If the finding says nothing.
        SampleDone: If it was reviewed before.
    """
    if sample.reviewer_id != actor.user_id:
        raise RecordNotFound(sample.ref)
    given = SampleReason.objects.seen_by(actor).filter(sample=sample).exists()
    if not given and timezone.localdate() <= sample.due_on:
        raise ReasonComesFirst(sample.ref)
    _check("finding", finding)
    try:
        with transaction.atomic():
            row: SampleReview = SampleReview.objects.record(
                actor=actor, sample=sample, is_justified=is_justified, finding=finding.strip()
            )
    except IntegrityError as error:
        raise SampleDone(sample.ref, "review") from error
    _tell(actor, sample, "sample_reviewed", sample.about)
    return row


def _check(field: str, words: str) -> None:
    if len(words.strip()) < _SHORTEST_REASON:
        raise OversightError(field, "Say it in a sentence that somebody of another unit can judge.")


def _tell(actor: Actor, row: LookUpSample, kind: str, user: User) -> None:
    notices.notify(
        actor=actor, recipients=[user.pk], kind=kind, ref=row.ref, url=f"/oversight/samples/{row.ref}"
    )
