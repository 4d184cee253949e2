"""Desk, gate, release and register as pages and over HTTP."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from openilp.dissemination import selectors
from openilp.safeguards.roles import Role
from tests.dissemination.making import ANALYST, HEAD, approved, edition_on, graded_item, ready, released
from tests.evaluation.making import Act
from tests.factories import World

CHAIR, OWNER = Role.CHAIR, Role.PLAN_OWNER
API = "/api/v1/dissemination"


def browser(world: World, role: Role) -> Client:
    """Return a browser of an account."""
    client = Client()
    client.force_login(world.user(role))
    return client


def text(answer: Any) -> str:
    """Return an answer as text."""
    return str(answer.content.decode())


def test_an_edition_goes_through_the_pages_to_its_reader(world: World, act: Act) -> None:
    """Approve, release to named people, read under the own watermark, take receipt. [PRO-04] [PRO-05]"""
    edition = edition_on(world, act, graded_item(world, act))
    path = f"/dissemination/editions/{edition.ref}"
    head, analyst, reader = (browser(world, role) for role in (HEAD, ANALYST, OWNER))
    assert edition.ref in text(head.get("/dissemination/"))
    assert head.post(path, {"is_approved": "yes"}).status_code == 302
    assert "Release to named people" in text(analyst.get(path))
    form = {"readers": [str(world.user(OWNER).pk)], "reason": "They patrol the yard."}
    assert analyst.post(path, form).status_code == 302
    with act(world.user(OWNER), world.desk) as actor:
        ref = selectors.mine(actor=actor).get().ref
    page = text(reader.get(f"/dissemination/releases/{ref}"))
    assert "Released to Plan Owner" in page
    assert "The yard is used at night." in page
    document = reader.get(f"/dissemination/releases/{ref}/document.pdf")
    assert document.status_code == 200, document.content[:300]
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(document.content)).pages)
    for mark in ("ReleasedtoPlanOwner", ref):
        assert mark in "".join(words.split())
    assert reader.post(f"/dissemination/releases/{ref}/receipt").status_code == 302
    assert reader.post(f"/dissemination/releases/{ref}/rating", {"value": "useful"}).status_code == 302
    assert "Useful" in text(analyst.get(f"/dissemination/releases/{ref}"))


def test_the_gate_says_why_it_is_shut(world: World, act: Act) -> None:
    """The page names each bar; a release that is tried all the same is refused with the reasons."""
    edition = edition_on(world, act, graded_item(world, act, grade=None))
    client = browser(world, HEAD)
    path = f"/dissemination/editions/{edition.ref}"
    assert "Cited but not graded" in text(client.get(path))
    answer = client.post(path, {"is_approved": "yes"})

    assert answer.status_code == 422
    assert "The gate refuses" in text(answer)


def test_a_barred_reader_cannot_be_chosen(world: World, act: Act) -> None:
    """The picker filters by unit and role and says what bars whom."""
    edition = ready(world, act)
    client = browser(world, ANALYST)
    page = text(client.get(f"/dissemination/editions/{edition.ref}"))
    assert "Oversight" in page
    assert "Clearance or matter is missing" in page
    filtered = text(client.get(f"/dissemination/editions/{edition.ref}?role=chair"))
    assert filtered.count('name="readers"') == 1
    answer = client.post(
        f"/dissemination/editions/{edition.ref}",
        {"readers": [str(world.user(Role.OVERSIGHT).pk)], "reason": "x"},
    )
    assert answer.status_code == 422


def test_a_recalled_release_shows_no_content(world: World, act: Act) -> None:
    """After a recall nobody reads it, and each reader confirms. [PRO-13]"""
    made = released(world, act, ready(world, act), OWNER)
    path = f"/dissemination/releases/{made.ref}"
    analyst, reader = browser(world, ANALYST), browser(world, OWNER)
    assert analyst.post(f"{path}/recall", {"reason": ""}).status_code == 422
    assert analyst.post(f"{path}/recall", {"reason": "The source was false."}).status_code == 302
    page = text(reader.get(path))
    assert "The source was false." in page
    assert "The yard is used at night." not in page
    assert reader.get(f"{path}/document.pdf").status_code == 409
    assert reader.post(f"{path}/receipt", {"of_recall": "yes"}).status_code == 302
    assert "recall received" in text(analyst.get(path))


def test_the_register_says_who_what_why_and_when(world: World, act: Act) -> None:
    """Filtered by reader, title and day; as a page, over HTTP and as CSV. [PRO-06]"""
    made = released(world, act, ready(world, act), OWNER, CHAIR)
    client = browser(world, HEAD)
    assert text(client.get("/dissemination/register?reader=plan_owner")).count(made.ref) >= 2
    assert made.ref not in text(client.get("/dissemination/register?reader=liaison_officer"))
    assert made.ref not in text(client.get("/dissemination/register?until=2020-01-01"))
    assert client.get("/dissemination/register?since=yesterday").status_code == 422
    rows = client.get(f"{API}/register?title=vans").json()["rows"]
    assert [(row["release"], row["reader"], row["reason"]) for row in rows] == [
        (made.ref, "chair", "They patrol the yard."),
        (made.ref, "plan_owner", "They patrol the yard."),
    ]
    table = list(csv.DictReader(io.StringIO(text(client.get("/dissemination/register.csv")))))
    assert [row["reader"] for row in table] == ["Chair", "Plan Owner"]


def test_a_formula_in_a_reason_is_text_in_the_export(world: World, act: Act) -> None:
    """The register can be opened in a spreadsheet without running anything."""
    edition = ready(world, act)
    answer = browser(world, ANALYST).post(
        f"/dissemination/editions/{edition.ref}",
        {"readers": [str(world.user(OWNER).pk)], "reason": '=HYPERLINK("x")'},
    )
    assert answer.status_code == 302
    table = list(csv.DictReader(io.StringIO(text(browser(world, HEAD).get("/dissemination/register.csv")))))

    assert table[0]["reason"] == '\'=HYPERLINK("x")'


@pytest.mark.parametrize("role", [Role.REPORTING_OFFICER, Role.STRATEGIC_ANALYST])
def test_a_release_to_others_answers_like_none(world: World, act: Act, role: Role) -> None:
    """Who was not told cannot find out that somebody was."""
    made = released(world, act, ready(world, act), OWNER)
    client = browser(world, role)
    for path in ("", "/document.pdf"):
        hidden = client.get(f"/dissemination/releases/{made.ref}{path}", headers={"HX-Request": "true"})
        absent = client.get(f"/dissemination/releases/RL-0000-00{path}", headers={"HX-Request": "true"})

        assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
        assert hidden.status_code == 404


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/dissemination/register", OWNER),
        ("/dissemination/register.csv", ANALYST),
        ("/dissemination/", Role.ADMINISTRATOR),
        ("/dissemination/", Role.OVERSIGHT),
    ],
)
def test_pages_refuse_other_duties(world: World, path: str, role: Role) -> None:
    """The register is for those who answer for releases; no content for who manages accounts."""
    assert browser(world, role).get(path).status_code == 403


def test_every_verb_goes_over_http(world: World, act: Act) -> None:
    """One edition through every verb of the room."""
    edition = edition_on(world, act, graded_item(world, act))
    head, analyst, reader = (browser(world, role) for role in (HEAD, ANALYST, OWNER))

    def post(client: Client, path: str, body: dict[str, Any]) -> Any:
        return client.post(API + path, body, content_type="application/json")

    shut = analyst.get(f"{API}/editions/{edition.ref}/gate?readers=plan_owner").json()
    assert [bar["code"] for bar in shut["bars"]] == ["not_approved"]
    assert [row["ref"] for row in head.get(f"{API}/awaiting-approval").json()["rows"]] == [edition.ref]
    assert post(head, f"/editions/{edition.ref}/approvals", {"is_approved": True}).status_code == 201
    assert [row["ref"] for row in analyst.get(f"{API}/awaiting-release").json()["rows"]] == [edition.ref]
    assert analyst.get(f"{API}/editions/{edition.ref}/gate?readers=plan_owner").json()["bars"] == []
    body = {"readers": ["plan_owner"], "reason": "They patrol the yard."}
    ref = post(analyst, f"/editions/{edition.ref}/releases", body).json()["ref"]
    assert [row["ref"] for row in reader.get(f"{API}/releases").json()["rows"]] == [ref]
    assert reader.get(f"{API}/releases/{ref}").json()["handling"] == "H1"
    assert post(reader, f"/releases/{ref}/receipts", {}).status_code == 201
    assert post(reader, f"/releases/{ref}/ratings", {"value": "used"}).status_code == 201
    assert post(analyst, f"/releases/{ref}/recall", {"reason": "Wrong plate."}).status_code == 201
    assert reader.get(f"{API}/releases/{ref}/document").status_code == 409
    assert post(reader, f"/releases/{ref}/receipts", {"of_recall": True}).status_code == 201


def test_a_refused_release_over_http_gives_the_reasons(world: World, act: Act) -> None:
    """409 with the words of the gate; an unknown reader is named."""
    edition = edition_on(world, act, graded_item(world, act))
    client = browser(world, ANALYST)
    path = f"{API}/editions/{edition.ref}/releases"
    body = {"readers": ["plan_owner"], "reason": "why"}
    refused = client.post(path, body, content_type="application/json")
    unknown = client.post(path, body | {"readers": ["nobody"]}, content_type="application/json")

    assert (refused.status_code, "No second person" in refused.json()["detail"]) == (409, True)
    assert (unknown.status_code, unknown.json()["field"]) == (422, "readers")


def test_an_approved_edition_is_open_to_its_desk_only(world: World, act: Act) -> None:
    """The page at the gate is for releasers."""
    edition = approved(world, act, edition_on(world, act, graded_item(world, act)))

    assert browser(world, OWNER).get(f"/dissemination/editions/{edition.ref}").status_code == 403


def test_naming_and_reviewing_go_through_the_pages(world: World, act: Act) -> None:
    """The author names a colleague on the page, who says there what was found; script in a note stays text. [PRO-04]"""
    edition = edition_on(world, act, graded_item(world, act), is_reviewed=False)
    path = f"/dissemination/editions/{edition.ref}"
    analyst, officer = browser(world, ANALYST), browser(world, Role.INTELLIGENCE_OFFICER)
    assert analyst.post(path, {"reviewer": ""}).status_code == 422
    assert analyst.post(path, {"reviewer": str(world.user(ANALYST).pk)}).status_code == 422
    assert analyst.post(path, {"reviewer": str(world.user(Role.INTELLIGENCE_OFFICER).pk)}).status_code == 302
    assert officer.post(path, {"is_sound": "no"}).status_code == 422
    bad = "<script>alert(1)</script>"
    assert officer.post(path, {"is_sound": "no", "note": bad}).status_code == 302
    page = text(analyst.get(path))
    assert "faults found" in page
    assert bad not in page
    assert analyst.post(path, {"is_sound": "yes"}).status_code == 422
    assert officer.post(path, {"is_sound": "yes"}).status_code == 302
    assert edition.ref in text(browser(world, HEAD).get("/dissemination/"))


def test_naming_and_reviewing_go_over_http(world: World, act: Act) -> None:
    """The same verbs over the API; who was not named is refused. [PRO-04]"""
    edition = edition_on(world, act, graded_item(world, act), is_reviewed=False)
    analyst, officer = browser(world, ANALYST), browser(world, Role.INTELLIGENCE_OFFICER)

    def post(client: Client, path: str, body: dict[str, Any]) -> Any:
        return client.post(f"{API}/editions/{edition.ref}{path}", body, content_type="application/json")

    assert post(officer, "/reviews", {"is_sound": True}).status_code == 403
    unknown = post(analyst, "/reviewers", {"reviewer": "nobody"})
    assert (unknown.status_code, unknown.json()["field"]) == (422, "reviewer")
    assert post(analyst, "/reviewers", {"reviewer": "intelligence_officer"}).status_code == 201
    assert [row["ref"] for row in officer.get(f"{API}/awaiting-review").json()["rows"]] == [edition.ref]
    assert post(officer, "/reviews", {"is_sound": True}).status_code == 201
    assert [row["is_sound"] for row in analyst.get(f"{API}/editions/{edition.ref}/reviews").json()] == [True]
