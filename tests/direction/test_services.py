"""Verbs of direction: who may, what is refused, and what is left behind."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from openilp.direction import selectors, services
from openilp.direction.errors import (
    AlreadyClosed,
    AlreadyReturned,
    CollectorCannotSee,
    DirectionError,
    NotTheAsker,
    NotTheCollector,
    PositionTaken,
    WrongCascade,
)
from openilp.direction.models import Priority, Requirement
from openilp.direction.rules import NewLine, Strands
from openilp.safeguards.errors import MissingLawfulness, NotPermitted
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import Notice, ThreadEdge
from openilp.safeguards.roles import Role
from tests.factories import World, lawful

Act = Callable[..., Any]
YEAR = timedelta(days=365)


def today() -> date:
    """Return the day of the test."""
    return timezone.localdate()


def set_priority(actor: Any, world: World, **more: Any) -> Priority:
    """Record a national priority."""
    values: dict[str, Any] = {
        "title": "Burglary in homes",
        "reason": "Most harm of the year before.",
        "source_document": "Strategic assessment 2026, p. 4",
        "unit": world.headquarters,
        "owner": world.user(Role.CHAIR),
        "starts_on": today(),
        "ends_on": today() + YEAR,
    }
    return services.set_priority(actor=actor, **values | lawful() | more)


def ask(actor: Any, **more: Any) -> Requirement:
    """Raise a requirement."""
    values: dict[str, Any] = {
        "question": "Who buys the stolen bicycles?",
        "why": "To choose between patrols and market checks.",
        "due_on": today() + timedelta(days=30),
        "urgency": "medium",
    }
    return services.raise_requirement(actor=actor, **values | lawful() | more)


def line(collector: Any, **more: Any) -> NewLine:
    """Return a plan line."""
    values: dict[str, Any] = {
        "what": "Talk to traders",
        "method": "community",
        "collector": collector.pk,
        "due_on": today() + timedelta(days=10),
        "hours": 6,
    }
    return NewLine(**values | more)


def test_a_priority_is_kept_with_level_period_owner_reason_and_source(world: World, act: Act) -> None:
    """[DIR-01] A priority says whose it is, why, for when and from which document."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made = set_priority(actor, world)
        kept = selectors.priority(made.ref, actor=actor)

        assert kept.organisation_level == "national"
        assert (kept.owner, kept.position) == (world.user(Role.CHAIR), 1)
        assert kept.source_document == "Strategic assessment 2026, p. 4"
        assert [made.pk] == [row.pk for row in selectors.current_priorities(actor=actor)]


def test_a_priority_cascades_to_the_region_and_on_to_the_district(world: World, act: Act) -> None:
    """[DIR-03] The cascade is drawn as thread and tree; a gap says which level has not taken it up."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        top = set_priority(actor, world)
        lonely = set_priority(actor, world, title="Drug market")
        middle = services.cascade_priority(
            actor=actor, priority=top, unit=world.region, owner=world.user(Role.PLAN_OWNER), reason="Harbour."
        )
        added = set_priority(actor, world, title="Noise at the ferry", unit=world.district)
        tree = selectors.cascade(actor=actor)

        assert [(r.priority.pk, r.depth, r.missing, r.is_addition) for r in tree] == [
            (top.pk, 0, "", False),
            (middle.pk, 1, "local", False),
            (lonely.pk, 0, "regional", False),
            (added.pk, 0, "", True),
        ]
        edges = ThreadEdge.objects.seen_by(actor).filter(from_id=top.pk).values_list("to_id", "kind")
        assert list(edges) == [(middle.pk, "cascades to")]


@pytest.mark.parametrize(("upper", "lower"), [("headquarters", "district"), ("district", "region")])
def test_a_cascade_skips_no_level_and_does_not_climb(world: World, act: Act, upper: str, lower: str) -> None:
    """National to regional to local, one step at a time."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        top = set_priority(actor, world, unit=getattr(world, upper))
        with pytest.raises(WrongCascade, match=getattr(world, lower).name):
            services.cascade_priority(
                actor=actor,
                priority=top,
                unit=getattr(world, lower),
                owner=world.user(Role.CHAIR),
                reason="Why not.",
            )


def test_a_cascaded_priority_is_no_lower_than_what_it_comes_from(world: World, act: Act) -> None:
    """A restricted priority does not become internal on its way down."""
    label = Label(Level.RESTRICTED, frozenset(), world.region.pk)
    with act(world.user(Role.CHAIR), world.desk) as actor:
        top = set_priority(actor, world, label=label)
        middle = services.cascade_priority(
            actor=actor, priority=top, unit=world.region, owner=world.user(Role.CHAIR), reason="Harbour."
        )

        assert middle.label.covers(top.label)


