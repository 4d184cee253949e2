"""The pages of the room, through a browser's eyes: they render for their roles and refuse others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openilp.collation import services
from openilp.collation.models import Entity, IdentityJudgement, Link, SavedSearch, Settlement, Statement
from openilp.collation.rules import NewStatement
from openilp.collation.selectors import Filters
from openilp.collection.models import Mention
from openilp.collection.rules import NewMention
from openilp.safeguards.roles import Role
from tests.collation import scenes
from tests.factories import LEGAL_BASIS, World

Act = Callable[..., Any]
SCRIPT = "<script>alert(1)</script>"


def browser(world: World, role: Role) -> Client:
    """Return a browser of an account."""
    client = Client()
    client.force_login(world.user(role))
    return client


@pytest.fixture
def officer(world: World) -> Client:
    """A browser of the intelligence officer."""
    return browser(world, Role.INTELLIGENCE_OFFICER)


@pytest.fixture
def scene(world: World, act: Act) -> dict[str, Any]:
    """A person with conflict, copies, links, judgement, a waiting mention and a saved search."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        item = scenes.item(actor, "Bat-Erdene drove the van.", [NewMention("person", "Bat-Erdene")])
        scenes.grade(actor, item)
        him = scenes.person(actor, source=item)
        other = scenes.person(actor, "Ganbold B.", NewStatement("birth_date", "1978-04-12"))
        scenes.say(actor, him, "birth_date", "1987-04-12", since=timezone.localdate())
        scenes.say(actor, him, "birth_date", "1978-04-12")
        scenes.say(actor, him, "alias", SCRIPT)
        car = scenes.vehicle(actor)
        link = scenes.link(actor, him, car, by=item)
        judgement = scenes.judge(actor, him, other, "unsure")
        saved = services.save_search(
            actor=actor,
            title="The van",
            query="4127",
            filters=Filters(),
            reason="Series of thefts",
            expires_on=timezone.localdate() + timedelta(days=30),
            legal_basis=LEGAL_BASIS,
        )
        mention = Mention.objects.seen_by(actor).get()
        ref = scenes.report_of(item, actor).ref
        statement = Statement.objects.seen_by(actor).filter(entity=him, property="name").get()
    return {
        "item": item,
        "him": him,
        "other": other,
        "car": car,
        "link": link,
        "judgement": judgement,
        "saved": saved,
        "mention": mention,
        "report": ref,
        "statement": statement,
    }


def addresses(scene: dict[str, Any], world: World) -> list[str]:
    """Return every page that is read, as addresses."""
    him, other = scene["him"].ref, scene["other"].ref
    return [
        "/collation/",
        f"/collation/reports/{scene['report']}",
        "/collation/entities",
        "/collation/entities?kind=vehicle",
        "/collation/entities?q=bat-erdene",
        "/collation/entities?q=zzz",
        "/collation/entities/new",
        "/collation/entities/new?kind=vehicle",
        *(
            f"/collation/entities/{him}?tab={tab}"
            for tab in (
                "overview",
                "statements",
                "relations",
                "timeline",
                "map",
                "mentions",
                "products",
                "history",
                "odd",
            )
        ),
        f"/collation/entities/{scene['car'].ref}",
        f"/collation/entities/{him}/statements/new",
        f"/collation/entities/{him}/links/new",
        f"/collation/entities/{him}/categories/new",
        f"/collation/entities/{him}/markings/new",
        f"/collation/entities/{him}/candidates",
        f"/collation/entities/{him}/compare",
        f"/collation/entities/{him}/compare?with={other}",
        f"/collation/entities/{him}/compare?with=EN-2222-2222",
        f"/collation/entities/{him}/network",
        f"/collation/entities/{him}/network?to={scene['car'].ref}",
        f"/collation/entities/{him}/network?to={other}",
        f"/collation/entities/{him}/network?to=EN-2222-2222",
        f"/collation/matters/{world.desk.ref}/network",
        f"/collation/statements/{scene['statement'].ref}/supersede",
        f"/collation/links/{scene['link'].ref}/supersede",
        "/collation/duplicates?entity_kind=person&about=name&value=Bat-Erdene",
        "/collation/duplicates?entity_kind=person&about=name&value=",
        "/collation/searches",
        "/collation/searches/new",
        f"/collation/searches/{scene['saved'].ref}",
        "/collation/quarantine",
    ]


