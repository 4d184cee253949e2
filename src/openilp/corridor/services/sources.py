"""Verbs of handlers and controllers about their sources."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from openilp.corridor import rules, selectors, session, vault
from openilp.corridor.errors import CorridorError, NamesTheSource, SourceEnded, SourceErased
from openilp.corridor.models import (
    Contact,
    Draft,
    Handover,
    Identity,
    RiskAssessment,
    Source,
    bound,
)
from openilp.corridor.rules import NewContact, NewDraft, NewIdentity, Profile
from openilp.safeguards import acting, approvals, references
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import ApprovalRequest, User
from openilp.safeguards.retention import ledger
from openilp.safeguards.roles import CORRIDOR, Role

HANDLERS = frozenset({Role.SOURCE_HANDLER})
CONTROLLERS = frozenset({Role.SOURCE_CONTROLLER})
PSEUDONYM_PREFIX = "SP"

ERASING = approvals.two_person("corridor.erase_source", approvers=[Role.DATA_PROTECTION_OFFICER], hours=72)


@action("corridor.register_source", roles=HANDLERS, operation="collection")
def register_source(
    *, actor: Actor, identity: NewIdentity, profile: Profile, controller: User, review_on: date
) -> Source:
    """Register a source as its handler: the identity is sealed at once and shown to nobody, the handler included.

    Raises:
        CorridorError: If something is missing, the controller is none, or the profile names the source.
    """
    rules.check_text("full_name", identity.full_name, most=200)
    rules.check_text("code_name", profile.code_name, most=60)
    rules.check_text("access", profile.access)
    rules.check_code("standing", profile.standing, rules.STANDINGS)
    if Role.SOURCE_CONTROLLER not in controller.roles or controller.pk == actor.user_id:
        raise CorridorError(
            "controller", f"{controller} is no source controller beside you; choose one who is."
        )
    today = timezone.localdate()
    if not today < review_on <= today.replace(year=today.year + 1, day=min(today.day, 28)):
        raise CorridorError(
            "review_on", f"{review_on} is no day of the coming year; review within twelve months."
        )
    told = identity.words()
    if found := told & rules.words_of(f"{profile.code_name} {profile.access} {profile.motive}"):
        raise NamesTheSource(len(found))
    key = uuid4()
    session.enter(actor)
    keys = vault.create(key)
    _destroy_unless_kept(key)
    guarded = {**asdict(profile), "guard": sorted(vault.guard_word(key, word) for word in told)}
    row: Source = Source.objects.record(
        actor=actor,
        id=key,
        ref=references.new(Source.ref_prefix),
        handler_id=actor.user_id,
        controller_id=controller.pk,
        profile=vault.seal(keys.working, guarded, bound("source", key, key)),
        review_on=review_on,
    )
    Identity.objects.record(
        actor=actor,
        source_id=key,
        sealed=vault.seal(keys.identity, asdict(identity), bound("identity", key, key)),
    )
    return row


def _destroy_unless_kept(key: Any) -> None:
    block = acting.require("The corridor")
    block.afterwards.append(lambda: None if block.is_kept else vault.destroy(key))


@action("corridor.record_contact", roles=HANDLERS, operation="collection")
def record_contact(*, actor: Actor, source: Source, new: NewContact) -> Contact:
    """Note a contact or meeting with a source.

    Raises:
        SourceEnded: If the work with it has ended.
        CorridorError: If something is missing, or the meeting lies ahead.
    """
    _check_active(source)
    rules.check_text("notes", new.notes, most=20_000)
    rules.check_text("place", new.place, most=300)
    if new.met_at > timezone.now():
        raise CorridorError(
            "met_at", f"{new.met_at:%Y-%m-%d %H:%M} lies ahead; note a meeting when it was held."
        )
    held = {**asdict(new), "met_at": new.met_at.isoformat()}
    row: Contact = _sealed(Contact, "contact", actor, source, held)
    return row


@action("corridor.assess_risk", roles=CORRIDOR, operation="collection")
def assess_risk(
    *, actor: Actor, source: Source, hazards: str, measures: str, review_on: date
) -> RiskAssessment:
    """Say in words what endangers a source and those around it, and what is done about it.

    Raises:
        SourceEnded: If the work with it has ended.
        CorridorError: If something is missing, or the review lies behind.
    """
    _check_active(source)
    held = {
        "hazards": rules.check_text("hazards", hazards),
        "measures": rules.check_text("measures", measures),
    }
    if review_on <= timezone.localdate():
        raise CorridorError("review_on", f"{review_on} is not ahead; choose a later day.")
    row: RiskAssessment = _sealed(RiskAssessment, "risk", actor, source, held, review_on=review_on)
    return row


@action("corridor.draft_report", roles=HANDLERS, operation="collection")
def draft_report(*, actor: Actor, source: Source, new: NewDraft) -> Draft:
    """Write a sanitised report, under a pseudonym of its own, for the controller to pass on.

    Raises:
        SourceEnded: If the work with the source has ended.
        NamesTheSource: If a word of the source's identity stands in it.
        CorridorError: If something is missing or unknown.
    """
    profile = _check_active(source)
    rules.check_draft(new, today=timezone.localdate())
    check_words(source, profile, " ".join([new.title, *new.items]))
    if new.answers:
        selectors.request(new.answers, actor=actor)
    pseudonym = references.new(PSEUDONYM_PREFIX)
    held = {
        **asdict(new),
        "items": [item.strip() for item in new.items],
        "observed_on": new.observed_on.isoformat() if new.observed_on else "",
        "pseudonym": pseudonym,
    }
    row: Draft = _sealed(Draft, "draft", actor, source, held, pseudonym_index=session.blind(pseudonym))
    return row


def check_words(source: Source, profile: Profile, text: str) -> None:
    """Refuse a text that holds a word of the source's identity."""
    guarded = set(profile.guard)
    found = [word for word in rules.words_of(text) if vault.guard_word(source.pk, word) in guarded]
    if found:
        raise NamesTheSource(len(found))