def test_a_superseded_priority_keeps_its_branch(world: World, act: Act) -> None:
    """What hung below the old version hangs below the new one."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        top = set_priority(actor, world)
        middle = services.cascade_priority(
            actor=actor, priority=top, unit=world.region, owner=world.user(Role.CHAIR), reason="Harbour."
        )
        new = services.supersede_priority(actor=actor, priority=top, reason="More hours.", hours_set=200)
        tree = selectors.cascade(actor=actor)

        assert [(r.priority.pk, r.depth) for r in tree] == [(new.pk, 0), (middle.pk, 1)]
        assert [middle.pk] == [row.pk for row in selectors.below(new, actor=actor)]
        assert (new.hours_set, new.title) == (200, top.title)
        with pytest.raises(AlreadyClosed, match="superseded"):
            services.supersede_priority(actor=actor, priority=top, reason="Second tab.")


def test_a_closed_priority_is_closed_with_its_reason_and_once(world: World, act: Act) -> None:
    """An end has a human, a day and a reason."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made = set_priority(actor, world)
        services.close_priority(actor=actor, priority=made, reason="Goal reached.")
        kept = selectors.priority(made.ref, actor=actor)

        assert (kept.closed_on, kept.closing_reason) == (today(), "Goal reached.")
        assert kept.closed_by == world.user(Role.CHAIR)
        assert not selectors.current_priorities(actor=actor).exists()
        with pytest.raises(AlreadyClosed):
            services.close_priority(actor=actor, priority=kept, reason="Again.")


STRANDS = Strands(
    intelligence="Who sells the bicycles.",
    prevention=" Locks for the station. ",
    enforcement="Checks of the market.",
)


def test_a_priority_says_its_three_strands(world: World, act: Act) -> None:
    """[DIR-02] Intelligence, prevention and enforcement are kept each, and what says nothing is named as open."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        kept = set_priority(actor, world, strands=STRANDS)
        bare = set_priority(actor, world, title="Second", strands=Strands(prevention="Lights."))

        assert selectors.strands_of(kept) == Strands(
            "Who sells the bicycles.", "Locks for the station.", "Checks of the market."
        )
        assert selectors.strands_of(kept).missing == ()
        assert selectors.strands_of(bare).missing == ("intelligence", "enforcement")


def test_a_new_version_changes_a_strand_and_keeps_the_others(world: World, act: Act) -> None:
    """[DIR-02] What is not given stays as it was; the old version keeps its own words."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        old = set_priority(actor, world, strands=STRANDS)
        new = services.supersede_priority(
            actor=actor, priority=old, reason="The courts ask for more.", enforcement="Bans of places."
        )

        assert (new.intelligence, new.enforcement) == (old.intelligence, "Bans of places.")
        assert selectors.priority(old.ref, actor=actor).enforcement == "Checks of the market."


def test_a_unit_below_says_its_own_strands(world: World, act: Act) -> None:
    """[DIR-02] Carried on, a priority has the strands of the unit that carries it, not those from above."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        top = set_priority(actor, world, strands=STRANDS)
        lower = services.cascade_priority(
            actor=actor,
            priority=top,
            unit=world.region,
            owner=world.user(Role.PLAN_OWNER),
            reason="Half of it happens here.",
            strands=Strands(prevention="Patrols at the station."),
        )

        assert selectors.strands_of(lower) == Strands(prevention="Patrols at the station.")


def test_two_priorities_of_a_unit_never_share_a_position(world: World, act: Act) -> None:
    """The order of a level is clear; the error names the next free place."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        first = set_priority(actor, world)
        assert set_priority(actor, world, title="Second").position == 2
        with pytest.raises(PositionTaken, match=rf"{first.ref}; 3 is the next") as refused:
            set_priority(actor, world, title="Third", position=1)

        assert refused.value.field == "position"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"reason": ""}, "reason"),
        ({"source_document": ""}, "source_document"),
        ({"ends_on": date(2020, 1, 1)}, "ends_on"),
        ({"crime_types": ["sorcery"]}, "crime_types"),
        ({"hours_set": -1}, "hours_set"),
        ({"money_set": -1}, "money_set"),
        ({"position": 0}, "position"),
    ],
)
def test_a_priority_with_a_fault_is_refused_by_field(
    world: World, act: Act, change: dict[str, Any], field: str
) -> None:
    """Bad input names the field, and nothing is written."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        with pytest.raises(DirectionError) as refused:
            set_priority(actor, world, **change)

        assert refused.value.field == field
        assert not Priority.objects.seen_by(actor).exists()


def test_a_requirement_without_a_lawful_basis_is_refused(world: World, act: Act) -> None:
    """An unknown law is refused with the ones there are."""
    with (
        act(world.user(Role.CHAIR), world.desk) as actor,
        pytest.raises(MissingLawfulness, match="POL-12") as refused,
    ):
        ask(actor, legal_basis="XYZ-1")
    assert refused.value.field == "legal_basis"


def test_a_requirement_says_question_reason_asker_day_and_priority(world: World, act: Act) -> None:
    """[DIR-04] A question has a why, an asker, a due date and a priority, and the thread knows it."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        top = set_priority(actor, world)
        made = ask(actor, priority=top)

        kept = selectors.requirement(made.ref, actor=actor)
        assert (kept.asker, kept.priority, kept.urgency) == (world.user(Role.CHAIR), top, "medium")
        assert kept.why == "To choose between patrols and market checks."
        edges = ThreadEdge.objects.seen_by(actor).filter(to_id=made.pk).values_list("from_id", "kind")
        assert list(edges) == [(top.pk, "asks for")]
        assert [made.pk] == [row.pk for row in selectors.open_requirements(actor=actor)]


