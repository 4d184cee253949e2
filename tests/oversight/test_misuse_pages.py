"""Signs, drawn look-ups and figures on the pages and over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openilp.oversight.models import LogExamination, LogFigure, LookUpSample, MisuseSign
from openilp.safeguards.acting import acting
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.factories import World


def visiting(world: World, role: Role) -> Client:
    """Return a browser with the account of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


@pytest.fixture
def sign(world: World) -> MisuseSign:
    """A sign about the officer."""
    return recorded(world, Role.INTELLIGENCE_OFFICER)


def recorded(world: World, about: Role) -> MisuseSign:
    """Record a sign about the account of a role."""
    actor, now = actor_for(world.user(Role.OVERSIGHT)), timezone.now()
    with acting(actor, "test"):
        made: MisuseSign = MisuseSign.objects.record(
            actor=actor,
            rule="off_task",
            case="2026-03-02",
            about=world.user(about),
            first_at=now,
            last_at=now,
            events=[3],
            figures={"events": 1, "records": 6},
        )
    return made


@pytest.fixture
def sample(world: World) -> LookUpSample:
    """A drawn look-up of the officer, for the chair to review."""
    actor = actor_for(world.user(Role.OVERSIGHT))
    with acting(actor, "test"):
        made: LookUpSample = LookUpSample.objects.record(
            actor=actor,
            seq=3,
            at=timezone.now(),
            about=world.user(Role.INTELLIGENCE_OFFICER),
            reviewer=world.user(Role.CHAIR),
            purpose=str(world.operation.pk),
            opened={},
            due_on=timezone.localdate() + timedelta(days=7),
        )
    return made


def test_an_overseer_answers_a_sign_on_its_page(world: World, sign: MisuseSign) -> None:
    """The reason is needed; what is answered leaves the list of what waits [LEG-12]."""
    overseer, address = visiting(world, Role.OVERSIGHT), f"/oversight/signs/{sign.ref}"

    assert sign.ref in overseer.get("/oversight/signs").content.decode()
    assert overseer.post(address, {"outcome": "explained", "reason": "x"}).status_code == 422
    done = overseer.post(address, {"outcome": "explained", "reason": "A stock-taking that was announced."})
    assert done.status_code == 302
    assert "A stock-taking" in overseer.get(address).content.decode()
    assert sign.ref not in overseer.get("/oversight/signs").content.decode()
    assert sign.ref in overseer.get("/oversight/signs?show=all").content.decode()
    again = overseer.post(address, {"outcome": "referred", "reason": "On second thoughts not."})
    assert again.status_code == 409


def test_a_sign_is_not_there_for_whom_it_is_about_nor_for_others(world: World, sign: MisuseSign) -> None:
    """A data-protection officer finds nothing under the reference of a sign about himself."""
    about_dpo = recorded(world, Role.DATA_PROTECTION_OFFICER)
    dpo = visiting(world, Role.DATA_PROTECTION_OFFICER)

    assert dpo.get(f"/oversight/signs/{about_dpo.ref}").status_code == 404
    assert dpo.get(f"/oversight/signs/{sign.ref}").status_code == 200
    assert dpo.get("/api/v1/oversight/signs").json()["rows"][0]["ref"] == sign.ref
    for role in (Role.ADMINISTRATOR, Role.HEAD_OF_INTELLIGENCE, Role.INTELLIGENCE_OFFICER):
        assert visiting(world, role).get(f"/oversight/signs/{sign.ref}").status_code == 403


def test_a_drawn_look_up_goes_from_reason_to_review(world: World, sample: LookUpSample) -> None:
    """Whoever looked writes first; the supervisor learns the matter only where it is open to him [LEG-12]."""
    address = f"/oversight/samples/{sample.ref}"
    officer, chair = visiting(world, Role.INTELLIGENCE_OFFICER), visiting(world, Role.CHAIR)

    assert "Operation Lantern" in officer.get(address).content.decode()
    assert "Operation Lantern" not in chair.get(address).content.decode()
    assert visiting(world, Role.PLAN_OWNER).get(address).status_code == 404
    assert officer.post(address, {"reason": "no"}).status_code == 422
    assert officer.post(address, {"reason": "Wanted for the plan of the operation."}).status_code == 302
    judged = {"is_justified": "yes", "finding": "The plan names this person."}
    assert chair.post(address, judged).status_code == 302
    assert "The plan names" in officer.get(address).content.decode()
    assert visiting(world, Role.OVERSIGHT).get("/oversight/samples").status_code == 200


def test_the_figures_hold_no_name_and_no_small_count(world: World) -> None:
    """A page for those who oversee only; under five is said, not shown [LEG-12]."""
    actor, now = actor_for(world.user(Role.OVERSIGHT)), timezone.now()
    with acting(actor, "test"):
        run = LogExamination.objects.record(
            actor=actor, since=now - timedelta(days=1), until=now, events=20, signs=0, samples=0
        )
        for duty, number in (("chair", 3), ("plan_owner", 7)):
            LogFigure.objects.record(
                actor=actor,
                day=timezone.localdate(),
                unit=world.region,
                duty=duty,
                look_ups=number,
                delivered=9,
                examination=run,
            )
    page = visiting(world, Role.OVERSIGHT).get("/oversight/figures")
    found: dict[str, Any] = visiting(world, Role.OVERSIGHT).get("/api/v1/oversight/figures").json()

    assert b"under 5" in page.content
    assert found["duties"] == ["chair", "plan_owner"]
    assert found["units"] == [{"name": "Harbour Region", "cells": [None, 7], "total": None}]
    assert visiting(world, Role.HEAD_OF_INTELLIGENCE).get("/oversight/figures").status_code == 403


def test_programs_of_the_overseer_do_the_same(world: World, sign: MisuseSign, sample: LookUpSample) -> None:
    """Every verb has its operation."""
    overseer, officer = visiting(world, Role.OVERSIGHT), visiting(world, Role.INTELLIGENCE_OFFICER)
    chair = visiting(world, Role.CHAIR)

    def send(client: Client, path: str, **body: Any) -> Any:
        return client.post(f"/api/v1/oversight/{path}", body, content_type="application/json")

    told = send(overseer, f"signs/{sign.ref}/answer", outcome="referred", reason="The inquiry asked for it.")
    assert (told.status_code, told.json()["is_answered"]) == (200, True)
    kept = send(
        overseer, "staff-patterns", username="chair", shifts=[[0, "08:00", "16:00"]], address="4 Lindenweg"
    )
    assert kept.status_code == 201
    assert send(overseer, "staff-patterns", username="nobody").status_code == 404
    run = send(overseer, "examinations")
    assert (run.status_code, run.json()["signs"]) == (201, 0)
    assert (
        send(chair, f"samples/{sample.ref}/review", is_justified=True, finding="It is in order.").status_code
        == 409
    )
    given = send(officer, f"samples/{sample.ref}/reason", reason="Wanted for the plan.")
    assert given.json()["has_reason"] is True
    done = send(chair, f"samples/{sample.ref}/review", is_justified=False, finding="The plan names nobody.")
    assert done.json()["is_reviewed"] is True
    assert officer.get("/api/v1/oversight/samples?waiting=true").json()["rows"] == []
