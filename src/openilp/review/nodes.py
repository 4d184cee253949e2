"""From an id in the golden thread to something that people can read: kind, label, address, day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext_lazy

from openilp import reference
from openilp.review import reading
from openilp.safeguards import find
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Tombstone

LABEL_LENGTH = 90


@dataclass(frozen=True)
class Node:
    """One object of a thread, as the actor may see it.

    Attributes:
        id: Its key.
        ref: What people call it; kind and key where it has no reference.
        kind: Its kind, as in `openilp.safeguards.find.kinds`.
        label: Its title, or the first words of its text.
        room: The room that it belongs to.
        url: Its page, or its thread where it has no page.
        at: When it was recorded.
        level: How far it may travel; 0 for what has no label of its own.
    """

    id: UUID
    ref: str
    kind: str
    label: str
    room: str
    url: str
    at: datetime
    level: int = 0


@dataclass(frozen=True)
class _Label:
    """Which columns of a kind make its label, and how."""

    columns: tuple[str, ...]
    say: Callable[[Any], str]


def _column(name: str) -> _Label:
    return _Label((name,), lambda row: str(getattr(row, name)))


def _coded(name: str, vocabulary: str, *more: str) -> _Label:
    def say(row: Any) -> str:
        scale = reference.vocabulary(vocabulary)
        code = str(getattr(row, name))
        said = gettext(scale.value(code).label) if code in scale.codes else code
        return ": ".join([said, *(str(getattr(row, m)) for m in more)])

    return _Label((name, *more), say)


#: One line a kind; a kind without one is called by its name alone.
_LABELS: dict[str, _Label] = {
    "matter": _column("title"),
    "priority": _column("title"),
    "requirement": _column("question"),
    "collectionplan": _column("title"),
    "report": _column("title"),
    "item": _column("text"),
    "attachment": _column("name"),
    "importbatch": _column("file_name"),
    "evaluation": _Label(
        ("source_grade", "information_grade", "handling"),
        lambda row: f"{row.source_grade} {row.information_grade} {row.handling}",
    ),
    "sanitisation": _column("title"),
    "reply": _column("text"),
    "dispute": _Label(
        ("is_false", "reason"),
        lambda row: f"{gettext('false') if row.is_false else gettext('disputed')}: {row.reason}",
    ),
    "statement": _coded("property", "entity-properties", "value"),
    "link": _coded("type", "link-types"),
    "involvement": _Label(("category",), lambda row: gettext(reference.subject_category(row.category).label)),
    "identityjudgement": _Label(("verdict", "reason"), lambda row: f"{row.verdict}: {row.reason}"),
    "savedsearch": _column("title"),
    "snapshot": _column("title"),
    "methodrun": _column("method"),
    "assessment": _column("text"),
    "product": _column("title"),
    "recommendation": _column("text"),
    "edition": _Label(("title", "number"), lambda row: f"{row.title}, {gettext('edition')} {row.number}"),
    "peerreview": _Label(
        ("is_sound",), lambda row: gettext("sound") if row.is_sound else gettext("faults found")
    ),
    "consentrequest": _column("reason"),
    "approval": _Label(
        ("is_approved",), lambda row: gettext("approved") if row.is_approved else gettext("sent back")
    ),
    "release": _column("reason"),
    "rating": _column("value"),
    "recall": _column("reason"),
    "meeting": _column("title"),
    "exhibit": _column("title"),
    "comparison": _column("title"),
    "decision": _column("title"),
    "response": _coded("verdict", "response-answers", "reason"),
    "operation": _column("name"),
    "task": _column("title"),
    "resource": _column("kind"),
    "outcome": _coded("result", "task-outcomes", "text"),
    "resultsanalysis": _column("reading"),
    "lesson": _column("text"),
}

_NAMES = {
    "matter": ngettext_lazy("%(n)d matter", "%(n)d matters", "n"),
    "priority": ngettext_lazy("%(n)d priority", "%(n)d priorities", "n"),
    "requirement": ngettext_lazy("%(n)d requirement", "%(n)d requirements", "n"),
    "collectionplan": ngettext_lazy("%(n)d collection plan", "%(n)d collection plans", "n"),
    "importbatch": ngettext_lazy("%(n)d import", "%(n)d imports", "n"),
    "report": ngettext_lazy("%(n)d report", "%(n)d reports", "n"),
    "item": ngettext_lazy("%(n)d item", "%(n)d items", "n"),
    "attachment": ngettext_lazy("%(n)d attachment", "%(n)d attachments", "n"),
    "dispute": ngettext_lazy("%(n)d dispute", "%(n)d disputes", "n"),
    "evaluation": ngettext_lazy("%(n)d evaluation", "%(n)d evaluations", "n"),
    "sanitisation": ngettext_lazy("%(n)d sanitised version", "%(n)d sanitised versions", "n"),
    "reply": ngettext_lazy("%(n)d reply", "%(n)d replies", "n"),
    "statement": ngettext_lazy("%(n)d statement", "%(n)d statements", "n"),
    "link": ngettext_lazy("%(n)d link", "%(n)d links", "n"),
    "involvement": ngettext_lazy("%(n)d involvement", "%(n)d involvements", "n"),
    "identityjudgement": ngettext_lazy("%(n)d judgement of identity", "%(n)d judgements of identity", "n"),
    "entity": ngettext_lazy("%(n)d entity", "%(n)d entities", "n"),
    "snapshot": ngettext_lazy("%(n)d snapshot", "%(n)d snapshots", "n"),
    "methodrun": ngettext_lazy("%(n)d method run", "%(n)d method runs", "n"),
    "assessment": ngettext_lazy("%(n)d assessment", "%(n)d assessments", "n"),
    "product": ngettext_lazy("%(n)d product", "%(n)d products", "n"),
    "recommendation": ngettext_lazy("%(n)d recommendation", "%(n)d recommendations", "n"),
    "edition": ngettext_lazy("%(n)d edition", "%(n)d editions", "n"),
    "peerreview": ngettext_lazy("%(n)d peer review", "%(n)d peer reviews", "n"),
    "consentrequest": ngettext_lazy("%(n)d request for consent", "%(n)d requests for consent", "n"),
    "approval": ngettext_lazy("%(n)d approval", "%(n)d approvals", "n"),
    "release": ngettext_lazy("%(n)d release", "%(n)d releases", "n"),
    "rating": ngettext_lazy("%(n)d rating", "%(n)d ratings", "n"),
    "recall": ngettext_lazy("%(n)d recall", "%(n)d recalls", "n"),
    "meeting": ngettext_lazy("%(n)d meeting", "%(n)d meetings", "n"),
    "exhibit": ngettext_lazy("%(n)d exhibit", "%(n)d exhibits", "n"),
    "comparison": ngettext_lazy("%(n)d comparison", "%(n)d comparisons", "n"),
    "response": ngettext_lazy("%(n)d answer", "%(n)d answers", "n"),
    "decision": ngettext_lazy("%(n)d decision", "%(n)d decisions", "n"),
    "operation": ngettext_lazy("%(n)d operation", "%(n)d operations", "n"),
    "task": ngettext_lazy("%(n)d task", "%(n)d tasks", "n"),
    "minutes": ngettext_lazy("%(n)d set of minutes", "%(n)d sets of minutes", "n"),
    "outcome": ngettext_lazy("%(n)d outcome", "%(n)d outcomes", "n"),
    "resultsanalysis": ngettext_lazy("%(n)d results analysis", "%(n)d results analyses", "n"),
    "lesson": ngettext_lazy("%(n)d lesson", "%(n)d lessons", "n"),
}
#: Kinds in the order of the process, as tables and the one-line flow show them.
ORDER = tuple(_NAMES)


def counted(kind: str, n: int) -> str:
    """Return a number of objects of a kind in words: “3 tasks”."""
    name = _NAMES.get(kind)
    return str(name % {"n": n}) if name is not None else f"{n} {word(kind)}"


def word(kind: str) -> str:
    """Return what one object of a kind is called."""
    model = find.kinds().get(kind)
    return gettext(str(model._meta.verbose_name)).capitalize() if model is not None else kind


def position(kind: str) -> int:
    """Return the place of a kind in the process; unknown kinds come last."""
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def resolve(ids: Iterable[tuple[str, UUID]], *, actor: Actor) -> dict[UUID, Node]:
    """Return the objects that the actor may see, by key: one query a kind, hidden and absent left out alike."""
    by_kind: dict[str, set[UUID]] = {}
    for kind, key in ids:
        by_kind.setdefault(kind, set()).add(key)
    found: dict[UUID, Node] = {}
    for kind, keys in by_kind.items():
        model = find.kinds().get(kind)
        if model is None:
            continue
        rows = list(model.objects.seen_by(actor).filter(pk__in=keys).only(*_columns(kind, model)))
        names = _entity_names([row.pk for row in rows], actor=actor) if kind == "entity" else {}
        open_ones = reading.readable(kind, rows, actor=actor)
        found |= {row.pk: _node(kind, row, names.get(row.pk), is_open=row.pk in open_ones) for row in rows}
    return found | _stones(
        [key for keys in by_kind.values() for key in keys if key not in found], actor=actor
    )


def _stones(keys: list[UUID], *, actor: Actor) -> dict[UUID, Node]:
    """Return what is left of erased objects that had a reference: kind, rule and day."""
    rows = Tombstone.objects.seen_by(actor).filter(record_id__in=keys).exclude(ref="") if keys else ()
    models = find.kinds()
    return {
        row.record_id: Node(
            id=row.record_id,
            ref=row.ref,
            kind=row.kind,
            label=gettext("erased on %(day)s, rule %(rule)s") % {"day": row.erased_on, "rule": row.rule},
            room=models[row.kind]._meta.app_label,
            url="",
            at=datetime.combine(row.erased_on, time.min, timezone.get_default_timezone()),
            level=row.level,
        )
        for row in rows
    }


def _columns(kind: str, model: type[Model]) -> list[str]:
    own = {field.name for field in model._meta.fields}
    label = _LABELS.get(kind)
    guard = {"created_by_id", reading.THROUGH[kind]} if kind in reading.THROUGH else set()
    return ["pk", "created_at", *sorted((own & {"ref", "level"}) | guard), *(label.columns if label else ())]


def _node(kind: str, row: Any, name: str | None, *, is_open: bool) -> Node:
    label = _LABELS.get(kind) if is_open else None
    said = name or (label.say(row) if label else word(kind))
    ref = getattr(row, "ref", "")
    return Node(
        id=row.pk,
        ref=ref or f"{kind}:{row.pk}",
        kind=kind,
        label=first_words(said),
        room=row._meta.app_label,
        url=_address(row._meta.app_label, kind, ref, is_open=is_open),
        at=row.created_at,
        level=getattr(row, "level", 0),
    )


def first_words(text: str, most: int = LABEL_LENGTH) -> str:
    """Return a text on one line, cut after a word."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + " …"


