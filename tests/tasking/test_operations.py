"""Operations and tasks: opened by decision, given to people, moved with a reason, paid in hours and money."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import Matter, Notice
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from openilp.tasking import selectors, services
from openilp.tasking.errors import AlreadyDone, BeforeItBegan, NotTheOwner, OwnerCannotSee, TaskingError
from tests.factories import LEGAL_BASIS, World
from tests.review.growing import grow
from tests.tasking import story

Act = Callable[..., Any]


@pytest.fixture
def running(world: World, act: Act) -> Any:
    """An operation with one task of the reporting officer."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        return story.operation(actor, world)


def test_an_operation_is_a_matter_of_its_own(world: World, act: Act, running: Any) -> None:
    """[OPS-01] Plan owner and task owners become members and can act for it; goals, strand and owner stand on it."""
    owner = world.user(Role.PLAN_OWNER)
    with act(owner, running.matter) as actor:
        matter = Matter.objects.seen_by(actor).get(pk=running.matter_id)
        task = selectors.tasks(actor=actor).get()

    assert (matter.title, matter.kind) == (running.name, "operation")
    assert running.matter_id in actor_for(world.user(Role.REPORTING_OFFICER)).compartments
    assert (task.strand, task.operation_id) == ("prevent", running.pk)


def test_a_task_waits_for_its_owner(world: World, act: Act, running: Any) -> None:
    """[OPS-03] The owner is told, sees it in the tray, and it leaves the tray when it is over."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        told = [n.kind for n in Notice.objects.seen_by(actor)]
        task = selectors.in_tray(actor=actor).get()
        services.finish_task(actor=actor, task=task, note="Walked")
        left = selectors.in_tray(actor=actor).count()
        with pytest.raises(AlreadyDone):
            services.finish_task(actor=actor, task=task)

    assert told == ["task_given"]
    assert left == 0


def test_a_manager_finds_the_own_tasks_beside_what_waits_for_a_decision(world: World, act: Act) -> None:
    """[OPS-03] The tray of who decides counts own tasks, open recommendations and emergency decisions together."""
    chair = world.user(Role.CHAIR)
    with act(chair, world.desk) as actor:
        story.operation(actor, world, tasks=[story.new_task(world, owner=chair)])
        own = selectors.in_tray(actor=actor).count_up_to(99)
        story.product(actor, world)
        new = story.new_decision(actor, None)
        services.decide_emergency(actor=actor, new=new, legal_basis=world.desk.legal_basis)
        tray = selectors.in_tray(actor=actor)
        counts = [tray.count_up_to(most) for most in (99, 3, 1)]
        waits = tray.exists()

    assert own == 1
    assert counts == [4, 4, 2]
    assert waits


def test_a_moved_task_keeps_what_it_was(world: World, act: Act, running: Any) -> None:
    """[OPS-03] The new day and person count, the old ones stay on record with the reason."""
    later, other = timezone.localdate() + timedelta(days=30), world.user(Role.INTELLIGENCE_OFFICER)
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor:
        task = selectors.tasks(actor=actor).get()
        services.change_task(actor=actor, task=task, due_on=later, owner=other, reason="Ice on the quay")
        moved = selectors.task(task.ref, actor=actor)
        with pytest.raises(TaskingError, match="already"):
            services.change_task(actor=actor, task=moved, due_on=later, reason="x")
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        assert not selectors.in_tray(actor=actor).exists()
    with act(other, world.desk) as actor:
        assert selectors.own_tasks(actor=actor).get().ref == task.ref

    assert (moved.due, moved.owner_now) == (later, other.pk)
    assert moved.due_on == task.due_on < later


def test_overdue_tasks_are_urgent(world: World, act: Act, running: Any) -> None:
    """A task whose day has passed is urgent for its owner, and only for its owner."""
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor:
        task = selectors.tasks(actor=actor).get()
        grow(
            type(task),
            actor=actor,
            world=world,
            operation=running,
            due_on=timezone.localdate() - timedelta(days=1),
        )
        assert selectors.urgent(actor=actor).count() == 1
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        assert selectors.urgent(actor=actor).count() == 0


def test_hours_and_money_add_up_per_priority(world: World, act: Act) -> None:
    """[OPS-05] Planned and spent hours and money, over all tasks of the operations that serve a priority."""
    today = timezone.localdate()
    with act(world.user(Role.CHAIR), world.desk) as actor:
        decision = story.decided(actor, world)
        priority = services.adopt_priority(
            actor=actor,
            decision=decision,
            title="Burglary",
            reason="Harm",
            unit=world.region,
            owner=world.user(Role.PLAN_OWNER),
            starts_on=today,
            ends_on=today,
        )
        second = services.decide_emergency(
            actor=actor, new=story.new_decision(actor, None, priority=priority), legal_basis=LEGAL_BASIS
        )
        tasks = [story.new_task(world), story.new_task(world)]
        story.operation(actor, world, decision=second, tasks=tasks)
        for task in selectors.tasks(actor=actor):
            for hours in (3, 4):
                spent: dict[str, Any] = {"hours": Decimal(hours), "money": Decimal("10.50")}
                services.record_effort(actor=actor, task=task, spent_on=today, **spent)
        found = selectors.spent_by_priority(actor=actor)[priority.pk]

    assert found == selectors.Spent(80, Decimal(14), Decimal(1000), Decimal(42))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"hours": Decimal(0)}, "hours"),
        ({"hours": Decimal(-1)}, "hours"),
        ({"hours": Decimal(9999)}, "hours"),
        ({"hours": Decimal(1), "spent_on": timezone.localdate() + timedelta(days=1)}, "spent_on"),
    ],
)
def test_impossible_hours_are_refused(
    world: World, act: Act, running: Any, values: dict[str, Any], field: str
) -> None:
    """The error names the field."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        task = selectors.tasks(actor=actor).get()
        with pytest.raises(TaskingError) as caught:
            services.record_effort(actor=actor, task=task, **{"spent_on": timezone.localdate(), **values})

    assert caught.value.field == field


