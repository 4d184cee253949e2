"""Questions about grades: which one counts, what waits, what is urgent, who must be told."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, Subquery

from openilp import reference
from openilp.collection.models import Item, Report
from openilp.evaluation import rules
from openilp.evaluation.models import (
    Acknowledgement,
    Alert,
    Assignment,
    Dispute,
    DisputeSettlement,
    Duplicate,
    Escalation,
    Evaluation,
    EvaluationReview,
    Reply,
    Sanitisation,
    SanitisationApproval,
    SanitisationGrounds,
)
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import Notice, Unit, User
from openilp.safeguards.paging import MOST, PAGE_SIZE, BadCursor, Page
from openilp.safeguards.people import actor_for, colleagues
from openilp.safeguards.roles import Role

#: Who grades, reviews and answers.
EVALUATORS = frozenset({Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE})


def escalation_minutes() -> int:
    """Return after how many minutes an urgent report that nobody acknowledged goes to the head of intelligence."""
    return int(getattr(settings, "OPENILP_ESCALATION_MINUTES", 15))


def standing(*, actor: Actor) -> Any:
    """Return the evaluations that the actor may see and that nothing visible supersedes."""
    seen = Evaluation.objects.seen_by(actor)
    return seen.filter(~Exists(Evaluation.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))))


def current_evaluations(items: Iterable[Item | UUID], *, actor: Actor) -> dict[UUID, Evaluation]:
    """Return the standing evaluation of each item that has one, by item id."""
    keys = [item if isinstance(item, UUID) else item.pk for item in items]
    found = standing(actor=actor).filter(item__in=keys).order_by("created_at", "pk")
    return {row.item_id: row for row in found}


def history_of(items: Iterable[Item], *, actor: Actor) -> dict[UUID, list[Evaluation]]:
    """Return every evaluation of each item, newest first; nothing is ever overwritten."""
    made: dict[UUID, list[Evaluation]] = defaultdict(list)
    rows = Evaluation.objects.seen_by(actor).filter(item__in=list(items))
    for row in rows.select_related("created_by").order_by("-created_at", "-pk"):
        made[row.item_id].append(row)
    return dict(made)


def reviews_of(evaluations: Iterable[Evaluation], *, actor: Actor) -> dict[UUID, list[EvaluationReview]]:
    """Return the second looks at evaluations, newest first, by evaluation id."""
    made: dict[UUID, list[EvaluationReview]] = defaultdict(list)
    rows = EvaluationReview.objects.seen_by(actor).filter(evaluation__in=list(evaluations))
    for row in rows.select_related("created_by").order_by("-created_at", "-pk"):
        made[row.evaluation_id].append(row)
    return dict(made)


def default_scheme() -> reference.GradingScheme:
    """Return the grading scheme of the national profile, in the version that the profile names."""
    scheme, version = reference.national_profile(settings.OPENILP_PROFILE).grading_scheme
    return reference.grading_scheme(scheme, version)


def _ungraded(actor: Actor) -> Any:
    graded = Evaluation.objects.seen_by(actor).filter(item=OuterRef("pk"))
    return Item.objects.seen_by(actor).filter(~Exists(graded), report=OuterRef("pk"))


def awaiting(*, actor: Actor) -> Any:
    """Return the reports with an item that has no grade; copies of other reports are left out."""
    copies = Duplicate.objects.seen_by(actor).filter(report=OuterRef("pk"))
    seen = Report.objects.seen_by(actor).filter(awaits_grade=True)
    return seen.filter(Exists(_ungraded(actor)), ~Exists(copies))


def has_ungraded(report: Report, *, actor: Actor) -> bool:
    """Tell whether an item of a report has no grade."""
    return bool(Report.objects.seen_by(actor).filter(Exists(_ungraded(actor)), pk=report.pk).exists())


def in_tray(*, actor: Actor) -> Any:
    """Return the reports that await evaluation, for those who evaluate; others have nothing waiting here."""
    found = awaiting(actor=actor)
    return found if actor.has_role(*EVALUATORS) else found.none()


def urgent(*, actor: Actor) -> Any:
    """Return the reports of high urgency that nobody acknowledged, for those who evaluate."""
    seen = Acknowledgement.objects.seen_by(actor).filter(report=OuterRef("pk"))
    copies = Duplicate.objects.seen_by(actor).filter(report=OuterRef("pk"))
    found = Report.objects.seen_by(actor).filter(~Exists(seen), ~Exists(copies), urgency=rules.URGENT)
    return found if actor.has_role(*EVALUATORS) else found.none()


@dataclass(frozen=True)
class Filters:
    """What the inbox shows: urgency, unit (code), and whose (`mine`, `unassigned` or all); empty means any."""

    urgency: str = ""
    unit: str = ""
    whose: str = ""


def inbox(*, actor: Actor, filters: Filters = Filters(), after: str = "", size: int = PAGE_SIZE) -> Page:
    """Return reports that await evaluation: high urgency first, then the oldest.

    Raises:
        BadCursor: If `after` is no cursor of this list.
    """
    rows = _filtered(awaiting(actor=actor), actor, filters)
    size = max(1, min(size, MOST))
    start, at = _place(after)
    found: list[Report] = []
    for urgency in rules.urgencies()[start:]:
        part = rows.filter(urgency=urgency)
        if at is not None:
            part = part.filter(Q(created_at__gt=at[0]) | Q(created_at=at[0], pk__gt=at[1]))
        at = None
        found += part.order_by("created_at", "pk")[: size + 1 - len(found)]
        if len(found) > size:
            break
    return Page(found[:size], _cursor(found[size - 1]) if len(found) > size else "")


def _filtered(rows: Any, actor: Actor, filters: Filters) -> Any:
    if filters.urgency:
        rows = rows.filter(urgency=filters.urgency)
    if filters.unit:
        rows = rows.filter(owner_unit__code=filters.unit)
    if filters.whose:
        newest = (
            Assignment.objects.seen_by(actor).filter(report=OuterRef("pk")).order_by("-created_at", "-pk")
        )
        rows = rows.annotate(evaluator=Subquery(newest.values("evaluator")[:1]))
        mine = filters.whose == "mine"
        rows = rows.filter(evaluator=actor.user_id) if mine else rows.filter(evaluator=None)
    return rows


def following(report: Report, *, actor: Actor, filters: Filters) -> Report | None:
    """Return the report that comes after another one in the inbox, or the first one at its end."""
    after = _cursor(report) if report.urgency in rules.urgencies() else ""
    found = inbox(actor=actor, filters=filters, after=after, size=1).rows
    if not found and after:
        found = inbox(actor=actor, filters=filters, size=1).rows
    return found[0] if found else None


def count_inbox(*, actor: Actor, filters: Filters, most: int) -> int:
    """Return how many reports the inbox holds, but never look further than `most`."""
    return int(_filtered(awaiting(actor=actor), actor, filters).count_up_to(most))


def _cursor(row: Report) -> str:
    place = f"{row.urgency}|{row.created_at.isoformat()}|{row.pk}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(after: str) -> tuple[int, tuple[datetime, UUID] | None]:
    if not after:
        return 0, None
    try:
        text = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode()
        urgency, at, key = text.split("|")
        return rules.urgencies().index(urgency), (datetime.fromisoformat(at), UUID(key))
    except (ValueError, binascii.Error) as error:
        raise BadCursor(after) from error


@dataclass(frozen=True)
class Row:
    """One line of the inbox."""

    report: Report
    items: int
    graded: int
    evaluator: User | None
    reporter: str


def rows_of(reports: list[Report], *, actor: Actor) -> list[Row]:
    """Return reports as lines of the inbox: how many items are graded, whose it is, where it comes from."""
    items: dict[UUID, list[UUID]] = defaultdict(list)
    for key, report in Item.objects.seen_by(actor).filter(report__in=reports).values_list("pk", "report"):
        items[report].append(key)
    every = [key for keys in items.values() for key in keys]
    graded = set(Evaluation.objects.seen_by(actor).filter(item__in=every).values_list("item", flat=True))
    whose = assignments(reports, actor=actor)
    units = dict(Unit.objects.filter(pk__in={r.owner_unit_id for r in reports}).values_list("pk", "name"))
    return [
        Row(
            report,
            len(items[report.pk]),
            sum(key in graded for key in items[report.pk]),
            whose.get(report.pk),
            units.get(report.owner_unit_id, ""),
        )
        for report in reports
    ]


def assignments(reports: list[Report], *, actor: Actor) -> dict[UUID, User]:
    """Return who evaluates each report; the newest assignment counts."""
    rows = Assignment.objects.seen_by(actor).filter(report__in=reports).select_related("evaluator")
    return {row.report_id: row.evaluator for row in rows.order_by("created_at", "pk")}


@dataclass(frozen=True)
class Dossier:
    """Everything that this room knows of a report."""

    acknowledgement: Acknowledgement | None
    escalations: list[Escalation]
    duplicate: Duplicate | None
    evaluator: User | None
    disputes: list[Dispute]
    settlements: dict[UUID, DisputeSettlement]
    sanitisations: list[Sanitisation]
    replies: list[Reply]

    @property
    def open_disputes(self) -> list[Dispute]:
        """Return the disputes that nobody settled."""
        return [row for row in self.disputes if row.pk not in self.settlements]


def dossier(report: Report, *, actor: Actor) -> Dossier:
    """Return everything that this room knows of a report, as far as the actor may see it."""
    disputes = _newest(Dispute, report, actor)
    settled = (
        DisputeSettlement.objects.seen_by(actor).filter(dispute__in=disputes).select_related("created_by")
    )
    return Dossier(
        next(iter(_newest(Acknowledgement, report, actor)), None),
        list(
            Escalation.objects.seen_by(actor)
            .filter(report=report)
            .select_related("created_by", "to")
            .order_by("-created_at")
        ),
        next(iter(_newest(Duplicate, report, actor)), None),
        assignments([report], actor=actor).get(report.pk),
        disputes,
        {row.dispute_id: row for row in settled},
        _newest(Sanitisation, report, actor),
        _newest(Reply, report, actor),
    )


def _newest(model: Any, report: Report, actor: Actor) -> list[Any]:
    rows = model.objects.seen_by(actor).filter(report=report).select_related("created_by")
    return list(rows.order_by("-created_at", "-pk"))


def open_disputes(reports: Iterable[Any], *, actor: Actor) -> Any:
    """Return the disputes over reports that nobody settled; what rests on such a report is not released."""
    settled = DisputeSettlement.objects.seen_by(actor).filter(dispute=OuterRef("pk"))
    return Dispute.objects.seen_by(actor).filter(~Exists(settled), report__in=list(reports))


def next_ungraded(report: Report, *, actor: Actor) -> Item | None:
    """Return the first item of a report that has no grade."""
    graded = Evaluation.objects.seen_by(actor).filter(item=OuterRef("pk"))
    rows = Item.objects.seen_by(actor).filter(~Exists(graded), report=report)
    found: Item | None = rows.order_by("number").first()
    return found


def awaiting_review(*, actor: Actor) -> Any:
    """Return the standing evaluations of others at which no second person has looked."""
    looked = EvaluationReview.objects.seen_by(actor).filter(evaluation=OuterRef("pk"))
    return standing(actor=actor).filter(~Exists(looked)).exclude(created_by_id=actor.user_id)


def returned_evaluations(*, actor: Actor) -> Any:
    """Return the actor's own standing evaluations that a second person sent back."""
    back = EvaluationReview.objects.seen_by(actor).filter(evaluation=OuterRef("pk"), agrees=False)
    return standing(actor=actor).filter(Exists(back), created_by_id=actor.user_id)


