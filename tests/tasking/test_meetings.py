"""Meetings: who is called, what the agenda begins with, who decides, what the minutes keep."""

from collections.abc import Callable
from typing import Any

import pytest

from openilp.analysis.canonical import digest
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.models import Notice
from openilp.safeguards.roles import Role
from openilp.tasking import selectors, services
from openilp.tasking.errors import (
    AlreadyDone,
    MeetingNotOpen,
    NotTheChair,
    QuorumMissing,
    TaskingError,
)
from tests.factories import LEGAL_BASIS, World
from tests.tasking import story

Act = Callable[..., Any]


def test_a_meeting_has_level_members_and_votes_and_tells_them(world: World, act: Act) -> None:
    """[TCG-01] Type, level, chair, members with and without a vote; each is told."""
    guest = world.user(Role.OPERATIONAL_ANALYST)
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.meeting(actor, world, without_vote=[guest])
        votes = {m.person.username: m.has_vote for m in selectors.members_of(row, actor=actor)}
    with act(guest, world.desk) as actor:
        told = [n.ref for n in Notice.objects.seen_by(actor)]

    assert row.organisation_level == "regional"
    assert votes == {"chair": True, "head_of_intelligence": True, "operational_analyst": False}
    assert told == [row.ref]


def test_the_agenda_fills_itself_once(world: World, act: Act) -> None:
    """[TCG-02] Open tasks, emergency decisions and approved recommendations come by themselves, once each."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made = story.product(actor, world)
        story.product(actor, world, is_approved=False)
        emergency = services.decide_emergency(
            actor=actor, new=story.new_decision(actor, None), legal_basis=LEGAL_BASIS
        )
        row = story.meeting(actor, world)
        agenda = selectors.agenda_of(row, actor=actor)
        again = services.fill_agenda(actor=actor, meeting=row)

    assert [i.kind for i in agenda] == ["open_tasks", "decision", "recommendation"]
    assert (agenda[1].decision_id, agenda[2].title) == (emergency.pk, made.title)
    assert again == []


def test_nothing_is_decided_before_the_meeting_is_open(world: World, act: Act) -> None:
    """A called meeting is no meeting yet."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made, row = story.product(actor, world), story.meeting(actor, world)
        with pytest.raises(MeetingNotOpen, match="open it first"):
            services.decide(actor=actor, meeting=row, item=None, new=story.new_decision(actor, made))


def test_without_a_quorum_nothing_is_decided(world: World, act: Act) -> None:
    """[TCG-01] Too few members with a vote are present."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made, row = story.product(actor, world), story.opened(actor, world, quorum=2)
        with pytest.raises(QuorumMissing, match="1 of 2"):
            services.decide(actor=actor, meeting=row, item=None, new=story.new_decision(actor, made))


def test_only_the_chair_of_the_meeting_decides(world: World, act: Act) -> None:
    """[TCG-12] Another role, and another chair, are refused."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made = story.product(actor, world)
        row = story.opened(actor, world)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        new = story.new_decision(actor, made)
        with pytest.raises(NotPermitted):
            services.decide(actor=actor, meeting=row, item=None, new=new)
    other = world.user(Role.HEAD_OF_INTELLIGENCE)
    other.roles = ["chair"]
    other.save(update_fields=["roles"])
    with act(other, world.desk) as actor, pytest.raises(NotTheChair, match="Chair"):
        services.decide(actor=actor, meeting=row, item=None, new=new)


def test_the_quorum_cannot_be_more_than_those_who_vote(world: World, act: Act) -> None:
    """The error names the field and the range."""
    with (
        act(world.user(Role.CHAIR), world.desk) as actor,
        pytest.raises(TaskingError, match="give 1 to 2") as caught,
    ):
        story.meeting(actor, world, quorum=3)

    assert caught.value.field == "quorum"


def test_minutes_write_themselves_and_stay(world: World, act: Act) -> None:
    """[TCG-04] Closing freezes members, notes, decision with answers and dissent, under a hash."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        story.decided(actor, world, dissent="N. Person prefers C.")
        row = selectors.meetings(actor=actor).get()
        tasks = selectors.agenda_of(row, actor=actor)[0]
        services.note_agenda_item(actor=actor, item=tasks, noted="Two tasks are late.")
        minutes = services.close_meeting(actor=actor, meeting=selectors.meeting(row.ref, actor=actor))
        closed = selectors.meeting(row.ref, actor=actor)
        with pytest.raises(AlreadyDone):
            services.add_agenda_item(actor=actor, meeting=closed, title="Too late")
        with pytest.raises(MeetingNotOpen):
            services.close_meeting(actor=actor, meeting=closed)

    points = minutes.content["agenda"]
    assert points[0]["noted"] == "Two tasks are late."
    assert points[-1]["decision"]["dissent"] == "N. Person prefers C."
    assert [r["verdict"] for r in points[-1]["decision"]["responses"]] == ["accept", "reject"]
    assert {m["name"]: m["is_present"] for m in minutes.content["members"]} == {
        "Chair": True,
        "Head Of Intelligence": False,
    }
    assert minutes.sha256 == digest(minutes.content)


def test_an_emergency_decision_is_ratified_by_the_next_meeting(world: World, act: Act) -> None:
    """[TCG-10] It counts at once, waits for a meeting, and the meeting's word is kept once."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        new = story.new_decision(actor, None)
        decision = services.decide_emergency(actor=actor, new=new, legal_basis=LEGAL_BASIS)
        waiting = list(selectors.to_ratify(actor=actor))
        row = story.opened(actor, world)
        said: dict[str, Any] = {
            "decision": decision,
            "meeting": row,
            "is_ratified": True,
            "reason": "It held.",
        }
        services.ratify_decision(actor=actor, **said)
        with pytest.raises(AlreadyDone):
            services.ratify_decision(actor=actor, **said)

        assert waiting == [decision]
        assert not selectors.to_ratify(actor=actor).exists()


def test_an_emergency_decision_is_not_ratified_without_a_quorum(world: World, act: Act) -> None:
    """[TCG-10] The chair who decided alone cannot sit down alone and call it the meeting's word."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        decision = services.decide_emergency(
            actor=actor, new=story.new_decision(actor, None), legal_basis=LEGAL_BASIS
        )
        row = story.meeting(actor, world, quorum=2)
        alone = services.open_meeting(actor=actor, meeting=row, present=[world.user(Role.CHAIR)])
        with pytest.raises(QuorumMissing):
            services.ratify_decision(
                actor=actor, decision=decision, meeting=alone, is_ratified=True, reason="I say so."
            )

        assert selectors.to_ratify(actor=actor).exists()


def test_a_point_of_another_meeting_is_not_decided_here(world: World, act: Act) -> None:
    """A decision cannot be filed under an agenda that its meeting never saw."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made, other = story.product(actor, world), story.meeting(actor, world)
        foreign = selectors.agenda_of(other, actor=actor)[0]
        here = story.opened(actor, world)
        with pytest.raises(TaskingError, match="another meeting"):
            services.decide(actor=actor, meeting=here, item=foreign, new=story.new_decision(actor, made))
