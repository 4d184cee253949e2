"""Direction over HTTP: every verb, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openilp.safeguards.roles import Role
from tests.direction.test_pages import browser, in_days
from tests.factories import World

ROOT = "/api/v1/direction"


def send(client: Client, path: str, body: dict[str, Any], status: int = 201) -> Any:
    """Send JSON and return the answer's JSON."""
    answer = client.post(f"{ROOT}{path}", body, content_type="application/json")

    assert answer.status_code == status, answer.content
    return answer.json()


def priority(**more: Any) -> dict[str, Any]:
    """Return a priority as JSON."""
    values = {
        "title": "Burglary",
        "reason": "Most harm.",
        "source_document": "Assessment",
        "unit": "HQ",
        "owner": "chair",
        "starts_on": in_days(0),
        "ends_on": in_days(30),
        "legal_basis": "POL-12",
    }
    return values | more


def question(**more: Any) -> dict[str, Any]:
    """Return a requirement as JSON."""
    values = {
        "question": "Who buys them?",
        "why": "To choose.",
        "due_on": in_days(9),
        "urgency": "high",
        "legal_basis": "POL-12",
    }
    return values | more


@pytest.fixture
def chair(world: World) -> Client:
    """The chair's browser."""
    return browser(world, Role.CHAIR)


def test_every_verb_of_a_priority(chair: Client) -> None:
    """Set, carry on, replace, close, list and draw the cascade."""
    top = send(chair, "/priorities", priority())["ref"]
    below = send(
        chair, f"/priorities/{top}/cascade", {"unit": "R1", "owner": "plan_owner", "reason": "Ours too."}
    )["ref"]
    newer = send(chair, f"/priorities/{top}/supersede", {"reason": "More.", "hours_set": 40})["ref"]
    tree = chair.get(f"{ROOT}/cascade").json()
    assert [(b["priority"]["ref"], b["depth"]) for b in tree] == [(newer, 0), (below, 1)]
    assert tree[1]["missing"] == "local"
    closed = send(chair, f"/priorities/{newer}/close", {"reason": "Done."}, 200)
    assert closed["closing_reason"] == "Done."
    listed = chair.get(f"{ROOT}/priorities?state=open").json()["rows"]

    assert [row["ref"] for row in listed] == [below]
    assert chair.get(f"{ROOT}/priorities/{below}").json()["unit"] == "R1"


def test_every_verb_of_a_requirement(chair: Client, world: World) -> None:
    """Ask, plan, add, return, close; the in-tray follows."""
    ref = send(chair, "/requirements", question())["ref"]
    assert [row["ref"] for row in chair.get(f"{ROOT}/in-tray").json()["rows"]] == [ref]
    line = {
        "what": "Ask traders",
        "method": "community",
        "collector": "reporting_officer",
        "due_on": in_days(3),
        "hours": 2,
    }
    plan = send(chair, f"/requirements/{ref}/plans", {"title": "", "lines": [line]})["ref"]
    send(chair, f"/plans/{plan}/lines", line | {"what": "Ask again", "method": "patrol"})
    lines = chair.get(f"{ROOT}/plans/{plan}").json()["lines"]
    assert {each["what"] for each in lines} == {"Ask traders", "Ask again"}
    street = browser(world, Role.REPORTING_OFFICER)
    waiting = street.get(f"{ROOT}/lines").json()["rows"]
    assert {each["id"] for each in waiting} == {each["id"] for each in lines}
    done = send(street, f"/lines/{lines[0]['id']}/return", {}, 200)
    assert done["returned_on"] == timezone.localdate().isoformat()
    send(street, f"/lines/{lines[0]['id']}/return", {}, 409)
    send(chair, f"/requirements/{ref}/close", {"is_answered": True, "note": "Two shops."})
    detail = chair.get(f"{ROOT}/requirements/{ref}").json()

    assert detail["closure"] == {"is_answered": True, "note": "Two shops."}
    assert [p["plan"]["ref"] for p in detail["plans"]] == [plan]
    assert chair.get(f"{ROOT}/requirements").json()["rows"] == []
    assert [r["ref"] for r in chair.get(f"{ROOT}/requirements?state=closed").json()["rows"]] == [ref]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/priorities", priority(unit="MARS"), "unit"),
        ("/priorities", priority(owner="nobody"), "owner"),
        ("/priorities", priority(crime_types=["sorcery"]), "crime_types"),
        ("/priorities", priority(legal_basis="NONE-1"), "legal_basis"),
        ("/requirements", question(urgency="soonish"), "urgency"),
        ("/requirements", question(legal_basis=""), "legal_basis"),
        ("/requirements", question(due_on="2020-01-01"), "due_on"),
        ("/requirements", question(why=" "), "why"),
    ],
)
def test_bad_input_is_refused_by_field_and_nothing_is_written(
    chair: Client, path: str, body: dict[str, Any], field: str
) -> None:
    """An error names the field and the remedy."""
    answer = send(chair, path, body, 422)

    assert answer["field"] == field
    assert chair.get(f"{ROOT}{path}?state=all").json()["rows"] == []


def test_only_the_asker_closes_over_http(chair: Client, world: World) -> None:
    """403 with the name of the asker for everybody else."""
    ref = send(chair, "/requirements", question())["ref"]
    other = browser(world, Role.HEAD_OF_INTELLIGENCE)
    answer = send(other, f"/requirements/{ref}/close", {"is_answered": True, "note": "x"}, 403)

    assert "Chair" in answer["detail"]


def test_an_unknown_reference_is_not_found(chair: Client) -> None:
    """Hidden and absent read the same."""
    assert chair.get(f"{ROOT}/requirements/RQ-2222-2222").status_code == 404
    send(chair, "/requirements", question(priority="PR-2222-2222"), 404)


def test_overdue_requirements_are_listed_as_such(chair: Client, world: World, act: Any) -> None:
    """[DIR-04] A question past its day is overdue until its asker closes it."""
    from openilp.direction.models import Requirement
    from tests.factories import lawful

    asker = world.user(Role.CHAIR)
    with act(asker, world.desk) as actor:
        row = Requirement.objects.record(
            actor=actor,
            question="Late?",
            why="x",
            asker=asker,
            due_on=timezone.localdate() - timedelta(days=1),
            urgency="low",
            **lawful(),
        )
    send(chair, "/requirements", question())

    assert [r["ref"] for r in chair.get(f"{ROOT}/requirements?state=overdue").json()["rows"]] == [row.ref]
    assert "overdue" in chair.get(f"/direction/requirements/{row.ref}").content.decode()


def test_the_strands_of_a_priority_over_http(chair: Client) -> None:
    """[DIR-02] Set, carried on and replaced, each strand is its own field; the open ones are named."""
    top = send(chair, "/priorities", priority(intelligence="Who sells.", prevention="Locks."))["ref"]
    lower = send(
        chair,
        f"/priorities/{top}/cascade",
        {"unit": "R1", "owner": "plan_owner", "reason": "Here.", "enforcement": "Checks."},
    )["ref"]
    new = send(chair, f"/priorities/{top}/supersede", {"reason": "More.", "enforcement": "Bans."})["ref"]

    def found(ref: str) -> dict[str, Any]:
        answer: dict[str, Any] = chair.get(f"{ROOT}/priorities/{ref}").json()
        return answer

    assert found(top)["open_strands"] == ["enforcement"]
    assert found(lower)["open_strands"] == ["intelligence", "prevention"]
    assert (found(new)["intelligence"], found(new)["enforcement"]) == ("Who sells.", "Bans.")
    assert found(new)["open_strands"] == []