def awaiting_approval(*, actor: Actor) -> Any:
    """Return the sanitised versions of others that no second person has judged."""
    judged = SanitisationApproval.objects.seen_by(actor).filter(sanitisation=OuterRef("pk"))
    return Sanitisation.objects.seen_by(actor).filter(~Exists(judged)).exclude(created_by_id=actor.user_id)


def usable_sanitisations(report: Report | UUID, *, actor: Actor) -> Any:
    """Return the approved sanitised versions of a report, newest first."""
    approved = SanitisationApproval.objects.seen_by(actor).filter(
        sanitisation=OuterRef("pk"), is_approved=True
    )
    rows = Sanitisation.objects.seen_by(actor).filter(Exists(approved), report=report)
    return rows.order_by("-created_at", "-pk")


def grounds_of(row: Sanitisation, *, actor: Actor) -> SanitisationGrounds | None:
    """Return what was taken out and why, for who may see the original."""
    found: SanitisationGrounds | None = (
        SanitisationGrounds.objects.seen_by(actor).filter(sanitisation=row).first()
    )
    return found


def judgement_of(row: Sanitisation, *, actor: Actor) -> SanitisationApproval | None:
    """Return the second person's word on a sanitised version, if there is one."""
    rows = SanitisationApproval.objects.seen_by(actor).filter(sanitisation=row)
    found: SanitisationApproval | None = rows.select_related("created_by").first()
    return found


