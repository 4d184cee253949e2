"""The verbs: a second person, named readers, receipts, ratings and recalls; and the gate on real rows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from openilp.analysis import services as analysis
from openilp.analysis.models import Contribution, Product
from openilp.collection.models import Item, Mention
from openilp.dissemination import selectors, services
from openilp.dissemination.errors import (
    AlreadyDone,
    DisseminationError,
    NotOpen,
    NotReleasable,
    ReviewerCannotApprove,
    Withdrawn,
)
from openilp.dissemination.models import Recipient, Release
from openilp.evaluation import selectors as evaluations
from openilp.evaluation import services as evaluation
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import NotPermitted, RecordNotFound, WrongApprover
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import Notice, ThreadEdge, User
from openilp.safeguards.roles import Role
from tests.dissemination.making import (
    ANALYST,
    HEAD,
    OFFICER,
    PERSON,
    approved,
    describe_person,
    edition_on,
    graded_item,
    involve,
    ready,
    released,
    reviewed,
)
from tests.evaluation.making import GRADE, Act, in_place_of, not_second
from tests.factories import World

CHAIR, OWNER = Role.CHAIR, Role.PLAN_OWNER


def refused(world: World, act: Act, edition: Any, *roles: Role) -> str:
    """Return what the gate says when it refuses a release."""
    with pytest.raises(NotReleasable) as error:
        released(world, act, edition, *(roles or (OWNER,)))
    return str(error.value)


def test_a_release_names_its_readers_and_tells_them(world: World, act: Act) -> None:
    """Who, what, why and when are on record, and each reader has a notice. [PRO-06]"""
    made = released(world, act, ready(world, act), CHAIR, OWNER)

    assert (made.handling_scheme, made.handling, made.reason) == ("europol-h", "H1", "They patrol the yard.")
    with act(world.user(CHAIR), world.desk) as actor:
        assert [made] == list(selectors.mine(actor=actor))
        assert Notice.objects.seen_by(actor).filter(kind="answer_released", ref=made.ref).count() == 1
        lines = selectors.lines_of([made], actor=actor)
        assert [line.reader for line in lines] == [world.user(CHAIR), world.user(OWNER)]
        assert ThreadEdge.objects.seen_by(actor).filter(to_id=made.pk, kind="released in").count() == 1


def test_nobody_approves_the_own_edition(world: World, act: Act) -> None:
    """Approval is a second person's, a senior one's. [PRO-04]"""
    own = edition_on(world, act, graded_item(world, act), author=HEAD)
    with act(world.user(HEAD), world.desk) as actor, pytest.raises(WrongApprover):
        services.approve_edition(actor=actor, edition=own, is_approved=True)
    other = edition_on(world, act, graded_item(world, act))
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor, pytest.raises(NotPermitted):
        services.approve_edition(actor=actor, edition=other, is_approved=True)


def test_without_an_approval_nothing_goes_out(world: World, act: Act) -> None:
    """No word, or an edition sent back, keeps the gate shut. [PRO-04]"""
    edition = edition_on(world, act, graded_item(world, act))
    assert "No second person" in refused(world, act, edition)
    with act(world.user(HEAD), world.desk) as actor:
        with pytest.raises(DisseminationError, match="note"):
            services.approve_edition(actor=actor, edition=edition, is_approved=False)
        services.approve_edition(actor=actor, edition=edition, is_approved=False, note="Too vague.")
        with pytest.raises(AlreadyDone):
            services.approve_edition(actor=actor, edition=edition, is_approved=True)

    assert "sent back" in refused(world, act, edition)


def test_an_ungraded_item_bars(world: World, act: Act) -> None:
    """What is not evaluated is not released, and is not approved either."""
    edition = edition_on(world, act, graded_item(world, act, grade=None))

    assert "not graded" in refused(world, act, edition)
    with act(world.user(HEAD), world.desk) as actor, pytest.raises(NotReleasable, match="not graded"):
        services.approve_edition(actor=actor, edition=edition, is_approved=True)


def test_a_grade_given_anew_or_sent_back_bars(world: World, act: Act) -> None:
    """The edition rests on the very grade that it cites."""
    item = graded_item(world, act)
    edition = approved(world, act, edition_on(world, act, item))
    with act(world.user(HEAD), world.desk) as actor:
        stands = evaluations.current_evaluations([item], actor=actor)[item.pk]
        evaluation.review_evaluation(actor=actor, evaluation=stands, agrees=False, reason="Who saw it?")
    assert "sent back by a second person" in refused(world, act, edition)
    with act(world.user(OFFICER), world.desk) as actor:
        evaluation.evaluate_item(
            actor=actor, item=item, grade=replace(GRADE, information="4"), supersedes=stands
        )

    assert "Graded anew" in refused(world, act, edition)


def test_a_disputed_or_false_report_bars_until_it_is_settled(world: World, act: Act) -> None:
    """A dispute after the approval still stops the release."""
    item = graded_item(world, act)
    edition = approved(world, act, edition_on(world, act, item))
    with act(world.user(OFFICER), world.desk) as actor:
        dispute = evaluation.dispute_report(
            actor=actor, report=item.report, is_false=True, reason="Invented by the caretaker."
        )
    assert "found false" in refused(world, act, edition)
    with act(world.user(HEAD), world.desk) as actor:
        evaluation.settle_dispute(actor=actor, dispute=dispute, reason="A camera saw the van.")

    assert isinstance(released(world, act, edition, OWNER), Release)


def test_a_person_without_a_category_bars(world: World, act: Act) -> None:
    """Named, described, categorised: only then may a product with a person in it go out."""
    item = graded_item(world, act, item=PERSON)
    edition = edition_on(world, act, item)
    assert "without a category" in refused(world, act, edition)
    with act(world.user(OFFICER), world.desk) as actor:
        person = describe_person(actor, item, Mention.objects.seen_by(actor).get(item=item))
    assert "without a category" in refused(world, act, edition)
    with act(world.user(OFFICER), world.desk) as actor:
        involve(world, actor, item, person, category="UNK")
    assert "without a category" in refused(world, act, edition)
    with act(world.user(OFFICER), world.desk) as actor:
        involve(world, actor, item, person)

    assert isinstance(released(world, act, approved(world, act, edition), OWNER), Release)


def test_an_expired_item_bars(world: World, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missed review date stops the release by itself."""
    edition = ready(world, act)
    later = timezone.now() + timedelta(days=1200)
    with act(world.user(ANALYST), world.desk) as actor, pytest.raises(NotReleasable, match="review date"):
        services.release_edition(
            actor=actor, edition=edition, readers=[world.user(OWNER)], reason="why", now=later
        )


