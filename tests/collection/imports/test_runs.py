"""Files that are sent in by browser or API: looked at at once, read by the worker, never lost and never doubled."""

import csv
import io
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from openilp.collation.models import Entity
from openilp.collection import tasks
from openilp.collection.imports import rows as reading
from openilp.collection.imports import runs
from openilp.collection.imports.mapping import mapping
from openilp.collection.imports.runs import Stage
from openilp.collection.models import ImportBatch, Incident
from openilp.safeguards.acting import acting
from openilp.safeguards.labels import State
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.collection.imports.files import HEADING, row
from tests.collection.imports.test_reports import HEADING as REPORTS
from tests.factories import World, make_world

API = "/api/v1/collection/imports"
ENTITIES = "record_no,type,name,born,sex,address,plate,make,colour,number,place_name,title"
LINKS = ",".join(mapping("records-links").columns)
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    """An empty file store."""
    settings.OPENILP_FILES = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    return tmp_path


def browser(world: World, role: Role = Role.INTELLIGENCE_OFFICER) -> Client:
    """Return a browser of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


def actor_of(world: World) -> Any:
    """Return the officer who imports, for the desk."""
    return actor_for(world.user(Role.INTELLIGENCE_OFFICER), purpose=world.desk.pk)


def csv_of(*lines: str, heading: str = HEADING) -> bytes:
    """Return the bytes of a CSV file."""
    return ("\n".join([heading, *lines]) + "\n").encode()


def send(
    client: Client, content: bytes, mapping: str = "police-uk", name: str = "crime.csv", **headers: str
) -> Any:
    """Send a file through the API."""
    return client.post(
        f"{API}?mapping={mapping}&name={name}",
        content,
        content_type="application/octet-stream",
        headers=headers,
    )


def work() -> None:
    """Do what the worker does with the jobs that wait."""
    for job in ProcrastinateJob.objects.filter(task_name="collection.read_file").order_by("pk"):
        tasks.read_file(**job.args)


def test_a_file_sent_to_the_api_is_read_by_the_worker(world: World) -> None:
    """At first it waits; then the run says what became of each row, and why [COL-10]."""
    client = browser(world)
    answer = send(
        client, csv_of(row("a"), row("b", longitude="", latitude=""), row("c", crime_type="=Piracy"))
    )
    address = answer.json()["url"]

    assert answer.status_code == 201, answer.content
    assert client.get(address).json()["stage"] == Stage.WAITING
    work()
    found = client.get(address).json()
    counts = ("rows_total", "rows_done", "rows_new", "rows_known", "rows_incomplete", "rows_refused")
    assert [found[name] for name in counts] == [3, 3, 2, 0, 1, 1]
    assert (found["stage"], found["file_name"], found["has_reasons"]) == (Stage.FINISHED, "crime.csv", True)
    reasons = b"".join(client.get(f"{address}/reasons").streaming_content).decode()
    assert "3,refused,Crime type,'=Piracy," in reasons
    assert [found["ref"]] == [each["ref"] for each in client.get(API).json()["rows"]]


def test_what_was_read_is_not_kept_as_a_file(world: World, store: Path) -> None:
    """The sent file goes when its rows are in: nothing lies about that no review date reaches."""
    send(browser(world), csv_of(row("a")))
    assert len(list((store / "imports").iterdir())) == 1
    work()

    assert list((store / "imports").iterdir()) == []
    assert list((store / "incoming").iterdir()) == []


def test_the_same_file_sent_again_adds_nothing(world: World) -> None:
    """While it waits it is one run; once read, its rows are known."""
    client, content = browser(world), csv_of(row("a"), row("a"), row("b"))
    first, second = (send(client, content).json()["ref"] for _ in range(2))
    work()
    third = client.get(send(client, content).json()["url"])
    work()

    assert first == second != third.json()["ref"]
    again = client.get(f"{API}/{third.json()['ref']}").json()
    assert (again["rows_new"], again["rows_known"]) == (0, 3)


def test_a_replayed_post_with_its_key_is_done_once(world: World) -> None:
    """A file larger than a form may be in memory goes through with a key, and only once."""
    client = browser(world)
    content = csv_of(*(row(f"k{n}") for n in range(60_000)))
    assert len(content) > 5 * MEGABYTE
    first, second = (send(client, content, **{"Idempotency-Key": "up-1"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201), first.content
    assert first.json() == second.json()
    assert ProcrastinateJob.objects.filter(task_name="collection.read_file").count() == 1


def test_reports_entities_and_links_go_the_same_way_into_quarantine(world: World) -> None:
    """Every kind of mapping has its importer, those of later rooms too [COL-10]."""
    client = browser(world)
    people = csv_of("E1,car,,,,,AB123,,,,,", "P1,person,Ana Vek,,,,,,,,,", heading=ENTITIES)
    sent = [
        send(
            client, csv_of("R1,Yard,A van stood there.,en,low,seen,,,,", heading=REPORTS), "records-reports"
        ),
        send(client, people, "records-entities"),
        send(client, csv_of("P1,E1,owns,,,", heading=LINKS), "records-links"),
    ]
    work()

    found = [client.get(answer.json()["url"]).json() for answer in sent]
    assert [(each["rows_new"], each["rows_refused"]) for each in found] == [(1, 0), (2, 0), (1, 0)], found
    assert {"quarantined"} == {each["state"] for each in found}
    actor = actor_of(world)
    with acting(actor, "test"):
        assert Entity.objects.seen_by(actor, states=[State.QUARANTINED]).count() == 2


@pytest.mark.parametrize(
    ("content", "mapping", "field", "says"),
    [
        (csv_of(row("a")), "police-us", "mapping", "There is no mapping 'police-us'"),
        (csv_of("1,2", heading="A,B"), "police-uk", "file", "has no column"),
        (b"PK\x03\x04bomb", "police-uk", "file", "it is packed; unpack it first"),
        (b"\x1f\x8bbomb", "police-uk", "file", "it is packed; unpack it first"),
        (b"", "police-uk", "file", "is empty; choose the file again"),
        (b"PAR1 not really", "police-uk", "file", "cannot be read"),
        (b"\xff\xfe\x00\x01", "police-uk", "file", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_field_and_remedy(
    world: World, store: Path, content: bytes, mapping: str, field: str, says: str
) -> None:
    """At once, in words, and nothing of it stays."""
    answer = send(browser(world), content, mapping=mapping)

    assert answer.status_code == 422
    assert field == answer.json()["field"]
    assert says in answer.json()["detail"]
    actor = actor_of(world)
    with acting(actor, "test"):
        assert not runs.all_runs(actor=actor).exists()
    assert [path for path in store.rglob("*") if path.is_file()] == []


def test_a_file_of_200_mb_is_refused_by_the_api_before_it_is_read(world: World) -> None:
    """Its length is enough; the error names the limit and what to do instead."""
    answer = browser(world).generic(
        "POST",
        f"{API}?mapping=police-uk&name=big.csv",
        b"",
        content_type="application/octet-stream",
        CONTENT_LENGTH=str(200 * MEGABYTE),
    )

    assert answer.status_code == 422
    assert "'big.csv' has more than 128 MB" in answer.json()["detail"]
    assert "openilp import" in answer.json()["detail"]


def test_a_file_beyond_the_limit_is_refused_on_the_page(world: World, settings: Any, store: Path) -> None:
    """It is read past, not kept; the page says what to do, and keeps what was chosen."""
    settings.OPENILP_IMPORT_LIMIT = MEGABYTE
    big = SimpleUploadedFile("big.csv", b"x" * (2 * MEGABYTE))
    answer = browser(world).post("/collection/imports/", {"mapping": "police-uk", "file": big})

    assert answer.status_code == 422
    assert "big.csv&#x27; has more than 1 MB" in answer.content.decode()
    assert [path for path in store.rglob("*") if path.is_file()] == []


def test_a_file_larger_than_an_attachment_may_be_goes_in_by_the_page(world: World, settings: Any) -> None:
    """The limit of attachments is not the limit of imports."""
    settings.OPENILP_UPLOAD_LIMIT = 100
    sent = SimpleUploadedFile("crime.csv", csv_of(row("a"), row("b"), row("c")))
    client = browser(world)
    answer = client.post("/collection/imports/", {"mapping": "police-uk", "file": sent})

    assert answer.status_code == 302
    waiting = client.get(answer["Location"]).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    work()
    part = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert "finished" in part


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"mapping": "police-uk"}, "Choose the file to import."),
        ({"mapping": "nothing", "file": SimpleUploadedFile("a.csv", b"x")}, "nothing is not one of"),
        ({"mapping": "police-uk", "file": SimpleUploadedFile("a.csv", b"A,B\n1,2\n")}, "has no column"),
    ],
)
def test_the_page_says_at_its_field_what_is_wrong(world: World, data: dict[str, Any], says: str) -> None:
    """The form comes back with the error."""
    answer = browser(world).post("/collection/imports/", data)

    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_a_script_in_a_file_name_is_text(world: World) -> None:
    """Names of files are shown, never run."""
    sent = SimpleUploadedFile("<script>alert(1)</script>.csv", csv_of(row("a")))
    client = browser(world)
    client.post("/collection/imports/", {"mapping": "police-uk", "file": sent})

    assert "<script>alert(1)" not in client.get("/collection/imports/").content.decode()


@pytest.mark.parametrize("role", [Role.REPORTING_OFFICER, Role.OPERATIONAL_ANALYST, Role.CHAIR])
def test_who_may_not_import_is_refused(world: World, role: Role) -> None:
    """By API and page alike."""
    client = browser(world, role)

    assert send(client, csv_of(row("a"))).status_code == 403
    assert client.get("/collection/imports/").status_code == 403


def test_a_job_of_an_account_that_may_no_longer_import_stops_with_the_reason(world: World) -> None:
    """A job is authorised again when it runs."""
    client = browser(world)
    address = send(client, csv_of(row("a"))).json()["url"]
    officer = world.user(Role.INTELLIGENCE_OFFICER)
    officer.roles = [Role.OPERATIONAL_ANALYST.value]
    officer.save(update_fields=["roles"])
    work()
    officer.roles = [Role.INTELLIGENCE_OFFICER.value]
    officer.save(update_fields=["roles"])

    found = client.get(address).json()
    assert (found["rows_new"], found["stage"]) == (0, Stage.STOPPED)
    assert "is open to" in found["problem"]


def test_what_stops_a_run_is_said_and_it_goes_on_afterwards(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mapping that is gone stops the run in words; when it is back, the run goes on."""
    client = browser(world)
    address = send(client, csv_of(row("a"))).json()["url"]
    known = runs.mapping.known
    monkeypatch.setattr(runs.mapping, "known", lambda: [n for n in known() if n != "police-uk"])
    work()

    stopped = client.get(address).json()
    assert stopped["stage"] == Stage.STOPPED
    assert "There is no mapping 'police-uk 1'" in stopped["problem"]
    monkeypatch.setattr(runs.mapping, "known", known)
    assert client.post(f"{address}/resume").status_code == 200
    work()
    assert (client.get(address).json()["stage"], client.get(address).json()["rows_new"]) == (
        Stage.FINISHED,
        1,
    )
    assert client.post(f"{address}/resume").status_code == 409


