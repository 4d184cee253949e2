"""The pages and the API of the rights desk, as a browser and a client walk them."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openilp.collection.rules import NewItem, NewMention
from openilp.safeguards.log import sealing
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act, hand_in
from tests.factories import World
from tests.oversight.making import person
from tests.oversight.rights.asking import KEEPER, WHY

SAID = "Tavel Orsk met Dovan Sill at the yard."


@pytest.fixture(autouse=True)
def _oversight_key(settings: Any, tmp_path: Path) -> None:
    """Give the instance a key of the oversight body."""
    settings.OPENILP_OVERSIGHT_KEY = tmp_path / "oversight.pub"
    Path(settings.OPENILP_OVERSIGHT_KEY).write_text(sealing.key_pair()[1])


def browser(world: World, role: Role) -> Client:
    """Return a logged-in browser."""
    client = Client()
    client.force_login(world.user(role))
    return client


def told(world: World, act: Act) -> Any:
    """Hand in a report that names the person, and somebody else."""
    mentions = [NewMention("person", "Dovan Sill", "WIT")]
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        return hand_in(actor, items=(NewItem(SAID, "fact", mentions),))


def test_a_request_is_walked_from_the_letter_that_came_in_to_the_letter_that_leaves(
    world: World, act: Act
) -> None:
    """Register, look, judge, decide, have it approved, answer: on the pages, with a refusal at each field [LEG-08]."""
    report = told(world, act)
    client = browser(world, KEEPER)
    form = {
        "kind": "access",
        "received_on": timezone.localdate().isoformat(),
        "full_name": "Tavel Orsk",
        "identity_proof": "in_person",
        "language": "en",
    }
    assert client.post("/oversight/rights/new", form | {"full_name": "O"}).status_code == 422
    page = client.post("/oversight/rights/new", form)["Location"]
    assert "Tavel Orsk" in client.get("/oversight/rights").content.decode()
    assert client.post(f"{page}/search", {"words": "Or"}).status_code == 422
    client.post(f"{page}/search", {"words": "Tavel Orsk"})
    ref = page.rsplit("/", 1)[1]
    (found,) = client.get(f"/api/v1/oversight/rights/{ref}/findings").json()
    assert (found["kind"], found["ref"], found["is_same"]) == ("report", report.ref, None)
    finding = f"/oversight/rights/findings/{found['id']}"
    assert SAID in client.get(finding).content.decode()

    client.post(f"{finding}/judge", {"is_same": "yes"})
    shown = client.get(finding).content.decode()
    assert 'value="Dovan Sill"' in shown
    assert client.post(finding, {"decision": "refuse"}).status_code == 422
    sent = {"decision": "refuse", "grounds": ["b"], "reason": WHY}
    assert client.post(finding, sent).status_code == 302
    assert client.get(f"{page}/draft").content.startswith(b"%PDF-")
    approval = client.post(f"{page}/ask", {"reason": "One report of the operation."})["Location"]
    head = browser(world, Role.HEAD_OF_INTELLIGENCE)
    asked = head.get(approval).content.decode()
    assert report.ref in asked
    assert "Tavel" not in asked
    digest = asked.split('name="digest" value="')[1].split('"')[0]
    head.post(approval, {"digest": digest, "answer": "approve", "reason": ""})
    assert client.post(f"{approval}/carry-out").status_code == 302

    closed = client.get(page).content.decode()
    assert SAID not in closed
    letter = closed.split('href="/oversight/rights/letters/')[1].split('"')[0]
    assert client.get(f"/oversight/rights/letters/{letter}").content.startswith(b"%PDF-")
    assert head.get(page).status_code == 403


def test_the_desk_over_http(world: World, act: Act) -> None:
    """The same verbs for a client; a request is overdue the day after its last one [LEG-08]."""
    told(world, act)
    client = browser(world, KEEPER)
    body = {
        "kind": "access",
        "received_on": "2026-01-05",
        "identity_proof": "in_person",
        "full_name": "Tavel Orsk",
        "language": "mn",
    }

    def post(path: str, sent: dict[str, Any]) -> Any:
        return client.post(f"/api/v1/oversight/{path}", sent, content_type="application/json")

    ref = post("rights", body).json()["ref"]
    row = client.get(f"/api/v1/oversight/rights/{ref}").json()
    assert (row["due_on"], row["state"]) == ("2026-02-05", "overdue")
    assert [each["ref"] for each in client.get("/api/v1/oversight/rights?show=overdue").json()] == [ref]
    assert post(f"rights/{ref}/extend", {"reason": "short"}).status_code == 422
    assert post(f"rights/{ref}/search", {"words": ["Tavel Orsk"]}).status_code == 201
    (found,) = client.get(f"/api/v1/oversight/rights/{ref}/findings").json()
    key = found["id"]
    assert post(f"rights/findings/{key}/decide", {"decision": "disclose"}).status_code == 409
    assert post(f"rights/findings/{key}/judge", {"is_same": True}).status_code == 201
    assert post(f"rights/findings/{key}/decide", {"decision": "disclose"}).status_code == 201
    wrong = {
        "measure": "rectify",
        "wanted": "Dovan",
        "reason": "The person showed a certificate.",
        "assignee": "chair",
    }
    assert post(f"rights/findings/{key}/order", wrong).status_code == 422
    assert post(f"rights/{ref}/ask", {"reason": "Nothing is withheld."}).status_code == 409
    letter = post(f"rights/{ref}/letter", {}).json()
    assert (letter["dated_on"], letter["language"]) == (timezone.localdate().isoformat(), "mn")
    assert client.get(f"/api/v1/oversight/rights/{ref}").json()["state"] == "closed"
    other = browser(world, Role.HEAD_OF_INTELLIGENCE)
    assert other.get("/api/v1/oversight/rights").status_code == 403


def test_a_correction_is_ordered_carried_out_and_taken_note_of_on_the_pages(world: World, act: Act) -> None:
    """The colleague finds it in the alerts, and sees the order without the person's request [LEG-09]."""
    person(world, act)
    client = browser(world, KEEPER)
    form = {
        "kind": "rectification",
        "received_on": timezone.localdate().isoformat(),
        "full_name": "Tavel Orsk",
        "identity_proof": "in_person",
        "language": "en",
        "wish": "My name is written with two l.",
    }
    page = client.post("/oversight/rights/new", form)["Location"]
    client.post(f"{page}/search", {"words": "Tavel Orsk"})
    ref = page.rsplit("/", 1)[1]

    def findings() -> dict[str, str]:
        rows = client.get(f"/api/v1/oversight/rights/{ref}/findings").json()
        return {row["kind"]: f"/oversight/rights/findings/{row['id']}" for row in rows}

    client.post(f"{findings()['entity']}/judge", {"is_same": "yes"})
    officer = world.user(Role.INTELLIGENCE_OFFICER)
    sent = {
        "measure": "rectify",
        "wanted": "Tavell Orsk",
        "assignee": str(officer.pk),
        "reason": "The person showed the birth certificate.",
    }
    statement = findings()["statement"]
    assert client.post(f"{statement}/order", sent | {"wanted": ""}).status_code == 422
    order = client.post(f"{statement}/order", sent)["Location"]
    colleague = browser(world, Role.INTELLIGENCE_OFFICER)
    assert order.rsplit("/", 1)[1] in colleague.get("/oversight/corrections").content.decode()
    assert "Tavell Orsk" in colleague.get(order).content.decode()
    assert colleague.get(page).status_code == 403
    assert colleague.post(order, {"value": "Tavell Orsk", "note": ""}).status_code == 302
    assert "In its place" in client.get(order).content.decode()
    assert client.post(f"{page}/letter").status_code == 302
