"""Questions of the source desk: each answers for the actor's own sources only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from openilp.corridor import session, vault
from openilp.corridor.models import (
    Contact,
    Crossing,
    Draft,
    Handover,
    Judgement,
    OfSource,
    RiskAssessment,
    Source,
    TakenIn,
    Tasking,
    TaskingRequest,
    Unlock,
    Window,
    bound,
)
from openilp.corridor.rules import Profile
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import User


@dataclass(frozen=True)
class Opened:
    """A row of the desk with what its seal held."""

    row: Any
    held: dict[str, Any]


@dataclass(frozen=True)
class Known:
    """A source as the desk works with it."""

    row: Source
    profile: Profile | None
    handler: str = ""
    controller: str = ""


def sources(*, actor: Actor) -> list[Known]:
    """Return the actor's sources, by code name."""
    rows = list(Source.objects.seen_by(actor))
    return sorted(known_all(rows), key=lambda known: known.profile.code_name if known.profile else "~")


def known_all(rows: Sequence[Source]) -> list[Known]:
    """Return sources with their opened profiles and the names of their officers."""
    people = User.objects.in_bulk({key for row in rows for key in (row.handler_id, row.controller_id)})
    return [
        Known(
            row, profile_of(row), str(people.get(row.handler_id, "")), str(people.get(row.controller_id, ""))
        )
        for row in rows
    ]


def profile_of(row: Source) -> Profile | None:
    """Return what the desk knows of a source, or nothing when it was erased."""
    if row.erased_on is not None or not vault.exists(row.pk):
        return None
    held = vault.unseal(vault.keys_of(row.pk).working, bytes(row.profile), bound("source", row.pk, row.pk))
    return Profile(**{**held, "guard": tuple(held["guard"])})


def source(ref: str, *, actor: Actor) -> Source:
    """Return one of the actor's sources.

    Raises:
        RecordNotFound: If there is none; another handler's and none read the same.
    """
    found: Source = _one(Source, ref, actor)
    return found


def draft(ref: str, *, actor: Actor) -> Draft:
    """Return a draft about one of the actor's sources.

    Raises:
        RecordNotFound: If there is none.
    """
    found: Draft = _one(Draft, ref, actor)
    return found


def request(ref: str, *, actor: Actor) -> TaskingRequest:
    """Return a tasking request that the actor may see.

    Raises:
        RecordNotFound: If there is none.
    """
    found: TaskingRequest = _one(TaskingRequest, ref, actor)
    return found


def unlock(ref: str, *, actor: Actor) -> Unlock:
    """Return an unlock request that the actor made or may approve.

    Raises:
        RecordNotFound: If there is none.
    """
    found: Unlock = _one(Unlock, ref, actor)
    return found


def crossing(pseudonym: str, *, actor: Actor) -> Crossing:
    """Return a crossing by its pseudonym.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Crossing | None = (
        Crossing.objects.seen_by(actor).filter(pseudonym=pseudonym.strip().upper()).first()
    )
    if found is None:
        raise RecordNotFound(pseudonym)
    return found


def _one(model: Any, ref: str, actor: Actor) -> Any:
    row = model.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    if row is None:
        raise RecordNotFound(ref)
    return row


def contacts(row: Source, *, actor: Actor) -> list[Opened]:
    """Return the contacts with a source, newest meeting first."""
    found = _opened(Contact, "contact", row, actor)
    return sorted(found, key=lambda each: str(each.held["met_at"]), reverse=True)


def risks(row: Source, *, actor: Actor) -> list[Opened]:
    """Return the risk assessments of a source, newest first."""
    return _opened(RiskAssessment, "risk", row, actor)


def handovers(row: Source, *, actor: Actor) -> list[Opened]:
    """Return between whom a source passed, newest first."""
    return _opened(Handover, "handover", row, actor)


def drafts(row: Source, *, actor: Actor) -> list[Opened]:
    """Return the drafts about a source, newest first, each with its word (`judgement`) if there is one."""
    found = _opened(Draft, "draft", row, actor)
    words = {word.draft_id: word for word in Judgement.objects.seen_by(actor).filter(source=row)}
    for each in found:
        each.row.judgement = words.get(each.row.pk)
    return found


def _opened(model: type[OfSource], kind: str, row: Source, actor: Actor) -> list[Opened]:
    if profile_of(row) is None:
        return []
    key = vault.keys_of(row.pk).working
    rows = model.objects.seen_by(actor).filter(source=row).order_by("-created_at", "-pk")
    return [Opened(each, vault.unseal(key, each.sealed, bound(kind, row.pk, each.pk))) for each in rows]


def opened_draft(row: Draft) -> Opened:
    """Return a draft with what it says."""
    key = vault.keys_of(row.source_id).working
    return Opened(row, vault.unseal(key, bytes(row.sealed), bound("draft", row.source_id, row.pk)))


def judgement_of(row: Draft, *, actor: Actor) -> Judgement | None:
    """Return the controller's word on a draft, if there is one."""
    found: Judgement | None = Judgement.objects.seen_by(actor).filter(draft=row).first()
    return found


