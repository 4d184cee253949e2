"""The review desk: one record, one reason, one decision."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from openilp.collation import services as collation
from openilp.collation.models import Statement
from openilp.collation.rules import NewInvolvement, NewStatement
from openilp.collection.models import Item, Report
from openilp.oversight import selectors, services
from openilp.oversight.errors import OversightError
from openilp.oversight.rules.reviews import QUESTIONS, Asked
from openilp.oversight.services.reviews import CannotStay, NotDueYet, ReasonUsed
from openilp.oversight.tasks import run_night
from openilp.safeguards.errors import WrongApprover
from openilp.safeguards.labels import State
from openilp.safeguards.models import Notice, RetentionClock
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act, hand_in, not_second
from tests.factories import LEGAL_BASIS, World
from tests.oversight.making import FACTS, LAPSED, days_ago, keeper_of, person

OFFICER, HEAD = Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE
KEEPER = Role.DATA_PROTECTION_OFFICER
YES = dict.fromkeys(QUESTIONS, True) | {"less_intrusive": False}
WHY = "The series of break-ins goes on; two new cases in June."


def clock_of(kind: str, key: Any, actor: Any) -> RetentionClock:
    """Return the clock of a record, whatever its state."""
    found: RetentionClock = RetentionClock.objects.seen_by(actor, states=State).get(kind=kind, record_id=key)
    return found


def review(world: World, act: Act, row: Any, asked: Asked, *, role: Role = HEAD) -> Any:
    """Review a record."""
    with act(world.user(role), world.desk) as actor:
        clock = clock_of(row._meta.model_name, row.pk, actor)
        return services.review_record(actor=actor, clock=clock, asked=asked)


def test_a_retained_record_waits_for_its_next_review(world: World, act: Act, apart: Path) -> None:
    """It is free again if a missed review had restricted it, and is not erased [LEG-05]."""
    with days_ago(1100), act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor)
    keeper = actor_for(keeper_of(world), reason="administration")
    run_night(keeper)

    made = review(world, act, report, Asked("retain", YES, WHY), role=Role.DATA_PROTECTION_OFFICER)

    assert made.next_due_on == timezone.localdate().replace(year=timezone.localdate().year + 2)
    assert run_night(keeper)["erasures"] == 0
    with act(world.user(HEAD), world.desk) as actor:
        assert Report.objects.seen_by(actor).filter(pk=report.pk).exists()
        assert clock_of("report", report.pk, actor).due_on == made.next_due_on


def test_an_order_to_erase_is_carried_out_by_night(world: World, act: Act, apart: Path) -> None:
    """From the decision on nobody uses the record; the night erases it."""
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor)
    review(world, act, report, Asked("erase", YES, WHY), role=KEEPER)

    with act(world.user(OFFICER), world.desk) as actor:
        assert not Report.objects.seen_by(actor).filter(pk=report.pk).exists()
    assert run_night(actor_for(keeper_of(world), reason="administration"))["erasures"] == 1


def test_a_suspect_is_kept_on_present_facts_only(world: World, act: Act) -> None:
    """Validation needs current suspicion; that it is still necessary is not enough [LEG-05]."""
    row = person(world, act)

    with pytest.raises(OversightError, match="present facts"):
        review(world, act, row, Asked("retain", YES, WHY))

    review(world, act, row, Asked("retain", YES, WHY, grounds=FACTS))


def test_a_corrected_identity_renews_nothing(world: World, act: Act) -> None:
    """A better spelling inherits start, review date and hard stop of the statement that it replaces [LEG-05]."""
    row = person(world, act, days=700)
    with act(world.user(OFFICER), world.desk) as actor:
        old = Statement.objects.seen_by(actor).get(entity=row.person_id)
        new = collation.supersede_statement(
            actor=actor, statement=old, new=NewStatement("name", "Tawel Orsk", "fact")
        )
        before, after = (clock_of("statement", each.pk, actor) for each in (old, new))

    assert (before.started_on, before.due_on, before.ends_on) == (
        after.started_on,
        after.due_on,
        after.ends_on,
    )


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Asked("keep", YES, WHY), "decision"),
        (Asked("retain", YES, "too short"), "reason"),
        (Asked("retain", {}, WHY), "answers"),
        (Asked("retain", YES | {"still_necessary": False}, WHY), "decision"),
        (Asked("retain", YES | {"less_intrusive": True}, WHY), "decision"),
        (Asked("retain", YES, WHY, next_due_on=date(2099, 1, 1)), "next_due_on"),
        (Asked("retain", YES, WHY, next_due_on=date(2020, 1, 1)), "next_due_on"),
    ],
)
def test_a_review_that_says_too_little_is_refused_at_its_field(
    world: World, act: Act, asked: Asked, field: str
) -> None:
    """One error, which names the field."""
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor)

    with pytest.raises(OversightError) as caught:
        review(world, act, report, asked)
    assert caught.value.field == field


def test_no_reason_serves_twice(world: World, act: Act) -> None:
    """There is no extension in bulk: each record has its own reason, however it is spelled."""
    with act(world.user(OFFICER), world.desk) as actor:
        first, second = hand_in(actor), hand_in(actor)
    review(world, act, first, Asked("retain", YES, WHY))

    with pytest.raises(ReasonUsed):
        review(world, act, second, Asked("retain", YES, f"  {WHY.upper()} "))


def test_nobody_keeps_what_he_recorded(world: World, act: Act) -> None:
    """The author neither keeps a record nor hides it; whoever controls lets it go before its day."""
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor)

    for verdict in ("retain", "restrict"):
        with pytest.raises(WrongApprover):
            review(world, act, report, Asked(verdict, YES, WHY), role=OFFICER)

    for actor in not_second(world, act, OFFICER):
        clock = clock_of("report", report.pk, actor)
        with pytest.raises(WrongApprover):
            services.review_record(actor=actor, clock=clock, asked=Asked("retain", YES, WHY))


def test_one_review_moves_one_clock_once(world: World, act: Act) -> None:
    """The database takes a review once, and from its author."""
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor)
    made = review(world, act, report, Asked("retain", YES, WHY))

    for role in (HEAD, Role.DATA_PROTECTION_OFFICER):
        refused = pytest.raises(ProgrammingError, match="review")
        with act(world.user(role), world.desk), refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT openilp_clock_review(%s)", [made.pk])


@pytest.mark.parametrize("event", ["acquittal", "no_further_action", "no_crime"])
def test_the_end_of_a_suspicion_is_reviewed_at_once_and_lasts_thirty_days(
    world: World, act: Act, apart: Path, event: str
) -> None:
    """Rule ACQ takes the place of the rule of suspects; no review keeps the record longer [LEG-04]."""
    row = person(world, act)
    today = timezone.localdate()
    with act(world.user(OFFICER), world.desk) as actor:
        services.report_event(
            actor=actor, clock=clock_of("involvement", row.pk, actor), event=event, happened_on=today
        )
        clock = clock_of("involvement", row.pk, actor)
        name = Statement.objects.seen_by(actor).get(entity=row.person_id)
        other = clock_of("statement", name.pk, actor)

    assert (clock.rule, clock.due_on, clock.cause) == ("ACQ", today, event)
    assert clock.erase_on == today + timedelta(days=31)
    assert other.rule == "LED-REV"
    with pytest.raises(CannotStay):
        review(world, act, row, Asked("retain", YES, WHY, grounds=FACTS))


def test_a_death_brings_every_clock_of_the_person_forward(world: World, act: Act) -> None:
    """Also where whoever reports it sees nothing, and without telling."""
    row = person(world, act)
    today = timezone.localdate()
    with act(world.user(HEAD), world.operation) as actor:
        hidden = collation.involve_person(
            actor=actor,
            person=row.person,
            new=NewInvolvement(category="CON", matter=world.operation.pk),
            label=actor.label(level=3),
            legal_basis=LEGAL_BASIS,
        )
    with act(world.user(Role.DATA_PROTECTION_OFFICER), world.desk) as actor:
        services.report_event(
            actor=actor, clock=clock_of("involvement", row.pk, actor), event="death", happened_on=today
        )

    with act(world.user(HEAD), world.operation) as actor:
        name = Statement.objects.seen_by(actor).get(entity=row.person_id)
        due = {clock_of("involvement", key, actor).due_on for key in (row.pk, hidden.pk)}
        assert due == {today}
        assert clock_of("statement", name.pk, actor).due_on == today


def test_the_desk_lists_what_is_due_and_what_its_reader_may_see(world: World, act: Act, apart: Path) -> None:
    """A confidential record waits at the desk of those who may read it."""
    with days_ago(LAPSED - 40), act(world.user(HEAD), world.desk) as actor:
        plain, hidden = hand_in(actor), hand_in(actor, label=actor.label(level=3))

    with act(world.user(HEAD), world.desk) as actor:
        found = selectors.waiting(selectors.due(actor=actor), actor=actor)
        assert {plain.ref, hidden.ref} == {one.ref for one in found}
    with act(world.user(OFFICER), world.desk) as actor:
        found = selectors.waiting(selectors.due(actor=actor), actor=actor)
        assert {plain.ref} == {one.ref for one in found}


def test_a_child_is_looked_at_in_half_the_time_and_at_eighteen(world: World, act: Act) -> None:
    """Whether the age is known before or after; the birthday comes first where it is nearer [LEG-16]."""
    today = timezone.localdate()
    almost = today.replace(year=today.year - 18, day=1) + timedelta(days=62)
    young = person(world, act, category="VIC", born=f"{today.year - 9}-02-03")
    nearly = person(world, act, category="VIC", born=almost.isoformat())
    grown = person(world, act, category="VIC", born="1970-02-03")
    marked = person(world, act, category="VIC")
    with act(world.user(OFFICER), world.desk) as actor:
        collation.mark_entity(
            actor=actor,
            entity=marked.person,
            marking="child",
            reason="Seen at school.",
            legal_basis=LEGAL_BASIS,
        )
        found = {row.pk: clock_of("involvement", row.pk, actor) for row in (young, nearly, grown, marked)}
        name = Statement.objects.seen_by(actor).get(entity=young.person_id, property="name")
        other = clock_of("statement", name.pk, actor)

    assert {found[row.pk].rule for row in (young, nearly, marked)} == {"MINOR"}
    assert found[grown.pk].rule == "NONCRIM"
    assert 180 <= (found[young.pk].due_on - today).days <= 184
    assert found[nearly.pk].due_on == almost.replace(year=almost.year + 18)
    assert other.rule == "MINOR"
    assert 540 <= (other.due_on - today).days <= 550


def test_what_is_recorded_later_on_a_known_child_has_the_short_clock_too(world: World, act: Act) -> None:
    """A further place in a matter, and a further statement, of a person with a birth date or a marking [LEG-16]."""
    young = person(world, act, category="VIC", born=f"{timezone.localdate().year - 9}-02-03")
    marked, grown = (person(world, act, category="VIC", born=born) for born in ("", "1970-02-03"))
    with act(world.user(OFFICER), world.desk) as actor:
        collation.mark_entity(
            actor=actor, entity=marked.person, marking="child", reason="At school.", legal_basis=LEGAL_BASIS
        )
        rules = {}
        for row in (young, marked, grown):
            later = collation.involve_person(
                actor=actor, person=row.person, new=NewInvolvement("WIT"), legal_basis=LEGAL_BASIS
            )
            said = collation.record_statement(
                actor=actor,
                entity=row.person,
                new=NewStatement("alias", "Tav", "fact"),
                legal_basis=LEGAL_BASIS,
            )
            clocks = clock_of("involvement", later.pk, actor), clock_of("statement", said.pk, actor)
            rules[row.pk] = tuple(clock.rule for clock in clocks)

    assert rules == {
        young.pk: ("MINOR", "MINOR"),
        marked.pk: ("MINOR", "MINOR"),
        grown.pk: ("NONCRIM", "LED-REV"),
    }


def test_no_birth_date_has_records_erased_without_thirty_days(world: World, act: Act, apart: Path) -> None:
    """A birthday brings the review forward; hidden records are restricted first, and can still be kept."""
    today = timezone.localdate()
    row = person(world, act, category="VIC")
    eighteen = (today + timedelta(days=1)).replace(year=(today + timedelta(days=1)).year - 18)
    with act(world.user(OFFICER), world.desk) as actor:
        for kind in ("hypothesis", "fact"):
            before = clock_of("involvement", row.pk, actor).due_on
            collation.record_statement(
                actor=actor,
                entity=row.person,
                new=NewStatement("birth_date", eighteen.isoformat(), kind),
                legal_basis=LEGAL_BASIS,
            )
            clock = clock_of("involvement", row.pk, actor)
            assert (clock.due_on < before) == (kind == "fact")

    assert clock.due_on == today + timedelta(days=1)
    assert clock.erase_on == clock.due_on + timedelta(days=31)


def test_the_database_pulls_no_clock_into_the_past_nor_past_the_thirty_days(world: World, act: Act) -> None:
    """Whoever calls the function chooses neither."""
    row = person(world, act)
    today = timezone.localdate()
    with act(world.user(OFFICER), world.desk) as actor:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT openilp_clock_pull('entity', %s, '2001-01-01', 'child', 'MINOR')",
                [row.person_id],
            )
        clock = clock_of("involvement", row.pk, actor)

    assert (clock.due_on, clock.erase_on) == (today, today + timedelta(days=31))


def test_a_corrected_record_of_a_child_stays_under_its_rule(world: World, act: Act) -> None:
    """A correction does not turn a child into an adult [LEG-16]."""
    row = person(world, act, category="VIC", born=f"{timezone.localdate().year - 9}-02-03")
    with act(world.user(OFFICER), world.desk) as actor:
        old = Statement.objects.seen_by(actor).get(entity=row.person_id, property="name")
        new = collation.supersede_statement(
            actor=actor, statement=old, new=NewStatement("name", "Tawel Orsk", "fact")
        )
        assert clock_of("statement", new.pk, actor).rule == "MINOR"


def test_only_data_protection_has_a_record_erased_before_its_day(world: World, act: Act, apart: Path) -> None:
    """Neither a head nor whoever reports an event; the unit's head is told, and the order can be taken back."""
    row = person(world, act, category="CON")
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor)
        services.report_event(
            actor=actor,
            clock=clock_of("involvement", row.pk, actor),
            event="death",
            happened_on=timezone.localdate(),
        )
    for record in (report, row):
        for role in (OFFICER, HEAD):
            with pytest.raises(NotDueYet):
                review(world, act, record, Asked("erase", YES, WHY), role=role)

    review(world, act, report, Asked("erase", YES, WHY), role=KEEPER)
    with act(world.user(HEAD), world.desk) as actor:
        assert [n.ref for n in Notice.objects.seen_by(actor).filter(kind="erasure_ordered")] == [report.ref]
    with act(world.user(KEEPER), world.desk) as actor:
        assert report.pk in {clock.record_id for clock in selectors.due(actor=actor)}
    review(world, act, report, Asked("retain", YES, "It was a mistake; the case still runs."), role=KEEPER)
    with act(world.user(HEAD), world.desk) as actor:
        assert Report.objects.seen_by(actor).filter(pk=report.pk).exists()


