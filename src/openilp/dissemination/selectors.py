"""Questions about who was told: what waits for approval or release, what bars it, who has it, what they say."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from openilp.analysis import selectors as analysis
from openilp.analysis.models import Edition
from openilp.collation.models import Entity, Involvement, Settlement, Statement
from openilp.collection.models import Item, Mention
from openilp.dissemination import rules
from openilp.dissemination.errors import NotOpen
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
from openilp.dissemination.rules import CitedItem, EditionFacts, Handling, Reader, Standing
from openilp.evaluation import selectors as evaluation
from openilp.evaluation.models import Evaluation
from openilp.safeguards import gate
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import hands
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for, colleagues
from openilp.safeguards.roles import ANALYSTS, INTELLIGENCE, MANAGERS, Role

#: Who approves, and who releases what was approved.
APPROVERS = frozenset({Role.HEAD_OF_INTELLIGENCE})
RELEASERS = APPROVERS | ANALYSTS
#: Who may be named to review a colleague's edition.
PEERS = RELEASERS | {Role.INTELLIGENCE_OFFICER}
#: To whom the finished products of the agency are open, as far as their label and the gate allow.
READERS = INTELLIGENCE | MANAGERS
#: Who answers for what a unit brought in, when somebody wants to pass it on.
CONSENTERS = frozenset({Role.REPORTING_OFFICER, Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE})
#: Who reads the register of all releases.
REGISTRARS = frozenset(
    {Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER, Role.CHAIR, Role.TASKING_COORDINATOR}
)
PERSON = "person"
UNKNOWN_CATEGORY = "UNK"


def by_ref(model: Any, ref: str, *, actor: Actor) -> Any:
    """Return a row by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found = model.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def latest_editions(*, actor: Actor) -> Any:
    """Return the newest edition of each product."""
    newer = Edition.objects.seen_by(actor).filter(product=OuterRef("product"), number__gt=OuterRef("number"))
    return Edition.objects.seen_by(actor).filter(~Exists(newer))


def _unjudged(actor: Actor) -> Any:
    judged = Approval.objects.seen_by(actor).filter(edition=OuterRef("pk"))
    return latest_editions(actor=actor).filter(~Exists(judged))


def _reviewed(actor: Actor) -> Any:
    """Return the reviews whose word counts: no newer one stands beside them."""
    seen = PeerReview.objects.seen_by(actor)
    newer = seen.filter(edition=OuterRef("edition"), created_at__gt=OuterRef("created_at"))
    return seen.filter(~Exists(newer))


def awaiting_approval(*, actor: Actor) -> Any:
    """Return the reviewed editions of others on which no senior has given a word."""
    sound = _reviewed(actor).filter(edition=OuterRef("pk"), is_sound=True)
    own = PeerReview.objects.seen_by(actor).filter(edition=OuterRef("pk"), created_by_id=actor.user_id)
    found = _unjudged(actor).filter(Exists(sound), ~Exists(own))
    return found.exclude(product__in=analysis.authored(actor=actor).values("pk"))


def awaiting_peers(*, actor: Actor) -> Any:
    """Return the editions that no named colleague has found sound yet."""
    return _unjudged(actor).filter(~Exists(_reviewed(actor).filter(edition=OuterRef("pk"), is_sound=True)))


def awaiting_review(*, actor: Actor) -> Any:
    """Return the editions that the actor was asked to review and has given no word on."""
    named = ReviewRequest.objects.seen_by(actor).filter(edition=OuterRef("pk"), reviewer_id=actor.user_id)
    said = PeerReview.objects.seen_by(actor).filter(edition=OuterRef("pk"), created_by_id=actor.user_id)
    return _unjudged(actor).filter(Exists(named), ~Exists(said))


def awaiting_consent(*, actor: Actor) -> Any:
    """Return the questions of others to the actor's unit, as originator, that nobody has answered."""
    answered = Consent.objects.seen_by(actor).filter(request=OuterRef("pk"))
    asked = ConsentRequest.objects.seen_by(actor).filter(~Exists(answered), owner_unit_id=actor.unit_id)
    return asked.exclude(created_by_id=actor.user_id)


def awaiting_release(*, actor: Actor) -> Any:
    """Return the approved editions that nobody was told of."""
    seen = Approval.objects.seen_by(actor).filter(edition=OuterRef("pk"))
    told = Release.objects.seen_by(actor).filter(edition=OuterRef("pk"))
    return latest_editions(actor=actor).filter(
        Exists(seen.filter(is_approved=True)), ~Exists(seen.filter(is_approved=False)), ~Exists(told)
    )


