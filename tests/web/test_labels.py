"""The label of a record on its page and over HTTP."""

from typing import Any

import pytest
from django.test import Client

from openilp.collection.models import Report
from openilp.safeguards import approvals
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import Membership
from openilp.safeguards.relabelling import label_like, lower_label, lowering, tighten_label
from openilp.safeguards.roles import Role
from tests.approving import opened
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
    unread = chair.post(page, {"answer": "approve", "digest": digest})
    assert "Open the record first" in unread.content.decode()
    assert chair.get(f"/review/thread/{report.ref}").status_code == 200
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
    answer = f"/api/v1/approvals/{ref}/answer"
    assert send(chair, answer, digest=digest, is_approved=True).status_code == 409
    assert chair.get(f"/api/v1/review/thread/{report.ref}").status_code == 200
    assert send(chair, answer, digest=digest, is_approved=True).status_code == 200
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


def test_whom_the_former_label_kept_out_learns_neither_its_matters_nor_the_reason(
    world: World, report: Report, act: Any
) -> None:
    """A record is seen by its present label, and so is what it was: cut to what the reader may know [LEG-01]."""
    head, chair = visiting(world, Role.HEAD_OF_INTELLIGENCE), world.user(Role.CHAIR)
    Membership.objects.create(matter=world.operation, user=chair)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        inside = label_like(report, level=2, compartments=[world.operation.pk])
        tighten_label(actor=actor, row=report, label=inside, reason="Closed for Lantern.")
        report = Report.objects.seen_by(actor).get(pk=report.pk)
    wanted = label_like(report, compartments=[])
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        asked = approvals.ask(actor=actor, subject=lowering(report, wanted), reason=WHY)
    opened(asked, by=chair)
    with act(chair, world.desk) as actor:
        approvals.answer(actor=actor, request=asked, digest=asked.digest, is_approved=True)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        lower_label(actor=actor, row=report, label=wanted, reason=WHY, approval=asked)

    reader = visiting(world, Role.DATA_PROTECTION_OFFICER)
    for client, matters, reasons in (
        (head, [str(world.operation.pk)], [WHY, "Closed for Lantern."]),
        (reader, [], ["", ""]),
    ):
        lowered, tightened = client.get(f"/api/v1/labels/{report.ref}").json()["changes"]
        assert lowered["before"]["compartments"] == tightened["after"]["compartments"] == matters
        assert [lowered["reason"], tightened["reason"]] == reasons
        page = client.get(f"/labels/{report.ref}").content.decode()
        assert [why for why in (WHY, "Closed for Lantern.") if why in page] == [why for why in reasons if why]
