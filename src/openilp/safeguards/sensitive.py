"""Sensitive records: whoever opens one says why first, and whoever marked it learns of it at once.

It is a further check, not a label: who may not see the record is answered as if there were none, marked or not, and
who may see it finds it in lists as before. What is checked is the opening by reference – page, API, terminal, to read
or to write – because that is where somebody looks at one record rather than at what came of a search. The check stands
in the gate, so that no route can forget it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from openilp.safeguards import acting, find, notices, references
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import Conflict, InvalidInput, MustSayWhy, RecordNotFound
from openilp.safeguards.models import SensitiveEnd, SensitiveMark, SensitiveOpening, User
from openilp.safeguards.models.sensitive import MARKERS
from openilp.safeguards.roles import CONTENT, Role

#: How long a reason opens a record: a sitting, not a working day (own proposal).
OPEN_FOR = timedelta(hours=1)
_SHORTEST_REASON = 10
_ASKED = "must_say_why"


class SensitiveInput(InvalidInput):
    """Say what of a reason or a mark cannot be taken as given."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class NotSensitive(Conflict):
    """Say that a record is not marked, so that there is nothing to say why of and nothing to end."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"{reference} is not marked as sensitive; open it as any other.")


class AlreadySensitive(Conflict):
    """Say that a record is marked already."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"{reference} is marked as sensitive already.")


@dataclass(frozen=True)
class Standing:
    """How a record stands to one account: its mark, if any, and until when it is open."""

    ref: str
    kind: str
    mark: SensitiveMark | None
    open_until: datetime | None


def asking(rows: Any, actor: Actor) -> Any:
    """Return rows that carry, each, the mark for which the actor has not said why yet."""
    marks = _running(models.QuerySet(model=SensitiveMark)).filter(_behind(rows.model))
    said: Any = models.QuerySet(model=SensitiveOpening).filter(
        mark=OuterRef("pk"), created_by=actor.user_id, until__gt=timezone.now()
    )
    return rows.annotate(**{_ASKED: Subquery(marks.exclude(Exists(said)).values("object_ref")[:1])})


def check(rows: list[Any]) -> None:
    """Refuse to hand out rows for which the actor has not said why.

    Raises:
        MustSayWhy: For the first of them.
    """
    for row in rows:
        if reference := getattr(row, _ASKED, None):
            raise MustSayWhy(reference)


def _running(marks: Any) -> Any:
    ended: Any = models.QuerySet(model=SensitiveEnd).filter(mark=OuterRef("pk"))
    return marks.exclude(Exists(ended))


def _behind(model: type[models.Model]) -> Q:
    """Return the condition that a mark is of a row, of the whole that it is a part of, or of what it is about."""
    return Q(object_id__in=[OuterRef(column) for column in _columns(model)])


@cache
def _columns(model: Any) -> tuple[str, ...]:
    names = (model.parent,) if getattr(model, "parent", "") else ()
    return ("pk", *(f"{name}_id" for name in dict.fromkeys((*names, *model.sensitive_with))))