def in_tray(*, actor: Actor) -> Any:
    """Return what waits here: for who releases editions to review, approve or send out, for others unread releases."""
    if not actor.has_role(*RELEASERS):
        return unread(actor=actor)
    waits = [awaiting_review(actor=actor), awaiting_release(actor=actor)]
    waits += [awaiting_approval(actor=actor)] if actor.has_role(*APPROVERS) else []
    asked = Q()
    for rows in waits:
        asked |= Q(pk__in=rows.values("pk"))
    return Edition.objects.seen_by(actor).filter(asked)


def mine(*, actor: Actor) -> Any:
    """Return the releases that name the actor as a reader."""
    named = Recipient.objects.seen_by(actor).filter(release=OuterRef("pk"), reader_id=actor.user_id)
    return Release.objects.seen_by(actor).filter(Exists(named))


def unread(*, actor: Actor) -> Any:
    """Return the releases to the actor, recalls included, whose receipt is missing."""
    own = Receipt.objects.seen_by(actor).filter(release=OuterRef("pk"), created_by_id=actor.user_id)
    back = Recall.objects.seen_by(actor).filter(release=OuterRef("pk"))
    return mine(actor=actor).filter(
        ~Exists(own.filter(of_recall=False)) & ~Exists(back)
        | Exists(back) & ~Exists(own.filter(of_recall=True))
    )


def readable(ref: str, *, actor: Actor) -> Release:
    """Return a release that the actor is a reader of, made, or answers for.

    Raises:
        RecordNotFound: Otherwise; who was not told learns nothing of a release.
    """
    found: Release = by_ref(Release, ref, actor=actor)
    if not told_of(Release.objects.seen_by(actor).filter(pk=found.pk), actor=actor).exists():
        raise RecordNotFound(ref)
    return found


def told_of(rows: Any, *, actor: Actor) -> Any:
    """Return the releases among these that name the actor, that the actor made, or answers for."""
    if actor.has_role(*REGISTRARS):
        return rows
    named = Recipient.objects.seen_by(actor).filter(release=OuterRef("pk"), reader_id=actor.user_id)
    return rows.filter(Q(created_by_id=actor.user_id) | Exists(named))


def releases_of(edition: Edition, *, actor: Actor) -> list[Release]:
    """Return the releases of an edition that the actor is told of, newest first."""
    rows = told_of(Release.objects.seen_by(actor).filter(edition=edition), actor=actor)
    return list(rows.order_by("-created_at"))


def is_reader(release: Release, *, actor: Actor) -> bool:
    """Tell whether the release names the actor."""
    return bool(Recipient.objects.seen_by(actor).filter(release=release, reader_id=actor.user_id).exists())


def recall_of(release: Release, *, actor: Actor) -> Recall | None:
    """Return the recall of a release, if there is one."""
    found: Recall | None = (
        Recall.objects.seen_by(actor).filter(release=release).select_related("created_by").first()
    )
    return found


def approvals_of(edition: Edition, *, actor: Actor) -> list[Approval]:
    """Return the words on an edition, newest first."""
    rows = Approval.objects.seen_by(actor).filter(edition=edition).select_related("created_by")
    return list(rows.order_by("-created_at", "-pk"))


def authors_of(edition: Edition, *, actor: Actor) -> set[UUID]:
    """Return the accounts that had a hand in an edition or in any draft of its product."""
    product = gate.related(edition, "product")
    found: set[UUID] = analysis.authors_of(product, actor=actor) if product else set()
    return found | {edition.created_by_id}


def hands_in(edition: Edition, *, actor: Actor) -> set[UUID]:
    """Return the authors of an edition, and those in whose place they wrote."""
    product = gate.related(edition, "product")
    found: set[UUID] = analysis.hands_in(product, actor=actor) if product else set()
    return found | hands(edition)


@dataclass(frozen=True)
class Reading:
    """How an edition stands for one colleague: whether it is open, and what its copies say of themselves."""

    standing: Standing
    is_open: bool
    notice: str


