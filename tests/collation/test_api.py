"""Every verb of the room over HTTP: what goes in comes out, what is wrong is named, what is hidden is absent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openilp.collection.models import Mention
from openilp.collection.rules import NewMention
from openilp.safeguards.roles import Role
from tests.collation import scenes
from tests.factories import LEGAL_BASIS, World

Act = Callable[..., Any]
ROOT = "/api/v1/collation"
LAW: dict[str, Any] = {"legal_basis": LEGAL_BASIS}


class Api:
    """The API as one account calls it."""

    def __init__(self, world: World, role: Role) -> None:
        self.client = Client()
        self.client.force_login(world.user(role))

    def get(self, path: str) -> Any:
        """Return the body of a reading."""
        answer = self.client.get(ROOT + path)
        assert answer.status_code == 200, (path, answer.status_code, answer.content[:600])
        return answer.json()

    def post(self, path: str, status: int = 201, **body: Any) -> Any:
        """Return the body of a writing."""
        answer = self.client.post(ROOT + path, body, content_type="application/json")
        assert answer.status_code == status, (path, answer.status_code, answer.content[:600])
        return answer.json()


@pytest.fixture
def officer(world: World) -> Api:
    """The API of the intelligence officer."""
    return Api(world, Role.INTELLIGENCE_OFFICER)


def person(api: Api, name: str = "Bat-Erdene", **more: Any) -> str:
    """Record a person and return the reference."""
    said = [{"property": "name", "value": name}]
    body = {"kind": "person", "statements": said, "involvement": {"category": "WIT"}, **LAW, **more}
    return str(api.post("/entities", **body)["ref"])


def vehicle(api: Api, plate: str = "4127 AAA") -> str:
    """Record a vehicle and return the reference."""
    said = [{"property": "plate", "value": plate}]
    return str(api.post("/entities", kind="vehicle", statements=said, **LAW)["ref"])


def test_an_entity_is_recorded_told_more_of_and_shown(officer: Api) -> None:
    """Entity, statement, correction, category and its end, marking: written and read back."""
    ref = person(officer)
    said = officer.post(f"/entities/{ref}/statements", property="birth_date", value="1987", **LAW)
    officer.post(f"/statements/{said['ref']}/supersede", property="birth_date", value="1988")
    category = officer.post(
        f"/entities/{ref}/involvements", category="SUS", predicate="Seen at the wheel.", **LAW
    )
    officer.post(f"/entities/{ref}/markings", marking="vulnerable", reason="Statement", **LAW)
    ended = officer.post(f"/involvements/{category['ref']}/end", 200, until=str(timezone.localdate()))
    whole = officer.get(f"/entities/{ref}")

    assert (whole["label"], whole["kind"]) == ("Bat-Erdene", "person")
    assert [p["property"] for p in whole["properties"]] == ["name", "birth_date"]
    assert whole["properties"][1]["values"][0]["value"] == "1988"
    assert {"SUS", "WIT"} == {c["category"] for c in whole["categories"]}
    assert whole["markings"][0]["marking"] == "vulnerable"
    assert category["id"] == ended["id"]
    assert [ref] == [row["ref"] for row in officer.get("/entities?kind=person")["rows"]]


def test_links_networks_expansions_and_paths(officer: Api) -> None:
    """A link drawn, confirmed, expanded with preview, walked along."""
    him, car = person(officer), vehicle(officer)
    made = officer.post("/links", source=him, target=car, type="uses", confirmation="unconfirmed", **LAW)
    officer.post(f"/links/{made['ref']}/supersede", type="uses", confirmation="confirmed")

    assert officer.get(f"/entities/{him}/expand?preview=1") == {"vehicle": 1}
    shown = officer.get(f"/entities/{him}/expand?kind=vehicle")
    assert {him, car} == {n["id"] for n in shown["nodes"]}
    assert [e["confirmation"] for e in shown["edges"]] == ["confirmed"]
    assert (him, car) == (shown["edges"][0]["from"], shown["edges"][0]["to"])
    drawn = officer.get(f"/entities/{him}/network")
    assert all(isinstance(n["x"], float) for n in drawn["nodes"])
    path = officer.get(f"/entities/{him}/paths?to={car}")
    assert [him, car] == [s["entity"]["ref"] for s in path["steps"]]
    (relation,) = officer.get(f"/entities/{car}/relations")
    assert ("is used by", him) == (relation["words"], relation["other"]["ref"])


def test_a_matter_network_and_a_timeline(officer: Api, world: World) -> None:
    """Who is involved in a matter, and what is dated about one of them. [ANA-03]"""
    him = person(officer)
    drawn = officer.get(f"/matters/{world.desk.ref}/network")

    assert [him] == [n["ref"] for n in drawn["nodes"]]
    lanes = officer.get(f"/entities/{him}/timeline")
    assert [event["lane"] for event in lanes["events"]] == ["category"]


def test_two_are_judged_one_and_apart_again(officer: Api) -> None:
    """Candidates, merge, what stands, un-merge; a stale judgement is a conflict."""
    left, right = person(officer, "Bat-Erdene Ganbold"), person(officer, "Ganbold Bat-Erdene")
    (candidate,) = officer.get(f"/entities/{left}/candidates")
    assert (right, ["name"]) == (candidate["entity"]["ref"], candidate["agrees"])
    (twin,) = officer.get("/entities/duplicates?kind=person&property=name&value=Ганболд%20Бат-Эрдэнэ")[:1]
    assert twin["agrees"] == ["name"]
    first = officer.post("/judgements", left=left, right=right, verdict="same", reason="Fingerprints")
    assert [right] == officer.get(f"/entities/{left}")["same_as"]
    body: dict[str, Any] = {"left": left, "right": right, "verdict": "different", "reason": "Mixed up"}
    officer.post("/judgements", 409, **body)
    officer.post("/judgements", **body, supersedes=first["ref"])

    assert officer.get(f"/entities/{left}")["same_as"] == []
    assert [j["verdict"] for j in officer.get(f"/entities/{left}/judgements")] == ["different"]


def test_mentions_are_settled_over_http(officer: Api, world: World, act: Act) -> None:
    """In-tray, mentions, settle one, dismiss the other."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        named = [NewMention("vehicle", "white van"), NewMention("phone", "5550 0142")]
        scenes.grade(actor, scenes.item(actor, "A white van and 5550 0142.", named))
        keys = {m.text: str(m.pk) for m in Mention.objects.seen_by(actor)}
    assert len(officer.get("/in-tray")["rows"]) == 1
    assert len(officer.get("/mentions")["rows"]) == 2
    officer.post(f"/mentions/{keys['5550 0142']}/settle")
    officer.post(f"/mentions/{keys['white van']}/dismiss", reason="Too many.")

    assert officer.get("/in-tray")["rows"] == []
    assert [s["label"] for s in officer.get("/entities/suggestions?q=5550")] == ["5550 0142"]
    officer.post(f"/mentions/{keys['white van']}/dismiss", 409, reason="Again.")