def test_every_page_of_the_room_opens(officer: Client, scene: dict[str, Any], world: World) -> None:
    """Each page renders for the collator, and what was typed as script stays text."""
    for address in addresses(scene, world):
        answer = officer.get(address)
        text = answer.content.decode()

        assert answer.status_code == 200, (address, text[:800])
        assert SCRIPT not in text, address
        assert "style=" not in text, address


def test_the_entity_page_says_what_counts(officer: Client, scene: dict[str, Any]) -> None:
    """Conflict, category in its matter, review date, sources and grade are on the page."""
    text = officer.get(f"/collation/entities/{scene['him'].ref}").content.decode()

    assert "Bat-Erdene Ganbold" in text
    assert "conflict" in text
    assert "Witness" in text
    assert "Crime intelligence desk" in text
    assert "Review due" in text
    assert "1 of 1" in text
    assert "undecided" in text


def test_the_entity_page_asks_few_questions(
    officer: Client, scene: dict[str, Any], world: World, act: Act
) -> None:
    """The number of queries does not grow with the number of statements and links."""

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(f"/collation/entities/{scene['him'].ref}").status_code == 200
        return len(queries)

    few = asked()
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        for number in range(8):
            item = scenes.item(actor, f"Report {number} on him.")
            scenes.grade(actor, item)
            scenes.say(actor, scene["him"], "alias", f"Bata {number}", item)
            scenes.link(actor, scene["him"], scenes.vehicle(actor, f"{number}111 AAA"), by=item)

    assert few + 2 >= asked()
    # One more than is served: in a test the claims are cleared inside the test's own transaction.
    assert few <= 25


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OVERSIGHT])
def test_who_sees_no_content_sees_no_page(world: World, scene: dict[str, Any], role: Role) -> None:
    """The administrator and the overseer get none of it."""
    client = browser(world, role)
    for address in addresses(scene, world):
        assert client.get(address).status_code == 403, address


def test_a_reporting_officer_reads_but_does_not_collate(world: World, scene: dict[str, Any]) -> None:
    """The page opens without verbs, and the forms are shut."""
    client = browser(world, Role.REPORTING_OFFICER)
    him = scene["him"].ref
    page = client.get(f"/collation/entities/{him}")

    assert page.status_code == 200
    assert f"/collation/entities/{him}/statements/new" not in page.content.decode()
    for address in (f"/collation/entities/{him}/statements/new", f"/collation/entities/{him}/compare"):
        assert client.get(address).status_code == 403


def test_a_hidden_entity_reads_like_none(world: World, act: Act) -> None:
    """Hidden and absent answer the same."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        hidden = scenes.person(actor, label=scenes.secret(world))
    client = browser(world, Role.STRATEGIC_ANALYST)

    answers = [client.get(f"/collation/entities/{ref}") for ref in (hidden.ref, "EN-2222-2222")]
    assert [a.status_code for a in answers] == [404, 404]
    bodies = [a.content.decode().replace(hidden.ref, "REF").replace("EN-2222-2222", "REF") for a in answers]
    assert cleaned(bodies[0]) == cleaned(bodies[1])


def cleaned(text: str) -> str:
    """Take the one-time CSRF token out of a page."""
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def count(world: World, act: Act, model: Any) -> int:
    """Count rows as the officer sees them."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        return int(model.objects.seen_by(actor).count())