def reading_of(edition: Edition, *, actor: Actor) -> Reading:
    """Return how an edition stands for the actor."""
    words = approvals_of(edition, actor=actor)
    approval = "missing" if not words else "given" if words[0].is_approved else "sent_back"
    out = Release.objects.seen_by(actor).filter(edition=edition)
    back = list(Recall.objects.seen_by(actor).filter(release__in=out.values("pk")).order_by("-created_at"))
    stands = rules.standing(approval=approval, releases=out.count(), recalls=len(back))
    named = {row.reviewer_id for row in requests_of(edition, actor=actor)}
    is_involved = actor.has_role(*APPROVERS) or actor.user_id in named | authors_of(edition, actor=actor)
    recall = f"{timezone.localdate(back[0].created_at)}, {back[0].reason}" if back else ""
    return Reading(
        stands,
        rules.may_read(stands, is_involved=is_involved),
        rules.reading_notice(stands, recall=recall),
    )


def open_reading(edition: Edition, *, actor: Actor) -> Reading:
    """Return how an edition stands for the actor.

    Raises:
        NotOpen: If it is a draft or was recalled, and the actor neither wrote, reviews nor approves it.
    """
    reading = reading_of(edition, actor=actor)
    if not reading.is_open:
        raise NotOpen(edition.ref, reading.standing is Standing.RECALLED)
    return reading


def requests_of(edition: Edition, *, actor: Actor) -> list[ReviewRequest]:
    """Return who was named to review an edition, the first one first."""
    rows = ReviewRequest.objects.seen_by(actor).filter(edition=edition).select_related("reviewer")
    return list(rows.order_by("created_at", "pk"))


def reviews_of(edition: Edition, *, actor: Actor) -> list[PeerReview]:
    """Return what reviewers said of an edition, newest first."""
    rows = PeerReview.objects.seen_by(actor).filter(edition=edition).select_related("created_by")
    return list(rows.order_by("-created_at", "-pk"))


def consents_of(edition: Edition, *, actor: Actor) -> list[tuple[ConsentRequest, Consent | None]]:
    """Return what originators were asked about an edition, newest first, each with its answer."""
    asked = ConsentRequest.objects.seen_by(actor).filter(edition=edition)
    rows = list(asked.select_related("created_by", "unit", "owner_unit").order_by("-created_at", "-pk"))
    given = Consent.objects.seen_by(actor).filter(request__in=rows).select_related("created_by")
    answers = {row.request_id: row for row in given}
    return [(row, answers.get(row.pk)) for row in rows]


def consent_to(request: ConsentRequest, *, actor: Actor) -> Consent | None:
    """Return the originator's answer, if there is one."""
    found: Consent | None = (
        Consent.objects.seen_by(actor).filter(request=request).select_related("created_by").first()
    )
    return found


def consent_request(ref: str, *, actor: Actor) -> ConsentRequest:
    """Return a question to an originator that the actor asked, or that goes to the actor's unit.

    Raises:
        RecordNotFound: Otherwise.
    """
    found: ConsentRequest = by_ref(ConsentRequest, ref, actor=actor)
    if found.created_by_id != actor.user_id and found.owner_unit_id != actor.unit_id:
        raise RecordNotFound(ref)
    return found


def originators(item: Item, *, actor: Actor) -> list[User]:
    """Return who may answer for an item's unit, in alphabetical order."""
    unit = gate.related(item, "owner_unit")
    found = colleagues(actor=actor, roles=CONSENTERS, unit=unit)
    return [user for user in found if actor_for(user).may_see(item.label) and user.pk != actor.user_id]


def newer_than(edition: Edition, *, actor: Actor) -> Edition | None:
    """Return the newest edition of the same product, unless it is this one."""
    rows = Edition.objects.seen_by(actor).filter(product=edition.product_id, number__gt=edition.number)
    found: Edition | None = rows.order_by("-number").first()
    return found


def facts_of(edition: Edition, *, actor: Actor) -> EditionFacts:
    """Return what the gate must know of an edition, as far as the actor may see it."""
    words = approvals_of(edition, actor=actor)
    approval = "missing" if not words else "given" if words[0].is_approved else "sent_back"
    return EditionFacts(
        ref=edition.ref,
        review_on=edition.review_on,
        approval=approval,
        is_latest=newer_than(edition, actor=actor) is None,
        items=_cited_items(edition, actor),
        peer=_peer_word(edition, actor),
        originator_control=edition.originator_control,
        owner_unit=edition.owner_unit_id,
    )


