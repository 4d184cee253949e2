"""Verbs of dissemination: approve, release, take receipt, rate, recall."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from openilp import reference
from openilp.analysis.documents import edition_pdf
from openilp.analysis.models import Edition
from openilp.dissemination import rules, selectors
from openilp.dissemination.errors import AlreadyDone, DisseminationError, NotReleasable, Withdrawn
from openilp.dissemination.models import Approval, Rating, Recall, Receipt, Recipient, Release
from openilp.dissemination.selectors import APPROVERS, RELEASERS
from openilp.safeguards import gate, notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import NotPermitted, WrongApprover
from openilp.safeguards.models import User
from openilp.safeguards.roles import CONTENT


@action("dissemination.approve_edition", roles=APPROVERS)
def approve_edition(*, actor: Actor, edition: Edition, is_approved: bool, note: str = "") -> Approval:
    """Say as a second person that an edition may go out, or send it back with a note.

    Raises:
        WrongApprover: If the actor wrote the edition or its product.
        DisseminationError: If it goes back without a note.
        NotReleasable: If it is approved although the gate would refuse it anyway.
        AlreadyDone: If somebody gave a word on it before.
    """
    product = gate.related(edition, "product")
    if actor.user_id in {edition.created_by_id, product.created_by_id if product else None}:
        raise WrongApprover("An edition")
    if not is_approved and not note.strip():
        raise DisseminationError("note", "Sending an edition back needs a note; write what must change.")
    if selectors.approvals_of(edition, actor=actor):
        raise AlreadyDone(f"Edition {edition.ref} has a word already")
    if is_approved:
        _check_edition(edition, actor)
    made: Approval = Approval.objects.record(
        actor=actor, edition=edition, is_approved=is_approved, note=note.strip()
    )
    notices.notify(
        actor=actor,
        recipients=[edition.created_by_id],
        kind="approved" if is_approved else "returned",
        ref=edition.ref,
        url=reverse("dissemination:edition", args=[edition.ref]),
    )
    return made


def _check_edition(edition: Edition, actor: Actor) -> None:
    facts = selectors.facts_of(edition, actor=actor)
    found = [
        bar for bar in rules.edition_bars(facts, today=timezone.localdate()) if bar.code != "not_approved"
    ]
    if found:
        raise NotReleasable(edition.ref, [bar.message for bar in found])


@action("dissemination.release_edition", roles=RELEASERS, operation="disclosure")
def release_edition(
    *,
    actor: Actor,
    edition: Edition,
    readers: Sequence[User],
    reason: str,
    now: datetime,
    expires_on: date | None = None,
) -> Release:
    """Hand an approved edition to named people under its strictest handling code.

    Raises:
        DisseminationError: If the reason is missing or the last day lies in the past.
        NotReleasable: If the gate refuses, with every reason.
    """
    if not reason.strip():
        raise DisseminationError("reason", "The release needs a reason; say why these people need to know.")
    if expires_on is not None and expires_on < timezone.localdate(now):
        raise DisseminationError("expires_on", f"{expires_on} has passed; choose today or a later day.")
    people = list({user.pk: user for user in readers}.values())
    facts = selectors.facts_of(edition, actor=actor)
    known = [selectors.reader_of(user, edition) for user in people]
    if found := rules.bars(facts, known, today=timezone.localdate(now)):
        raise NotReleasable(edition.ref, [bar.message for bar in found])
    scheme, code = rules.strictest(facts.items)
    made: Release = Release.objects.record(
        actor=actor,
        edition=edition,
        handling_scheme=scheme,
        handling=code,
        reason=reason.strip(),
        released_at=now,
        expires_on=expires_on,
    )
    Recipient.objects.record_many(actor=actor, rows=[{"release": made, "reader": user} for user in people])
    _tell(actor, made, [user.pk for user in people], "release")
    return made


@action("dissemination.acknowledge_release", roles=CONTENT)
def acknowledge_release(*, actor: Actor, release: Release, of_recall: bool = False) -> Receipt:
    """Take receipt of a release, or of its recall, as one of its readers.

    Raises:
        NotPermitted: If the release does not name the actor.
        DisseminationError: If there is no recall to take receipt of.
        AlreadyDone: If the actor did so before.
    """
    _need_reader(release, actor, "dissemination.acknowledge_release")
    if of_recall and selectors.recall_of(release, actor=actor) is None:
        raise DisseminationError("of_recall", f"Release {release.ref} was not recalled.")
    if of_recall in selectors.own_receipts(release, actor=actor):
        raise AlreadyDone(f"You took receipt of {release.ref} before")
    made: Receipt = Receipt.objects.record(actor=actor, release=release, of_recall=of_recall)
    return made


@action("dissemination.rate_release", roles=CONTENT)
def rate_release(*, actor: Actor, release: Release, value: str, comment: str = "") -> Rating:
    """Say as a reader whether a product was useful, used or acted on; a later word counts beside the earlier.

    Raises:
        NotPermitted: If the release does not name the actor.
        DisseminationError: If the value is unknown, or “not useful” comes without a comment.
        Withdrawn: If it was recalled.
    """
    _need_reader(release, actor, "dissemination.rate_release")
    try:
        reference.vocabulary("reader-ratings").require(value)
    except reference.UnknownCode as error:
        raise DisseminationError("value", str(error)) from error
    if value == "not_useful" and not comment.strip():
        raise DisseminationError("comment", "Say what was missing, so that the next product is better.")
    if selectors.recall_of(release, actor=actor) is not None:
        raise Withdrawn(release.ref, "was recalled")
    made: Rating = Rating.objects.record(actor=actor, release=release, value=value, comment=comment.strip())
    notices.notify(
        actor=actor,
        recipients=[release.edition.created_by_id],
        kind="rating",
        ref=release.ref,
        url=reverse("dissemination:release", args=[release.ref]),
    )
    return made


@action("dissemination.recall_release", roles=RELEASERS, operation="disclosure")
def recall_release(*, actor: Actor, release: Release, reason: str) -> Recall:
    """Withdraw a release and tell every reader why.

    Raises:
        DisseminationError: Without a reason.
        AlreadyDone: If it was recalled before.
    """
    if not reason.strip():
        raise DisseminationError("reason", "The recall needs a reason; its readers are told it.")
    try:
        with transaction.atomic():
            made: Recall = Recall.objects.record(actor=actor, release=release, reason=reason.strip())
    except IntegrityError as error:
        raise AlreadyDone(f"Release {release.ref} was recalled before") from error
    readers = Recipient.objects.seen_by(actor).filter(release=release).values_list("reader", flat=True)
    _tell(actor, release, list(readers), "recall", is_urgent=True)
    return made


@action("dissemination.take_document", roles=CONTENT, operation="disclosure")
def take_document(*, actor: Actor, release: Release, now: datetime) -> bytes:
    """Return the PDF of a release with the watermark of whoever takes it.

    Raises:
        Withdrawn: If it was recalled or has expired.
    """
    if selectors.recall_of(release, actor=actor) is not None:
        raise Withdrawn(release.ref, "was recalled")
    if release.expires_on is not None and release.expires_on < timezone.localdate(now):
        raise Withdrawn(release.ref, "has expired")
    mark = rules.watermark(reader=actor.name, release=release.ref, at=timezone.localtime(now))
    body: bytes = edition_pdf(release.edition, actor=actor, watermark=mark)
    return body


def _need_reader(release: Release, actor: Actor, name: str) -> None:
    if not selectors.is_reader(release, actor=actor):
        raise NotPermitted(name, ["readers whom the release names"])


def _tell(
    actor: Actor, release: Release, people: Sequence[UUID], kind: str, *, is_urgent: bool = False
) -> None:
    notices.notify(
        actor=actor,
        recipients=people,
        kind=kind,
        ref=release.ref,
        url=reverse("dissemination:release", args=[release.ref]),
        is_urgent=is_urgent,
    )
