"""The pages of the room."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from openilp.oversight.rules.reviews import QUESTIONS
from openilp.oversight.tasks import run_night
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act, hand_in
from tests.factories import World
from tests.oversight.making import LAPSED, days_ago, person


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.DATA_PROTECTION_OFFICER, 200), (Role.OVERSIGHT, 200), (Role.ADMINISTRATOR, 403)],
)
def test_the_room_is_open_to_data_protection_and_oversight(world: World, role: Role, status: int) -> None:
    """Those who control find their desks; whoever runs the installation does not."""
    client = Client()
    client.force_login(world.user(role))

    assert client.get("/oversight/").status_code == status


def browser(world: World, role: Role) -> Client:
    """Return a logged-in browser."""
    client = Client()
    client.force_login(world.user(role))
    return client


def test_a_record_is_reviewed_on_its_page_and_over_http(world: World, act: Act, apart: Path) -> None:
    """From the list to the record, an incomplete form, a whole one; then the same verbs over the API [LEG-05]."""
    with days_ago(1080), act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        first, second = hand_in(actor), hand_in(actor)
    client = browser(world, Role.HEAD_OF_INTELLIGENCE)
    listed = client.get("/oversight/reviews").content.decode()
    assert first.ref in listed
    clocks = {row["ref"]: row["id"] for row in client.get("/api/v1/oversight/clocks").json()}
    page = f"/oversight/clocks/{clocks[first.ref]}"
    assert "Review this record" in client.get(page).content.decode()
    said = dict.fromkeys(QUESTIONS, "yes") | {"less_intrusive": "no", "decision": "retain", "reason": "short"}

    bare = client.post(page, said)
    whole = client.post(page, said | {"reason": "The series of break-ins goes on in the yard."})

    assert bare.status_code == 422
    assert "at least 20" in bare.content.decode()
    assert whole.status_code == 302
    body = {
        "decision": "restrict",
        "answers": dict.fromkeys(QUESTIONS, True),
        "reason": "The case waits for the court of appeal.",
    }
    address = f"/api/v1/oversight/clocks/{clocks[second.ref]}/review"
    assert client.post(address, body, content_type="application/json").status_code == 201
    assert first.ref not in client.get("/oversight/reviews").content.decode()
    keeper = browser(world, Role.DATA_PROTECTION_OFFICER)
    assert "Restricted." in keeper.get(f"/oversight/clocks/{clocks[second.ref]}").content.decode()


def test_what_was_erased_is_certified_and_answers_as_gone(world: World, act: Act, apart: Path) -> None:
    """Certificate, document and stone; the record's address says when it left, to those who could see it [LEG-06]."""
    with days_ago(LAPSED), act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        report = hand_in(actor)
        hidden = hand_in(actor, label=replace(actor.label(), compartments=frozenset({world.operation.pk})))
    run_night(actor_for(world.user(Role.DATA_PROTECTION_OFFICER), reason="administration"))
    client = browser(world, Role.OVERSIGHT)
    (row,) = client.get("/api/v1/oversight/erasures").json()["rows"]

    assert row["erased"]["report"] == 2
    assert "Certificate of erasure" in client.get(f"/oversight/erasures/{row['ref']}").content.decode()
    assert row["ref"] in client.get("/oversight/erasures").content.decode()
    document = client.get(f"/oversight/erasures/{row['ref']}/certificate")
    assert document.content.startswith(b"%PDF-")
    gone = browser(world, Role.CHAIR).get(f"/collection/reports/{report.ref}")
    assert gone.status_code == 410
    assert "under rule LED-REV" in gone.content.decode()
    assert browser(world, Role.CHAIR).get(f"/collection/reports/{hidden.ref}").status_code == 404
    assert browser(world, Role.CHAIR).get(f"/api/v1/collection/reports/{report.ref}").status_code == 410


def test_an_event_is_reported_on_the_page_of_the_place_in_a_matter(world: World, act: Act) -> None:
    """The review is due today; what is no event, or lies ahead, is refused at its field."""
    row = person(world, act)
    client = browser(world, Role.INTELLIGENCE_OFFICER)
    rows = client.get("/api/v1/oversight/clocks?within_days=2000").json()
    key = next(each["id"] for each in rows if each["ref"] == row.ref)
    today = timezone.localdate().isoformat()

    assert (
        client.post(f"/oversight/clocks/{key}/event", {"event": "tea", "happened_on": today}).status_code
        == 422
    )
    sent = client.post(f"/oversight/clocks/{key}/event", {"event": "acquittal", "happened_on": today})
    assert sent.status_code == 302
    keeper = browser(world, Role.DATA_PROTECTION_OFFICER)
    assert keeper.get(f"/api/v1/oversight/clocks/{key}").json()["rule"] == "ACQ"
    later = {"event": "death", "happened_on": "2099-01-01"}
    answer = client.post(f"/api/v1/oversight/clocks/{key}/events", later, content_type="application/json")
    assert (answer.status_code, answer.json()["field"]) == (422, "happened_on")


def test_why_a_review_comes_early_is_told_to_data_protection_only(world: World, act: Act) -> None:
    """A hidden record that says that a person is a child, or dead, does not show on the person's other clocks."""
    row = person(world, act, category="VIC", born=f"{timezone.localdate().year - 9}-02-03")
    told = {}
    for role in (Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER):
        client = browser(world, role)
        rows = client.get("/api/v1/oversight/clocks?within_days=2000").json()
        (one,) = (each for each in rows if each["ref"] == row.ref)
        told[role] = (one["rule"], one["cause"])
        page = client.get(f"/oversight/clocks/{one['id']}").content.decode()
        listed = client.get("/oversight/reviews?within=1827").content.decode()
        shown = ["a child is concerned" in page, "MINOR" in page, "MINOR" in listed]
        assert shown == [role is Role.DATA_PROTECTION_OFFICER] * 3

    assert told == {
        Role.INTELLIGENCE_OFFICER: ("", ""),
        Role.HEAD_OF_INTELLIGENCE: ("", ""),
        Role.DATA_PROTECTION_OFFICER: ("MINOR", "child"),
    }