def test_a_run_that_does_not_move_has_stopped(world: World) -> None:
    """A process that died says nothing; the silence does."""
    now = timezone.now()
    batch = ImportBatch(created_at=now - timedelta(hours=1), moved_at=now - timedelta(seconds=5))

    assert runs.stage(batch, now) == Stage.RUNNING
    assert runs.stage(batch, now + timedelta(minutes=3)) == Stage.STOPPED
    batch.moved_at = None
    assert runs.stage(batch, now) == Stage.STOPPED
    batch.created_at = now
    assert runs.stage(batch, now) == Stage.WAITING


def test_only_who_began_a_run_goes_on_with_it(world: World) -> None:
    """Another account sends the file itself: it acts under its own name."""
    address = send(browser(world), csv_of(row("a"))).json()["url"]
    answer = browser(world, Role.HEAD_OF_INTELLIGENCE).post(f"{address}/resume")

    assert answer.status_code == 403
    assert "begun by another account" in answer.json()["detail"]


def test_the_page_of_a_stopped_run_lets_it_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a button for who began it; when the file is gone, it says to send it again."""
    client = browser(world)
    ref = send(client, csv_of(row("a"))).json()["ref"]
    with monkeypatch.context() as broken:
        broken.setattr(runs.mapping, "known", list)
        work()
    page = client.get(f"/collection/imports/{ref}").content.decode()
    assert f"/collection/imports/{ref}/resume" in page
    assert client.post(f"/collection/imports/{ref}/resume").status_code == 302
    (runs.sent_file(_batch(world, ref).pk)).unlink()
    gone = client.post(f"/collection/imports/{ref}/resume")

    assert gone.status_code == 409
    assert "send it again and the import goes on" in gone.content.decode()


def _batch(world: World, ref: str) -> ImportBatch:
    actor = actor_of(world)
    with acting(actor, "test"):
        return runs.run(ref, actor=actor)


#: The worker's part in a process of its own, which ends itself after some rows as `kill -9` would.
SCRIPT = """
import os, signal, sys
from openilp.web import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.OPENILP_FILES = __import__("pathlib").Path(sys.argv[2])
import django
django.setup()
from openilp.collection import tasks
from openilp.collection.imports import insertion, rows
object.__setattr__(rows.LIMITS, "chunk", 50)
insert, calls = insertion.insert, 0

