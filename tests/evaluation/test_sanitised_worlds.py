"""A lowered version tells nothing of what was taken out: twin worlds that differ in the grounds alone."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from openilp.evaluation import selectors, services
from openilp.evaluation.models import Sanitisation, SanitisationGrounds
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act, hand_in
from tests.factories import World

OFFICER, HEAD, READER = Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE, Role.STRATEGIC_ANALYST


def lowered(world: World, act: Act, removed: str, reason: str, note: str) -> Sanitisation:
    """Write a version of a restricted report, and have it lowered to internal."""
    label = Label(level=Level.RESTRICTED, compartments=frozenset(), owner_unit=world.region.pk)
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor, label=label, title="Van")
        made = services.sanitise_report(
            actor=actor,
            report=report,
            title="Van",
            text="A van left the yard.",
            removed=removed,
            level=1,
            lowering_reason=reason,
        )
    with act(world.user(HEAD), world.desk) as actor:
        services.judge_sanitisation(actor=actor, sanitisation=made, is_approved=True, note=note)
    return made


def seen(world: World, act: Act, grounds: tuple[str, str, str]) -> list[str]:
    """Return what somebody without clearance for the original gets of one world, which is then undone."""
    told: list[str] = []
    mark = transaction.savepoint()
    version = lowered(world, act, *grounds)
    reader = world.user(READER)
    reader.clearance = 1
    reader.save()
    client = Client()
    client.force_login(reader)
    for path in (f"/evaluation/sanitised/{version.ref}", f"/api/v1/evaluation/sanitisations/{version.ref}"):
        answer = client.get(path)
        assert answer.status_code == 200
        told.append(normal(answer.content.decode(), version))
    with act(reader, world.desk) as actor:
        assert not SanitisationGrounds.objects.seen_by(actor).exists()
        row = Sanitisation.objects.seen_by(actor).get(pk=version.pk)
        assert selectors.grounds_of(row, actor=actor) is None
        told.append(str(sorted(field.name for field in row._meta.fields)))
    transaction.savepoint_rollback(mark)
    return told


def normal(page: str, version: Any) -> str:
    """Return a page without what differs from one request to the next: keys, references, moments, tokens."""
    for own in (str(version.pk), version.ref):
        page = page.replace(own, "OWN")
    page = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "KEY", page)
    page = re.sub(r"\d{4}-\d\d-\d\d[T ][0-9:.+Z]+(\s*UTC)?", "THEN", page)
    return re.sub(r'(nonce|value|content|csrf[^"=]*)="[^"]{30,}"', r'\1="TOKEN"', page)


def test_the_lowered_version_is_the_same_whatever_was_taken_out(world: World, act: Act) -> None:
    """Page, API and rows are alike in a world with telling grounds and in one with plain ones. [EVA-10]"""
    telling = seen(world, act, ("The caretaker's name", "He left the harbour", "The caretaker is safe"))
    plain = seen(world, act, ("Names", "Public", ""))

    assert plain == telling
    assert "caretaker" not in "".join(telling).lower()


@pytest.mark.parametrize("role", [OFFICER, HEAD])
def test_who_may_see_the_original_reads_the_grounds(world: World, act: Act, role: Role) -> None:
    """What was taken out keeps the original's level, and is there for those within it."""
    version = lowered(world, act, "The caretaker's name", "He left the harbour", "")
    client = Client()
    client.force_login(world.user(role))

    page = client.get(f"/evaluation/sanitised/{version.ref}").content.decode()
    assert "The caretaker&#x27;s name" in page
    assert "He left the harbour" in page
    api = client.get(f"/api/v1/evaluation/sanitisations/{version.ref}").json()
    assert api["removed"] == "The caretaker's name"
