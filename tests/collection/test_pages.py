"""Pages of entry: the report form on a phone, the list, the report, its files."""

import io
import re
import resource
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from openilp.collection.models import Report
from openilp.safeguards.roles import Role
from tests.factories import World

SCRIPT = "<script>alert(1)</script>"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    """An empty file store."""
    settings.OPENILP_FILES = settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    return tmp_path


@pytest.fixture
def officer(world: World) -> Client:
    """A browser of the reporting officer."""
    client = Client()
    client.force_login(world.user(Role.REPORTING_OFFICER))
    return client


def form(*texts: str, **more: Any) -> dict[str, Any]:
    """Return a filled report form with one item a text."""
    items: dict[str, Any] = {
        "items-TOTAL_FORMS": len(texts) or 1,
        "items-INITIAL_FORMS": 0,
    }
    for n, text in enumerate(texts or ("A white van left.",)):
        items |= {f"items-{n}-text": text, f"items-{n}-kind": "fact"}
    values = {
        "urgency": "low",
        "provenance": "seen",
        "legal_basis": "POL-12",
        "level": 1,
        "language": "en",
    }
    return {**items, **values, **more}


def hand_in(client: Client, data: dict[str, Any]) -> str:
    """Hand in a report that must be taken; return its address."""
    answer = client.post("/collection/reports/new", data)

    assert answer.status_code == 302, re.findall(r"errorlist.*?</ul>", answer.content.decode())
    return answer["Location"]


def refused(client: Client, data: dict[str, Any], status: int = 422) -> str:
    """Hand in a report that must be refused; return the page."""
    answer = client.post("/collection/reports/new", data)

    assert answer.status_code == status
    return answer.content.decode()


def test_the_form_says_purpose_and_proposes_the_law_of_the_matter_in_sight(officer: Client) -> None:
    """[COL-04] The purpose is named, and the basis stands in a choice that everybody sees."""
    page = officer.get("/collection/reports/new").content.decode()

    assert "Purpose: Crime intelligence desk" in page
    assert re.search(r'<select[^>]*name="legal_basis".*?<option value="POL-12" selected', page, re.S)
    assert "Never who told you" in page


def test_a_report_with_two_items_mention_and_place_goes_in(officer: Client) -> None:
    """[COL-02] The whole form in one request; a place that was chosen by name brings its point."""
    data = form(
        "A white van left.",
        "It came back at ten.",
        **{
            "items-0-mention_1": "4127 ABC",
            "items-0-type_1": "vehicle",
            "place": "Old quay",
            "place_at": "10.50000,50.25000",
            "observed_at": "2026-01-02T21:40",
        },
    )
    page = officer.get(hand_in(officer, data)).content.decode()

    for text in ("A white van left.", "It came back at ten.", "4127 ABC", "Old quay", "50.25000, 10.50000"):
        assert text in page, text


def test_a_removed_item_is_not_handed_in(officer: Client) -> None:
    """What the script took away stays away."""
    data = form("Kept.", "Removed.", **{"items-1-DELETE": "on"})
    page = officer.get(hand_in(officer, data)).content.decode()

    assert "Kept." in page
    assert "Removed." not in page


@pytest.mark.parametrize(
    "change",
    [
        {"provenance": ""},
        {"legal_basis": ""},
        {"legal_basis": "XX-9"},
        {"urgency": "soonish"},
        {"items-0-kind": "gossip"},
        {"latitude": "91", "longitude": "0"},
        {"latitude": "50", "longitude": ""},
        {"observed_at": "2099-01-01T00:00"},
        {"observed_at": "yesterday"},
        {"level": "3"},
        {"requirement": "RQ-2222-2222"},
    ],
    ids=str,
)
def test_a_refused_report_keeps_all_that_was_typed(officer: Client, change: dict[str, str]) -> None:
    """Lost input never: 422, the fault named, every text still in its field."""
    page = refused(officer, form("Typed with cold fingers.", title="My title", **change))

    assert "Typed with cold fingers." in page
    assert "My title" in page
    assert "nothing is lost" in page


def test_a_suspect_without_facts_is_asked_for_them(officer: Client) -> None:
    """[COL-05] The page asks for the facts at the very mention."""
    data = form(**{"items-0-mention_1": "Bold", "items-0-type_1": "person", "items-0-category_1": "SUS"})
    page = refused(officer, data)
    assert "Write the facts, or choose another category than “Suspect”." in page
    again = officer.get(hand_in(officer, data | {"items-0-predicate_1": "Seen with the tools."}))

    assert "Seen with the tools." in again.content.decode()