def test_others_do_not_book_on_a_task(world: World, act: Act, running: Any) -> None:
    """The owner and the planners book; a colleague is told who may."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        task = selectors.tasks(actor=actor).get()
        with pytest.raises(NotTheOwner, match="Reporting Officer"):
            services.record_effort(actor=actor, task=task, spent_on=timezone.localdate(), hours=Decimal(1))
        with pytest.raises(NotPermitted):
            services.give_task(actor=actor, operation=running, new=story.new_task(world))


def test_a_task_goes_only_to_who_may_see_the_operation(world: World, act: Act) -> None:
    """Handing a secret operation's task to somebody without clearance is refused in words."""
    secret = Label(Level.CONFIDENTIAL, frozenset(), world.region.pk)
    with act(world.user(Role.CHAIR), world.desk) as actor:
        decision = grow(type(story.decided(actor, world)), actor=actor, world=world, label=secret)
        with pytest.raises(OwnerCannotSee, match="Reporting Officer"):
            story.operation(actor, world, decision=decision, tasks=[story.new_task(world)])


def test_periods_and_ends_hold(world: World, act: Act, running: Any) -> None:
    """No task before the operation, none after its end, no end before the beginning."""
    early = story.new_task(world, due_on=timezone.localdate() - timedelta(days=1))
    with act(world.user(Role.CHAIR), world.desk) as actor:
        with pytest.raises(BeforeItBegan):
            services.give_task(actor=actor, operation=running, new=early)
        ended = services.end_operation(actor=actor, operation=running)
        with pytest.raises(AlreadyDone):
            services.give_task(actor=actor, operation=ended, new=story.new_task(world))


def test_units_say_what_they_can_commit(world: World, act: Act) -> None:
    """[OPS-04] Hours and money of a unit in a period; upside-down periods are refused."""
    today = timezone.localdate()
    with act(world.user(Role.TASKING_COORDINATOR), world.desk) as actor:
        values = {"unit": world.region, "kind": "Patrol hours", "hours": 400, "legal_basis": LEGAL_BASIS}
        row = services.commit_resource(actor=actor, starts_on=today, ends_on=today, **values)
        with pytest.raises(BeforeItBegan):
            services.commit_resource(
                actor=actor, starts_on=today, ends_on=today - timedelta(days=1), **values
            )
        assert selectors.resource(row.ref, actor=actor).hours == 400
