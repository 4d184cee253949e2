"""Breaking the glass: who must act at once opens one matter without being admitted, and answers for it to another unit.

It gives membership of one named matter, for at most four hours, to own staff that works with content. It raises no
clearance, lifts no conflict of interest and opens no state of a row that the duties do not open. The members of the
matter and those who may review it are told at once; each emergency waits for a review by a person of another unit.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from openilp import reference
from openilp.safeguards import acting, notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import is_same_person
from openilp.safeguards.errors import Conflict, InvalidInput, NotPermitted, RecordNotFound, WrongApprover
from openilp.safeguards.models import Emergency, EmergencyReview, Membership, User
from openilp.safeguards.models.emergencies import REVIEWERS
from openilp.safeguards.people.actors import members_of
from openilp.safeguards.people.conflicts import has_conflict
from openilp.safeguards.roles import CONTENT

#: For what one may do it: dangers that do not wait for a head to admit somebody.
REASONS = ("life-at-risk", "incident")
SHORTEST_MIN, LONGEST_MIN = 15, 240
#: Hours after which a review is overdue.
REVIEW_HOURS = 72
_SHORTEST_REASON = 15


class EmergencyInput(InvalidInput):
    """Say what is wrong with what somebody gave as an emergency."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class AlreadyInside(Conflict):
    """Say that the account belongs to the matter, so that nothing has to be broken."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"This account belongs to {ref} already; choose it as purpose.")


class AlreadyReviewed(Conflict):
    """Say that an emergency has its review."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"{ref} was reviewed before; a finding stands as it was written.")


@action("safeguards.break_glass", roles=CONTENT, operation="consultation")
def break_glass(*, actor: Actor, matter: str, reason_code: str, reason: str, minutes: int) -> Emergency:
    """Open a matter for oneself for some minutes.

    Args:
        actor: Own staff that works with content.
        matter: Reference of the matter; one that does not exist reads like one that does not open.
        reason_code: One of `REASONS`.
        reason: What is happening, in a sentence for whoever reviews it.
        minutes: 15 to 240.

    Raises:
        NotPermitted: For a partner's account.
        EmergencyInput: If the reason is none, or the time too short or too long.
        RecordNotFound: If the matter does not open.
        AlreadyInside: If the actor belongs to it.
    """
    if actor.partner:
        raise NotPermitted("safeguards.break_glass")
    _check(reason_code, reason, minutes)
    acting.require("Emergency").justify(reason)
    now = timezone.now()
    row: Emergency = Emergency.objects.record(
        actor=actor,
        matter_ref=matter.strip().upper(),
        reason_code=reason_code,
        reason=reason.strip(),
        unit_id=actor.unit_id,
        ends_at=now + timedelta(minutes=minutes),
    )
    key = _matter_behind(row)
    if key is None or has_conflict(actor.user_id, key):
        raise RecordNotFound(matter)
    if key in actor.compartments or _is_member(actor, key):
        raise AlreadyInside(row.matter_ref)
    reviewing = {user.pk for user in reviewers(row)}
    inside = {user.pk for user in members_of(key)}
    Membership.objects.create(matter_id=key, user_id=actor.user_id, since=now, until=row.ends_at)
    _tell(actor, row, "glass_broken", reviewing, is_urgent=True)
    _tell(actor, row, "glass_broken_here", inside - reviewing, is_urgent=True, url="")
    return row


def _check(reason_code: str, reason: str, minutes: int) -> None:
    if reason_code not in REASONS:
        raise EmergencyInput("reason_code", f"'{reason_code}' is no emergency; use {' or '.join(REASONS)}.")
    reference.purpose(reason_code)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise EmergencyInput("reason", "Say in a sentence what is happening; another unit reviews it.")
    if not SHORTEST_MIN <= minutes <= LONGEST_MIN:
        raise EmergencyInput("minutes", f"{minutes} minutes; give {SHORTEST_MIN} to {LONGEST_MIN}.")