def test_forms_record_what_they_say(officer: Client, scene: dict[str, Any], world: World, act: Act) -> None:
    """Entity, statement, link, category, marking, judgement, correction: each form does its verb."""
    him = scene["him"].ref
    law = {"legal_basis": LEGAL_BASIS, "level": "1"}
    posts = [
        (
            "/collation/entities/new?kind=person",
            {**law, "about": "name", "value": "Somebody New", "kind": "fact", "category": "CNT"},
            Entity,
        ),
        (
            f"/collation/entities/{him}/statements/new",
            {**law, "about": "alias", "value": "Bata", "kind": "fact", "item": scene["item"].ref},
            Statement,
        ),
        (
            f"/collation/entities/{him}/links/new",
            {**law, "type": "owns", "target": scene["car"].ref, "confirmation": "confirmed", "kind": "fact"},
            Link,
        ),
        (
            f"/collation/entities/{him}/compare?with={scene['other'].ref}",
            {"verdict": "same", "reason": "Same passport.", "supersedes": scene["judgement"].ref},
            IdentityJudgement,
        ),
        (
            f"/collation/statements/{scene['statement'].ref}/supersede",
            {"about": "name", "value": "Bat-Erdene Ganbold oglu", "kind": "fact"},
            Statement,
        ),
        (
            f"/collation/links/{scene['link'].ref}/supersede",
            {"type": "uses", "confirmation": "confirmed", "kind": "fact"},
            Link,
        ),
        (
            f"/collation/mentions/{scene['mention'].pk}/settle",
            {"entity": him},
            Settlement,
        ),
        (
            "/collation/searches/new",
            {
                "legal_basis": LEGAL_BASIS,
                "title": "Watch",
                "q": "bat-erdene",
                "reason": "Task",
                "expires_on": str(timezone.localdate() + timedelta(days=9)),
            },
            SavedSearch,
        ),
    ]
    for address, body, model in posts:
        before = count(world, act, model)
        answer = officer.post(address, body)

        assert answer.status_code == 302, (address, answer.content.decode()[:3000])
        assert before + 1 == count(world, act, model), address


def test_forms_say_what_is_wrong_and_lose_nothing(
    officer: Client, scene: dict[str, Any], world: World, act: Act
) -> None:
    """A refused form comes back with status 422, its error, and what was typed."""
    him = scene["him"].ref
    law = {"legal_basis": LEGAL_BASIS, "level": "1"}
    posts = [
        (
            "/collation/entities/new?kind=person",
            {**law, "about": "name", "value": "New Suspect", "kind": "fact", "category": "SUS"},
            "needs the facts",
            "New Suspect",
        ),
        (
            f"/collation/entities/{him}/statements/new",
            {**law, "about": "birth_date", "value": "12.4.87", "kind": "fact"},
            "1987-04-12",
            "12.4.87",
        ),
        (
            f"/collation/entities/{him}/statements/new",
            {**law, "about": "alias", "value": "Bata", "kind": "fact", "item": "I-2222-2222"},
            "Nothing was found",
            "Bata",
        ),
        (
            f"/collation/entities/{him}/links/new",
            {**law, "type": "met", "target": scene["car"].ref, "confirmation": "confirmed", "kind": "fact"},
            "does not run",
            scene["car"].ref,
        ),
        (
            f"/collation/mentions/{scene['mention'].pk}/settle",
            {"entity": scene["car"].ref},
            "choose one of its type",
            scene["car"].ref,
        ),
        (f"/collation/mentions/{scene['mention'].pk}/dismiss", {"reason": ""}, "reason is missing", ""),
        (
            "/collation/searches/new",
            {
                "legal_basis": LEGAL_BASIS,
                "title": "Watch everything",
                "reason": "Task",
                "expires_on": str(timezone.localdate() + timedelta(days=9)),
            },
            "search is empty",
            "Watch everything",
        ),
    ]
    for address, body, said, kept in posts:
        answer = officer.post(address, body)
        text = answer.content.decode()

        assert answer.status_code == 422, (address, answer.status_code, text[:500])
        assert said in text, (address, text)
        assert kept in text, address


def test_a_second_judge_is_told_that_somebody_was_faster(officer: Client, scene: dict[str, Any]) -> None:
    """Two editors at once: the second gets a conflict, and the typed reason stays."""
    him, other = scene["him"].ref, scene["other"].ref
    body = {"verdict": "different", "reason": "Another height.", "supersedes": scene["judgement"].ref}
    address = f"/collation/entities/{him}/compare?with={other}"
    assert officer.post(address, body).status_code == 302

    answer = officer.post(address, {**body, "verdict": "same"})
    assert answer.status_code == 409
    assert "Another height." in answer.content.decode()


def test_the_in_tray_counts_in_the_navigation(officer: Client, scene: dict[str, Any]) -> None:
    """The room's count says how many reports wait."""
    text = officer.get("/nav/counts?room=collation").content.decode()

    assert "/collation/" in text
