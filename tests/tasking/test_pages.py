"""The room's pages and API: a meeting from call to minutes through HTTP, roles refused, bad input answered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openilp.safeguards.roles import Role
from openilp.tasking import selectors
from tests.factories import LEGAL_BASIS, World
from tests.tasking import story

Act = Callable[..., Any]
LAW = {"necessity": "Yes.", "proportionality": "Yes.", "non_discrimination": "Nobody."}


def browser(world: World, role: Role) -> Client:
    """A browser of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


def send(client: Client, path: str, body: dict[str, Any]) -> Any:
    """Send to the API."""
    return client.post(f"/api/v1/tasking/{path}", body, content_type="application/json")


def later(days: int) -> str:
    """Return a day ahead."""
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def decision_body(rows: list[dict[str, Any]], product: str) -> dict[str, Any]:
    """Return a decision for the first of some recommendations."""
    options = [
        {"key": key, "text": r["text"], "hours": r["hours"], "recommendation": r["ref"]}
        for key, r in zip("AB", rows, strict=True)
    ]
    answers = [
        {"recommendation": r["ref"], "verdict": v} for r, v in zip(rows, ("accept", "reject"), strict=True)
    ]
    return {
        "title": "Burglary series",
        "options": options,
        "chosen": "A",
        "reasons": "The pattern is firm.",
        **LAW,
        "effect_review_on": later(42),
        "products": [product],
        "answers": answers,
    }


def test_from_call_to_minutes_over_http(world: World, act: Act) -> None:
    """[TCG-02] [TCG-04] Call, open, decide, set in motion, close: every verb is in the API."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        product = story.product(actor, world).ref
    chair, officer = browser(world, Role.CHAIR), browser(world, Role.REPORTING_OFFICER)
    called = send(
        chair,
        "meetings",
        {
            "kind": "regional_operational",
            "title": "Tasking",
            "unit": "R1",
            "chair": "chair",
            "starts_at": timezone.now().isoformat(),
            "members": ["head_of_intelligence"],
            "legal_basis": LEGAL_BASIS,
        },
    )
    assert called.status_code == 201, called.content
    meeting = called.json()["ref"]
    agenda = chair.get(f"/api/v1/tasking/meetings/{meeting}").json()["agenda"]
    point = next(p["number"] for p in agenda if p["kind"] == "recommendation")
    waiting = chair.get("/api/v1/tasking/recommendations").json()["rows"]
    rows = sorted(waiting, key=lambda r: r["hours"])
    early = send(chair, f"meetings/{meeting}/decisions", decision_body(rows, product))
    assert early.status_code == 409
    assert send(chair, f"meetings/{meeting}/open", {"present": ["chair"]}).status_code == 200
    body = decision_body(rows, product) | {"agenda_item": point}
    decided = send(chair, f"meetings/{meeting}/decisions", body)
    assert decided.status_code == 201, decided.content
    decision = decided.json()["ref"]
    task = {"title": "Walk", "strand": "prevent", "owner": "reporting_officer", "due_on": later(7)}
    made = send(
        chair,
        f"decisions/{decision}/operations",
        {
            "name": "Ferry",
            "goals": "Fewer",
            "plan_owner": "plan_owner",
            "starts_on": later(0),
            "ends_on": later(42),
            "tasks": [task],
        },
    )
    assert made.status_code == 201, made.content
    mine = officer.get("/api/v1/tasking/tasks?mine=true").json()["rows"]
    ref = mine[0]["ref"]
    assert send(officer, f"tasks/{ref}/efforts", {"spent_on": later(0), "hours": "2.5"}).status_code == 201
    assert send(officer, f"tasks/{ref}/completion", {}).status_code == 201
    asked = {"question": "Who resells?", "why": "x", "due_on": later(9), "urgency": "low"}
    assert send(chair, f"decisions/{decision}/requirements", asked).status_code == 201
    assert send(chair, f"meetings/{meeting}/close", {}).status_code == 201
    minutes = chair.get(f"/api/v1/tasking/meetings/{meeting}/minutes").json()
    seen = chair.get(f"/api/v1/tasking/decisions/{decision}").json()

    assert minutes["content"]["agenda"][-1]["decision"]["ref"] == decision
    assert seen["evidence"]["products"][0]["product"]["ref"] == product
    assert officer.get(f"/api/v1/tasking/tasks/{ref}").json()["is_done"] is True


def test_the_screen_takes_a_decision_under_the_chairs_hand(world: World, act: Act) -> None:
    """[TCG-05] [TCG-07] Evidence, options on one scale, three questions of law; the answer to each recommendation."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        story.product(actor, world)
        row = story.opened(actor, world)
        number = selectors.agenda_of(row, actor=actor)[-1].number
    url = f"/tasking/meetings/{row.ref}/screen/{number}"
    chair = browser(world, Role.CHAIR)
    shown = chair.get(url).content.decode()
    empty = chair.post(url, {"chosen": "A"})
    values = {
        "chosen": "B",
        "reasons": "Locks last.",
        "effect_review_on": later(42),
        "verdict-A": "change",
        "changed-A": "Half the hours",
        **LAW,
    }
    done = chair.post(url, values)
    after = chair.get(url).content.decode()
    with act(world.user(Role.CHAIR), world.desk) as actor:
        decision = selectors.decisions(actor=actor).get()
        answers = {r.recommendation.number: r for r in selectors.responses_of(decision, actor=actor)}

    assert "likely" in shown
    assert shown.count('type="radio"') == 3
    assert empty.status_code == 422
    assert done.status_code == 302, done.content
    assert decision.ref in after
    assert (answers[1].verdict, answers[1].changed_text) == ("change", "Half the hours")
    assert (answers[2].verdict, answers[2].reason) == ("accept", "Locks last.")