def _peer_word(edition: Edition, actor: Actor) -> str:
    said = reviews_of(edition, actor=actor)
    return "missing" if not said else "sound" if said[0].is_sound else "objects"


def cited(edition: Edition) -> dict[str, str]:
    """Return the items that an edition rests on, with the evaluation that it froze (empty where it names none)."""
    content = edition.content
    found: dict[str, str] = {}
    for block in content.get("blocks", []):
        for evidence in (block.get("assessment") or {}).get("evidence", []):
            found.setdefault(str(evidence["ref"]), "")
    for citation in content.get("citations", []):
        found[str(citation["ref"])] = str(citation.get("evaluation", ""))
    return found


def _cited_items(edition: Edition, actor: Actor) -> tuple[CitedItem, ...]:
    named = cited(edition)
    items: dict[str, Item] = {row.ref: row for row in Item.objects.seen_by(actor).filter(ref__in=list(named))}
    rows = list(items.values())
    current = evaluation.current_evaluations(rows, actor=actor)
    frozen = {
        row.ref: row
        for row in Evaluation.objects.seen_by(actor).filter(ref__in=[ref for ref in named.values() if ref])
    }
    disputes: dict[UUID, str] = {}
    for dispute in evaluation.open_disputes({row.report_id for row in rows}, actor=actor):
        known = disputes.get(dispute.report_id)
        disputes[dispute.report_id] = "false" if dispute.is_false or known == "false" else "disputed"
    reviews = evaluation.reviews_of(current.values(), actor=actor)
    unsettled = uncategorised(rows, actor=actor)
    consents = _consents(edition, actor)
    return tuple(
        _facts_of_item(
            ref, items.get(ref), named[ref], current, frozen, disputes, reviews, unsettled, consents
        )
        for ref in named
    )


def _consents(edition: Edition, actor: Actor) -> dict[UUID, frozenset[UUID]]:
    """Return by item the units that its originator let the edition go to; the newest answer counts."""
    latest: dict[tuple[UUID, UUID], bool] = {}
    for request, answer in consents_of(edition, actor=actor):
        if answer is not None:
            latest.setdefault((request.item_id, request.unit_id), answer.is_given)
    return {
        item: frozenset(unit for (other, unit), given in latest.items() if given and other == item)
        for item, _unit in latest
    }


def _facts_of_item(
    ref: str,
    item: Item | None,
    cited_evaluation: str,
    current: dict[UUID, Evaluation],
    frozen: dict[str, Evaluation],
    disputes: dict[UUID, str],
    reviews: dict[UUID, Any],
    unsettled: dict[UUID, int],
    consents: dict[UUID, frozenset[UUID]],
) -> CitedItem:
    if item is None:
        return CitedItem(ref, is_visible=False)
    stands = current.get(item.pk)
    used = frozen.get(cited_evaluation)
    grades = {row.pk: row for row in (stands, used) if row is not None}
    looks = reviews.get(stands.pk, []) if stands else []
    return CitedItem(
        ref,
        is_evaluated=stands is not None,
        is_returned=bool(looks) and not looks[0].agrees,
        is_regraded=bool(cited_evaluation and stands and stands.ref != cited_evaluation),
        dispute=disputes.get(item.report_id, ""),
        review_on=item.review_on,
        uncategorised=unsettled.get(item.pk, 0),
        originator=item.owner_unit_id,
        originator_control=item.originator_control,
        handlings=tuple(
            Handling(row.handling_scheme, row.handling, row.handling_text) for row in grades.values()
        ),
        consented=consents.get(item.pk, frozenset()),
    )


def uncategorised(items: Iterable[Item], *, actor: Actor) -> dict[UUID, int]:
    """Return how many persons each item names who have no settled category.

    A mention counts until collation settled it, as a statement about a person with a category or with a reason; a
    person whom a statement of the item describes counts until somebody involved that person in a matter.
    """
    rows = list(items)
    mentions = Mention.objects.seen_by(actor).filter(item__in=rows, entity_type=PERSON)
    settled = Settlement.objects.seen_by(actor).filter(mention=OuterRef("pk"))
    made: dict[UUID, int] = defaultdict(int)
    for mention in mentions.filter(~Exists(settled)):
        made[mention.item_id] += 1
    persons = Entity.objects.seen_by(actor).filter(pk=OuterRef("entity"), kind=PERSON)
    described = Statement.objects.seen_by(actor).filter(Exists(persons), item__in=rows)
    pairs = set(described.values_list("item", "entity"))
    today = timezone.localdate()
    known = set(
        Involvement.objects.seen_by(actor)
        .filter(Q(until=None) | Q(until__gte=today), person__in={person for _, person in pairs})
        .exclude(category=UNKNOWN_CATEGORY)
        .values_list("person", flat=True)
    )
    for item, person in pairs:
        if person not in known:
            made[item] += 1
    return dict(made)


