"""Labels change one way only: tighter by one person, lower by two, and the database itself asks for the second."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from openilp.collection.models import Item, Report
from openilp.safeguards import approvals
from openilp.safeguards.approvals import (
    ApprovalChanged,
    ApprovalNeeded,
    ApprovalUsed,
    ApproverGone,
    NotLookedAt,
)
from openilp.safeguards.errors import InvalidInput, NotPermitted, WrongApprover
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import ApprovalUse, ConflictOfInterest, Membership, ThreadEdge, User
from openilp.safeguards.relabelling import (
    NotTighter,
    changes_of,
    label_like,
    lower_label,
    lowering,
    tighten_label,
)
from openilp.safeguards.roles import Role
from tests.approving import approved, opened
from tests.factories import World, lawful

Act = Callable[..., Any]
HEAD, CHAIR, OFFICER, REPORTER = (
    Role.HEAD_OF_INTELLIGENCE,
    Role.CHAIR,
    Role.INTELLIGENCE_OFFICER,
    Role.REPORTING_OFFICER,
)
WHY = "The source agreed to wider use."


def made(world: World, act: Act, **label: Any) -> tuple[Report, Item]:
    """Record a report with an item."""
    with act(world.user(HEAD), world.desk) as actor:
        values = {"level": Level.RESTRICTED, "compartments": frozenset(), "owner_unit": world.region.pk}
        report = Report.objects.record(
            actor=actor,
            label=Label(**(values | label)),
            **lawful(title="x", text="x", urgency="low", provenance="seen"),
        )
        item = Item.objects.record(actor=actor, report=report, number=1, text="x", kind="fact")
    return report, item


def again(act: Act, user: User, matter: Any, model: Any, pk: Any) -> Any:
    """Return a row as an account finds it, or nothing."""
    with act(user, matter) as actor:
        return model.objects.seen_by(actor).filter(pk=pk).first()


def test_lowering_needs_a_second_person(world: World, act: Act) -> None:
    """Asked for, approved, carried out once, exactly as approved; the history keeps before and after [LEG-01]."""
    report, item = made(world, act)
    User.objects.filter(pk=world.user(REPORTER).pk).update(clearance=1)
    reporter = User.objects.get(pk=world.user(REPORTER).pk)
    wanted = label_like(report, level=1)
    asked = approved(lowering(report, wanted), by=world.user(HEAD), second=world.user(CHAIR))

    assert again(act, reporter, world.desk, Report, report.pk) is None
    with act(world.user(HEAD), world.desk) as actor:
        with pytest.raises(NotTighter):
            tighten_label(actor=actor, row=report, label=wanted, reason=WHY)
        with pytest.raises(ApprovalNeeded):
            lower_label(actor=actor, row=report, label=wanted, reason=WHY)
        with pytest.raises(ApprovalChanged):
            lower_label(
                actor=actor, row=report, label=label_like(report, level=0), reason=WHY, approval=asked
            )
        lower_label(actor=actor, row=report, label=wanted, reason=WHY, approval=asked)
        change = changes_of(report, actor=actor).get()
        assert (change.before["level"], change.after["level"], change.is_lowered) == (2, 1, True)
        fresh = Report.objects.seen_by(actor).get(pk=report.pk)
        with pytest.raises((ApprovalUsed, ApprovalChanged)):
            lower_label(actor=actor, row=fresh, label=label_like(fresh, level=0), reason=WHY, approval=asked)
    assert again(act, reporter, world.desk, Report, report.pk).level == 1
    assert again(act, reporter, world.desk, Item, item.pk) is None


def test_the_database_lowers_nothing_without_the_second_person(world: World, act: Act) -> None:
    """Neither by an update, nor by the function without, with another's or with a wrong approval."""
    report, _ = made(world, act)
    with act(world.user(HEAD), world.desk), connection.cursor() as cursor:
        for sql, values in (
            ("UPDATE collection_report SET level = 0 WHERE id = %s", [report.pk]),
            ("SELECT openilp_relabel('collection_report', %s, 0, '{}', '{}', false, NULL)", [report.pk]),
            (
                "SELECT openilp_relabel('collection_report', %s, 0, '{}', '{}', false, %s)",
                [report.pk, uuid4()],
            ),
            ("SELECT openilp_relabel('collection_report', %s, 2, '{}', '{X}', false, NULL)", [report.pk]),
            ("SELECT openilp_relabel('safeguards_user', %s, 3, '{}', '{}', false, NULL)", [report.pk]),
            ("SELECT openilp_relabel('collection_report', %s, 3, '{}', '{}', false, NULL)", [uuid4()]),
            ("SELECT openilp_tighten_parts('collection_report', %s, 3, '{}', '{}', false)", [report.pk]),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                cursor.execute(sql, values)


def test_what_is_tightened_tightens_its_parts_and_its_thread(world: World, act: Act) -> None:
    """A part is never lower than the whole, nor is the edge that tells of it."""
    report, item = made(world, act)
    with act(world.user(HEAD), world.desk) as actor:
        wanted = label_like(report, level=3, compartments=[world.operation.pk])
        tighten_label(actor=actor, row=report, label=wanted, reason=WHY)
        row = Item.objects.seen_by(actor).get(pk=item.pk)
        assert (row.level, row.compartments) == (3, [world.operation.pk])
        assert row.label.covers(Report.objects.seen_by(actor).get(pk=report.pk).label)
        edges = ThreadEdge.objects.seen_by(actor).filter(from_id=report.pk)
        assert [(edge.level, edge.compartments) for edge in edges] == [(3, [world.operation.pk])]
        with pytest.raises(InvalidInput):
            label_like(row, level=0)
    assert again(act, world.user(OFFICER), world.desk, Item, item.pk) is None


def test_release_to_a_partner_is_lowering(world: World, act: Act) -> None:
    """One recipient more is one who could not see it before."""
    report, _ = made(world, act)
    partner = world.user(OFFICER)
    User.objects.filter(pk=partner.pk).update(partner="NEIGHBOUR")
    partner = User.objects.get(pk=partner.pk)
    wanted = label_like(report, releasable_to=["neighbour"])
    assert not wanted.covers(report.label)
    asked = approved(lowering(report, wanted), by=world.user(HEAD), second=world.user(CHAIR))

    assert again(act, partner, world.desk, Report, report.pk) is None
    with act(world.user(HEAD), world.desk) as actor:
        lower_label(actor=actor, row=report, label=wanted, reason=WHY, approval=asked)
    assert again(act, partner, world.desk, Report, report.pk) is not None
    with act(world.user(HEAD), world.desk) as actor:
        fresh = Report.objects.seen_by(actor).get(pk=report.pk)
        tighten_label(actor=actor, row=fresh, label=label_like(fresh, releasable_to=[]), reason=WHY)
    assert again(act, partner, world.desk, Report, report.pk) is None


def test_where_the_originator_kept_control_its_unit_answers(world: World, act: Act) -> None:
    """Somebody of another unit is no second person for it, nor is giving up the control itself."""
    report, _ = made(world, act, originator_control=True)
    User.objects.filter(pk=world.user(CHAIR).pk).update(unit=world.headquarters)
    for wanted in (label_like(report, level=1), label_like(report, originator_control=False)):
        with act(world.user(HEAD), world.desk) as actor:
            asked = approvals.ask(actor=actor, subject=lowering(report, wanted), reason=WHY)
        assert world.user(CHAIR).pk not in {user.pk for user in approvals.second_people(asked)}
        assert world.user(Role.DATA_PROTECTION_OFFICER).pk in {u.pk for u in approvals.second_people(asked)}
    done = approved(
        lowering(report, label_like(report, level=1)),
        by=world.user(HEAD),
        second=world.user(Role.DATA_PROTECTION_OFFICER),
    )
    with act(world.user(HEAD), world.desk) as actor:
        lower_label(actor=actor, row=report, label=label_like(report, level=1), reason=WHY, approval=done)


def test_labels_are_changed_with_a_reason_by_those_whose_duty_it_is(world: World, act: Act) -> None:
    """An unchanged label, an empty reason and a level that there is not are refused at their field."""
    report, _ = made(world, act)
    with act(world.user(REPORTER), world.desk) as actor, pytest.raises(NotPermitted):
        tighten_label(actor=actor, row=report, label=label_like(report, level=3), reason=WHY)
    with act(world.user(HEAD), world.desk) as actor:
        for field, run in (
            ("level", lambda: tighten_label(actor=actor, row=report, label=report.label, reason=WHY)),
            ("level", lambda: label_like(report, level=7)),
            (
                "reason",
                lambda: tighten_label(actor=actor, row=report, label=label_like(report, level=3), reason=" "),
            ),
        ):
            with pytest.raises(InvalidInput) as refused:
                run()
            assert refused.value.field == field


def test_the_second_person_may_see_the_record(world: World, act: Act) -> None:
    """Whoever lacks its level or one of its matters neither answers nor learns that a lower label is asked for."""
    report, _ = made(world, act, level=Level.CONFIDENTIAL, compartments=frozenset({world.operation.pk}))
    chair, officer = world.user(CHAIR), world.user(Role.DATA_PROTECTION_OFFICER)
    subject = lowering(report, label_like(report, level=1, compartments=[]))
    with act(world.user(HEAD), world.desk) as actor:
        asked = approvals.ask(actor=actor, subject=subject, reason=WHY)
        assert approvals.second_people(asked) == []
    for user in (chair, officer):
        with act(user, world.desk) as actor:
            assert not approvals.requests(actor=actor).exists()
            assert rows_of("safeguards_approvalrequest") == 0
            with pytest.raises(WrongApprover):
                approvals.answer(actor=actor, request=asked, digest=asked.digest, is_approved=True)
    for user in (chair, officer):
        Membership.objects.create(matter=world.operation, user=user)
    assert approvals.second_people(asked) == [chair]
    with act(officer, world.desk) as actor:
        assert not approvals.requests(actor=actor).exists()
        assert rows_of("safeguards_approvalrequest") == 0
    with act(chair, world.desk) as actor:
        assert approvals.requests(actor=actor).get() == asked
        assert rows_of("safeguards_approvalrequest") == 1


def test_whoever_approves_a_lower_label_has_opened_the_record(world: World, act: Act) -> None:
    """Before it was asked does not count, nor does its label alone; a refusal needs no look [LEG-01]."""
    report, _ = made(world, act)
    chair = world.user(CHAIR)
    with act(chair, world.desk) as actor:
        assert Report.objects.seen_by(actor).filter(ref=report.ref).first()
    with act(world.user(HEAD), world.desk) as actor:
        asked = approvals.ask(actor=actor, subject=lowering(report, label_like(report, level=1)), reason=WHY)
    with act(world.user(HEAD), world.desk) as actor:
        assert Report.objects.seen_by(actor).filter(ref=report.ref).first()
    with act(chair, world.desk, action="web.label") as actor:
        assert Report.objects.seen_by(actor).filter(ref=report.ref).first()
    with act(chair, world.desk) as actor, pytest.raises(NotLookedAt):
        approvals.answer(actor=actor, request=asked, digest=asked.digest, is_approved=True)

    opened(asked, by=chair)
    with act(chair, world.desk) as actor:
        approvals.answer(actor=actor, request=asked, digest=asked.digest, is_approved=True)


def rows_of(table: str) -> int:
    """Return how many rows of a table the database shows to the running claims."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("lost", ["place", "clearance", "barred"])
def test_what_the_second_person_may_no_longer_see_is_not_lowered(world: World, act: Act, lost: str) -> None:
    """The verb refuses it, and the database by itself, whatever the use of the approval says."""
    report, _ = made(world, act, level=Level.CONFIDENTIAL, compartments=frozenset({world.operation.pk}))
    chair = world.user(CHAIR)
    Membership.objects.create(matter=world.operation, user=chair)
    wanted = label_like(report, level=1)
    with act(world.user(HEAD), world.desk) as actor:
        asked = approvals.ask(actor=actor, subject=lowering(report, wanted), reason=WHY)
    opened(asked, by=chair)
    with act(chair, world.desk) as actor:
        approvals.answer(actor=actor, request=asked, digest=asked.digest, is_approved=True)
    if lost == "place":
        Membership.objects.filter(matter=world.operation, user=chair).update(until=timezone.now())
    elif lost == "clearance":
        User.objects.filter(pk=chair.pk).update(clearance=2)
    else:
        ConflictOfInterest.objects.create(
            matter=world.operation, user=chair, kind="own_case", declared_by=chair
        )
    with act(world.user(HEAD), world.desk) as actor:
        with pytest.raises(ApproverGone):
            lower_label(actor=actor, row=report, label=wanted, reason=WHY, approval=asked)
        use = ApprovalUse.objects.record(actor=actor, request=asked)
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT openilp_relabel('collection_report', %s, 1, %s, '{}', false, %s)",
                [report.pk, [world.operation.pk], use.pk],
            )