def to_judge(*, actor: Actor) -> list[Opened]:
    """Return the drafts about the actor's sources that wait for a controller's word, oldest first."""
    judged = Judgement.objects.seen_by(actor).filter(draft=OuterRef("pk"))
    rows = Draft.objects.seen_by(actor).filter(~Exists(judged)).order_by("created_at", "pk")
    return [opened_draft(row) for row in rows.select_related("source") if row.source.erased_on is None]


def hatch(*, actor: Actor) -> Any:
    """Return what lies in the hatch and is not yet recorded as a report, newest first."""
    return Crossing.objects.seen_by(actor).filter(~Exists(_taken(actor)))


def in_tray(*, actor: Actor) -> Any:
    """Return what waits for the actor in the hatch."""
    return hatch(actor=actor)


def _taken(actor: Actor) -> Any:
    return TakenIn.objects.seen_by(actor).filter(crossing=OuterRef("pk"))


def is_taken(row: Crossing, *, actor: Actor) -> bool:
    """Tell whether a crossing was recorded as a report."""
    return bool(TakenIn.objects.seen_by(actor).filter(crossing=row).exists())


def requests(*, actor: Actor) -> Any:
    """Return the tasking requests that the actor may see, with whether a source was tasked with them."""
    passed = Tasking.objects.seen_by(actor).filter(request=OuterRef("pk"))
    return TaskingRequest.objects.seen_by(actor).annotate(is_passed=Exists(passed))


def answers_to(row: TaskingRequest, *, actor: Actor) -> list[Crossing]:
    """Return the crossings that answer a request, as far as the actor may see them."""
    return list(Crossing.objects.seen_by(actor).filter(answers_id=row.pk).order_by("-passed_on"))


def taskings(row: Source, *, actor: Actor) -> list[Tasking]:
    """Return what a source was tasked with, newest first."""
    found = Tasking.objects.seen_by(actor).filter(source=row).select_related("request")
    return list(found.order_by("-created_at", "-pk"))


def source_behind(pseudonym: str, *, actor: Actor) -> Source | None:
    """Return which of the actor's own sources stands behind a pseudonym, or nothing."""
    mark = session.blind(pseudonym.strip().upper())
    found: Draft | None = (
        Draft.objects.seen_by(actor).filter(pseudonym_index=mark).select_related("source").first()
    )
    return found.source if found else None


def unlocks(*, actor: Actor) -> Any:
    """Return the unlock requests that the actor made or may approve."""
    return Unlock.objects.seen_by(actor)


def reason_of(row: Unlock) -> str:
    """Return why somebody wants to see an identity."""
    if not vault.exists(row.source_id):
        return ""
    key = vault.keys_of(row.source_id).working
    return str(vault.unseal(key, bytes(row.sealed), bound("unlock", row.source_id, row.pk))["reason"])


def window_of(row: Unlock, *, actor: Actor) -> Window | None:
    """Return the time for which an unlock has opened an identity to the actor, if it has."""
    found: Window | None = Window.objects.seen_by(actor).filter(unlock=row).first()
    return found


def reviews_due(*, actor: Actor, today: date) -> list[Known]:
    """Return the actor's sources whose review is due."""
    rows = Source.objects.seen_by(actor).filter(review_on__lte=today, ended_on=None).order_by("review_on")
    return known_all(list(rows))


def officer(key: UUID) -> User | None:
    """Return an account by its id."""
    return User.objects.filter(pk=key).first()
