"""Entry over HTTP: one report through, twice the same, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from openilp.safeguards.roles import Role
from tests.factories import World

REPORT = {
    "items": [
        {
            "text": "A white van left the yard.",
            "kind": "fact",
            "mentions": [{"entity_type": "vehicle", "text": "white van"}],
        }
    ],
    "urgency": "low",
    "provenance": "seen",
    "legal_basis": "POL-12",
}


@pytest.fixture
def officer(world: World) -> Client:
    """A browser of the reporting officer."""
    client = Client()
    client.force_login(world.user(Role.REPORTING_OFFICER))
    return client


def post(client: Client, body: dict[str, Any], **headers: str) -> Any:
    """Send a report."""
    return client.post("/api/v1/collection/reports", body, content_type="application/json", headers=headers)


def test_a_report_goes_in_and_is_listed(officer: Client) -> None:
    """One report through the API."""
    answer = post(officer, REPORT)

    assert answer.status_code == 201, answer.content
    listed = officer.get("/api/v1/collection/reports").json()["rows"]
    assert [answer.json()["ref"]] == [row["ref"] for row in listed]


def test_the_same_post_sent_twice_is_done_once(officer: Client) -> None:
    """A replayed POST with its key answers the same and writes nothing."""
    first, second = (post(officer, REPORT, **{"Idempotency-Key": "k-1"}) for _ in range(2))

    assert first.json() == second.json()
    assert len(officer.get("/api/v1/collection/reports").json()["rows"]) == 1


def test_an_unknown_code_is_refused_with_field_and_remedy(officer: Client) -> None:
    """Bad input gets a clear error, and nothing is written."""
    answer = post(officer, REPORT | {"urgency": "soonish"})

    assert answer.status_code == 422
    assert answer.json()["field"] == "urgency"
    assert "high" in answer.json()["detail"]
    assert officer.get("/api/v1/collection/reports").json()["rows"] == []


def test_the_administrator_gets_no_reports(world: World) -> None:
    """No content for who manages accounts."""
    client = Client()
    client.force_login(world.user(Role.ADMINISTRATOR))

    assert client.get("/api/v1/collection/reports").status_code == 403


def test_without_log_in_there_is_nothing(db: None) -> None:
    """Pages send to the log-in, the API says 401."""
    assert Client().get("/api/v1/collection/reports").status_code == 401
    assert Client().get("/collection/").status_code == 302


def test_the_pages_of_the_room_open(officer: Client) -> None:
    """Form, list and report render for the officer."""
    ref = post(officer, REPORT).json()["ref"]
    for path in ("/", "/collection/", "/collection/reports/new", f"/collection/reports/{ref}", "/nav/counts"):
        answer = officer.get(path)

        assert answer.status_code == 200, (path, answer.content[:500])


def test_a_report_is_read_back_whole(officer: Client) -> None:
    """Text, items with their spans, mentions and lawfulness come back as they went in."""
    url = post(officer, REPORT | {"place": "Old quay", "longitude": 10.5, "latitude": 50.5}).json()["url"]
    found = officer.get(url).json()
    (item,) = found["items"]

    assert found["text"] == "A white van left the yard."
    assert found["text"][item["sentence_start"] : item["sentence_end"]] == item["text"]
    assert [m["text"] for m in item["mentions"]] == ["white van"]
    assert (found["report"]["place"], found["report"]["legal_basis"]) == ("Old quay", "POL-12")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"legal_basis": ""}, "legal_basis"),
        ({"legal_basis": "XX-1"}, "legal_basis"),
        ({"provenance": "rumour"}, "provenance"),
        ({"items": []}, "items"),
        ({"items": [{"text": "x", "kind": "gossip"}]}, "kind"),
        ({"items": [{"text": "x\u0000", "kind": "fact"}]}, "items"),
        ({"longitude": 400, "latitude": 1}, "place"),
        ({"items": [{"text": "He is a Buddhist.", "kind": "fact"}]}, "wording_confirmed"),
    ],
)
def test_bad_input_is_refused_by_field(officer: Client, change: dict[str, Any], field: str) -> None:
    """Each error names its field, and nothing is written."""
    answer = post(officer, REPORT | change)

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert officer.get("/api/v1/collection/reports").json()["rows"] == []


def test_a_report_without_the_field_for_the_law_is_refused(officer: Client) -> None:
    """[COL-04] Left out is refused as well as empty."""
    answer = post(officer, {k: v for k, v in REPORT.items() if k != "legal_basis"})

    assert (answer.status_code, answer.json()["field"]) == (422, "legal_basis")


def test_confirmed_wording_goes_in_and_stays_visible(officer: Client) -> None:
    """[COL-06] What was confirmed stands with the report."""
    body = REPORT | {"items": [{"text": "He is a Buddhist.", "kind": "fact"}], "wording_confirmed": True}

    assert officer.get(post(officer, body).json()["url"]).json()["necessary_wording"] == [
        "religion or belief"
    ]


def test_the_list_filters_by_query(officer: Client) -> None:
    """Words, urgency, unit and days, with the names that the documentation gives them."""
    ref = post(officer, REPORT).json()["ref"]
    for query, is_in in (
        ("q=van", True),
        ("q=boat", False),
        ("urgency=low", True),
        ("urgency=high", False),
        ("unit=R1D1", True),
        ("unit=HQ", False),
        ("from=2020-01-01", True),
        ("to=2020-01-01", False),
        ("mine=true", True),
    ):
        rows = officer.get(f"/api/v1/collection/reports?{query}").json()["rows"]

        assert ([row["ref"] for row in rows] == [ref]) is is_in, query
    assert officer.get("/api/v1/collection/reports?from=soon").status_code == 422
    assert officer.get("/api/v1/collection/reports?after=rubbish").status_code == 422


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def upload(client: Client, url: str, data: bytes, name: str = "yard.png") -> Any:
    """Send the bytes of a file."""
    return client.post(f"{url}/attachments?name={name}", data, content_type="application/octet-stream")


def test_a_file_goes_in_once_and_comes_out_checked(officer: Client, settings: Any, tmp_path: Path) -> None:
    """The bytes are the body; sent again, they are the same attachment."""
    settings.OPENILP_FILES = tmp_path
    url = post(officer, REPORT).json()["url"]
    first, second = (upload(officer, url, PNG).json() for _ in range(2))
    assert first == second
    found = officer.get(first["url"]).json()
    assert (found["name"], found["media_type"], found["size"]) == ("yard.png", "image/png", len(PNG))
    answer: Any = officer.get(f"{first['url']}/content")

    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Disposition"] == "attachment"
    assert [f["ref"] for f in officer.get(url).json()["attachments"]] == [first["ref"]]


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"x" * 3000, "note.txt", "limit for one file"),
        (b"MZ\x90", "tool.exe", "not taken"),
        (b"", "a.png", "empty"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_with_reason(
    officer: Client, settings: Any, tmp_path: Path, data: bytes, name: str, says: str
) -> None:
    """The error names the file and the remedy; nothing stays in the store."""
    settings.OPENILP_FILES, settings.OPENILP_UPLOAD_LIMIT = tmp_path, 2000
    answer = upload(officer, post(officer, REPORT).json()["url"], data, name)

    assert (answer.status_code, answer.json()["field"]) == (422, "files")
    assert says in answer.json()["detail"]
    assert name in answer.json()["detail"]
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_places_and_districts_come_from_the_agency_itself(officer: Client, world: World) -> None:
    """The gazetteer needs no network."""
    world.district.boundary = {
        "type": "Polygon",
        "coordinates": [[[10, 50], [11, 50], [11, 51], [10, 51], [10, 50]]],
    }
    world.district.save()
    (place,) = officer.get("/api/v1/collection/places?q=ferry").json()
    districts = officer.get("/api/v1/collection/districts").json()

    assert (place["label"], place["detail"]) == ("Ferry District", "R1D1")
    assert [f["properties"]["code"] for f in districts["features"]] == ["R1D1"]
    assert officer.get("/api/v1/collection/places?q=x").json() == []
