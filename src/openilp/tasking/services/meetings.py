"""Verbs of meetings: call, fill the agenda, open, note, close with minutes."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from openilp.direction import selectors as direction
from openilp.safeguards import notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import Conflict
from openilp.safeguards.labels import Label
from openilp.safeguards.models import Unit, User
from openilp.safeguards.people import check_open
from openilp.safeguards.roles import MANAGERS
from openilp.tasking import rules, selectors
from openilp.tasking.errors import AlreadyDone, MeetingNotOpen, NotTheChair, TaskingError
from openilp.tasking.minutes import compiled
from openilp.tasking.models import AgendaItem, Meeting, Member, Minutes
from openilp.tasking.services.exhibits import freeze_exhibits

#: Closed points are numbered by lot from here, among so many numbers.
_CLOSED, _CLOSED_SPAN = 101, 899
_ATTEMPTS = 20


@action("tasking.call_meeting", roles=MANAGERS)
def call_meeting(
    *,
    actor: Actor,
    kind: str,
    title: str,
    unit: Unit,
    chair: User,
    starts_at: datetime,
    members: Sequence[User],
    legal_basis: str,
    without_vote: Iterable[User] = (),
    quorum: int = 1,
    label: Label | None = None,
    review_on: date | None = None,
) -> Meeting:
    """Call a strategic or operational meeting; its agenda fills itself.

    Raises:
        TaskingError: If a code is unknown, the title is empty or the quorum cannot be reached.
    """
    rules.check_code("kind", kind, "meeting-types")
    without_vote = list(without_vote)
    check_open([chair, *members, *without_vote], field="members")
    voters = {member.pk for member in members} | {chair.pk}
    if not 1 <= quorum <= len(voters):
        raise TaskingError("quorum", f"Quorum is {quorum}; give 1 to {len(voters)}, the members with a vote.")
    lawful: dict[str, Any] = {"legal_basis": legal_basis}
    if review_on is not None:
        lawful["review_on"] = review_on
    row: Meeting = Meeting.objects.record(
        actor=actor,
        kind=kind,
        title=rules.check_text("title", title, most=160),
        unit=unit,
        organisation_level=unit.organisation_level,
        chair=chair,
        starts_at=starts_at,
        quorum=quorum,
        label=label or actor.label(),
        **lawful,
    )
    guests = [person for person in without_vote if person.pk not in voters]
    people = [*{p.pk: p for p in [chair, *members]}.values(), *guests]
    Member.objects.record_many(
        actor=actor,
        rows=[{"meeting": row, "person": p, "has_vote": p.pk in voters} for p in people],
    )
    fill_agenda(actor=actor, meeting=row)
    told = [p.pk for p in people if p.pk != actor.user_id]
    notices.notify(
        actor=actor, recipients=told, kind="meeting_called", ref=row.ref, url=f"/tasking/meetings/{row.ref}"
    )
    return row


@action("tasking.fill_agenda", roles=MANAGERS)
def fill_agenda(*, actor: Actor, meeting: Meeting) -> list[AgendaItem]:
    """Add what waits and is not on the agenda yet: open tasks, priorities, emergency decisions, recommendations."""
    now = _taken_up(actor, meeting)
    known = selectors.agenda_of(now, actor=actor)
    found = [_number(actor, now, values) for values in _waiting(actor, now, known)]
    if now.opened_at is not None:
        freeze_exhibits(actor=actor, items=[*known, *found])
    return found


def _taken_up(actor: Actor, meeting: Meeting) -> Meeting:
    """Return the meeting as it stands, held so that nobody else numbers its points at the same time."""
    held = Meeting.objects.seen_by(actor).select_for_update().filter(pk=meeting.pk).first()
    now = held or selectors.meeting(meeting.ref, actor=actor)
    _check_not_over(now)
    return now


def _number(actor: Actor, meeting: Meeting, values: dict[str, Any]) -> AgendaItem:
    """Record a point under the next number; one that not every member may see under a number drawn by lot.

    Points as open as the meeting are all seen by whoever sees the meeting, so their numbers follow each other for
    everybody. A number in that row for a closed point would leave a gap that tells of it; one above them, drawn by
    lot, tells nothing.
    """
    label = values.get("label", meeting.label)
    is_closed = not meeting.label.covers(label)
    last = max((i.number for i in selectors.agenda_of(meeting, actor=actor) if i.number < _CLOSED), default=0)
    for attempt in range(1, _ATTEMPTS + 1):
        number = _CLOSED + secrets.randbelow(_CLOSED_SPAN) if is_closed else last + attempt
        try:
            with transaction.atomic():
                row: AgendaItem = AgendaItem.objects.record(
                    actor=actor, meeting=meeting, number=number, **values
                )
        except IntegrityError:
            continue
        return row
    raise Conflict(_("The agenda is being changed by somebody else; add the point once more."))


def _waiting(actor: Actor, meeting: Meeting, known: list[AgendaItem]) -> list[dict[str, Any]]:
    kinds = {item.kind for item in known}
    rows: list[dict[str, Any]] = []
    if "open_tasks" not in kinds:
        rows.append({"kind": "open_tasks", "title": _("Open and overdue tasks")})
    if "priority" not in kinds and direction.current_priorities(actor=actor).exists():
        rows.append({"kind": "priority", "title": _("Priorities: where they stand")})
    ratified = {item.decision_id for item in known}
    rows += [
        {"kind": "decision", "title": decision.title, "decision": decision, "label": decision.label}
        for decision in selectors.to_ratify(actor=actor).order_by("created_at")
        if decision.pk not in ratified
    ]
    listed = {item.recommendation_id for item in known}
    rows += [
        {
            "kind": "recommendation",
            "title": waiting.product.title,
            "recommendation": waiting.recommendations[0],
            "label": waiting.recommendations[0].label.join(waiting.product.label),
        }
        for waiting in selectors.waiting_products(actor=actor)
        if not listed & {each.pk for each in waiting.recommendations}
    ]
    return rows


@action("tasking.add_agenda_item", roles=MANAGERS)
def add_agenda_item(*, actor: Actor, meeting: Meeting, title: str) -> AgendaItem:
    """Add a point of one's own to the agenda."""
    said = rules.check_text("title", title, most=200)
    now = _taken_up(actor, meeting)
    return _number(actor, now, {"kind": "free", "title": said})


