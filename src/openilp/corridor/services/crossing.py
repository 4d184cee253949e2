"""Verbs of the hatch: what the controller passes on, what the intelligence side takes in and asks."""

from datetime import date, datetime, time
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from openilp.collection import services as collection
from openilp.collection.models import Report
from openilp.collection.rules import NewItem, NewReport
from openilp.corridor import rules, selectors, vault
from openilp.corridor.errors import AlreadyJudged, CorridorError, NotYours
from openilp.corridor.models import (
    Crossing,
    Draft,
    Judgement,
    Source,
    TakenIn,
    Tasking,
    TaskingRequest,
    bound,
)
from openilp.corridor.routing import ALIAS
from openilp.corridor.services.sources import CONTROLLERS, check_words
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Level
from openilp.safeguards.roles import ANALYSTS, Role

#: Who takes in what lies in the hatch.
TAKERS = frozenset({Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE})
ASKERS = TAKERS | ANALYSTS


@action("corridor.judge_draft", roles=CONTROLLERS, operation="disclosure")
def judge_draft(*, actor: Actor, draft: Draft, is_passed: bool, note: str = "") -> Judgement:
    """Pass a draft on to the intelligence side, or send it back to its handler with a note.

    Raises:
        NotYours: If the actor wrote it.
        AlreadyJudged: If it was judged before.
        CorridorError: If it goes back without a note, or names the source.
    """
    if draft.created_by_id == actor.user_id:
        raise NotYours(f"Passing {draft.ref} on")
    if not is_passed:
        rules.check_text("note", note, most=500)
    source: Source = Source.objects.seen_by(actor).get(pk=draft.source_id)
    held, profile = selectors.opened_draft(draft).held, selectors.profile_of(source)
    if profile is None or source.controller_id != actor.user_id:
        raise NotYours(f"Passing {draft.ref} on")
    key = uuid4()
    sealed = vault.seal(
        vault.keys_of(source.pk).working, {"note": note.strip()}, bound("judgement", source.pk, key)
    )
    try:
        with transaction.atomic(using=ALIAS):
            made: Judgement = Judgement.objects.record(
                actor=actor, id=key, source=source, draft=draft, is_passed=is_passed, sealed=sealed
            )
    except IntegrityError as error:
        raise AlreadyJudged(f"Draft {draft.ref} was judged already") from error
    if is_passed:
        check_words(source, profile, " ".join([held["title"], *held["items"]]))
        answers = selectors.request(held["answers"], actor=actor).pk if held["answers"] else None
        today = timezone.localdate()
        Crossing.objects.record(
            actor=actor,
            # The hour would join the crossing with the word on its draft, and so with its source.
            created_at=timezone.make_aware(datetime.combine(today, time())),
            pseudonym=held["pseudonym"],
            title=held["title"],
            items=held["items"],
            language=held["language"],
            urgency=held["urgency"],
            observed_on=date.fromisoformat(held["observed_on"]) if held["observed_on"] else None,
            standing=profile.standing,
            passed_on=today,
            answers_id=answers,
        )
    return made


@action("corridor.take_in", roles=TAKERS, operation="collection")
def take_in(*, actor: Actor, crossing: Crossing, legal_basis: str) -> Report:
    """Record what lies in the hatch as a report of the intelligence side, restricted, under its pseudonym.

    Done twice, it leaves one report: one that was recorded and not marked is found by its pseudonym.

    Raises:
        AlreadyJudged: If it was taken in before.
        MissingLawfulness: If the legal basis is not in force.
    """
    if selectors.is_taken(crossing, actor=actor):
        raise AlreadyJudged(f"{crossing.pseudonym} was taken in already")
    # A crossing waits for days at most, so the newest reports are enough to look through.
    recent = Report.objects.seen_by(actor).filter(created_at__gte=crossing.created_at)
    row: Report | None = recent.filter(foreign_key=crossing.pseudonym).first()
    if row is None:
        row = collection.submit_report(
            actor=actor,
            new=NewReport(
                items=[NewItem(text, "third_party_claim") for text in crossing.items],
                urgency=crossing.urgency,
                provenance="told",
                provenance_note=f"{crossing.pseudonym}. {rules.STANDINGS[crossing.standing]}",
                title=crossing.title,
                language=crossing.language,
                observed_at=_midnight(crossing.observed_on),
            ),
            legal_basis=legal_basis,
            label=actor.label(level=Level.RESTRICTED),
            foreign_key=crossing.pseudonym,
        )
    try:
        with transaction.atomic(using=ALIAS):
            TakenIn.objects.record(actor=actor, crossing=crossing)
    except IntegrityError as error:
        raise AlreadyJudged(f"{crossing.pseudonym} was taken in already") from error
    return row


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None


@action("corridor.send_request", roles=ASKERS, operation="disclosure")
def send_request(
    *, actor: Actor, kind: str, text: str, pseudonym: str = "", due_on: date | None = None
) -> TaskingRequest:
    """Put a question, or a word on what became of a report, into the hatch; no analyst's note goes with it.

    Raises:
        CorridorError: If it says nothing, or is due in the past.
    """
    rules.check_code("kind", kind, rules.KINDS)
    if kind == "feedback" and not pseudonym.strip():
        raise CorridorError(
            "pseudonym", "A word on a report needs the report's pseudonym; copy it from there."
        )
    if due_on is not None and due_on < timezone.localdate():
        raise CorridorError("due_on", f"{due_on} has passed; choose today or a later day.")
    row: TaskingRequest = TaskingRequest.objects.record(
        actor=actor,
        kind=kind,
        text=rules.check_text("text", text, most=600),
        pseudonym=pseudonym.strip().upper()[:16],
        due_on=due_on,
    )
    return row


@action("corridor.task_source", roles=CONTROLLERS)
def task_source(*, actor: Actor, request: TaskingRequest, source: Source) -> Tasking:
    """Pass a request on to the handler of one of the actor's sources.

    Raises:
        AlreadyJudged: If the source was tasked with it before.
        NotYours: If another controller's source is meant.
    """
    if source.controller_id != actor.user_id or source.ended_on is not None:
        raise NotYours(f"Tasking {source.ref}")
    try:
        with transaction.atomic(using=ALIAS):
            row: Tasking = Tasking.objects.record(actor=actor, source=source, request=request)
    except IntegrityError as error:
        raise AlreadyJudged(f"{source.ref} was tasked with {request.ref} already") from error
    return row