def dying(*args):
    global calls
    new = insert(*args)
    calls += 1
    if calls == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return new

insertion.insert = dying
tasks.read_file(actor_id=sys.argv[3], matter_id=sys.argv[4], batch_id=sys.argv[5])
"""


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(
    transactional_db: None, store: Path
) -> None:
    """What was committed stays, the file is still there, and the run ends as if nothing had happened [COL-10]."""
    world = make_world()
    client = browser(world)
    content = csv_of(*(row(f"k{n:03}", crime_type="Piracy" if n == 7 else "Drugs") for n in range(400)))
    sent = send(client, content).json()
    batch = _batch(world, sent["ref"])
    keys = [str(batch.created_by_id), str(batch.purpose_id), str(batch.pk)]
    killed = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(connection.settings_dict["NAME"]), str(store), *keys],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "openilp.web.settings"},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert client.get(sent["url"]).json()["rows_done"] == 100

    assert client.post(f"{sent['url']}/resume").status_code == 200
    size = reading.LIMITS.chunk
    object.__setattr__(reading.LIMITS, "chunk", 50)
    try:
        tasks.read_file(*keys)
    finally:
        object.__setattr__(reading.LIMITS, "chunk", size)
    found = client.get(sent["url"]).json()
    assert (
        found["stage"],
        found["rows_done"],
        found["rows_new"],
        found["rows_refused"],
    ) == (Stage.FINISHED, 400, 399, 1)
    actor = actor_of(world)
    with acting(actor, "test"):
        assert Incident.objects.seen_by(actor).count() == 399


def test_a_formula_cell_is_kept_as_text(world: World) -> None:
    """What the file says is what is kept; only what is handed out for spreadsheets is neutralised."""
    client = browser(world)
    street = "=HYPERLINK(1)"
    send(client, csv_of(row("a", street=street)))
    work()
    actor = actor_of(world)
    with acting(actor, "test"):
        assert street in Incident.objects.seen_by(actor).get().import_record.values()


def test_an_import_for_no_matter_is_refused_with_the_remedy(world: World) -> None:
    """A file without a purpose does not come in, and nothing of it stays."""
    client = browser(world)
    session = client.session
    session["purpose"], session["reason"] = "", "administration"
    session.save()
    answer = send(client, csv_of(row("a")))

    assert answer.status_code == 422
    assert "Choose the task or operation that you act for first" in answer.json()["detail"]


def test_of_a_broken_file_the_good_rows_come_in(world: World) -> None:
    """An open quotation mark, a cell too many, bytes that are no text: each costs its row, and says so."""
    good, broken = row("a"), f'"open,{row("b")}'
    content = (
        csv_of(good, f"{row('c')},one,too,many").replace(b"\n", b"\n\xff\xfe,\xff\n", 1) + broken.encode()
    )
    client = browser(world)
    address = send(client, content).json()["url"]
    work()

    found = client.get(address).json()
    assert (found["rows_new"], found["rows_refused"]) == (1, 3)
    reasons = b"".join(client.get(f"{address}/reasons").streaming_content).decode()
    said = [line["reason"] for line in csv.DictReader(io.StringIO(reasons))]
    assert len(said) == 3
    assert "the text is not UTF-8" in said