def test_a_reader_without_clearance_or_matter_bars(world: World, act: Act) -> None:
    """Need-to-know is checked for each named reader. [PRO-05]"""
    label = Label(Level.RESTRICTED, frozenset({world.operation.pk}), world.region.pk)
    edition = approved(world, act, edition_on(world, act, graded_item(world, act), label=label))

    assert "Chair" in refused(world, act, edition, CHAIR, OWNER)
    with act(world.user(OWNER), world.desk) as actor:
        assert not Recipient.objects.seen_by(actor).exists()


def test_who_was_not_told_finds_no_release(world: World, act: Act) -> None:
    """A release is open to its readers and to those who answer for it."""
    made = released(world, act, ready(world, act), OWNER)
    for role in (OWNER, ANALYST, CHAIR, Role.DATA_PROTECTION_OFFICER):
        with act(world.user(role), world.desk) as actor:
            assert selectors.readable(made.ref, actor=actor) == made
    for role in (Role.REPORTING_OFFICER, Role.STRATEGIC_ANALYST):
        with act(world.user(role), world.desk) as actor, pytest.raises(RecordNotFound):
            selectors.readable(made.ref, actor=actor)


def test_a_reader_takes_receipt_once_and_others_cannot(world: World, act: Act) -> None:
    """The receipt is the reader's own word."""
    made = released(world, act, ready(world, act), OWNER)
    with act(world.user(OWNER), world.desk) as actor:
        assert selectors.in_tray(actor=actor).count() == 1
        services.acknowledge_release(actor=actor, release=made)
        assert selectors.in_tray(actor=actor).count() == 0
        with pytest.raises(AlreadyDone):
            services.acknowledge_release(actor=actor, release=made)
        with pytest.raises(DisseminationError, match="not recalled"):
            services.acknowledge_release(actor=actor, release=made, of_recall=True)
    with act(world.user(CHAIR), world.desk) as actor, pytest.raises(NotPermitted):
        services.acknowledge_release(actor=actor, release=made)