def test_a_death_is_said_of_persons_only(world: World, act: Act) -> None:
    """A vehicle does not die."""
    with act(world.user(OFFICER), world.desk) as actor:
        car = collation.record_entity(
            actor=actor,
            kind="organisation",
            statements=[NewStatement("name", "Orsk Yard", "fact")],
            legal_basis=LEGAL_BASIS,
        )
        said = Statement.objects.seen_by(actor).get(entity=car)
        with pytest.raises(OversightError, match="not about one person"):
            services.report_event(
                actor=actor,
                clock=clock_of("statement", said.pk, actor),
                event="death",
                happened_on=timezone.localdate(),
            )


def test_keeping_a_report_frees_no_statement_that_is_restricted_by_itself(world: World, act: Act) -> None:
    """What data protection restricted only data protection lets free, and only record by record."""
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor)
        item = Item.objects.seen_by(actor).filter(report=report).first()
        made = collation.record_entity(
            actor=actor,
            kind="organisation",
            statements=[NewStatement("name", "Orsk Yard", "fact")],
            item=item,
        )
        said = Statement.objects.seen_by(actor).get(entity=made)
    review(world, act, said, Asked("restrict", YES, "The person objects to this passage."), role=KEEPER)
    review(world, act, report, Asked("retain", YES, WHY))

    with act(world.user(HEAD), world.desk) as actor:
        assert not Statement.objects.seen_by(actor).filter(pk=said.pk).exists()


