"""Verbs of dissemination: review, approve, ask for consent, release, take receipt, rate, recall."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from openilp import reference
from openilp.analysis import selectors as analysis
from openilp.analysis.documents import edition_pdf
from openilp.analysis.models import Edition
from openilp.collection.models import Item
from openilp.dissemination import rules, selectors
from openilp.dissemination.errors import (
    AlreadyDone,
    DisseminationError,
    NotReleasable,
    ReviewerCannotApprove,
    Withdrawn,
)
from openilp.dissemination.models import (
    Approval,
    Consent,
    ConsentRequest,
    PeerReview,
    Rating,
    Recall,
    Receipt,
    Recipient,
    Release,
    ReviewRequest,
)
from openilp.dissemination.selectors import APPROVERS, CONSENTERS, PEERS, READERS, RELEASERS
from openilp.safeguards import gate, notices, turns
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import hands, is_second
from openilp.safeguards.errors import NotPermitted, WrongApprover
from openilp.safeguards.models import Unit, User
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import CONTENT


@action("dissemination.name_reviewer", roles=PEERS)
def name_reviewer(*, actor: Actor, edition: Edition, reviewer: User) -> ReviewRequest:
    """Name a colleague who had no hand in an edition to review it before its approval.

    It opens the draft to the colleague, so it is for those alone to whom it is open.

    Raises:
        NotOpen: If the actor neither wrote, reviews nor approves it.
        DisseminationError: If the colleague is the actor or an author, does not review, or may not see it.
        AlreadyDone: If the colleague was named before, or the edition has its approval.
    """
    selectors.open_reading(edition, actor=actor)
    if reviewer.pk in selectors.authors_of(edition, actor=actor):
        raise DisseminationError("reviewer", f"{reviewer} had a hand in it; name somebody who had none.")
    if reviewer.pk == actor.user_id:
        raise DisseminationError("reviewer", "You cannot name yourself; name somebody else.")
    if not set(reviewer.roles) & {role.value for role in PEERS} or reviewer.partner:
        raise DisseminationError(
            "reviewer", f"{reviewer} does not review products; name an analyst or an intelligence officer."
        )
    if not actor_for(reviewer).may_see(edition.label):
        raise DisseminationError(
            "reviewer", f"{reviewer} may not see {edition.ref}; name somebody whose reach covers it."
        )
    _need_no_word(edition, actor)
    try:
        with transaction.atomic():
            made: ReviewRequest = ReviewRequest.objects.record(
                actor=actor, edition=edition, reviewer=reviewer
            )
    except IntegrityError as error:
        raise AlreadyDone(f"{reviewer} was named for {edition.ref} before") from error
    _tell_of_edition(actor, edition, [reviewer.pk], "review_asked")
    return made


@action("dissemination.review_edition", roles=PEERS)
def review_edition(*, actor: Actor, edition: Edition, is_sound: bool, note: str = "") -> PeerReview:
    """Say as the named reviewer that an edition is sound, or what must be mended; the newest word counts.

    Raises:
        WrongApprover: If the actor had a hand in it.
        NotPermitted: If nobody named the actor as its reviewer.
        DisseminationError: If faults are found and not said.
        AlreadyDone: If the edition has its approval.
    """
    authors = selectors.authors_of(edition, actor=actor)
    if not is_second(actor=actor, authors=selectors.hands_in(edition, actor=actor)):
        raise WrongApprover("An edition")
    if actor.user_id not in {row.reviewer_id for row in selectors.requests_of(edition, actor=actor)}:
        raise NotPermitted("dissemination.review_edition", ["colleagues whom an author named as reviewer"])
    if not is_sound and not note.strip():
        raise DisseminationError("note", "Say what must be mended; the authors need it in words.")
    _need_no_word(edition, actor)
    made: PeerReview = PeerReview.objects.record(
        actor=actor, edition=edition, is_sound=is_sound, note=note.strip()
    )
    _tell_of_edition(actor, edition, authors, "reviewed" if is_sound else "review_objects")
    return made


def _need_no_word(edition: Edition, actor: Actor) -> None:
    if selectors.approvals_of(edition, actor=actor):
        raise AlreadyDone(f"Edition {edition.ref} has a word already")


def _tell_of_edition(actor: Actor, edition: Edition, people: Iterable[UUID], kind: str) -> None:
    notices.notify(
        actor=actor,
        recipients=people,
        kind=kind,
        ref=edition.ref,
        url=reverse("dissemination:edition", args=[edition.ref]),
    )


@action("dissemination.approve_edition", roles=APPROVERS)
def approve_edition(*, actor: Actor, edition: Edition, is_approved: bool, note: str = "") -> Approval:
    """Say as a second person that an edition may go out, or send it back with a note.

    Raises:
        WrongApprover: If the actor had a hand in any draft of the product.
        ReviewerCannotApprove: If the actor is its reviewer.
        DisseminationError: If it goes back without a note.
        NotReleasable: If it is approved although the gate would refuse it anyway: no colleague found it sound,
            or something that it rests on is not in order.
        AlreadyDone: If somebody gave a word on it before.
    """
    authors = selectors.authors_of(edition, actor=actor)
    if not is_second(actor=actor, authors=selectors.hands_in(edition, actor=actor)):
        raise WrongApprover("An edition")
    reviewers = hands(*selectors.reviews_of(edition, actor=actor))
    if not is_second(actor=actor, authors=reviewers):
        raise ReviewerCannotApprove(edition.ref)
    if not is_approved and not note.strip():
        raise DisseminationError("note", "Sending an edition back needs a note; write what must change.")
    turns.take("approve", edition.pk)
    _need_no_word(edition, actor)
    if is_approved:
        _check_edition(edition, actor)
    made: Approval = Approval.objects.record(
        actor=actor, edition=edition, is_approved=is_approved, note=note.strip()
    )
    _tell_of_edition(actor, edition, authors, "approved" if is_approved else "returned")
    return made


def _check_edition(edition: Edition, actor: Actor) -> None:
    facts = selectors.facts_of(edition, actor=actor)
    found = [
        bar for bar in rules.edition_bars(facts, today=timezone.localdate()) if bar.code != "not_approved"
    ]
    if found:
        raise NotReleasable(edition.ref, [bar.message for bar in found])


@action("dissemination.ask_consent", roles=RELEASERS, operation="disclosure")
def ask_consent(*, actor: Actor, edition: Edition, item: Item, unit: Unit, reason: str) -> ConsentRequest:
    """Ask the originator of an item whether an edition that rests on it may go to a unit.

    Raises:
        DisseminationError: If the item needs no such consent, or nobody of its unit could give it.
        AlreadyDone: If the same question waits for its answer.
    """
    if not reason.strip():
        raise DisseminationError("reason", "The originator needs a reason; say why that unit needs to know.")
    facts = selectors.facts_of(edition, actor=actor)
    if (item.ref, unit.pk) not in rules.consents_needed(facts, [unit.pk]):
        raise DisseminationError(
            "item", f"{item.ref} needs no consent of its originator before it goes to {unit}."
        )
    asked = selectors.consents_of(edition, actor=actor)
    if any(q.item_id == item.pk and q.unit_id == unit.pk and answer is None for q, answer in asked):
        raise AlreadyDone(f"The originator of {item.ref} was asked before")
    people = selectors.originators(item, actor=actor)
    if not people:
        raise DisseminationError(
            "item",
            f"Nobody of {item.owner_unit} could answer for {item.ref}; leave the item out, or that unit.",
        )
    made: ConsentRequest = ConsentRequest.objects.record(
        actor=actor, item=item, edition=edition, unit=unit, reason=reason.strip()
    )
    _tell_of_consent(actor, made, [user.pk for user in people], "consent_asked")
    return made


@action("dissemination.answer_consent", roles=CONSENTERS, operation="disclosure")
def answer_consent(*, actor: Actor, request: ConsentRequest, is_given: bool, note: str = "") -> Consent:
    """Answer for the originator, in one's own name, whether an item may go to another unit.

    Raises:
        NotPermitted: If the actor is not of the unit that the item belongs to.
        WrongApprover: If the actor asked.
        DisseminationError: If it is refused without a word why.
        AlreadyDone: If a colleague answered before.
    """
    if actor.unit_id != request.owner_unit_id:
        raise NotPermitted("dissemination.answer_consent", [f"colleagues of {request.owner_unit}"])
    if not is_second(actor=actor, authors=hands(request)):
        raise WrongApprover("A consent")
    if not is_given and not note.strip():
        raise DisseminationError("note", "Say why it must not go there; whoever asked needs it in words.")
    try:
        with transaction.atomic():
            made: Consent = Consent.objects.record(
                actor=actor, request=request, is_given=is_given, note=note.strip()
            )
    except IntegrityError as error:
        raise AlreadyDone(f"Request {request.ref} was answered before") from error
    _tell_of_consent(
        actor, request, [request.created_by_id], "consent_given" if is_given else "consent_refused"
    )
    return made


def _tell_of_consent(actor: Actor, request: ConsentRequest, people: Iterable[UUID], kind: str) -> None:
    notices.notify(
        actor=actor,
        recipients=people,
        kind=kind,
        ref=request.ref,
        url=reverse("dissemination:consent", args=[request.ref]),
    )


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
    product = gate.related(edition, "product")
    askers = {user.pk for user in analysis.askers_of(product, actor=actor)} if product else set()
    told = {user.pk for user in people}
    _tell(actor, made, sorted(told - askers), "release")
    _tell(actor, made, sorted(told & askers), "answer_released")
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


@action("dissemination.take_working_copy", roles=READERS, operation="disclosure")
def take_working_copy(*, actor: Actor, edition: Edition, now: datetime) -> bytes:
    """Return the PDF of an edition as it stands: a draft or a recall says so on every page, with whose copy it is.

    Raises:
        NotOpen: If it is a draft or was recalled, and the actor neither wrote, reviews nor approves it.
    """
    reading = selectors.open_reading(edition, actor=actor)
    mark = rules.reading_mark(
        reading.standing, reader=actor.name, edition=edition.ref, at=timezone.localtime(now)
    )
    body: bytes = edition_pdf(edition, actor=actor, watermark=mark, notice=reading.notice)
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