def test_a_reader_rates_and_the_author_hears_it(world: World, act: Act) -> None:
    """Useful, used, acted on: the word goes back to the author. [PRO-10]"""
    made = released(world, act, ready(world, act), OWNER)
    with act(world.user(OWNER), world.desk) as actor:
        services.rate_release(actor=actor, release=made, value="acted_on", comment="Patrols moved.")
        with pytest.raises(DisseminationError, match="acted_on"):
            services.rate_release(actor=actor, release=made, value="5 stars")
        with pytest.raises(DisseminationError, match="missing"):
            services.rate_release(actor=actor, release=made, value="not_useful")
    with act(world.user(ANALYST), world.desk) as actor:
        assert [row.value for row in selectors.ratings_of(made, actor=actor)] == ["acted_on"]
        assert Notice.objects.seen_by(actor).filter(kind="rating").count() == 1


def test_a_recall_reaches_every_reader_until_acknowledged(world: World, act: Act) -> None:
    """A correction goes to all who were told, and each confirms it. [PRO-13]"""
    made = released(world, act, ready(world, act), OWNER, CHAIR)
    with act(world.user(OWNER), world.desk) as actor:
        services.acknowledge_release(actor=actor, release=made)
    with act(world.user(ANALYST), world.desk) as actor:
        with pytest.raises(DisseminationError, match="reason"):
            services.recall_release(actor=actor, release=made, reason=" ")
        services.recall_release(actor=actor, release=made, reason="The source was false.")
        with pytest.raises(AlreadyDone):
            services.recall_release(actor=actor, release=made, reason="again")
    for role in (OWNER, CHAIR):
        with act(world.user(role), world.desk) as actor:
            notice = Notice.objects.seen_by(actor).get(kind="recall")
            assert (notice.ref, notice.is_urgent) == (made.ref, True)
            assert [made] == list(selectors.unread(actor=actor))
            with pytest.raises(Withdrawn):
                services.take_document(actor=actor, release=made, now=timezone.now())
            with pytest.raises(Withdrawn):
                services.rate_release(actor=actor, release=made, value="useful")
    with act(world.user(OWNER), world.desk) as actor:
        services.acknowledge_release(actor=actor, release=made, of_recall=True)
        assert not selectors.unread(actor=actor).exists()
    with act(world.user(HEAD), world.desk) as actor:
        lines = selectors.lines_of([made], actor=actor)
        assert [line.recall_received_on is not None for line in lines] == [False, True]


def test_an_expired_release_is_not_handed_out(world: World, act: Act) -> None:
    """After its last day nobody takes the document; a last day in the past is refused. [PRO-05]"""
    edition = ready(world, act)
    today = timezone.localdate()
    with pytest.raises(DisseminationError, match="passed"):
        released(world, act, edition, OWNER, expires_on=today - timedelta(days=1))
    made = released(world, act, edition, OWNER, expires_on=today)
    with act(world.user(OWNER), world.desk) as actor, pytest.raises(Withdrawn, match="expired"):
        services.take_document(actor=actor, release=made, now=timezone.now() + timedelta(days=1, hours=1))


def test_the_desk_shows_what_waits_for_whom(world: World, act: Act) -> None:
    """Approvers see what waits for a word, releasers what is approved; what went out waits no more."""
    edition = edition_on(world, act, graded_item(world, act))
    with act(world.user(HEAD), world.desk) as actor:
        assert list(selectors.in_tray(actor=actor)) == [edition]
    with act(world.user(ANALYST), world.desk) as actor:
        assert not selectors.in_tray(actor=actor).exists()
    approved(world, act, edition)
    with act(world.user(ANALYST), world.desk) as actor:
        assert list(selectors.in_tray(actor=actor)) == [edition]
    released(world, act, edition, OWNER)
    with act(world.user(ANALYST), world.desk) as actor:
        assert not selectors.in_tray(actor=actor).exists()


@pytest.mark.parametrize("role", [Role.REPORTING_OFFICER, OFFICER, CHAIR, Role.ADMINISTRATOR])
def test_only_releasers_release(world: World, act: Act, role: Role) -> None:
    """Releasing is the duty of analysts and the head of intelligence."""
    edition = ready(world, act)
    with act(world.user(role), world.desk) as actor, pytest.raises(NotPermitted):
        services.release_edition(
            actor=actor, edition=edition, readers=[world.user(OWNER)], reason="x", now=timezone.now()
        )