def test_protected_wording_is_asked_about_once_and_then_kept(officer: Client) -> None:
    """[COL-06] A warning to confirm, not a blocker; the report says that it was confirmed."""
    data = form("He prays at the mosque.")
    page = refused(officer, data)
    assert "religion or belief" in page
    assert "strictly necessary" in page
    shown = officer.get(hand_in(officer, data | {"wording_confirmed": "on"})).content.decode()

    assert "confirmed as strictly necessary by the reporter" in shown


def test_script_in_every_text_field_is_shown_as_text(officer: Client, world: World) -> None:
    """What people write is never markup, neither on the page nor in the refused form."""
    data = form(
        SCRIPT,
        title=SCRIPT,
        place=SCRIPT,
        provenance_note=SCRIPT,
        **{"items-0-mention_1": SCRIPT, "items-0-predicate_1": SCRIPT, "items-0-category_1": "SUS"},
    )
    page = hand_in(officer, data)
    shown = [officer.get(path).content.decode() for path in (page, "/collection/")]
    shown.append(refused(officer, data | {"legal_basis": ""}))
    for text in shown:
        assert SCRIPT not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_same_form_sent_twice_makes_one_report(officer: Client, world: World, act: Any) -> None:
    """A double tap is done once, and leads to the same report."""
    data = form(idempotency_key="tap-1")
    assert hand_in(officer, data) == hand_in(officer, data)
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        assert Report.objects.seen_by(actor).count() == 1


def test_acting_for_an_operation_confines_the_report_to_it_and_says_so(world: World) -> None:
    """The compartment follows from the purpose and stands in words before the button."""
    client = Client()
    client.force_login(world.user(Role.INTELLIGENCE_OFFICER))
    client.post("/purpose", {"purpose": str(world.operation.pk)})
    assert (
        "Only members of Operation Lantern will see it."
        in client.get("/collection/reports/new").content.decode()
    )
    page = hand_in(client, form("Inside the operation."))
    shown = client.get(page).content.decode()
    outsider = Client()
    outsider.force_login(world.user(Role.STRATEGIC_ANALYST))

    assert "Operation Lantern" in shown
    assert outsider.get(page).status_code == 404


def test_photos_go_in_with_the_report_and_come_out_as_files(officer: Client) -> None:
    """A photo is handed out to be saved, never to be shown by the browser."""
    photo = SimpleUploadedFile("../../yard.png", PNG, content_type="text/html")
    page = hand_in(officer, form(files=[photo]))
    address = re.search(r'href="(/collection/files/[^"]+)"', officer.get(page).content.decode())
    assert address is not None
    answer = officer.get(address[1])

    assert b"".join(answer.streaming_content) == PNG  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="yard.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "image/png"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_file_that_is_not_taken_holds_the_report_back_and_loses_no_text(
    officer: Client, world: World, act: Any
) -> None:
    """The report is not written without its file; the text is there for the next try."""
    bad = SimpleUploadedFile("tool.exe", b"MZ\x90\x00")
    page = refused(officer, form("Typed once.", files=[bad]))
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        assert not Report.objects.seen_by(actor).exists()

    assert "Typed once." in page
    assert "tool.exe" in page


class Sparse(io.RawIOBase):
    """A multipart body with a file of zeros that nobody holds in memory."""

    def __init__(self, fields: dict[str, Any], size: int) -> None:
        head = encode_multipart(BOUNDARY, fields)[: -len(f"--{BOUNDARY}--\r\n")]
        part = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="film.mp4"\r\n'
            "Content-Type: video/mp4\r\n\r\n"
        )
        self.head = head + part.encode()
        self.tail = f"\r\n--{BOUNDARY}--\r\n".encode()
        self.length = len(self.head) + size + len(self.tail)
        self.at = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        size = min(size if size >= 0 else 1 << 16, self.length - self.at, 1 << 20)
        begin, self.at = self.at, self.at + size
        zeros_end = self.length - len(self.tail)
        piece = self.head[begin : begin + size]
        rest = size - len(piece)
        zeros = max(0, min(self.at, zeros_end) - max(begin, len(self.head)))
        piece += bytes(min(zeros, rest))
        if self.at > zeros_end:
            piece += self.tail[max(0, begin - zeros_end) : self.at - zeros_end]
        return piece


