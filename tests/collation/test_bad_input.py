"""Script in every text field, two people at the same row: text stays text, and the second one is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openilp import reference
from openilp.collation import selectors, services
from openilp.collation.models import IdentityJudgement, Involvement, Link, Statement
from openilp.collation.rules import NewInvolvement, NewStatement
from openilp.safeguards.roles import Role
from tests.collation import scenes
from tests.collation.test_pages import SCRIPT, Act, addresses, browser, scene
from tests.factories import LEGAL_BASIS, World, lawful

__all__ = ["scene"]
LAW = {"legal_basis": LEGAL_BASIS, "level": "1"}
FACT = {"kind": "fact", "valid_from": "", "valid_until": ""}


@pytest.fixture
def officer(world: World) -> Client:
    """A browser of the intelligence officer."""
    return browser(world, Role.INTELLIGENCE_OFFICER)


def test_script_in_every_text_field_stays_text(
    officer: Client, scene: dict[str, Any], world: World, act: Act
) -> None:
    """Each form takes it as words, and no page of the room hands it out as markup."""
    him, car = scene["him"].ref, scene["car"].ref
    posts = {
        "/collation/entities/new?kind=organisation": {**LAW, **FACT, "about": "name", "value": SCRIPT},
        f"/collation/entities/{him}/statements/new": {**LAW, **FACT, "about": "occupation", "value": SCRIPT},
        f"/collation/entities/{him}/categories/new": {
            **LAW,
            "category": "SUS",
            "predicate": SCRIPT,
            "matter": str(world.desk.pk),
        },
        f"/collation/entities/{him}/markings/new": {**LAW, "marking": "child", "reason": SCRIPT},
        f"/collation/entities/{him}/compare?with={scene['other'].ref}": {
            "verdict": "same",
            "reason": SCRIPT,
            "supersedes": scene["judgement"].ref,
        },
        f"/collation/statements/{scene['statement'].ref}/supersede": {
            **FACT,
            "about": "name",
            "value": SCRIPT,
        },
        f"/collation/mentions/{scene['mention'].pk}/dismiss": {"reason": SCRIPT},
        "/collation/searches/new": {
            "legal_basis": LEGAL_BASIS,
            "title": SCRIPT,
            "q": SCRIPT,
            "reason": SCRIPT,
            "expires_on": str(timezone.localdate() + timedelta(days=9)),
        },
    }
    for address, body in posts.items():
        answer = officer.post(address, body)
        assert answer.status_code == 302, (address, answer.content.decode()[-3000:])
    refused = {
        f"/collation/entities/{him}/links/new": {**LAW, **FACT, "type": "uses", "target": SCRIPT},
        f"/collation/entities/{car}/statements/new": {**LAW, **FACT, "about": "plate", "item": SCRIPT},
        "/collation/entities/new?kind=person": {**LAW, "about": SCRIPT, "value": SCRIPT, "category": SCRIPT},
    }
    for address, body in refused.items():
        answer = officer.post(address, body)
        assert answer.status_code == 422, address
        assert SCRIPT not in answer.content.decode(), address

    words = f"?q={SCRIPT}"
    for address in (*addresses(scene, world), f"/collation/entities{words}", f"/search{words}"):
        text = officer.get(address).content.decode()
        assert SCRIPT not in text, address
    for tab in ("map", "products", "history", "overview"):
        assert SCRIPT not in officer.get(f"/collation/entities/{him}?tab={tab}").content.decode()
    assert "&lt;script&gt;" in officer.get(f"/collation/entities/{him}?tab=overview").content.decode()


def test_a_merge_is_undone_once(officer: Client, scene: dict[str, Any], world: World, act: Act) -> None:
    """Two people look at one merge: the first undoes it, the second is told and the merge stays undone."""
    him, other = scene["him"], scene["other"]
    address = f"/collation/entities/{him.ref}/compare?with={other.ref}"
    body = {"verdict": "same", "reason": "Same passport.", "supersedes": scene["judgement"].ref}
    assert officer.post(address, body).status_code == 302
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        merge = selectors.judgement_between(him, other, actor=actor)
        assert merge is not None

    undo = {"verdict": "different", "reason": "The passport is forged.", "supersedes": merge.ref}
    first, second = officer.post(address, undo), officer.post(address, {**undo, "verdict": "unsure"})

    assert (first.status_code, second.status_code) == (302, 409)
    assert "The passport is forged." in second.content.decode()
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        assert selectors.cluster_of(him, actor=actor) == {him.pk}
        assert IdentityJudgement.objects.seen_by(actor).count() == 3


def test_a_row_is_replaced_once(officer: Client, scene: dict[str, Any], world: World, act: Act) -> None:
    """The second correction of a statement or a link gets a conflict with its words kept, and writes nothing."""
    said, link = scene["statement"], scene["link"]
    bodies = {
        f"/collation/statements/{said.ref}/supersede": (Statement, {**FACT, "about": "name", "value": "Bat"}),
        f"/collation/links/{link.ref}/supersede": (
            Link,
            {**FACT, "type": "owns", "confirmation": "confirmed"},
        ),
    }
    for address, (model, body) in bodies.items():
        form = officer.get(address)
        assert form.status_code == 200
        assert officer.post(address, body).status_code == 302
        with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
            before = model.objects.seen_by(actor).count()

        again = officer.post(address, body)

        assert again.status_code in (404, 409), address
        with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
            assert model.objects.seen_by(actor).count() == before


def test_a_category_ends_once(officer: Client, scene: dict[str, Any], world: World, act: Act) -> None:
    """Two people end one category: the second is told, and the first day stays."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        row = Involvement.objects.seen_by(actor).filter(person=scene["him"]).get()
    today = timezone.localdate()
    address = f"/collation/involvements/{row.ref}/end"

    first = officer.post(address, {"until": str(today)})
    second = officer.post(address, {"until": str(today + timedelta(days=5))})

    assert (first.status_code, second.status_code) == (302, 409)
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        assert Involvement.objects.seen_by(actor).get(pk=row.pk).until == today