def test_nobody_opens_a_draft_by_naming_himself_or_a_friend(world: World, act: Act) -> None:
    """A reviewer reads the draft; so only those who read it anyway name one, and never themselves."""
    edition = edition_on(world, act, graded_item(world, act), is_reviewed=False)
    strategic = world.user(Role.STRATEGIC_ANALYST)
    for named in (OFFICER, Role.STRATEGIC_ANALYST):
        with act(world.user(OFFICER), world.desk) as actor, pytest.raises(NotOpen):
            services.name_reviewer(actor=actor, edition=edition, reviewer=world.user(named))
    with act(world.user(OFFICER), world.desk) as actor:
        assert not selectors.reading_of(edition, actor=actor).is_open
    with act(world.user(HEAD), world.desk) as actor:
        with pytest.raises(DisseminationError, match="yourself"):
            services.name_reviewer(actor=actor, edition=edition, reviewer=world.user(HEAD))
        services.name_reviewer(actor=actor, edition=edition, reviewer=strategic)
    with act(strategic, world.desk) as actor:
        assert selectors.reading_of(edition, actor=actor).is_open


def test_nothing_is_approved_before_a_named_colleague_found_it_sound(world: World, act: Act) -> None:
    """A reviewer is named, who had no hand in it; faults send it back, and approval waits for the review. [PRO-04]"""
    edition = edition_on(world, act, graded_item(world, act), is_reviewed=False)
    with act(world.user(HEAD), world.desk) as actor:
        assert not selectors.awaiting_approval(actor=actor).exists()
        with pytest.raises(NotReleasable, match="No colleague has reviewed it"):
            services.approve_edition(actor=actor, edition=edition, is_approved=True)
    with act(world.user(OFFICER), world.desk) as actor, pytest.raises(NotPermitted, match="named"):
        services.review_edition(actor=actor, edition=edition, is_sound=True)
    with act(world.user(ANALYST), world.desk) as actor:
        for barred, said in ((ANALYST, "had a hand"), (OWNER, "does not review"), (CHAIR, "does not review")):
            with pytest.raises(DisseminationError, match=said):
                services.name_reviewer(actor=actor, edition=edition, reviewer=world.user(barred))
        services.name_reviewer(actor=actor, edition=edition, reviewer=world.user(OFFICER))
        with pytest.raises(AlreadyDone):
            services.name_reviewer(actor=actor, edition=edition, reviewer=world.user(OFFICER))
    with act(world.user(OFFICER), world.desk) as actor:
        assert Notice.objects.seen_by(actor).get(kind="review_asked").ref == edition.ref
        assert list(selectors.awaiting_review(actor=actor)) == [edition]
        with pytest.raises(DisseminationError, match="mended"):
            services.review_edition(actor=actor, edition=edition, is_sound=False)
        services.review_edition(actor=actor, edition=edition, is_sound=False, note="Which yard?")
    assert "found faults" in refused(world, act, edition)
    with act(world.user(OFFICER), world.desk) as actor:
        services.review_edition(actor=actor, edition=edition, is_sound=True, note="Named on page 2.")

    with act(world.user(ANALYST), world.desk) as actor:
        kinds = Notice.objects.seen_by(actor).filter(ref=edition.ref).values_list("kind", flat=True)
        assert {"review_objects", "reviewed"} == set(kinds)
    with act(world.user(HEAD), world.desk) as actor:
        assert list(selectors.awaiting_approval(actor=actor)) == [edition]
    assert isinstance(released(world, act, approved(world, act, edition), OWNER), Release)


def test_the_reviewer_does_not_approve(world: World, act: Act) -> None:
    """Author, reviewer and approver are three people. [PRO-04]"""
    edition = edition_on(world, act, graded_item(world, act), is_reviewed=False)
    reviewed(world, act, edition, by=HEAD)

    with act(world.user(HEAD), world.desk) as actor:
        assert not selectors.awaiting_approval(actor=actor).exists()
        with pytest.raises(ReviewerCannotApprove):
            services.approve_edition(actor=actor, edition=edition, is_approved=True)


def test_a_reviewer_must_be_able_to_see_the_edition(world: World, act: Act) -> None:
    """Nobody is named for what lies beyond their matters."""
    label = Label(Level.RESTRICTED, frozenset({world.operation.pk}), world.region.pk)
    edition = edition_on(world, act, graded_item(world, act), label=label, is_reviewed=False)

    with act(world.user(ANALYST), world.desk) as actor, pytest.raises(DisseminationError, match="reach"):
        services.name_reviewer(actor=actor, edition=edition, reviewer=world.user(Role.STRATEGIC_ANALYST))