@action("corridor.hand_over", roles=CONTROLLERS)
def hand_over(*, actor: Actor, source: Source, to: User, reason: str) -> Handover:
    """Pass a source from one handler to another, as its controller.

    Raises:
        CorridorError: If the other is no handler, or handles it already.
    """
    _check_active(source)
    if Role.SOURCE_HANDLER not in to.roles or to.pk in (source.handler_id, source.controller_id):
        raise CorridorError(
            "to", f"{to} cannot take it over; choose a source handler who does not handle it yet."
        )
    held = {"reason": rules.check_text("reason", reason, most=500)}
    row: Handover = _sealed(Handover, "handover", actor, source, held, from_id=source.handler_id, to_id=to.pk)
    Source.objects.seen_by(actor).filter(pk=source.pk).amend(handler_id=to.pk)
    return row


@action("corridor.end_source", roles=CONTROLLERS)
def end_source(*, actor: Actor, source: Source) -> Source:
    """End the work with a source; its file stays until it is erased.

    Raises:
        SourceEnded: If it has ended before.
    """
    _check_active(source)
    Source.objects.seen_by(actor).filter(pk=source.pk, ended_on=None).amend(ended_on=timezone.localdate())
    return source


def erasing(source: Source) -> approvals.Subject:
    """Return what a data protection officer approves when a source is to be erased."""
    return approvals.Subject("corridor.erase_source", "source", source.pk, source.ref)


@action("corridor.erase_source", roles=CONTROLLERS, operation="erasure")
def erase_source(*, actor: Actor, source: Source, approval: ApprovalRequest | None) -> Source:
    """Destroy the keys of a source, so that nothing of it can be read again, in old copies neither.

    Raises:
        ApprovalNeeded: Without a data protection officer's approval.
        SourceErased: If it was erased before.
        CorridorError: If the work with it has not ended.
    """
    if source.erased_on is not None:
        raise SourceErased
    if source.ended_on is None:
        raise CorridorError("source", f"The work with {source.ref} goes on; end it before it is erased.")
    approvals.consume(actor=actor, request=approval, subject=erasing(source))
    Source.objects.seen_by(actor).filter(pk=source.pk).amend(profile=b"", erased_on=timezone.localdate())
    block = acting.require("The corridor")
    line = ledger.Line(
        str(uuid4()), "source", str(source.pk), "SOURCE", str(timezone.localdate()), str(actor.user_id)
    )
    block.afterwards.append(lambda: _destroy(source.pk, line) if block.is_kept else None)
    return source


def _destroy(key: UUID, line: ledger.Line) -> None:
    vault.destroy(key)
    ledger.append([line])


def _check_active(source: Source) -> Profile:
    profile = selectors.profile_of(source)
    if profile is None:
        raise SourceErased
    if source.ended_on is not None:
        raise SourceEnded(source.ref)
    return profile


def _sealed(model: Any, kind: str, actor: Actor, source: Source, held: dict[str, Any], **columns: Any) -> Any:
    key = uuid4()
    sealed = vault.seal(vault.keys_of(source.pk).working, held, bound(kind, source.pk, key))
    return model.objects.record(actor=actor, id=key, source=source, sealed=sealed, **columns)
