"""Pages and API: each renders for its role, refuses others, and loses nothing that was typed."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from openilp.analysis import blueprints
from openilp.collection.models import Item
from openilp.safeguards.acting import acting
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.analysis.data import SQUARE, a_year, evaluation, graded_item
from tests.factories import World

API = "/api/v1/analysis"
BASIS = "POL-25"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.OPENILP_FILES = tmp_path
    settings.OPENILP_DEMO = True


def browser(world: World, role: Role) -> Client:
    """A browser of the account with a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


@pytest.fixture
def analyst(world: World) -> Client:
    """The analyst's browser, with a year of incidents to look at."""
    world.district.boundary = SQUARE
    world.district.save()
    with acting(actor_for(world.user(Role.OPERATIONAL_ANALYST), purpose=world.desk.pk), "test") as block:
        a_year(block.actor, without=(5,))
    return browser(world, Role.OPERATIONAL_ANALYST)


@pytest.fixture
def item(world: World) -> Item:
    """A graded item."""
    with acting(actor_for(world.user(Role.OPERATIONAL_ANALYST), purpose=world.desk.pk), "test") as block:
        return graded_item(block.actor, "A <b>crowbar</b> lay in the yard.")[0]


def send(client: Client, path: str, body: dict[str, Any], method: str = "post") -> Any:
    """Send JSON to the API."""
    return getattr(client, method)(f"{API}{path}", body, content_type="application/json")


def a_snapshot(client: Client) -> str:
    """Take a snapshot over the API."""
    body = {"title": "2025", "starts_on": "2025-01-01", "ends_on": "2025-12-31", "legal_basis": BASIS}
    answer = send(client, "/snapshots", body)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["ref"])


def a_run(client: Client, method: str) -> str:
    """Run a method over the API."""
    answer = send(client, "/runs", {"snapshot": a_snapshot(client), "method": method})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["ref"])


def a_product(client: Client) -> str:
    """Start a product over the API."""
    body = {
        "product_type": "problem_profile",
        "title": "Ferry",
        "question": "Who?",
        "asker": "chair",
        "legal_basis": BASIS,
    }
    answer = send(client, "/products", body)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["ref"])


def fields(client: Client, ref: str) -> dict[str, Any]:
    """Return what the editor of a product posts."""
    product = client.get(f"{API}/products/{ref}").json()
    posted: dict[str, Any] = {
        "revision": product["revision"],
        "title": product["title"],
        "block": [block["id"] for block in product["body"]],
    }
    for block in product["body"]:
        for name in ("kind", "section", "heading", "text"):
            posted[f"{name}-{block['id']}"] = block[name]
        if block["kind"] in ("run", "assessment"):
            posted[f"of-{block['id']}"] = block[block["kind"]]
    return posted


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("hot_spots_count", "Hot spots by count"),
        ("hot_spots_harm", "Harm weights of Altania"),
        ("hour_weekday", "Hour by weekday"),
        ("monthly_trend", "2025-05"),
        ("exceptional_counts", "Expected range"),
        ("near_repeats", "beyond chance"),
    ],
)
def test_a_result_shows_picture_table_n_method_and_cautions(analyst: Client, method: str, words: str) -> None:
    """What a picture says stands in a table beside it. [ANA-16]"""
    ref = a_run(analyst, method)
    page = analyst.get(f"/analysis/runs/{ref}").content.decode()

    assert words in page
    assert "<svg" in page
    assert "The same as a table" in page
    assert "n = " in page
    assert "Left out:" in page
    assert 'style="' not in page


