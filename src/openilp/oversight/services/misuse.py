"""Looking for misuse in the audit log, and a human's answer to each sign."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from openilp.collation.rules import places, romanise
from openilp.oversight.errors import OversightConflict, OversightError
from openilp.oversight.models import LogExamination, LogFigure, MisuseSign, SignAnswer, StaffPattern
from openilp.oversight.models.misuse import OUTCOMES
from openilp.oversight.rules.misuse import Limits, Period, Sign, signs
from openilp.oversight.rules.sampling import Lot
from openilp.oversight.selectors import log
from openilp.oversight.selectors.log import Event, Staff
from openilp.oversight.services import samples
from openilp.safeguards import notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import is_second
from openilp.safeguards.errors import WrongApprover
from openilp.safeguards.models import AuditEvent, User
from openilp.safeguards.roles import OVERSEERS

#: How far back the first examination reaches.
_FIRST = timedelta(days=1)
_SHORTEST_REASON = 10


class NothingToExamine(OversightConflict):
    """Say that the log is examined up to this moment."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(f"The log is examined up to {until:%Y-%m-%d %H:%M}; name a later moment.")


class AlreadyAnswered(OversightConflict):
    """Say that somebody has answered a sign."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"{ref} was answered before; an answer stands as it was written.")


@dataclass
class _Found:
    """What one examination gathers on its way through the log."""

    lot: Lot[tuple[User, Event]]
    events: int = 0
    signs: list[tuple[User, Sign]] = field(default_factory=list)
    counts: dict[tuple[date, UUID, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )


@action("oversight.examine_log", roles=OVERSEERS, operation="consultation")
def examine_log(
    *,
    actor: Actor,
    until: datetime,
    limits: Limits | None = None,
    rng: random.Random | None = None,
) -> LogExamination:
    """Look for signs of misuse from where the last examination ended; draw look-ups, and count.

    Args:
        actor: Who oversees; what is found is recorded under this account and answered by a human.
        until: Where it ends: the full hour before this moment, so that nobody picks the lot by picking the second.
        limits: From where on something is a sign.
        rng: What draws the look-ups; without one it is seeded by the newest leaf of the log, so that whoever holds a
            copy of the log can draw again.

    Raises:
        OversightError: If the moment lies ahead.
        NothingToExamine: If the log is examined up to there.
    """
    if until > timezone.now():
        raise OversightError("until", f"{until:%Y-%m-%d %H:%M} lies ahead; name a moment up to now.")
    until = until.replace(minute=0, second=0, microsecond=0)
    last = LogExamination.objects.seen_by(actor).aggregate(last=Max("until"))["last"]
    since = last or until - _FIRST
    if since >= until:
        raise NothingToExamine(since)
    limits = limits or Limits()
    found = _read(
        actor, Period(timezone.localtime(since), timezone.localtime(until)), limits, rng or _drawn_by(until)
    )
    fresh = _record(actor, found.signs)
    drawn, left = samples.record(actor=actor, looks=found.lot.drawn)
    row: LogExamination = LogExamination.objects.record(
        actor=actor,
        since=since,
        until=until,
        events=found.events,
        signs=len(fresh),
        samples=len(drawn),
        unreviewable=left,
    )
    _count(actor, row, found)
    return row


def _drawn_by(until: datetime) -> random.Random:
    leaf = AuditEvent.objects.filter(at__lt=until).order_by("-seq").values_list("digest", flat=True).first()
    return random.Random(f"{leaf} {until.isoformat()}")  # noqa: S311 (a lot that can be drawn again, not a secret)


def _read(actor: Actor, period: Period, limits: Limits, rng: random.Random) -> _Found:
    staff, found = Staff.of(log.accounts()), _Found(Lot(rng))
    since = period.since - limits.look_back
    for who, events in log.by_account(
        actor=actor, since=since, until=period.until, active_since=period.since
    ):
        user = staff.accounts.get(who)
        if user is None:
            continue
        accesses = [event.access for event in events]
        known = log.known(user, accesses, staff, limits, actor=actor)
        found.signs += [(user, sign) for sign in signs(accesses, known, limits, period)]
        _tally(found, user, [event for event in events if period.holds(event.access.at)])
    return found


def _tally(found: _Found, user: User, events: Sequence[Event]) -> None:
    found.events += len(events)
    for event in events:
        if event.access.opened:
            found.lot.offer((user, event))
        if event.access.seen:
            cell = found.counts[event.access.at.date(), user.unit_id, log.duty_of(user)]
            cell[0] += bool(event.access.opened)
            cell[1] += len(event.access.seen)


def _record(actor: Actor, found: Sequence[tuple[User, Sign]]) -> list[MisuseSign]:
    """Write the signs that are not known yet, and tell the other overseers of them; about oneself one is not told."""
    made = [row for user, sign in found if (row := _once(actor, user, sign))]
    roles = [role.value for role in OVERSEERS]
    watching = set(User.objects.filter(is_active=True, roles__overlap=roles).values_list("pk", flat=True))
    for row in made:
        notices.notify(
            actor=actor,
            recipients=watching - {row.about_id},
            kind="misuse_sign",
            ref=row.ref if row.about_id != actor.user_id else "",
            url=f"/oversight/signs/{row.ref}",
        )
    return made


def _once(actor: Actor, user: User, sign: Sign) -> MisuseSign | None:
    """Write a sign unless it is known: that only the table can tell, since nobody sees signs about themselves."""
    try:
        with transaction.atomic():
            row: MisuseSign = MisuseSign.objects.record(
                actor=actor,
                about_id=user.pk,
                rule=sign.rule,
                case=sign.case,
                first_at=sign.first_at,
                last_at=sign.last_at,
                events=list(sign.events),
                figures=dict(sign.figures),
            )
    except IntegrityError:
        return None
    return row


def _count(actor: Actor, row: LogExamination, found: _Found) -> None:
    LogFigure.objects.record_many(
        actor=actor,
        rows=[
            {
                "day": day,
                "unit_id": unit,
                "duty": duty,
                "look_ups": look_ups,
                "delivered": delivered,
                "examination": row,
            }
            for (day, unit, duty), (look_ups, delivered) in sorted(found.counts.items(), key=str)
        ],
    )


@action("oversight.answer_sign", roles=OVERSEERS, operation="consultation")
def answer_sign(*, actor: Actor, sign: MisuseSign, outcome: str, reason: str) -> SignAnswer:
    """Say what a sign was, with the reason. Nothing else changes by it: what follows is done by people elsewhere.

    Args:
        actor: Who oversees, and is not the one whom the sign is about.
        sign: The sign.
        outcome: `explained`, `spoken_to` (with whoever it is about) or `referred` (to whoever inquires).
        reason: What was looked at, and why that is the answer.

    Raises:
        WrongApprover: If it is about the actor, whichever account.
        OversightError: If the outcome is none, or the reason says nothing.
        AlreadyAnswered: If it has its answer.
    """
    if not is_second(actor=actor, authors=[sign.about_id]):
        raise WrongApprover("A sign")
    if outcome not in OUTCOMES:
        raise OversightError("outcome", f"'{outcome}' is no outcome; use one of {', '.join(OUTCOMES)}.")
    if len(reason.strip()) < _SHORTEST_REASON:
        raise OversightError("reason", "Say in a sentence what you looked at and why that is the answer.")
    try:
        with transaction.atomic():
            row: SignAnswer = SignAnswer.objects.record(
                actor=actor, sign=sign, outcome=outcome, reason=reason.strip()
            )
    except IntegrityError as error:
        raise AlreadyAnswered(sign.ref) from error
    return row


@action("oversight.keep_pattern", roles=OVERSEERS, operation="account")
def keep_pattern(
    *, actor: Actor, user: User, shifts: Sequence[Sequence[Any]], address: str = ""
) -> StaffPattern:
    """Keep an account's hours of duty and street, for the signs about hours and neighbours; the newest count.

    Args:
        actor: Who oversees.
        user: The account of somebody else.
        shifts: Weekday from Monday as 0, begin and end as 08:00; an end before the begin is on the next day.
        address: Where the person lives; only the words of the street are kept, folded.

    Raises:
        WrongApprover: If it is an account of the actor.
        OversightError: If a shift cannot be read.
    """
    if not is_second(actor=actor, authors=[user.pk]):
        raise WrongApprover("A pattern of duty")
    try:
        kept = [(int(day), _time(begins), _time(ends)) for day, begins, ends in shifts]
    except (TypeError, ValueError) as error:
        raise OversightError(
            "shifts", "A shift is a weekday from 0 to 6, a begin and an end such as 08:00."
        ) from error
    if any(not 0 <= row[0] <= 6 for row in kept):
        raise OversightError("shifts", "A weekday is a number from 0 (Monday) to 6 (Sunday).")
    street = " ".join(places.words(romanise.folded(address.split(",")[0])))
    row: StaffPattern = StaffPattern.objects.record(actor=actor, user=user, shifts=kept, street=street)
    return row


def _time(text: str) -> str:
    return time.fromisoformat(str(text)).isoformat("minutes")