def test_search_and_saved_searches(officer: Api) -> None:
    """Found by word in any script, kept, run again, ended."""
    him = person(officer, "Бат-Эрдэнэ")
    (group,) = officer.get("/search?q=bat-erdene")
    assert [him] == [hit["ref"] for hit in group["hits"]]
    saved = officer.post(
        "/searches",
        q="bat-erdene",
        title="Watch",
        reason="Task",
        expires_on=str(timezone.localdate() + timedelta(days=9)),
        **LAW,
    )
    assert [him] == [h["ref"] for h in officer.get(f"/searches/{saved['ref']}/hits")[0]["hits"]]
    assert [s["title"] for s in officer.get("/searches")["rows"]] == ["Watch"]
    officer.post(f"/searches/{saved['ref']}/end", 200)

    assert officer.get("/searches")["rows"] == []


def test_bad_input_names_field_and_remedy(officer: Api) -> None:
    """Unknown codes, missing category and facts, impossible links: 422 with the field."""
    him, car = person(officer), vehicle(officer)
    said = [{"property": "name", "value": "X"}]
    for path, body, field in (
        ("/entities", {"kind": "ghost", "statements": said, **LAW}, "entity_kind"),
        ("/entities", {"kind": "person", "statements": said, **LAW}, "category"),
        (
            "/entities",
            {"kind": "person", "statements": said, "involvement": {"category": "SUS"}, **LAW},
            "predicate",
        ),
        ("/entities", {"kind": "person", "statements": [], **LAW}, "statements"),
        (f"/entities/{him}/statements", {"property": "plate", "value": "1", **LAW}, "property"),
        (f"/entities/{him}/statements", {"property": "alias", "value": "B"}, "legal_basis"),
        (f"/entities/{car}/involvements", {"category": "WIT", **LAW}, "person"),
        (
            "/links",
            {"source": car, "target": him, "type": "uses", "confirmation": "confirmed", **LAW},
            "type",
        ),
        ("/judgements", {"left": him, "right": car, "verdict": "same", "reason": "x"}, "right"),
    ):
        answer = officer.post(path, 422, **body)

        assert field == answer["field"], (path, answer)
        assert answer["detail"], path


