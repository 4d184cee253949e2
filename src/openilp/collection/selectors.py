"""Questions about what came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from openilp.collection import rules
from openilp.collection.models import Answer, Attachment, Item, Mention, Report
from openilp.direction import selectors as direction
from openilp.direction.models import PlanLine, Requirement
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.labels import Label
from openilp.safeguards.models import Notice, Unit, User
from openilp.safeguards.paging import PAGE_SIZE, Page, page
from openilp.safeguards.people import actor_for, colleagues
from openilp.safeguards.roles import Role
from openilp.safeguards.searching import by_words

#: Open requirements that a text is compared with, and how many of them are suggested.
_COMPARED = 500
_SUGGESTED = 5


@dataclass(frozen=True)
class Wanted:
    """Which reports a list shows; an empty value asks for all.

    Attributes:
        q: Words that title, text or place hold.
        urgency: Code of an urgency.
        unit: Code of the unit that handed it in.
        since: First day on which it came in.
        until: Last day.
        requirement: Reference of the requirement that it answers.
        mine: Whether only the actor's own ones.
    """

    q: str = ""
    urgency: str = ""
    unit: str = ""
    since: date | None = None
    until: date | None = None
    requirement: str = ""
    mine: bool = False


def reports(*, actor: Actor) -> Any:
    """Return the reports that the actor may see."""
    return Report.objects.seen_by(actor)


def own_reports(*, actor: Actor) -> Any:
    """Return the reports that the actor wrote."""
    return reports(actor=actor).filter(created_by_id=actor.user_id)


def listed(wanted: Wanted, *, actor: Actor, after: str = "", size: int = PAGE_SIZE) -> Page:
    """Return one page of reports, newest first.

    With words, the pages are those of the search; the other filters then thin each of them out.
    """
    if not wanted.q.strip():
        return page(_filtered(wanted, actor=actor), after=after, size=size)
    found = by_words(Report, actor=actor, query=wanted.q, after=after, size=size)
    kept = _filtered(wanted, actor=actor).filter(pk__in=[row.pk for row in found.rows])
    return Page(list(kept.order_by("-created_at", "-pk")), found.next)


def _filtered(wanted: Wanted, *, actor: Actor) -> Any:
    rows = own_reports(actor=actor) if wanted.mine else reports(actor=actor)
    if wanted.urgency:
        rows = rows.filter(urgency=wanted.urgency)
    if wanted.unit:
        rows = rows.filter(owner_unit__in=list(Unit.objects.filter(code=wanted.unit)))
    if wanted.since:
        rows = rows.filter(created_at__gte=_midnight(wanted.since))
    if wanted.until:
        rows = rows.filter(created_at__lt=_midnight(wanted.until + timedelta(days=1)))
    if wanted.requirement:
        asked = direction.requirements(actor=actor).filter(ref=wanted.requirement.upper())
        later = standing_answers(actor=actor).filter(requirement__in=list(asked))
        said = list(later.values_list("report_id", flat=True))
        rows = rows.filter(Q(requirement__in=list(asked)) | Q(pk__in=said))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def report(ref: str, *, actor: Actor) -> Report:
    """Return a report by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Report | None = reports(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def items_of(row: Report, *, actor: Actor) -> list[Item]:
    """Return a report's items in order."""
    return list(Item.objects.seen_by(actor).filter(report=row).order_by("number"))


def mentions_of(items: list[Item], *, actor: Actor) -> list[Mention]:
    """Return what items mention."""
    return list(Mention.objects.seen_by(actor).filter(item__in=items).order_by("created_at"))


def answers(row: Requirement, *, actor: Actor) -> Any:
    """Return the reports that were handed in for a requirement, or were said later to answer it."""
    later = standing_answers(actor=actor).filter(requirement=row).values_list("report_id", flat=True)
    return reports(actor=actor).filter(Q(requirement=row) | Q(pk__in=list(later)))


def standing_answers(*, actor: Actor) -> Any:
    """Return what was said after hand-in about which question a report answers, without what was replaced."""
    newer = Answer.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    return Answer.objects.seen_by(actor).filter(~Exists(newer))


def answers_of(row: Report, *, actor: Actor) -> list[Answer]:
    """Return what was said after hand-in about which questions a report answers, oldest first."""
    rows = standing_answers(actor=actor).filter(report=row).prefetch_related("requirement", "line")
    return list(rows.order_by("created_at"))


def answer(key: UUID, *, actor: Actor) -> Answer:
    """Return one such word by its key.

    Raises:
        RecordNotFound: If there is none that stands and that the actor may see.
    """
    found: Answer | None = standing_answers(actor=actor).filter(pk=key).first()
    if found is None:
        raise RecordNotFound(str(key))
    return found


def is_tied(row: Report, asked: Requirement, line: PlanLine | None, *, actor: Actor) -> bool:
    """Tell whether a report is known to answer a requirement, or to have been collected for a line."""
    if line is None and row.requirement_id == asked.pk:
        return True
    said = standing_answers(actor=actor).filter(report=row, requirement=asked)
    return bool((said.filter(line=line) if line is not None else said).exists())


def attachments_of(row: Report, *, actor: Actor) -> list[Attachment]:
    """Return a report's files, oldest first."""
    return list(Attachment.objects.seen_by(actor).filter(report=row).order_by("created_at"))


def attachment(ref: str, *, actor: Actor) -> Attachment:
    """Return an attached file by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Attachment | None = Attachment.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def notices_about(row: Report, *, actor: Actor) -> list[Notice]:
    """Return what the actor was told about a report, oldest first."""
    return list(Notice.objects.seen_by(actor).filter(ref=row.ref).order_by("created_at"))


def in_tray(*, actor: Actor) -> Any:
    """Return the plan lines that the actor collects for and has not returned."""
    return PlanLine.objects.seen_by(actor).filter(collector_id=actor.user_id, returned_on=None)


def suggested(text: str, *, actor: Actor) -> list[Requirement]:
    """Return the open requirements that share words with a text, the nearest first."""
    asked = {
        str(row.pk): row
        for row in direction.open_requirements(actor=actor).order_by("-created_at")[:_COMPARED]
    }
    pairs = [(key, f"{row.question} {row.why}") for key, row in asked.items()]
    return [asked[key] for key in rules.matching(text, pairs)[:_SUGGESTED]]


def duty_officers(label: Label, *, actor: Actor) -> list[User]:
    """Return who is alerted about something urgent: evaluators who may see it, and the head of intelligence.

    Evaluators of the actor's own unit come first; without one those of the unit above, and so on up; without any,
    all of them.
    """
    officers = _cleared(colleagues(actor=actor, roles=[Role.INTELLIGENCE_OFFICER]), label)
    heads = _cleared(colleagues(actor=actor, roles=[Role.HEAD_OF_INTELLIGENCE]), label)
    return [*(_nearest(officers, actor) or officers), *heads]


def _nearest(officers: Sequence[User], actor: Actor) -> list[User]:
    unit = Unit.objects.filter(pk=actor.unit_id).select_related("parent").first()
    while unit is not None:
        found = [officer for officer in officers if officer.unit_id == unit.pk]
        if found:
            return found
        unit = unit.parent
    return []


def _cleared(people: Sequence[User], label: Label) -> list[User]:
    return [person for person in people if actor_for(person).may_see(label)]