def reader_of(user: User, edition: Edition) -> Reader:
    """Return what the gate must know of a reader."""
    reach = actor_for(user)
    return Reader(
        name=str(user),
        username=user.username,
        unit=user.unit_id,
        unit_code=user.unit.code,
        unit_name=user.unit.name,
        is_cleared=reach.may_see(edition.label),
        partner=user.partner,
    )


def possible_readers(edition: Edition, *, actor: Actor) -> list[tuple[User, Reader]]:
    """Return all colleagues who work with content, in alphabetical order, with what the gate knows of them."""
    roles = set(Role) - {Role.ADMINISTRATOR, Role.SUPERVISORY_AUTHORITY}
    found = colleagues(actor=actor, roles=sorted(roles))
    return [(user, reader_of(user, edition)) for user in found if user.pk != actor.user_id]


@dataclass(frozen=True)
class Line:
    """One reader of one release, as the register shows it."""

    release: Release
    edition: Edition | None
    reader: User
    received_on: date | None
    recall: Recall | None
    recall_received_on: date | None
    rating: str


@dataclass(frozen=True)
class RegisterFilters:
    """What the register shows: reader (user name), words of the title, and the days from and to."""

    reader: str = ""
    title: str = ""
    since: date | None = None
    until: date | None = None


def releases(*, actor: Actor, filters: RegisterFilters = RegisterFilters()) -> Any:
    """Return releases for the register, filtered."""
    rows = Release.objects.seen_by(actor)
    if filters.reader:
        named = Recipient.objects.seen_by(actor).filter(
            release=OuterRef("pk"), reader__username=filters.reader.strip().lower()
        )
        rows = rows.filter(Exists(named))
    if filters.title:
        titled = Edition.objects.seen_by(actor).filter(pk=OuterRef("edition"), title__icontains=filters.title)
        rows = rows.filter(Exists(titled))
    if filters.since:
        rows = rows.filter(released_at__date__gte=filters.since)
    if filters.until:
        rows = rows.filter(released_at__date__lte=filters.until)
    return rows


def lines_of(rows: Iterable[Release], *, actor: Actor) -> list[Line]:
    """Return one line for each reader of each release, with receipt, recall and rating."""
    found = list(rows)
    readers: dict[UUID, list[User]] = defaultdict(list)
    for named in (
        Recipient.objects.seen_by(actor).filter(release__in=found).select_related("reader", "reader__unit")
    ):
        readers[named.release_id].append(named.reader)
    receipts = {
        (row.release_id, row.created_by_id, row.of_recall): timezone.localdate(row.created_at)
        for row in Receipt.objects.seen_by(actor).filter(release__in=found)
    }
    recalls = {row.release_id: row for row in Recall.objects.seen_by(actor).filter(release__in=found)}
    ratings = {
        (row.release_id, row.created_by_id): row.value
        for row in Rating.objects.seen_by(actor).filter(release__in=found).order_by("created_at")
    }
    return [
        Line(
            release,
            gate.related(release, "edition"),
            reader,
            receipts.get((release.pk, reader.pk, False)),
            recalls.get(release.pk),
            receipts.get((release.pk, reader.pk, True)),
            ratings.get((release.pk, reader.pk), ""),
        )
        for release in found
        for reader in sorted(readers[release.pk], key=str)
    ]


def ratings_of(release: Release, *, actor: Actor) -> list[Rating]:
    """Return what readers say of a release, newest first."""
    rows = Rating.objects.seen_by(actor).filter(release=release).select_related("created_by")
    return list(rows.order_by("-created_at", "-pk"))


def own_receipts(release: Release, *, actor: Actor) -> set[bool]:
    """Return which receipts the actor gave: False for the release, True for its recall."""
    rows = Receipt.objects.seen_by(actor).filter(release=release, created_by_id=actor.user_id)
    return set(rows.values_list("of_recall", flat=True))
