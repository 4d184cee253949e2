"""Questions about clocks, reviews and erasures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from openilp import reference
from openilp.oversight.models import LifeEvent, RecordReview
from openilp.safeguards import find
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.labels import State
from openilp.safeguards.models import Erasure, RetentionClock, Tombstone
from openilp.safeguards.retention.clocks import CAUSES
from openilp.safeguards.roles import Role

#: Days ahead that the desk shows by default.
WITHIN_DAYS = 30


@dataclass(frozen=True)
class Waiting:
    """A record whose review comes, with its clock."""

    clock: RetentionClock
    record: Any
    title: str
    is_told_why: bool

    @property
    def rule(self) -> str:
        """Return the rule of the clock; empty where it would tell what was said of a person elsewhere."""
        return self.clock.rule if self.is_told_why else ""

    @property
    def cause(self) -> str:
        """Return what set the clock last; empty where it would tell what was said of a person elsewhere."""
        return self.clock.cause if self.is_told_why else ""

    @property
    def ref(self) -> str:
        """Return what people call the record."""
        return getattr(self.record, "ref", "") or self.clock.kind


def clocks(*, actor: Actor) -> Any:
    """Return the clocks of the records that the actor may see, restricted ones too where its duties allow."""
    return RetentionClock.objects.seen_by(actor, states=State)


def due(*, actor: Actor, within_days: int = WITHIN_DAYS) -> Any:
    """Return the clocks that run out within some days, the earliest first.

    Records that were ordered to be erased are listed for the data-protection officer only, who can take it back.
    """
    until = timezone.localdate() + timedelta(days=within_days)
    found = clocks(actor=actor).filter(due_on__lte=until).order_by("due_on", "pk")
    return found if actor.has_role(Role.DATA_PROTECTION_OFFICER) else found.exclude(cause="ordered")


def clock(key: UUID, *, actor: Actor) -> RetentionClock:
    """Return a clock by its key.

    Raises:
        RecordNotFound: If there is none, or its record is out of the actor's sight.
    """
    found: RetentionClock | None = clocks(actor=actor).filter(pk=key).first()
    if found is None:
        raise RecordNotFound(str(key))
    return found


def waiting(rows: Iterable[RetentionClock], *, actor: Actor) -> list[Waiting]:
    """Return clocks with their records: one query a kind."""
    rows = list(rows)
    records: dict[UUID, Any] = {}
    for kind in sorted({row.kind for row in rows}):
        wanted = [row.record_id for row in rows if row.kind == kind]
        model: Any = find.kinds()[kind]
        records |= {row.pk: row for row in model.objects.seen_by(actor, states=State).filter(pk__in=wanted)}
    return [
        Waiting(row, records[row.record_id], title_of(records[row.record_id]), _is_told_why(row, actor))
        for row in rows
        if row.record_id in records
    ]


def _is_told_why(row: RetentionClock, actor: Actor) -> bool:
    """Tell whether an actor learns what set a clock: an event may stand in a record that the actor does not see."""
    was_pulled = row.cause in CAUSES or row.rule in ("MINOR", "ACQ")
    return not was_pulled or actor.has_role(Role.DATA_PROTECTION_OFFICER)


def title_of(record: Any) -> str:
    """Return the words by which a reviewer knows a record."""
    for name in ("title", "value", "text", "reason", "category", "type", "file_name", "verdict"):
        if value := getattr(record, name, ""):
            said = gettext(reference.subject_category(value).label) if name == "category" else str(value)
            return " ".join(said.split())[:160]
    return str(record._meta.verbose_name)


def needs_grounds(record: Any) -> bool:
    """Tell whether a record may be kept on present facts only: it names somebody as a suspect."""
    category = getattr(record, "category", "")
    return bool(category) and reference.subject_category(category).needs_predicate


def reviews_of(row: RetentionClock, *, actor: Actor) -> Any:
    """Return the earlier reviews of a record, the newest first."""
    found = RecordReview.objects.seen_by(actor, states=State).filter(kind=row.kind, record_id=row.record_id)
    return found.order_by("-created_at", "-pk")


def events_of(row: RetentionClock, *, actor: Actor) -> Any:
    """Return the events that the actor reported, or may see, of a record."""
    return LifeEvent.objects.seen_by(actor).filter(kind=row.kind, record_id=row.record_id)


def erasures(*, actor: Actor) -> Any:
    """Return the certificates of erasure that the actor may see."""
    return Erasure.objects.seen_by(actor)


def erasure(ref: str, *, actor: Actor) -> Erasure:
    """Return a certificate by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Erasure | None = erasures(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def stones_of(row: Erasure, *, actor: Actor) -> list[Tombstone]:
    """Return the tombstones of an erasure under the actor's own label, in the order of kind and reference."""
    rows = Tombstone.objects.seen_by(actor, states=State).filter(erasure=row)
    return list(rows.order_by("kind", "ref", "pk")[:500])