def standing_of(reference: str, *, actor: Actor) -> Standing:
    """Return how a record stands to an actor; nothing of its content.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    row = _row(reference, actor)
    mark = _mark_of(row.pk, actor)
    said = SensitiveOpening.objects.seen_by(actor).filter(
        mark=mark, created_by=actor.user_id, until__gt=timezone.now()
    )
    last = said.order_by("-until").first() if mark else None
    return Standing(row.ref, str(row._meta.model_name), mark, last.until if last else None)


def openings_of(mark: SensitiveMark, *, actor: Actor) -> Any:
    """Return the reasons that were given for a mark, as far as the actor may read them, the newest first."""
    return SensitiveOpening.objects.seen_by(actor).filter(mark=mark).order_by("-created_at")


@action("safeguards.mark_sensitive", roles=MARKERS, operation="alteration")
def mark_sensitive(*, actor: Actor, reference: str, reason: str) -> SensitiveMark:
    """Have everybody say why before opening a record, its parts and what is said of it.

    Raises:
        RecordNotFound: If there is none that the actor may see.
        AlreadySensitive: If it is marked.
        SensitiveInput: If the reason says nothing.
    """
    row = _row(reference, actor)
    if _mark_of(row.pk, actor) is not None:
        raise AlreadySensitive(row.ref)
    made: SensitiveMark = SensitiveMark.objects.record(
        actor=actor,
        object_kind=str(row._meta.model_name),
        object_table=row._meta.db_table,
        object_id=row.pk,
        object_ref=row.ref,
        reason=_words(reason),
    )
    return made


@action("safeguards.end_sensitive", roles=MARKERS, operation="alteration")
def end_sensitive(*, actor: Actor, reference: str, reason: str) -> SensitiveEnd:
    """Have a record open as any other again; whoever marked it is told.

    Raises:
        RecordNotFound: If there is none that the actor may see.
        NotSensitive: If it is not marked.
        SensitiveInput: If the reason says nothing.
    """
    mark = _marked(reference, actor)
    made: SensitiveEnd = SensitiveEnd.objects.record(actor=actor, mark=mark, reason=_words(reason))
    others = {mark.created_by_id} - {actor.user_id}
    notices.notify(actor=actor, recipients=others, kind="sensitive_ended", ref=mark.object_ref)
    return made


@action("safeguards.open_sensitive", roles=CONTENT, operation="consultation")
def open_sensitive(*, actor: Actor, reference: str, reason: str) -> SensitiveOpening:
    """Say why one opens a sensitive record; it opens to this account for an hour, and whoever marked it is told.

    Raises:
        RecordNotFound: If there is none that the actor may see.
        NotSensitive: If it is not marked.
        SensitiveInput: If the reason says nothing.
    """
    mark = _marked(reference, actor)
    words = _words(reason)
    acting.require("SensitiveOpening").justify(words)
    made: SensitiveOpening = SensitiveOpening.objects.record(
        actor=actor,
        mark=mark,
        marker_id=mark.created_by_id,
        reason=words,
        until=timezone.now() + OPEN_FOR,
    )
    _tell(actor, mark)
    return made


def _tell(actor: Actor, mark: SensitiveMark) -> None:
    """Tell whoever marked it; who opens the own mark is told of to data protection, without the reference."""
    if mark.created_by_id != actor.user_id:
        url = f"/sensitive/{mark.object_ref}"
        told: list[UUID] = [mark.created_by_id]
        notices.notify(actor=actor, recipients=told, kind="sensitive_opened", ref=mark.object_ref, url=url)
        return
    keepers = User.objects.filter(is_active=True, roles__contains=[Role.DATA_PROTECTION_OFFICER.value])
    second = set(keepers.values_list("pk", flat=True)) - {actor.user_id}
    notices.notify(actor=actor, recipients=second, kind="sensitive_opened_by_marker")


def _row(reference: str, actor: Actor) -> Any:
    """Return the row with a reference without opening it: what is asked first is whether that needs a reason."""
    wanted = reference.strip().upper()
    model = find.by_prefix().get(references.prefix_of(wanted) or "")
    row = model.objects.seen_by(actor).filter(ref__exact=wanted).first() if model else None
    if row is None:
        raise RecordNotFound(reference)
    return row


def _mark_of(key: UUID, actor: Actor) -> SensitiveMark | None:
    found: SensitiveMark | None = (
        _running(SensitiveMark.objects.seen_by(actor).filter(object_id=key)).order_by("-created_at").first()
    )
    return found


def _marked(reference: str, actor: Actor) -> SensitiveMark:
    row = _row(reference, actor)
    mark = _mark_of(row.pk, actor)
    if mark is None:
        raise NotSensitive(row.ref)
    return mark


def _words(reason: str) -> str:
    if len(reason.strip()) < _SHORTEST_REASON:
        raise SensitiveInput("reason", "Say why in a sentence; whoever marked the record reads it.")
    return reason.strip()
