"""Signs, drawn look-ups and figures, for those who may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from openilp.oversight.models import (
    LogExamination,
    LogFigure,
    LookUpSample,
    MisuseSign,
    SampleReason,
    SampleReview,
    SignAnswer,
)
from openilp.oversight.rules.cells import MINIMUM, Table, shown
from openilp.oversight.rules.misuse import RULES
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.find import kinds
from openilp.safeguards.models import AuditEvent, Matter, Unit

WEEKS = 12


def sign_list(*, actor: Actor, only_open: bool = False) -> Any:
    """Return the signs that the actor may see, each with whether a human has answered it."""
    answers = SignAnswer.objects.seen_by(actor).filter(sign=OuterRef("pk"))
    found = (
        MisuseSign.objects.seen_by(actor).select_related("about__unit").annotate(is_answered=Exists(answers))
    )
    return found.filter(is_answered=False) if only_open else found


def sign(ref: str, *, actor: Actor) -> MisuseSign:
    """Return a sign by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: MisuseSign | None = sign_list(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def answer_of(row: MisuseSign, *, actor: Actor) -> SignAnswer | None:
    """Return the answer to a sign, or nothing."""
    found: SignAnswer | None = (
        SignAnswer.objects.seen_by(actor).filter(sign=row).select_related("created_by").first()
    )
    return found


def events_of(row: MisuseSign, *, most: int = 100) -> list[AuditEvent]:
    """Return the first events of a sign as they stand in the log; row security shows them to overseers only."""
    return list(AuditEvent.objects.filter(seq__in=row.events[:most]).order_by("seq"))


def sample_list(*, actor: Actor) -> Any:
    """Return the drawn look-ups that the actor may see, each with what is still missing."""
    given = SampleReason.objects.seen_by(actor).filter(sample=OuterRef("pk"))
    reviewed = SampleReview.objects.seen_by(actor).filter(sample=OuterRef("pk"))
    found = LookUpSample.objects.seen_by(actor).select_related("about__unit", "reviewer__unit")
    return found.annotate(has_reason=Exists(given), is_reviewed=Exists(reviewed))


def waiting_samples(*, actor: Actor) -> Any:
    """Return the drawn look-ups that wait for this actor: for the reason of one's own, for the review of others'."""
    mine = sample_list(actor=actor).filter(is_reviewed=False)
    own = mine.filter(about=actor.user_id, has_reason=False)
    others = mine.filter(reviewer=actor.user_id)
    return own | others


def sample(ref: str, *, actor: Actor) -> LookUpSample:
    """Return a drawn look-up by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: LookUpSample | None = sample_list(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def opened_in(row: LookUpSample, *, actor: Actor) -> tuple[list[Any], int]:
    """Return the records of a drawn look-up that the actor may see himself, and how many others there are."""
    seen: list[Any] = []
    for kind, keys in sorted(row.opened.items()):
        model = kinds().get(kind)
        if model is not None:
            seen += model.objects.seen_by(actor).filter(pk__in=keys)
    return seen, sum(len(keys) for keys in row.opened.values()) - len(seen)


def purpose_of(row: LookUpSample, *, actor: Actor) -> str:
    """Return what a drawn look-up was for: the matter's title where the actor may know of it."""
    if len(row.purpose) != 36:  # a reason from the reference list, and no id
        return row.purpose
    matter = Matter.objects.seen_by(actor).filter(pk=row.purpose).first()
    return matter.title if matter else ""


@dataclass(frozen=True)
class Figures:
    """The figures of the overseers' page: by duty and unit, by week, by rule, and how far the log is examined."""

    by_unit: Table
    weeks: Sequence[tuple[date, int | None]]
    by_rule: Sequence[tuple[str, int, int]]
    samples: Mapping[str, int]
    examined_until: Any
    events: int


def figures(*, actor: Actor, weeks: int = WEEKS) -> Figures:
    """Return the figures of the last weeks; a cell below the minimum is not shown, nor what would give it away."""
    since = timezone.localdate() - timedelta(weeks=weeks)
    rows = LogFigure.objects.seen_by(actor).filter(day__gte=since)
    cells = {
        (row["unit_id"], row["duty"]): row["n"]
        for row in rows.values("unit_id", "duty").annotate(n=Sum("look_ups")).order_by()
    }
    names = dict(Unit.objects.filter(pk__in={unit for unit, _ in cells}).values_list("pk", "name"))
    by_week = rows.annotate(week=TruncWeek("day")).values("week").annotate(n=Sum("look_ups")).order_by("week")
    run = LogExamination.objects.seen_by(actor).aggregate(until=Max("until"), events=Sum("events"))
    return Figures(
        by_unit=shown({(names[unit], duty): n for (unit, duty), n in cells.items()}),
        weeks=[(row["week"], row["n"] if row["n"] >= MINIMUM else None) for row in by_week],
        by_rule=_by_rule(actor),
        samples=_samples(actor),
        examined_until=run["until"],
        events=run["events"] or 0,
    )


def _by_rule(actor: Actor) -> list[tuple[str, int, int]]:
    rows = sign_list(actor=actor).values("rule", "is_answered").annotate(n=Count("pk")).order_by()
    counts = {(row["rule"], row["is_answered"]): row["n"] for row in rows}
    return [(rule, counts.get((rule, False), 0), counts.get((rule, True), 0)) for rule in RULES]


def _samples(actor: Actor) -> dict[str, int]:
    drawn = LookUpSample.objects.seen_by(actor).count()
    reviews = SampleReview.objects.seen_by(actor).values("is_justified").annotate(n=Count("pk")).order_by()
    by = {row["is_justified"]: row["n"] for row in reviews}
    return {"drawn": drawn, "justified": by.get(True, 0), "not_justified": by.get(False, 0)}