def test_what_is_hidden_answers_like_what_is_absent(world: World, act: Act) -> None:
    """404 for both, and the same words but for the reference that was asked for."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        hidden = scenes.person(actor, "Hidden", label=scenes.secret(world)).ref
    outsider = Api(world, Role.STRATEGIC_ANALYST)
    mine = person(outsider, "Mine")
    for path in ("/entities/{}", "/entities/{}/network", "/entities/{}/expand", "/entities/{}/relations"):
        answers = [outsider.client.get(ROOT + path.format(ref)) for ref in (hidden, "EN-2222-2222")]
        assert [a.status_code for a in answers] == [404, 404]
        first, second = (a.json() for a in answers)
        assert first["detail"].replace(hidden, "") == second["detail"].replace("EN-2222-2222", "")
    assert [mine] == [row["ref"] for row in outsider.get("/entities")["rows"]]
    assert outsider.get("/search?q=hidden") == []
    assert outsider.get("/entities/suggestions?q=hidden") == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OVERSIGHT])
def test_who_sees_no_content_gets_none(world: World, role: Role) -> None:
    """Every reading is refused to who manages accounts or oversees."""
    client = Api(world, role).client
    for path in ("/entities", "/search?q=x", "/in-tray", "/mentions", "/searches", "/quarantine/entities"):
        assert client.get(ROOT + path).status_code == 403, path


def test_the_quarantine_desk_over_http(officer: Api, world: World, act: Act) -> None:
    """An imported vehicle and person leave quarantine, the person with a category only."""
    from tests.collation.test_search import imported

    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        him = imported(actor).ref
    assert [him] == [row["ref"] for row in officer.get("/quarantine/entities")["rows"]]
    officer.post(f"/quarantine/entities/{him}/categorise", 422)
    officer.post(f"/quarantine/entities/{him}/categorise", 200, involvement={"category": "CNT"})

    assert officer.get(f"/entities/{him}")["categories"][0]["category"] == "CNT"


def test_a_replayed_creation_is_done_once(officer: Api) -> None:
    """Sent twice with one key, an entity is recorded once."""
    body = {
        "kind": "vehicle",
        "statements": [{"property": "plate", "value": "1 AAA"}],
        **LAW,
    }
    answers = [
        officer.client.post(
            ROOT + "/entities", body, content_type="application/json", headers={"Idempotency-Key": "e-1"}
        ).json()
        for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert len(officer.get("/entities")["rows"]) == 1