def test_the_map_is_fed_with_cells_districts_and_points(analyst: Client, world: World) -> None:
    """GeoJSON of the run's cells, the frozen snapshot's places and the units' boundaries."""
    ref = a_run(analyst, "hot_spots_count")
    snapshot = analyst.get(f"{API}/snapshots").json()["rows"][0]["ref"]
    cells = analyst.get(f"{API}/runs/{ref}/cells").json()
    points = analyst.get(f"{API}/snapshots/{snapshot}/points").json()
    districts = analyst.get(f"{API}/districts").json()

    assert cells["features"][0]["properties"]["direction"] == 1
    ring = cells["features"][0]["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert points["in_all"] == 440
    assert [f["properties"]["label"] for f in districts["features"]] == [world.district.name]


def test_a_method_that_cannot_answer_says_why(world: World) -> None:
    """Month data have no hours: the form comes back with the reason and the way out."""
    with acting(actor_for(world.user(Role.OPERATIONAL_ANALYST), purpose=world.desk.pk), "test") as block:
        a_year(block.actor, precision="month")
    client = browser(world, Role.OPERATIONAL_ANALYST)
    ref = a_snapshot(client)
    answer = client.post(f"/analysis/snapshots/{ref}/hour_weekday", {"longest_h": 24})

    assert answer.status_code == 422
    assert "dated by month only" in answer.content.decode()
    assert client.get(f"{API}/runs").json()["rows"] == []


def test_the_snapshot_form_asks_for_what_is_missing_and_takes_the_rest(analyst: Client) -> None:
    """A wrong period comes back at its field; a right one leads on to the methods."""
    data = {
        "title": "Burglaries", "kind": "incidents", "starts_on": "2025-12-31", "ends_on": "2025-01-01",
        "crime_types": ["burglary"], "legal_basis": BASIS, "level": 1,
    }  # fmt: skip
    wrong = analyst.post("/analysis/snapshots/new", data)
    assert wrong.status_code == 422
    assert "before 2025-12-31" in wrong.content.decode()

    data |= {"starts_on": "2025-01-01", "ends_on": "2025-12-31"}
    right = analyst.post("/analysis/snapshots/new", data, follow=True)
    page = right.content.decode()
    assert "2025-05: no data, not zero crime" in page
    assert "Monthly trend" in page


def test_the_editor_saves_blocks_and_adds_a_figure(analyst: Client, item: Item) -> None:
    """Text, a figure, an assessment and a citation by its reference, all in one form."""
    run, ref = a_run(analyst, "monthly_trend"), a_product(analyst)
    data = fields(analyst, ref) | {
        "text-s-judgement": f"One group [{item.ref}].",
        "do": "run",
        "add-run": run,
    }
    answer = analyst.post(f"/analysis/products/{ref}", data, follow=True)
    page = answer.content.decode()

    assert answer.status_code == 200, page[:500]
    assert "Incidents per month" in page
    assert "A &lt;b&gt;crowbar&lt;/b&gt; lay" in page
    stored = analyst.get(f"{API}/products/{ref}").json()
    assert [c["item"] for c in stored["citations"]] == [item.ref]
    assert stored["revision"] == 2


def test_two_editors_see_both_texts(analyst: Client, world: World) -> None:
    """The second editor gets 409 with the difference, their own text still in the form, and can save it then."""
    ref = a_product(analyst)
    opened = fields(analyst, ref)
    other = browser(world, Role.STRATEGIC_ANALYST)
    other.post(f"/analysis/products/{ref}", opened | {"text-s-problem": "Windows at night."})

    mine = opened | {"text-s-problem": "Doors by day."}
    refused = analyst.post(f"/analysis/products/{ref}", mine)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "<del>Windows at night.</del>" in page
    assert "<ins>Doors by day.</ins>" in page
    assert 'name="revision" value="2"' in page
    again = analyst.post(f"/analysis/products/{ref}", mine | {"revision": 2})
    assert again.status_code == 302


def test_a_stale_citation_is_said_in_the_editor(analyst: Client, item: Item, world: World) -> None:
    """A new grade of a cited item shows as a warning with the new grade."""
    ref = a_product(analyst)
    assert send(analyst, f"/products/{ref}/citations", {"items": [item.ref]}).status_code == 201
    with acting(actor_for(world.user(Role.OPERATIONAL_ANALYST), purpose=world.desk.pk), "test") as block:
        from openilp.evaluation.models import Evaluation

        old = Evaluation.objects.seen_by(block.actor).get(item=item)
        evaluation(block.actor, item, source_grade="D", supersedes=old)

    assert "graded anew: now D2" in analyst.get(f"/analysis/products/{ref}").content.decode()
    analyst.post(f"/analysis/products/{ref}/cite", {"item": item.ref})
    assert "graded anew" not in analyst.get(f"/analysis/products/{ref}").content.decode()


def test_from_citing_to_the_document(analyst: Client, item: Item) -> None:
    """Search, cite, recommend, answer the questions, freeze, and read it as PDF. [PRO-12]"""
    ref = a_product(analyst)
    found = analyst.get(f"/analysis/products/{ref}/cite?q=crowbar").content.decode()
    assert item.ref in found
    analyst.post(f"/analysis/products/{ref}/cite", {"item": item.ref})
    measure = {"text": "Patrol", "strand": "prevent", "effect": "Fewer", "hours": 40, "money": "900"}
    assert analyst.post(f"/analysis/products/{ref}/recommend", measure).status_code == 302
    saved = analyst.post(
        f"/analysis/products/{ref}", fields(analyst, ref) | {"text-s-brief": "Short.", "do": "finish"}
    )
    assert saved.url == f"/analysis/products/{ref}/finish"

    empty = analyst.post(saved.url, {"revision": 2})
    assert empty.status_code == 422
    answers = {question.code: "Looked at." for question in blueprints.RIGHTS_QUESTIONS}
    done = analyst.post(saved.url, answers | {"revision": 2}, follow=True)
    page = done.content.decode()
    assert "Patrol" in page
    assert "B/2, H1" in page
    edition = done.redirect_chain[-1][0].rsplit("/", 1)[1]
    document = analyst.get(f"/dissemination/editions/{edition}/document.pdf")
    assert document.content.startswith(b"%PDF")


def test_an_assessment_is_recorded_and_judged_anew(analyst: Client, item: Item) -> None:
    """The yardstick with its ranges, items for and against, and a newer version. [ANA-10]"""
    data = {
        "text": "One group commits them.", "probability_term": "likely", "confidence": "moderate",
        "confidence_reason": "Two sources.", "supporting": item.ref, "legal_basis": BASIS, "level": 1,
    }  # fmt: skip
    assert "Likely or probable (55–75 %)" in analyst.get("/analysis/assessments/new").content.decode()
    made = analyst.post("/analysis/assessments/new", data, follow=True)
    page = made.content.decode()
    assert "55–75 %" in page
    assert item.ref in page
    ref = made.redirect_chain[-1][0].rsplit("/", 1)[1]
    newer = analyst.post(f"/analysis/assessments/new?supersedes={ref}", data, follow=True)
    assert newer.status_code == 200
    assert "Superseded" in analyst.get(f"/analysis/assessments/{ref}").content.decode()
    missing = analyst.post("/analysis/assessments/new", data | {"supporting": "I-2222-2222"})
    assert missing.status_code == 404


def test_lists_open_for_readers_and_stay_shut_for_others(analyst: Client, world: World) -> None:
    """Analysts and managers read; the reporting officer is sent to what was released."""
    ref = a_product(analyst)
    pages = (
        "/analysis/",
        "/analysis/runs",
        "/analysis/products",
        "/analysis/assessments",
        f"/analysis/products/{ref}",
    )
    chair, officer = browser(world, Role.CHAIR), browser(world, Role.REPORTING_OFFICER)
    for path in (*pages, "/analysis/products/new", "/analysis/snapshots/new"):
        assert analyst.get(path).status_code == 200, path
    for path in pages:
        assert chair.get(path).status_code == 200, path
    assert chair.get("/analysis/products/new").status_code == 403
    assert "by release" in officer.get("/analysis/").content.decode()
    for path in pages[1:]:
        assert officer.get(path).status_code == 403, path


def test_the_api_refuses_with_field_and_remedy(analyst: Client) -> None:
    """A bad parameter, an unknown item and an old revision."""
    ref = a_product(analyst)
    bad = send(
        analyst,
        "/runs",
        {"snapshot": a_snapshot(analyst), "method": "hot_spots_count", "parameters": {"cell_m": 1}},
    )
    assert (bad.status_code, bad.json()["field"]) == (422, "cell_m")
    assert send(analyst, f"/products/{ref}/citations", {"items": ["I-2222-2222"]}).status_code == 404
    old = {"revision": 9, "title": "x", "blocks": []}
    assert send(analyst, f"/products/{ref}", old, "put").status_code == 409
    assert {m["name"] for m in analyst.get(f"{API}/methods").json()} >= {"hot_spots_harm", "network_measures"}


def test_lists_need_few_queries(analyst: Client, django_assert_max_num_queries: Any) -> None:
    """The home page's statements do not grow with its rows."""
    for _ in range(3):
        a_product(analyst)
    with django_assert_max_num_queries(40):
        assert analyst.get("/analysis/").status_code == 200