@pytest.mark.parametrize("verdict", ["erase", "restrict"])
def test_the_version_before_a_correction_does_not_hold_again(
    world: World, act: Act, apart: Path, verdict: str
) -> None:
    """Whoever takes a correction away takes what it corrected with it [LEG-06]."""
    row = person(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        old = Statement.objects.seen_by(actor).get(entity=row.person_id)
        new = collation.supersede_statement(
            actor=actor, statement=old, new=NewStatement("name", "Tawel Orsk", "fact")
        )
    review(world, act, new, Asked(verdict, YES, WHY), role=KEEPER)
    if verdict == "erase":
        run_night(actor_for(keeper_of(world), reason="administration"))

    with act(world.user(HEAD), world.desk) as actor:
        states = State if verdict == "erase" else [State.NORMAL]
        found = Statement.objects.seen_by(actor, states=states).filter(pk__in=[old.pk, new.pk])
        assert not found.exists()


def test_an_older_review_is_not_played_again(world: World, act: Act) -> None:
    """Only the newest review of a record sets its clock."""
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor)
    first = review(world, act, report, Asked("retain", YES, WHY))
    review(world, act, report, Asked("restrict", YES, "The report is disputed as a whole."), role=KEEPER)

    refused = pytest.raises(ProgrammingError, match="used")
    with act(world.user(HEAD), world.desk), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT openilp_clock_review(%s)", [first.pk])


def test_the_database_knows_how_late_a_review_may_be(world: World, act: Act) -> None:
    """The rule says it, not the caller: two years for the default rule."""
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor)
    late = timezone.localdate() + timedelta(days=2000)
    refused = pytest.raises(IntegrityError, match="than the rule allows")
    with (
        act(world.user(HEAD), world.desk) as actor,
        refused,
        patch.object(services.reviews, "_next_review", lambda clock, asked: late),
        transaction.atomic(),
    ):
        services.review_record(
            actor=actor, clock=clock_of("report", report.pk, actor), asked=Asked("retain", YES, WHY)
        )


def test_missing_clocks_are_wound_by_those_who_answer_for_them(world: World, act: Act) -> None:
    """The database refuses everybody else."""
    refused = pytest.raises(ProgrammingError, match="missing clocks")
    with act(world.user(OFFICER), world.desk), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT openilp_clock_wind_missing()")
