"""The floor holds: nothing is seen, written or forged past gate and row-level security."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, models, transaction
from django.utils import timezone

from openilp.collection.models import Item, Report
from openilp.safeguards.errors import MissingLawfulness, NoActor, NotAmendable, PurposeNeeded
from openilp.safeguards.labels import Label, Level, State
from openilp.safeguards.models import ThreadEdge
from openilp.safeguards.postgres.startup import check_role
from openilp.safeguards.roles import Role
from tests.factories import World, lawful

Act = Callable[..., Any]


def report(actor: Any, **more: Any) -> Report:
    """Record a plain report."""
    values = {
        "title": "White van",
        "text": "A white van left the yard.",
        "urgency": "low",
        "provenance": "seen",
    }
    made: Report = Report.objects.record(actor=actor, **lawful(**values | more))
    return made


def rows_seen() -> int:
    """Count reports by SQL alone, past the gate."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM collection_report")
        return int(cursor.fetchone()[0])


def test_start_up_accepts_the_application_role(db: None) -> None:
    """The tests themselves run as a role that row-level security binds."""
    check_role()

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("openilp_app",)


def test_a_recorded_report_is_found_by_its_author(world: World, act: Act) -> None:
    """What goes in through the gate comes out through it."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        made = report(actor)

        assert [made.ref] == [r.ref for r in Report.objects.seen_by(actor)]


def test_a_row_above_the_clearance_is_hidden_from_gate_and_database(world: World, act: Act) -> None:
    """Level 3 is out of reach for clearance 2, in Python and in SQL."""
    head, officer = world.user(Role.HEAD_OF_INTELLIGENCE), world.user(Role.REPORTING_OFFICER)
    label = Label(level=Level.CONFIDENTIAL, compartments=frozenset(), owner_unit=world.region.pk)
    with act(head, world.desk) as actor:
        report(actor, label=label)
        assert rows_seen() == 1
    with act(officer, world.desk) as actor:
        assert not Report.objects.seen_by(actor).exists()
        assert rows_seen() == 0


def test_a_compartment_hides_from_those_who_are_no_members(world: World, act: Act) -> None:
    """Need-to-know: only members of the operation see its reports."""
    label = Label(
        level=Level.INTERNAL, compartments=frozenset({world.operation.pk}), owner_unit=world.region.pk
    )
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        report(actor, label=label)
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk):
        assert rows_seen() == 0
    with act(world.user(Role.OPERATIONAL_ANALYST), world.operation):
        assert rows_seen() == 1


def test_without_claims_there_are_no_rows(world: World, act: Act) -> None:
    """No claims, no rows: the database fails closed."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        report(actor)

    assert rows_seen() == 0


def test_the_administrator_sees_no_content(world: World, act: Act) -> None:
    """Who manages accounts reads nothing."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        report(actor, label=Label(level=Level.OPEN, compartments=frozenset(), owner_unit=world.region.pk))
    with act(world.user(Role.ADMINISTRATOR), world.desk):
        assert rows_seen() == 0


@pytest.mark.parametrize(
    "forged", ['{"level":3,"comps":[],"states":["normal"],"exp":99999999999}', "nonsense", "{}."]
)
def test_forged_claims_are_refused(world: World, act: Act, forged: str) -> None:
    """A plain session variable opens nothing."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        report(actor)

    def forge() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('app.claims', %s, true)", [forged + "." + "0" * 64])
            rows_seen()

    with pytest.raises(ProgrammingError, match="not signed"):
        forge()


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE openilp_owner",
        "ALTER TABLE collection_report DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE mine (x int)",
        "CREATE TEMP TABLE mine (x int)",
        "SELECT * FROM safeguards_claims_key",
        "SELECT * FROM safeguards_audit_outbox",
        "DELETE FROM collection_report",
        "UPDATE collection_report SET text = ''",
        "TRUNCATE collection_report",
    ],
)
def test_the_application_role_cannot_get_past_its_grants(db: None, statement: str) -> None:
    """What the application must never do, its role cannot do."""
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("ask", [list, len, lambda q: q.count(), lambda q: q.exists(), lambda q: q.first()])
def test_the_gate_is_mute_without_an_actor(world: World, ask: Callable[[Any], Any]) -> None:
    """No actor: not read, not counted."""
    with pytest.raises(NoActor):
        ask(Report.objects.all())


