"""The label of a record on its page and over HTTP."""

from typing import Any

import pytest
from django.test import Client

from openilp.collection.models import Report
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.roles import Role
from tests.factories import World, lawful

WHY = "The source agreed to wider use."


def visiting(world: World, role: Role) -> Client:
    """Return a browser with the account of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


@pytest.fixture
def report(world: World, act: Any) -> Report:
    """A restricted report of the desk."""
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        made: Report = Report.objects.record(
            actor=actor,
            label=Label(Level.RESTRICTED, frozenset(), world.region.pk),
            **lawful(title="x", text="x", urgency="low", provenance="seen"),
        )
    return made


def test_a_stricter_label_is_put_on_at_once_and_a_lower_one_by_two(world: World, report: Report) -> None:
    """One form: what it does follows from the label that is wanted; the second person approves on a page [LEG-01]."""
    head, chair = visiting(world, Role.HEAD_OF_INTELLIGENCE), visiting(world, Role.CHAIR)
    address = f"/labels/{report.ref}"

    assert head.post(address, {"level": 3, "reason": WHY}).headers["Location"] == address
    assert head.get(f"/api/v1{address}").json()["level"] == 3
    asked = head.post(address, {"level": 1, "reason": WHY})
    page = asked.headers["Location"]
    assert page.startswith("/approvals/")
    digest = chair.get(page.replace("/approvals", "/api/v1/approvals")).json()["digest"]
    assert chair.post(page, {"answer": "approve", "digest": digest}).status_code == 302
    done = head.post(f"{page}/carry-out")
    assert done.headers["Location"] == address
    shown = head.get(f"/api/v1{address}").json()
    assert (shown["level"], [change["is_lowered"] for change in shown["changes"]]) == (1, [True, False])
    assert WHY in head.get(address).content.decode()


def test_programs_ask_and_carry_out(world: World, report: Report) -> None:
    """A lower label is answered 202 with the request; without the approval it cannot be carried out."""
    head, chair = visiting(world, Role.HEAD_OF_INTELLIGENCE), visiting(world, Role.CHAIR)
    address = f"/api/v1/labels/{report.ref}"

    def send(client: Client, path: str, **body: Any) -> Any:
        return client.post(path, body, content_type="application/json")

    assert send(head, address, level=3, reason=WHY).json() == {"is_changed": True, "approval": ""}
    asked = send(head, address, releasable_to=["NEIGHBOUR"], reason=WHY)
    assert asked.status_code == 202
    ref = asked.json()["approval"]
    assert send(head, f"{address}/lower/{ref}").status_code == 409
    digest = chair.get(f"/api/v1/approvals/{ref}").json()["digest"]
    assert send(chair, f"/api/v1/approvals/{ref}/answer", digest=digest, is_approved=True).status_code == 200
    assert send(head, f"{address}/lower/{ref}").json()["releasable_to"] == ["NEIGHBOUR"]
    assert send(head, address, level=9, reason=WHY).status_code == 422


def test_a_hidden_record_has_no_label_to_look_at(world: World, report: Report) -> None:
    """Hidden and absent read the same."""
    head, reporter = visiting(world, Role.HEAD_OF_INTELLIGENCE), visiting(world, Role.REPORTING_OFFICER)
    head.post(f"/labels/{report.ref}", {"level": 3, "reason": WHY})

    assert reporter.get(f"/labels/{report.ref}").status_code == 404
    owner = visiting(world, Role.PLAN_OWNER)
    body = {"level": 3, "reason": WHY}
    assert (
        owner.post(f"/api/v1/labels/{report.ref}", body, content_type="application/json").status_code == 403
    )