def test_a_mention_is_settled_once(officer: Client, scene: dict[str, Any], world: World, act: Act) -> None:
    """Two people settle one mention: one statement is recorded."""
    address = f"/collation/mentions/{scene['mention'].pk}"
    assert officer.post(f"{address}/settle", {"entity": scene["him"].ref}).status_code == 302
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        before = Statement.objects.seen_by(actor).count()

    settled = officer.post(f"{address}/settle", {"entity": scene["him"].ref})
    dismissed = officer.post(f"{address}/dismiss", {"reason": "Nothing new."})

    assert {settled.status_code, dismissed.status_code} == {409}
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        assert Statement.objects.seen_by(actor).count() == before


def test_every_type_of_the_list_can_be_recorded_and_read(world: World, act: Act, officer: Client) -> None:
    """[CLT-01] Person, organisation, each object, location and event take a statement and have a page."""
    values = {"birth_date": "1987", "point": "12.6, 55.9", "quantity": "2", "started_at": "2026-10-01 21:40"}
    kinds = reference.vocabulary("entity-types").codes
    wanted = {"person", "organisation", "vehicle", "phone", "email", "document", "weapon", "account"}
    assert wanted | {"online_account", "device", "location", "event"} <= set(kinds)
    made = []
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        for kind in kinds:
            about = reference.entity_type(kind).names[0]
            row = services.record_entity(
                actor=actor,
                kind=kind,
                statements=[NewStatement(about, values.get(about, f"AB 12345 {kind}"))],
                involvement=NewInvolvement("WIT") if reference.entity_type(kind).is_person else None,
                **lawful(),
            )
            made.append((kind, row.ref))
    for kind, ref in made:
        page = officer.get(f"/collation/entities/{ref}")
        assert (kind, page.status_code) == (kind, 200)
        assert f"AB 12345 {kind}" in page.content.decode()


def test_what_one_matter_records_another_purpose_does_not_mix(
    world: World, act: Act, officer: Client
) -> None:
    """[CLT-09] Intelligence of an operation stays apart from the desk's: by purpose, and by who sees it."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        him = scenes.person(actor)
        row = Statement.objects.seen_by(actor).get(entity=him)
        assert row.purpose_id == world.operation.pk
        assert row.compartments == [world.operation.pk]
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as outside:
        assert not selectors.entities(actor=outside).filter(pk=him.pk).exists()
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        said = scenes.say(actor, selectors.entity(him.ref, actor=actor), "alias", "Bata")
        assert said.purpose_id == world.desk.pk
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as outside:
        seen = selectors.statements_of([him.pk], actor=outside)
        assert [each.property for each in seen] == ["alias"]