def test_only_the_asker_closes_a_requirement(world: World, act: Act) -> None:
    """[DIR-04] Answered or given up is the asker's word; others are told whom to ask."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        made = ask(actor)
    with act(world.user(Role.CHAIR), world.desk) as actor, pytest.raises(NotTheAsker, match="Strategic"):
        services.close_requirement(actor=actor, requirement=made, is_answered=True, note="Done.")
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        services.close_requirement(actor=actor, requirement=made, is_answered=False, note="No longer needed.")
        closure = selectors.closure_of(made, actor=actor)

        assert closure is not None
        assert (closure.is_answered, closure.note) == (False, "No longer needed.")
        assert not selectors.open_requirements(actor=actor).exists()
        with pytest.raises(AlreadyClosed, match="closed"):
            services.close_requirement(actor=actor, requirement=made, is_answered=True, note="Two tabs.")


def test_the_head_closes_for_an_asker_who_has_left(world: World, act: Act) -> None:
    """No question stays open for ever because its asker is gone."""
    asker = world.user(Role.STRATEGIC_ANALYST)
    with act(asker, world.desk) as actor:
        made = ask(actor)
    asker.is_active = False
    asker.save()
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        row = selectors.requirement(made.ref, actor=actor)
        services.close_requirement(actor=actor, requirement=row, is_answered=False, note="Asker left.")

        assert not selectors.open_requirements(actor=actor).exists()


def test_a_requirement_is_superseded_by_its_asker(world: World, act: Act) -> None:
    """A better question replaces the old one; the old one stays readable."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        old = ask(actor)
        new = ask(actor, question="Who sells them on?", supersedes=old)

        assert [new.pk] == [row.pk for row in selectors.open_requirements(actor=actor)]
        assert selectors.successor_of(old, actor=actor) == new
        with pytest.raises(AlreadyClosed):
            ask(actor, supersedes=old)
    with act(world.user(Role.TASKING_COORDINATOR), world.desk) as actor, pytest.raises(NotTheAsker):
        ask(actor, supersedes=new)


def test_a_plan_says_what_who_how_on_which_law_and_by_when(world: World, act: Act) -> None:
    """[COL-01] Each line has a method, a collector, a law, a day and its hours; the collector is told."""
    officer = world.user(Role.REPORTING_OFFICER)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        made = ask(actor)
        assert list(selectors.unplanned_requirements(actor=actor)) == [made]
        plan = services.plan_collection(
            actor=actor, requirement=made, title="Traders", lines=[line(officer, legal_basis="POL-25")]
        )
        (kept,) = selectors.lines_of([plan], actor=actor)

        assert (kept.what, kept.method, kept.collector, kept.hours) == (
            "Talk to traders",
            "community",
            officer,
            6,
        )
        assert kept.legal_basis == "POL-25"
        assert plan.legal_basis == made.legal_basis
        assert not selectors.unplanned_requirements(actor=actor).exists()
    with act(officer, world.desk) as actor:
        assert [n.ref for n in Notice.objects.seen_by(actor).filter(kind="plan_line")] == [made.ref]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"what": " "}, "what"),
        ({"method": "telepathy"}, "method"),
        ({"due_on": date(2020, 1, 1)}, "due_on"),
    ],
)
def test_a_line_with_a_fault_is_refused_by_field(
    world: World, act: Act, change: dict[str, Any], field: str
) -> None:
    """Bad input names the field."""
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        made = ask(actor)
        with pytest.raises(DirectionError) as refused:
            services.plan_collection(
                actor=actor,
                requirement=made,
                title="",
                lines=[line(world.user(Role.REPORTING_OFFICER), **change)],
            )
        assert refused.value.field == field