def by_ref(model: Any, ref: str, *, actor: Actor) -> Any:
    """Return a row of this room by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found = model.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def duty_officers(report: Report, *, actor: Actor) -> list[User]:
    """Return who must be told of an urgent report: evaluators and heads of its unit and the units above it.

    Where there are none, all of them are told. Nobody is told of a report that one's own reach does not cover.
    """
    chain = _units_up(report.owner_unit_id)
    every = [user for user in colleagues(actor=actor, roles=EVALUATORS) if not user.partner]
    near = [user for user in every if user.unit_id in chain]
    return [user for user in near or every if actor_for(user).may_see(report.label)]


def heads(report: Report, *, actor: Actor) -> list[User]:
    """Return the heads of intelligence that an urgent report escalates to, the nearest first."""
    chain = _units_up(report.owner_unit_id)
    every = colleagues(actor=actor, roles=[Role.HEAD_OF_INTELLIGENCE])
    seeing = [user for user in every if not user.partner and actor_for(user).may_see(report.label)]
    return sorted(seeing, key=lambda user: chain.index(user.unit_id) if user.unit_id in chain else len(chain))


def _units_up(unit: UUID) -> list[UUID]:
    parents: dict[UUID, UUID | None] = dict(Unit.objects.values_list("pk", "parent"))
    chain: list[UUID] = []
    at: UUID | None = unit
    while at is not None and at not in chain:
        chain.append(at)
        at = parents.get(at)
    return chain


def untold(*, actor: Actor) -> Any:
    """Return the urgent, unacknowledged reports of which no duty officer was told."""
    told = Alert.objects.seen_by(actor).filter(report=OuterRef("pk"))
    return _unacknowledged(actor).filter(~Exists(told))


def was_told(report: Report, *, actor: Actor) -> bool:
    """Tell whether the actor holds a notice of the report: a head of intelligence is told with the duty officers."""
    return bool(Notice.objects.seen_by(actor).filter(ref=report.ref, is_urgent=True).exists())


def overdue(*, actor: Actor, before: datetime) -> Any:
    """Return the urgent reports from before a moment that were neither acknowledged nor escalated."""
    up = Escalation.objects.seen_by(actor).filter(report=OuterRef("pk"))
    return _unacknowledged(actor).filter(~Exists(up), created_at__lte=before)


def _unacknowledged(actor: Actor) -> Any:
    seen = Acknowledgement.objects.seen_by(actor).filter(report=OuterRef("pk"))
    copies = Duplicate.objects.seen_by(actor).filter(report=OuterRef("pk"))
    return Report.objects.seen_by(actor).filter(~Exists(seen), ~Exists(copies), urgency=rules.URGENT)
