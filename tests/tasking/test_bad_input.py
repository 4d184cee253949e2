"""Bad input in tasking: two at once, script in every text field, a request that is sent twice."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from openilp.safeguards.errors import StaleRecord
from openilp.safeguards.roles import Role
from openilp.tasking import selectors, services
from openilp.tasking.models import AgendaItem, Decision, Effort
from openilp.tasking.services import NewResponse
from tests.factories import LEGAL_BASIS, World
from tests.tasking import story

Act = Callable[..., Any]
SCRIPT = "<script>alert('x')</script>"
SHOWN = "&lt;script&gt;"


def browser(world: World, role: Role) -> Client:
    """A browser of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


def test_a_number_of_the_agenda_is_given_once(world: World, act: Act) -> None:
    """The database refuses a second point under a number, and a point that comes too late gets the next one."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.meeting(actor, world)
        values = {"meeting": row, "number": 1, "kind": "free", "title": "Twice"}
        with pytest.raises(IntegrityError), transaction.atomic():
            AgendaItem.objects.record(actor=actor, **values)
        numbers = [services.add_agenda_item(actor=actor, meeting=row, title=t).number for t in ("A", "B")]

    assert numbers == [2, 3]


def test_a_taken_number_is_passed_over(world: World, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever computed the number from an older agenda still gets one of its own."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.meeting(actor, world)
        monkeypatch.setattr(selectors, "agenda_of", lambda row, *, actor: [])
        late = services.add_agenda_item(actor=actor, meeting=row, title="Late")

    assert late.number == 2


def test_two_notes_on_a_point_do_not_overwrite_each_other(world: World, act: Act) -> None:
    """The second writer, who read the point before the first wrote, gets a conflict."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.opened(actor, world)
        one = selectors.agenda_item(row, 1, actor=actor)
        other = selectors.agenda_item(row, 1, actor=actor)
        services.note_agenda_item(actor=actor, item=one, noted="First")
        with pytest.raises(StaleRecord):
            services.note_agenda_item(actor=actor, item=other, noted="Second")

        assert selectors.agenda_item(row, 1, actor=actor).noted == "First"


def test_script_in_every_text_is_shown_as_text(world: World, act: Act) -> None:
    """Titles, reasons, answers of law, dissent, goals, tasks, notes: nothing of it runs on any page."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made = story.product(actor, world)
        row = story.opened(actor, world, title=SCRIPT)
        services.add_agenda_item(actor=actor, meeting=row, title=SCRIPT)
        item = next(i for i in selectors.agenda_of(row, actor=actor) if i.kind == "recommendation")
        rows = selectors.evidence_for(made, actor=actor).recommendations
        answers = [NewResponse(rows[0], "change", SCRIPT, SCRIPT), NewResponse(rows[1], "reject", SCRIPT)]
        law = type(story.ANSWERS)(SCRIPT, SCRIPT, SCRIPT)
        new = story.new_decision(
            actor, made, title=SCRIPT, reasons=SCRIPT, dissent=SCRIPT, answers=law, responses=answers
        )
        decision = services.decide(actor=actor, meeting=row, item=item, new=new)
        task = story.new_task(world, title=SCRIPT, owner=world.user(Role.CHAIR))
        run = story.operation(actor, world, decision=decision, name=SCRIPT, goals=SCRIPT, tasks=[task])
        given = selectors.tasks(actor=actor).get()
        services.record_effort(
            actor=actor, task=given, spent_on=timezone.localdate(), hours=Decimal(1), note=SCRIPT
        )
        services.note_agenda_item(actor=actor, item=selectors.agenda_item(row, 1, actor=actor), noted=SCRIPT)
        services.close_meeting(actor=actor, meeting=selectors.meeting(row.ref, actor=actor))
    chair = browser(world, Role.CHAIR)
    pages = {
        path: chair.get(path).content.decode()
        for path in (
            "/",
            "/tasking/",
            f"/tasking/meetings/{row.ref}",
            f"/tasking/meetings/{row.ref}/pack",
            f"/tasking/meetings/{row.ref}/minutes",
            f"/tasking/meetings/{row.ref}/screen/1",
            f"/tasking/meetings/{row.ref}/screen/{item.number}",
            f"/tasking/decisions/{decision.ref}",
            f"/tasking/operations/{run.ref}",
            f"/tasking/tasks/{given.ref}",
            f"/review/thread/{decision.ref}",
        )
    }

    assert not [path for path, page in pages.items() if "<script>alert" in page]
    assert [path for path, page in pages.items() if SHOWN not in page] in ([], ["/"])


def test_a_decision_sent_twice_is_taken_once(world: World, act: Act) -> None:
    """A replayed POST with its key gives the same answer, and one row; so does a booking of hours."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        story.operation(actor, world, tasks=[story.new_task(world, owner=world.user(Role.CHAIR))])
        task = selectors.tasks(actor=actor).get()
    chair = browser(world, Role.CHAIR)
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    said = {
        "title": "Guard",
        "text": "Two officers",
        "hours": "48",
        "money": "0",
        "chosen": "A",
        "reasons": "A threat",
        "effect_review_on": day,
        "legal_basis": LEGAL_BASIS,
        "necessity": "Yes.",
        "proportionality": "Yes.",
        "non_discrimination": "Nobody.",
        "idempotency_key": "once",
    }
    booked = {"spent_on": timezone.localdate().isoformat(), "hours": "3", "money": "0"}
    decisions = [chair.post("/tasking/decisions/emergency", said) for _ in range(2)]
    efforts = [
        chair.post(f"/tasking/tasks/{task.ref}", booked | {"idempotency_key": "once more"}) for _ in range(2)
    ]
    with act(world.user(Role.CHAIR), world.desk) as actor:
        taken = Decision.objects.seen_by(actor).filter(is_emergency=True).count()
        hours = Effort.objects.seen_by(actor).count()

    assert [a.status_code for a in (*decisions, *efforts)] == [302] * 4
    assert decisions[0]["Location"] == decisions[1]["Location"]
    assert (taken, hours) == (1, 1)