def test_used_rows_are_neither_edited_nor_deleted(world: World, act: Act) -> None:
    """Superseding rows instead of edits."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        made = report(actor)
        mine = Report.objects.seen_by(actor)
        made.text = "Something else"
        for attempt in (
            made.save,
            made.delete,
            mine.delete,
            lambda: mine.update(text=""),
            lambda: mine.amend(text=""),
        ):
            with pytest.raises(NotAmendable):
                attempt()


def test_a_child_cannot_be_attached_to_a_hidden_parent(world: World, act: Act) -> None:
    """A foreign key alone would accept the id of a hidden report and so tell that it exists."""
    label = Label(
        level=Level.INTERNAL, compartments=frozenset({world.operation.pk}), owner_unit=world.region.pk
    )
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        hidden = report(actor, label=label)
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        row = dict(lawful(), report_id=hidden.pk, number=1, text="x", kind="fact", label=actor.label())
        with pytest.raises(ProgrammingError), transaction.atomic():
            Item.objects.record(actor=actor, **row)


def test_nobody_writes_under_another_name(world: World, act: Act) -> None:
    """The author of a row is the account in the claims."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        other = world.user(Role.CHAIR).pk
        with pytest.raises(ProgrammingError), transaction.atomic():
            report(actor, created_by_id=other)


def test_a_record_without_purpose_or_basis_is_refused(world: World, act: Act) -> None:
    """Purpose and legal basis on every row, with the remedy named."""
    with (
        act(world.user(Role.REPORTING_OFFICER), world.desk) as actor,
        pytest.raises(MissingLawfulness, match="law"),
    ):
        report(actor, legal_basis="")
    from openilp.safeguards.acting import acting
    from openilp.safeguards.people import actor_for

    officer = actor_for(world.user(Role.REPORTING_OFFICER), reason="administration")
    with acting(officer, "test"), pytest.raises(PurposeNeeded):
        report(officer)


def test_the_database_itself_demands_a_review_date_within_five_years(world: World, act: Act) -> None:
    """Past the service, the constraint still holds."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        made = report(actor)
        copy = Report.objects.seen_by(actor).get(pk=made.pk)
        copy.pk, copy.ref = uuid4(), "R-0000-0000"
        copy.review_on = timezone.localdate() + timedelta(days=4000)
        with pytest.raises(Exception, match="collection_report_review"), transaction.atomic():
            models.QuerySet(model=Report).bulk_create([copy])


def test_a_quarantined_row_is_out_of_reach_until_categorised(world: World, act: Act) -> None:
    """Quarantine hides from everyday work; the quarantine desk asks for it by name."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        made = report(
            actor, label=Label(Level.INTERNAL, frozenset(), world.region.pk, state=State.QUARANTINED)
        )
        assert not Report.objects.seen_by(actor).exists()
        assert Report.objects.seen_by(actor, states=[State.QUARANTINED]).get().pk == made.pk
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        assert not Report.objects.seen_by(actor, states=[State.QUARANTINED]).exists()
        assert rows_seen() == 0


def test_a_child_takes_label_and_lawfulness_of_its_parent_and_draws_the_thread(
    world: World, act: Act
) -> None:
    """Children are never below their parents, and edges equal foreign keys."""
    label = Label(Level.RESTRICTED, frozenset({world.operation.pk}), world.region.pk)
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        made = report(actor, label=label)
        item = Item.objects.record(actor=actor, report=made, number=1, text="A van", kind="fact")

        assert item.label.covers(made.label)
        assert item.legal_basis == made.legal_basis
        edges = ThreadEdge.objects.seen_by(actor).values_list("from_id", "to_id", "kind")
        assert list(edges) == [(made.pk, item.pk, "contains")]


def test_one_audit_event_a_block_names_what_was_delivered(world: World, act: Act) -> None:
    """Reads are logged with the ids, in the transaction that served them."""
    from openilp.safeguards.acting import acting
    from openilp.safeguards.people import actor_for

    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        made = report(actor)
    actor = actor_for(world.user(Role.INTELLIGENCE_OFFICER), purpose=world.desk.pk)
    with acting(actor, "evaluation.inbox") as block:
        list(Report.objects.seen_by(actor))

    event = block.event()
    assert event["delivered"] == {"report": [str(made.pk)]}
    assert event["action"] == "evaluation.inbox"
    assert event["purpose"] == str(world.desk.pk)