def _matter_behind(row: Emergency) -> UUID | None:
    """Return the matter that an own, running emergency names: the database answers for nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT openilp_emergency_matter(%s)", [row.pk])
        found: UUID | None = cursor.fetchone()[0]
    return found


def _is_member(actor: Actor, matter: UUID) -> bool:
    now = timezone.now()
    mine = Membership.objects.filter(matter=matter, user=actor.user_id, since__lte=now)
    return bool(mine.filter(Q(until=None) | Q(until__gt=now)).exists())


def matter_of(row: Emergency, *, actor: Actor) -> UUID | None:
    """Return the matter of the actor's own running emergency, or nothing."""
    if row.created_by_id != actor.user_id or not row.is_running:
        return None
    key = _matter_behind(row)
    return key if key is not None and _is_member(actor, key) else None


@action("safeguards.end_emergency", roles=CONTENT, operation="consultation")
def end_emergency(*, actor: Actor, emergency: Emergency) -> Emergency:
    """Close the matter again before the time is over.

    Raises:
        NotPermitted: If it is somebody else's.
    """
    if emergency.created_by_id != actor.user_id:
        raise NotPermitted("safeguards.end_emergency")
    key = _matter_behind(emergency)
    if key is not None:
        mine = Membership.objects.filter(matter=key, user=actor.user_id, until=emergency.ends_at)
        mine.update(until=timezone.now())
    return emergency


@action("safeguards.review_emergency", roles=REVIEWERS, operation="consultation")
def review_emergency(
    *, actor: Actor, emergency: Emergency, is_justified: bool, finding: str
) -> EmergencyReview:
    """Say, as a person of another unit, whether the glass was rightly broken.

    Raises:
        WrongApprover: If the actor is the one who broke it, by another account too, or of the same unit.
        EmergencyInput: If the finding says nothing.
        AlreadyReviewed: If it has its review.
    """
    if actor.user_id not in {user.pk for user in reviewers(emergency)}:
        raise WrongApprover(f"The review of {emergency.ref}, by another unit,")
    if len(finding.strip()) < _SHORTEST_REASON:
        raise EmergencyInput("finding", "Say in a sentence what you looked at and what you found.")
    try:
        with transaction.atomic():
            row: EmergencyReview = EmergencyReview.objects.record(
                actor=actor, emergency=emergency, is_justified=is_justified, finding=finding.strip()
            )
    except IntegrityError as error:
        raise AlreadyReviewed(emergency.ref) from error
    _tell(actor, emergency, "emergency_reviewed", [emergency.created_by_id])
    return row


def reviewers(row: Emergency) -> list[User]:
    """Return the open accounts that may review an emergency: heads and data-protection officers of other units.

    A second account of whoever broke the glass is none of them.
    """
    roles, holder = [role.value for role in REVIEWERS], User.objects.get(pk=row.created_by_id)
    found = User.objects.filter(is_active=True, partner="", roles__overlap=roles).exclude(unit=row.unit_id)
    return [user for user in found.order_by("full_name") if not is_same_person(user, holder)]


def emergencies(*, actor: Actor) -> Any:
    """Return the emergencies that the actor may see, newest first, each with whether it was reviewed."""
    reviews = EmergencyReview.objects.seen_by(actor).filter(emergency=OuterRef("pk"))
    return Emergency.objects.seen_by(actor).annotate(is_reviewed=Exists(reviews))


def to_review(*, actor: Actor) -> Any:
    """Return the emergencies that wait for this actor's review."""
    if not actor.has_role(*REVIEWERS):
        return Emergency.objects.seen_by(actor).none()
    others = emergencies(actor=actor).filter(is_reviewed=False)
    return others.exclude(unit=actor.unit_id).exclude(created_by=actor.user_id)


def emergency_of(ref: str, *, actor: Actor) -> Emergency:
    """Return an emergency by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Emergency | None = emergencies(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def _tell(
    actor: Actor,
    row: Emergency,
    kind: str,
    people: Iterable[UUID],
    *,
    is_urgent: bool = False,
    url: str | None = None,
) -> None:
    notices.notify(
        actor=actor,
        recipients=set(people) - {actor.user_id},
        kind=kind,
        ref=row.ref,
        url=f"/emergencies/{row.ref}" if url is None else url,
        is_urgent=is_urgent,
    )