@action("tasking.open_meeting", roles=MANAGERS)
def open_meeting(*, actor: Actor, meeting: Meeting, present: Iterable[User] = ()) -> Meeting:
    """Open a meeting: say who is there, bring the agenda up to date, and freeze what its points put before it."""
    _check_not_over(meeting)
    if meeting.opened_at is not None:
        raise AlreadyDone(_("The opening of meeting %(ref)s") % {"ref": meeting.ref})
    Meeting.objects.seen_by(actor).filter(pk=meeting.pk, opened_at=None).amend(opened_at=timezone.now())
    mark_presence(actor=actor, meeting=meeting, present=present)
    fill_agenda(actor=actor, meeting=meeting)
    return selectors.meeting(meeting.ref, actor=actor)


@action("tasking.mark_presence", roles=MANAGERS)
def mark_presence(*, actor: Actor, meeting: Meeting, present: Iterable[User]) -> list[Member]:
    """Say which members are there."""
    _check_not_over(meeting)
    there = {person.pk for person in present}
    members = selectors.members_of(meeting, actor=actor)
    if strangers := there - {member.person_id for member in members}:
        raise TaskingError("present", f"{len(strangers)} of those present are no members; call them first.")
    for member in members:
        Member.objects.seen_by(actor).filter(pk=member.pk).amend(is_present=member.person_id in there)
    return selectors.members_of(meeting, actor=actor)


@action("tasking.note_agenda_item", roles=MANAGERS)
def note_agenda_item(*, actor: Actor, item: AgendaItem, noted: str) -> AgendaItem:
    """Write down what was said on a point that needs no decision."""
    meeting = selectors.meeting(item.meeting.ref, actor=actor)
    check_running(meeting)
    AgendaItem.objects.seen_by(actor).filter(pk=item.pk, noted=item.noted).amend(
        noted=rules.check_text("noted", noted)
    )
    return selectors.agenda_item(meeting, item.number, actor=actor)


@action("tasking.close_meeting", roles=MANAGERS)
def close_meeting(*, actor: Actor, meeting: Meeting) -> Minutes:
    """Close a meeting; its minutes are written from what was decided and stay as they are."""
    check_running(meeting)
    if meeting.chair_id != actor.user_id:
        raise NotTheChair("tasking.close_meeting", str(meeting.chair))
    now = timezone.now()
    Meeting.objects.seen_by(actor).filter(pk=meeting.pk, closed_at=None).amend(closed_at=now)
    content, digest, label = compiled(selectors.meeting(meeting.ref, actor=actor), actor=actor)
    row: Minutes = Minutes.objects.record(
        actor=actor, meeting=meeting, content=content, sha256=digest, label=label
    )
    return row


def check_running(meeting: Meeting) -> None:
    """Check that a meeting has begun and is not over.

    Raises:
        MeetingNotOpen: Otherwise.
    """
    if meeting.opened_at is None:
        raise MeetingNotOpen(meeting.ref, _("has not begun"))
    if meeting.closed_at is not None:
        raise MeetingNotOpen(meeting.ref, _("is over"))


def _check_not_over(meeting: Meeting) -> None:
    if meeting.closed_at is not None:
        raise AlreadyDone(_("Meeting %(ref)s") % {"ref": meeting.ref})
