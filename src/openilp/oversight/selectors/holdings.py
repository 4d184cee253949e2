"""What is held on the person of a request: findings with their words, read through the desk's door."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from openilp.oversight import rights_wording as wording
from openilp.oversight.models import (
    RightsDecision,
    RightsFinding,
    RightsJudgement,
    RightsRequest,
    RightsSearch,
)
from openilp.oversight.models.reach import held, words_of
from openilp.safeguards import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import User
from openilp.safeguards.people.actors import own_matters

#: Codes stand in these columns; they are no words of the record.
_NO_WORDS = frozenset(
    {"property", "kind", "language", "urgency", "type", "confirmation", "provenance", "yardstick", "scheme"}
)


@dataclass(frozen=True)
class Content:
    """A record as the desk reads it: its words, its label, and whom else it names."""

    kind: str
    words: Mapping[str, Any]
    level: int
    compartments: frozenset[UUID]
    recorded_on: str = ""
    review_on: str = ""
    legal_basis: str = ""
    said: tuple[tuple[str, str], ...] = ()
    people: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return all words of the record, a paragraph each; the long ones last."""
        if self.said:
            return "\n".join(f"{about}: {value}" for about, value in self.said)
        given = [_plain(value) for value in self.words.values()]
        return "\n".join(dict.fromkeys(each for each in given if each))

    @property
    def title(self) -> str:
        """Return the words by which the desk knows the record in a list."""
        names = [value for about, value in self.said if about in ("name", "alias", "plate", "title")]
        return (", ".join(names) or " ".join(self.text.split()))[:160]


def _plain(value: Any) -> str:
    """Return a value of a column as words; structured ones as their texts, one after the other."""
    if isinstance(value, Mapping):
        return "\n".join(filter(None, (_plain(each) for each in value.values())))
    if isinstance(value, list):
        return "\n".join(filter(None, (_plain(each) for each in value)))
    return str(value).strip() if value not in (None, True, False) else ""


@dataclass(frozen=True)
class Finding:
    """A finding with what was said of it, and its content as far as it is read."""

    row: RightsFinding
    is_same: bool | None
    decision: RightsDecision | None
    content: Content | None = None

    @property
    def kind(self) -> str:
        """Return what the record is called."""
        return wording.record_kind(self.row.record_kind)

    @property
    def needs_decision(self) -> bool:
        """Tell whether somebody has to say what the letter tells of it; an entity is nothing but its statements."""
        is_told = bool(self.is_same and self.content) and self.row.record_kind != "entity"
        return is_told and self.decision is None

    @property
    def decided(self) -> str:
        """Return what the letter says of it, in words; empty while nobody has decided."""
        return wording.answer(self.decision.decision) if self.decision else ""


def searches_of(row: RightsRequest, *, actor: Actor) -> Any:
    """Return the look-ups for a request, the newest first."""
    return RightsSearch.objects.seen_by(actor).filter(request=row).order_by("-created_at", "-pk")


def rows_of(row: RightsRequest, *, actor: Actor) -> list[RightsFinding]:
    """Return what was found for a request, by kind and reference."""
    found = RightsFinding.objects.seen_by(actor).filter(request=row).select_related("request")
    return list(found.order_by("record_kind", "record_ref", "pk"))


def findings(row: RightsRequest, *, actor: Actor) -> list[Finding]:
    """Return everything that was found for a request: a list, in the log too."""
    return findings_of(rows_of(row, actor=actor), actor=actor, is_list=True)


def findings_of(rows: Sequence[RightsFinding], *, actor: Actor, is_list: bool = False) -> list[Finding]:
    """Return findings of one request with the newest word and decision on each, and what they hold while it is open."""
    if not rows:
        return []
    request = rows[0].request
    said = _newest(RightsJudgement, {key for one in rows for key in (one.pk, one.through_id) if key}, actor)
    decided = _newest(RightsDecision, [one.pk for one in rows], actor)
    is_open = request.closed_on is None
    read = contents(request, rows, actor=actor, is_list=is_list) if is_open else {}
    return [Finding(one, _is_same(one, said), decided.get(one.pk), read.get(one.record_id)) for one in rows]


def _newest(model: Any, keys: Iterable[UUID], actor: Actor) -> dict[UUID, Any]:
    found = model.objects.seen_by(actor).filter(finding__in=list(keys))
    return {row.finding_id: row for row in found.order_by("created_at", "pk")}


def _is_same(row: RightsFinding, said: Mapping[UUID, RightsJudgement]) -> bool | None:
    """Return the word on a finding; what hangs on an entity shares its word until it has one of its own."""
    for key in (row.pk, row.through_id):
        if key is not None and key in said:
            return bool(said[key].is_same)
    return None


def finding(key: UUID, *, actor: Actor) -> RightsFinding:
    """Return a finding by its key.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: RightsFinding | None = (
        RightsFinding.objects.seen_by(actor).select_related("request").filter(pk=key).first()
    )
    if found is None:
        raise RecordNotFound(str(key))
    return found


def contents(
    row: RightsRequest, rows: Iterable[RightsFinding], *, actor: Actor, is_list: bool = False
) -> dict[UUID, Content]:
    """Read what was found for an open request of the actor's own, by key of the record; each is logged.

    Outside a list, a record counts as opened.
    """
    wanted = list(rows)
    if row.owner_id != actor.user_id or not wanted:
        return {}
    block = acting.require("What is held on a person")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, record_id, held FROM openilp_rights_read(%s, %s::uuid[])",
            [row.pk, [one.pk for one in wanted]],
        )
        read = [(kind, key, _loaded(what)) for kind, key, what in cursor.fetchall()]
    for kind, key, _what in read:
        block.deliver(kind, [str(key)])
        if not is_list:
            block.open(kind, [str(key)])
    return {key: _content(kind, what) for kind, key, what in read}


def _loaded(what: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = what if isinstance(what, dict) else json.loads(what)
    return loaded


def _content(kind: str, what: Mapping[str, Any]) -> Content:
    words = {k: v for k, v in (what.get("words") or {}).items() if k not in _NO_WORDS}
    return Content(
        kind=kind,
        words=words,
        level=int(what.get("level") or 0),
        compartments=frozenset(UUID(str(each)) for each in what.get("compartments") or ()),
        recorded_on=str(what.get("recorded_on") or ""),
        review_on=str(what.get("review_on") or ""),
        legal_basis=str(what.get("legal_basis") or ""),
        said=tuple((about, value) for about, value in what.get("said") or ()),
        people=tuple(what.get("people") or ()),
    )


def proposed_redactions(row: RightsRequest, content: Content) -> list[str]:
    """Return other people's names that a disclosed text would show: what a human may take out."""
    from openilp.collation.rules import romanise

    own = {part for name in (row.full_name, *row.other_names) for part in romanise.folded(name).split()}
    text = content.text
    return [name for name in content.people if name in text and not set(romanise.folded(name).split()) <= own]


def reaching(people: Iterable[User], content: Content) -> list[User]:
    """Return those own staff who reach a record by its level and its matters."""
    cleared = [user for user in people if not user.partner and user.clearance >= content.level]
    if not content.compartments:
        return cleared
    return [user for user in cleared if content.compartments <= set(own_matters(user))]


def searched_kinds() -> list[str]:
    """Return the kinds of records that a search looks through."""
    return sorted(str(model._meta.model_name) for model in held() if words_of(model))