def test_a_film_of_200_mb_is_refused_by_name_and_limit_and_fills_nothing(
    officer: Client, store: Path
) -> None:
    """The film is read past, not kept: not on the disk, not in memory; the text comes back."""
    body = Sparse(form("Typed before the film."), 200 * MEGABYTE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    extra: dict[str, Any] = {
        "wsgi.input": body,
        "CONTENT_LENGTH": str(body.length),
        "CONTENT_TYPE": MULTIPART_CONTENT,
    }
    answer: Any = officer.generic("POST", "/collection/reports/new", **extra)
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Typed before the film." in page
    assert "film.mp4" in page
    assert "25 MB" in page
    assert grown_kb < 40 * 1024
    assert [p for p in store.rglob("*") if p.is_file()] == []


def test_files_are_added_later_and_refused_with_reason(officer: Client) -> None:
    """The report page takes files, too, and says what is wrong with one."""
    page = hand_in(officer, form())
    assert officer.post(f"{page}/files", {"files": [SimpleUploadedFile("a.png", PNG)]}).status_code == 302
    for files, says in (
        ([SimpleUploadedFile("a.png", PNG)], "attached already"),
        ([SimpleUploadedFile("page.html", b"<html></html>")], "page.html"),
        ([], "No file was sent"),
        ([SimpleUploadedFile(f"{n}.png", PNG + bytes([n])) for n in range(6)], "5 at a time"),
    ):
        answer = officer.post(f"{page}/files", {"files": files})

        assert answer.status_code == 422
        assert says in answer.content.decode()


def test_a_hidden_file_is_not_found(world: World, officer: Client) -> None:
    """Hidden and absent read the same."""
    client = Client()
    client.force_login(world.user(Role.INTELLIGENCE_OFFICER))
    client.post("/purpose", {"purpose": str(world.operation.pk)})
    page = hand_in(client, form(files=[SimpleUploadedFile("a.png", PNG)]))
    address = re.search(r'href="(/collection/files/[^"]+)"', client.get(page).content.decode())
    assert address is not None

    assert officer.get(address[1]).status_code == 404
    assert officer.get("/collection/files/F-2222-2222").status_code == 404


def test_the_list_says_in_its_address_what_it_shows(officer: Client) -> None:
    """Filters lie in the address and find what they say."""
    page = hand_in(officer, form("Boats at night.", urgency="medium"))
    ref = page.rsplit("/", 1)[1]
    for query in ("urgency=medium", "mine=on", "q=boats", "since=2020-01-01", "unit=R1D1"):
        assert ref in officer.get(f"/collection/?{query}").content.decode(), query
    for query in ("urgency=low", "q=trains", "until=2020-01-01", "unit=HQ", "requirement=RQ-2222-2222"):
        assert ref not in officer.get(f"/collection/?{query}").content.decode(), query


def test_open_questions_are_suggested_while_writing(officer: Client, world: World) -> None:
    """[COL-12] The fragment names the question; the officer chooses."""
    asker = Client()
    asker.force_login(world.user(Role.CHAIR))
    question = {
        "question": "Who sells stolen tools?",
        "why": "x",
        "due_on": "2099-01-01",
        "urgency": "low",
        "legal_basis": "POL-12",
    }
    made = asker.post("/api/v1/direction/requirements", question, content_type="application/json").json()
    found = officer.post("/collection/reports/suggest", {"items-0-text": "A man sells stolen tools."})
    assert made["ref"] in found.content.decode()
    page = hand_in(officer, form(requirement=made["ref"]))
    answers = asker.get(f"/collection/answers/{made['ref']}").content.decode()

    assert page.rsplit("/", 1)[1] in answers


def test_suggestions_are_asked_for_outside_the_form(officer: Client) -> None:
    """Inside, the form's key against double sending would go along and be used up before the report."""
    page = officer.get("/collection/reports/new").content.decode()
    form_part, rest = page.split('class="panel form report-form"')[1].split("</form>", 1)

    assert "hx-post" not in form_part
    assert "/collection/reports/suggest" in rest


def test_pages_are_shut_to_who_sees_no_content(world: World) -> None:
    """The administrator and the overseer read no report."""
    for role in (Role.ADMINISTRATOR, Role.OVERSIGHT):
        client = Client()
        client.force_login(world.user(role))
        for path in ("/collection/", "/collection/reports/new"):
            assert client.get(path).status_code == 403, (role, path)
