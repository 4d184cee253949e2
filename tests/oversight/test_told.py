"""Who was given a product learns that it was erased, and is reminded until the copies are destroyed."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from openilp.analysis.models import Edition
from openilp.collection.models import Report
from openilp.oversight import services
from openilp.oversight.rules.reviews import QUESTIONS, Asked
from openilp.oversight.tasks import run_night
from openilp.safeguards import approvals
from openilp.safeguards.labels import State
from openilp.safeguards.models import (
    ApprovalAnswer,
    ApprovalRequest,
    Erasure,
    Notice,
    RetentionClock,
)
from openilp.safeguards.people import actor_for
from openilp.safeguards.postgres.owner import as_owner
from openilp.safeguards.relabelling import label_like, lower_label, lowering, tighten_label
from openilp.safeguards.retention import erasing
from openilp.safeguards.roles import Role
from tests.approving import approved as approved_by
from tests.dissemination.making import approved, edition_on, graded_item, released
from tests.evaluation.making import Act, hand_in
from tests.factories import World
from tests.oversight.making import keeper_of

HEAD, CHAIR, READER = Role.HEAD_OF_INTELLIGENCE, Role.CHAIR, Role.PLAN_OWNER


def browser(world: World, role: Role) -> Client:
    """Return a logged-in browser of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


def order(world: World, act: Act, kind: str, key: object) -> None:
    """Have a record erased by the data-protection officer, and let the night come."""
    with act(keeper_of(world), world.desk) as actor:
        clock = RetentionClock.objects.seen_by(actor, states=State).get(kind=kind, record_id=key)
        asked = Asked("erase", dict.fromkeys(QUESTIONS, True), f"Nobody needs this {kind} any more.")
        services.review_record(actor=actor, clock=clock, asked=asked)
    run_night(actor_for(keeper_of(world), reason="administration"))


def test_readers_of_an_erased_product_are_told_until_they_confirm(
    world: World, act: Act, apart: Path
) -> None:
    """The notice outlives the release and what is read in bulk; the certificate counts who confirmed [LEG-06]."""
    item = graded_item(world, act)
    edition = approved(world, act, edition_on(world, act, item))
    release = released(world, act, edition, READER)

    order(world, act, "product", edition.product_id)

    with act(keeper_of(world), world.desk) as actor:
        assert not Edition.objects.seen_by(actor, states=State).filter(pk=edition.pk).exists()
        row = Erasure.objects.seen_by(actor).get()
        assert (row.told, erasing.acknowledged(row.pk)) == (1, 0)
    with act(world.user(READER), world.desk) as actor:
        (notice,) = Notice.objects.seen_by(actor).filter(ref=release.ref)
        assert (notice.kind, notice.erasure_id) == ("product_erased", row.pk)
    client = browser(world, READER)
    client.post("/alerts/read")
    client.post(f"/alerts/{notice.pk}/read")
    assert "My copies are destroyed" in client.get("/alerts").content.decode()
    client.post(f"/alerts/{notice.pk}/read", {"confirm": "1"})
    assert "My copies are destroyed" not in client.get("/alerts").content.decode()
    page = browser(world, Role.DATA_PROTECTION_OFFICER).get(f"/oversight/erasures/{row.ref}")
    assert page.context["acknowledged"] == 1


@pytest.mark.django_db(transaction=True)
def test_why_a_label_was_changed_goes_with_the_record(world: World, act: Act, apart: Path) -> None:
    """That it was changed, when and by whom stays; the words of change, request and answer go."""
    with act(world.user(HEAD), world.desk) as actor:
        report = hand_in(actor, label=actor.label(level=2))
    with act(world.user(HEAD), world.desk) as actor:
        row = Report.objects.seen_by(actor).get(pk=report.pk)
        tighten_label(
            actor=actor, row=row, label=label_like(row, level=3), reason="It names Tavel Orsk's son."
        )
    with act(world.user(HEAD), world.desk) as actor:
        row = Report.objects.seen_by(actor).get(pk=report.pk)
    subject = lowering(row, label_like(row, level=2))
    asked = approved_by(
        subject, by=world.user(HEAD), second=world.user(CHAIR), reason="Orsk's son is of age."
    )
    with act(world.user(HEAD), world.desk) as actor:
        row = Report.objects.seen_by(actor).get(pk=report.pk)
        lower_label(
            actor=actor, row=row, label=label_like(row, level=2), reason="Orsk agreed.", approval=asked
        )

    order(world, act, "report", report.pk)

    with act(world.user(HEAD), world.desk) as actor:
        request = ApprovalRequest.objects.seen_by(actor).get(pk=asked.pk)
        answer = ApprovalAnswer.objects.seen_by(actor).get(request=request)
        assert (request.reason, answer.reason, answer.is_approved) == ("", "", True)
        assert approvals.requests(actor=actor).get(pk=asked.pk).is_used
    assert reasons_left() == {""}


def reasons_left() -> set[str]:
    """Return the reasons of all changes of labels, as the owner of the tables reads them."""
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM safeguards_labelchange")
        return {reason for (reason,) in cursor.fetchall()}