def test_who_does_not_chair_sees_the_screen_but_no_button(world: World, act: Act) -> None:
    """A member follows; the form is the chair's, and sending it all the same is refused."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        story.product(actor, world)
        row = story.opened(actor, world)
        number = selectors.agenda_of(row, actor=actor)[-1].number
    member = browser(world, Role.OPERATIONAL_ANALYST)
    url = f"/tasking/meetings/{row.ref}/screen/{number}"

    assert "decides" in member.get(url).content.decode()
    assert (
        member.post(url, {"chosen": "A", "reasons": "x", "effect_review_on": later(9), **LAW}).status_code
        == 403
    )


@pytest.fixture
def refs(world: World, act: Act) -> dict[str, str]:
    """One of each object of the room, minutes written."""
    from openilp.tasking import services

    with act(world.user(Role.CHAIR), world.desk) as actor:
        operation = story.operation(actor, world)
        meeting = selectors.meetings(actor=actor).get()
        services.close_meeting(actor=actor, meeting=meeting)
        return {
            "meeting": meeting.ref,
            "decision": selectors.decisions(actor=actor).get().ref,
            "operation": operation.ref,
            "task": selectors.tasks(actor=actor).get().ref,
        }


PAGES = [
    "/tasking/",
    "/tasking/meetings",
    "/tasking/decisions",
    "/tasking/operations",
    "/tasking/tasks",
    "/tasking/tasks?show=open",
    "/tasking/tasks?show=overdue",
    "/tasking/tasks?show=done",
    "/tasking/resources",
    "/tasking/meetings/{meeting}",
    "/tasking/meetings/{meeting}/minutes",
    "/tasking/meetings/{meeting}/screen/1",
    "/tasking/meetings/{meeting}/screen/2",
    "/tasking/decisions/{decision}",
    "/tasking/operations/{operation}",
    "/tasking/tasks/{task}",
    "/nav/counts",
]


def test_every_page_opens_for_who_works_here_and_for_nobody_else(world: World, refs: dict[str, str]) -> None:
    """Readers get 200, the administrator and the overseer see no content."""
    for role in (Role.CHAIR, Role.PLAN_OWNER, Role.REPORTING_OFFICER):
        client = browser(world, role)
        answers = {path: client.get(path.format(**refs)).status_code for path in PAGES}
        assert set(answers.values()) == {200}, answers
    closed = browser(world, Role.ADMINISTRATOR)
    assert {closed.get(path.format(**refs)).status_code for path in PAGES[:-1]} == {403}


def test_forms_of_planners_open_and_refuse(world: World, refs: dict[str, str]) -> None:
    """Each form opens for its role, answers 422 to nonsense, 403 to others."""
    chair, officer = browser(world, Role.CHAIR), browser(world, Role.REPORTING_OFFICER)
    for path in (
        "/tasking/meetings/new",
        "/tasking/decisions/emergency",
        "/tasking/decisions/{decision}/operation",
        "/tasking/decisions/{decision}/requirement",
        "/tasking/decisions/{decision}/priority",
    ):
        url = path.format(**refs)
        assert (chair.get(url).status_code, chair.post(url, {"sent": "1"}).status_code) == (200, 422), url
        assert officer.get(url).status_code == 403, url


def test_tasks_are_booked_moved_and_ended_through_pages(world: World, refs: dict[str, str], act: Act) -> None:
    """The owner books and ends, the plan owner moves."""
    owner, planner = browser(world, Role.REPORTING_OFFICER), browser(world, Role.PLAN_OWNER)
    url = f"/tasking/tasks/{refs['task']}"
    booked = owner.post(url, {"spent_on": later(0), "hours": "3", "money": "12.50"})
    wrong = owner.post(url, {"spent_on": later(3), "hours": "3", "money": "0"})
    moved = planner.post(
        f"{url}/change",
        {"due_on": later(20), "owner": str(world.user(Role.REPORTING_OFFICER).pk), "reason": "Ice"},
    )
    refused = owner.post(f"{url}/change", {"due_on": later(20), "reason": "Ice"})
    ended = owner.post(f"{url}/finish", {"done_on": later(0)})

    codes = [a.status_code for a in (booked, wrong, moved, refused, ended)]
    assert codes == [302, 422, 302, 403, 302]
    page = owner.get(url).content.decode()
    assert "12.5" in page
    assert "Ice" in page


def test_minutes_come_as_pdf(world: World, refs: dict[str, str]) -> None:
    """A tagged PDF, for readers only."""
    answer = browser(world, Role.CHAIR).get(f"/tasking/meetings/{refs['meeting']}/minutes.pdf")

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert b"/MarkInfo" in answer.content or b"/StructTreeRoot" in answer.content


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit": "XX"}, "unit"),
        ({"chair": "nobody"}, "chair"),
        ({"kind": "tea"}, "kind"),
        ({"legal_basis": "X"}, "legal_basis"),
    ],
)
def test_bad_input_names_field_and_remedy(world: World, change: dict[str, str], field: str) -> None:
    """Unknown unit, account, code, law: 422 with the field."""
    body = {
        "kind": "daily",
        "title": "x",
        "unit": "R1",
        "chair": "chair",
        "starts_at": timezone.now().isoformat(),
        "legal_basis": LEGAL_BASIS,
    }
    answer = send(browser(world, Role.CHAIR), "meetings", body | change)

    assert (answer.status_code, answer.json().get("field")) == (422, field), answer.content


def test_a_decision_asks_adopts_and_opens_through_pages(world: World, refs: dict[str, str], act: Act) -> None:
    """[TCG-08] A product wanted, a priority set, an operation opened: each from the decision's page."""
    chair, url = browser(world, Role.CHAIR), f"/tasking/decisions/{refs['decision']}"
    owner = str(world.user(Role.PLAN_OWNER).pk)
    asked = {"question": "Who resells?", "why": "Tools", "due_on": later(9), "urgency": "low"}
    wanted = asked | {"product_type": "problem_profile"}
    period = {"starts_on": later(0), "ends_on": later(30)}
    adopted = {"title": "Burglary", "reason": "x", "unit": str(world.region.pk), "owner": owner, **period}
    sent = [
        chair.post(f"{url}/requirement", asked),
        chair.post(f"{url}/requirement", wanted),
        chair.post(f"{url}/priority", adopted | {"hours_set": "10", "money_set": "0"}),
        chair.post(f"{url}/operation", {"name": "Two", "goals": "x", "plan_owner": owner, **period}),
    ]
    shown = chair.get(url).content.decode()

    assert [answer.status_code for answer in sent] == [302] * 4, [a.content[:2000] for a in sent]
    assert shown.count("/direction/requirements/") == 2
    assert "/direction/priorities/" in shown
    assert "Two" in shown


def test_an_emergency_is_decided_and_ratified_through_pages(world: World, act: Act) -> None:
    """[TCG-10] From the form to the meeting screen."""
    chair = browser(world, Role.CHAIR)
    form = {
        "title": "Guard on pier 4",
        "text": "Two officers day and night",
        "hours": "48",
        "money": "0",
        "chosen": "A",
        "reasons": "A threat",
        "effect_review_on": later(9),
        "legal_basis": LEGAL_BASIS,
        **LAW,
    }
    made = chair.post("/tasking/decisions/emergency", form)
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.opened(actor, world)
        point = next(i for i in selectors.agenda_of(row, actor=actor) if i.kind == "decision")
    url = f"/tasking/meetings/{row.ref}/screen/{point.number}"
    shown = chair.get(url).content.decode()
    said = chair.post(url, {"is_ratified": "yes", "reason": "It held."})

    assert (made.status_code, said.status_code) == (302, 302), made.content
    assert "Two officers" in shown
    assert "It held." in chair.get(url).content.decode()