def saves(actor: Any, product: Product) -> None:
    """Save a draft."""
    text = {"id": "b1", "kind": "text", "section": "", "heading": "Problem", "text": "The yard."}
    analysis.save_product(
        actor=actor, product=product, revision=product.revision, title="Vans", blocks=[text]
    )


def recommends(actor: Any, product: Product) -> None:
    """Recommend a measure."""
    new = analysis.NewRecommendation("Patrol", "prevent", "Fewer thefts", 10, Decimal(0))
    analysis.recommend(actor=actor, product=product, new=new)


def cites(actor: Any, product: Product) -> None:
    """Cite the items that stand graded."""
    analysis.cite_items(actor=actor, product=product, items=list(Item.objects.seen_by(actor)[:1]))


@pytest.mark.parametrize("hand", [saves, recommends, cites])
def test_whoever_had_a_hand_in_any_draft_gives_no_second_word(
    world: World, act: Act, hand: Callable[[Any, Product], None]
) -> None:
    """Saving, recommending or citing makes an author: of this edition, and of those that come after. [PRO-04]"""
    edition = edition_on(world, act, graded_item(world, act), is_reviewed=False)
    strategic = world.user(Role.STRATEGIC_ANALYST)
    for user in (world.user(HEAD), strategic):
        with act(user, world.desk) as actor:
            hand(actor, Product.objects.seen_by(actor).get(pk=edition.product_id))
    with act(world.user(ANALYST), world.desk) as actor, pytest.raises(DisseminationError, match="had a hand"):
        services.name_reviewer(actor=actor, edition=edition, reviewer=strategic)
    reviewed(world, act, edition)

    with act(world.user(HEAD), world.desk) as actor:
        assert not selectors.awaiting_approval(actor=actor).exists()
        with pytest.raises(WrongApprover):
            services.approve_edition(actor=actor, edition=edition, is_approved=True)


def test_who_asked_hears_that_the_answer_is_released(world: World, act: Act) -> None:
    """The asker among the readers gets words of its own; the others are told of a release. [DIR-04]"""
    made = released(world, act, ready(world, act), CHAIR, OWNER)

    for role, kind in ((CHAIR, "answer_released"), (OWNER, "release")):
        with act(world.user(role), world.desk) as actor:
            assert list(
                Notice.objects.seen_by(actor).filter(ref=made.ref).values_list("kind", flat=True)
            ) == [kind]


def test_neither_a_stand_in_nor_a_second_account_reviews_or_approves(world: World, act: Act) -> None:
    """Nor does the one who reviewed it approve it by such a way. [PRO-04]"""
    edition = edition_on(world, act, graded_item(world, act), author=HEAD, is_reviewed=False)
    for actor in not_second(world, act, HEAD):
        with pytest.raises(WrongApprover):
            services.review_edition(actor=actor, edition=edition, is_sound=True)
        with pytest.raises(WrongApprover):
            services.approve_edition(actor=actor, edition=edition, is_approved=True)


def test_in_whose_place_a_draft_was_written_is_its_author(world: World, act: Act) -> None:
    """A stand-in's contribution is the grantor's too, who then neither reviews nor approves. [PRO-04]"""
    edition = edition_on(world, act, graded_item(world, act))
    stand_in = in_place_of(world, act, HEAD)
    with acting(stand_in, "test"):
        Contribution.objects.record(actor=stand_in, product=edition.product)

    with act(world.user(HEAD), world.desk) as actor:
        assert world.user(HEAD).pk in selectors.hands_in(edition, actor=actor)
        with pytest.raises(WrongApprover):
            services.approve_edition(actor=actor, edition=edition, is_approved=True)


def test_whoever_reviewed_approves_under_no_other_account(world: World, act: Act) -> None:
    """The reviewer's second account is the reviewer. [PRO-04]"""
    edition = edition_on(world, act, graded_item(world, act))
    with act(world.user(HEAD), world.desk) as actor:
        (review,) = selectors.reviews_of(edition, actor=actor)
    User.objects.filter(pk__in=[review.created_by_id, world.user(HEAD).pk]).update(staff_number="4711")
    with act(world.user(HEAD), world.desk) as actor, pytest.raises(ReviewerCannotApprove):
        services.approve_edition(actor=actor, edition=edition, is_approved=True)