def test_nobody_is_asked_to_collect_what_they_may_not_see(world: World, act: Act) -> None:
    """A plan in a compartment goes to members only."""
    label = Label(Level.INTERNAL, frozenset({world.operation.pk}), world.region.pk)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        made = ask(actor, label=label)
        with pytest.raises(CollectorCannotSee, match="Reporting Officer"):
            services.plan_collection(
                actor=actor, requirement=made, title="", lines=[line(world.user(Role.REPORTING_OFFICER))]
            )
        plan = services.plan_collection(
            actor=actor, requirement=made, title="", lines=[line(world.user(Role.OPERATIONAL_ANALYST))]
        )
        assert plan.label.covers(label)


def test_the_collector_returns_a_line_once(world: World, act: Act) -> None:
    """[COL-03] The return of each line is tracked; the planner is told."""
    officer = world.user(Role.REPORTING_OFFICER)
    head = world.user(Role.HEAD_OF_INTELLIGENCE)
    with act(head, world.desk) as actor:
        made = ask(actor)
        plan = services.plan_collection(actor=actor, requirement=made, title="", lines=[line(officer)])
        (kept,) = selectors.lines_of([plan], actor=actor)
    with (
        act(world.user(Role.PLAN_OWNER), world.desk) as actor,
        pytest.raises(NotTheCollector, match="Reporting Officer"),
    ):
        services.return_line(actor=actor, line=kept)
    with act(officer, world.desk) as actor:
        assert services.return_line(actor=actor, line=kept).returned_on == today()
        with pytest.raises(AlreadyReturned):
            services.return_line(actor=actor, line=selectors.line(kept.pk, actor=actor))
    with act(head, world.desk) as actor:
        assert [n.ref for n in Notice.objects.seen_by(actor).filter(kind="plan_line_returned")] == [made.ref]


def test_the_in_tray_holds_what_has_no_plan_or_is_due(world: World, act: Act) -> None:
    """[DIR-04] Unplanned and due questions wait; a planned one that is due later does not."""
    officer = world.user(Role.REPORTING_OFFICER)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        bare = ask(actor, urgency="high")
        planned = ask(actor, question="Second?")
        soon = ask(actor, question="Third?", due_on=today() + timedelta(days=2))
        for row in (planned, soon):
            services.plan_collection(actor=actor, requirement=row, title="", lines=[line(officer)])

        assert {bare.pk, soon.pk} == {row.pk for row in selectors.in_tray(actor=actor)}
        assert [bare.pk] == [row.pk for row in selectors.urgent(actor=actor)]


def test_two_closures_at_the_same_moment_leave_one(
    world: World, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When both looked before either wrote, the database lets one through and the other is told."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made = ask(actor)
        top = set_priority(actor, world)
        monkeypatch.setattr(selectors, "closure_of", lambda *_, **__: None)
        monkeypatch.setattr(selectors, "successor_of", lambda *_, **__: None)
        services.close_requirement(actor=actor, requirement=made, is_answered=True, note="First.")
        services.supersede_priority(actor=actor, priority=top, reason="First.")
        with pytest.raises(AlreadyClosed, match="closed"):
            services.close_requirement(actor=actor, requirement=made, is_answered=False, note="Second.")
        with pytest.raises(AlreadyClosed, match="superseded"):
            services.supersede_priority(actor=actor, priority=top, reason="Second.", position=2)


@pytest.mark.parametrize("role", [Role.REPORTING_OFFICER, Role.ADMINISTRATOR, Role.OVERSIGHT])
def test_who_neither_decides_nor_analyses_gives_no_direction(world: World, act: Act, role: Role) -> None:
    """No permission, no priority and no question."""
    with act(world.user(role), world.desk) as actor:
        for attempt in (lambda: set_priority(actor, world), lambda: ask(actor)):
            with pytest.raises(NotPermitted):
                attempt()


def test_each_verb_is_in_the_audit_event_of_its_block(world: World) -> None:
    """Allowed writes are logged with the ids they made."""
    from openilp.safeguards.acting import acting
    from openilp.safeguards.people import actor_for

    actor = actor_for(world.user(Role.CHAIR), purpose=world.desk.pk)
    with acting(actor, "test") as block:
        made = ask(actor)
        services.close_requirement(actor=actor, requirement=made, is_answered=True, note="Known.")
    written = {entry["action"]: entry["objects"] for entry in block.event()["writes"]}

    assert written["direction.raise_requirement"] == {"requirement": [str(made.pk)]}
    assert "requirementclosure" in written["direction.close_requirement"]