def _address(room: str, kind: str, ref: str, *, is_open: bool) -> str:
    """Return the page of an object, or its thread where it has no page, or none for this reader."""
    if not ref:
        return ""
    try:
        return reverse(f"{room}:{kind}" if is_open else "review:thread", args=[ref])
    except NoReverseMatch:
        return reverse("review:thread", args=[ref])


def _entity_names(keys: list[UUID], *, actor: Actor) -> dict[UUID, str]:
    """Return what each entity is called by, from the statements that the actor may see."""
    types = reference.vocabulary("entity-types")
    telling = {p: i for i, p in enumerate(dict.fromkeys(n for code in types.codes for n in _called_by(code)))}
    statements = (
        apps.get_model("collation", "Statement")
        .objects.seen_by(actor)
        .filter(entity_id__in=keys, property__in=telling)
        .only("entity_id", "property", "value", "created_at")
    )
    best: dict[UUID, Any] = {}
    for row in sorted(statements, key=lambda s: (telling[s.property], s.created_at)):
        best.setdefault(row.entity_id, row)
    return {key: str(row.value) for key, row in best.items()}


def _called_by(code: str) -> tuple[str, ...]:
    value = reference.vocabulary("entity-types").value(code)
    return cast(tuple[str, ...], getattr(value, "names", ()))
