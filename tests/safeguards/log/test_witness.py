"""The witness: its answers, its memory across crashes and rivals, and the service over real HTTP."""

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from openilp.safeguards.log import checkpoint as checkpoints
from openilp.safeguards.log import cosigning, notes, tree, witness
from openilp.safeguards.log.checkpoint import Checkpoint
from openilp.safeguards.log.errors import KeyBroken, NoteBroken, WitnessStateBroken
from openilp.safeguards.log.notes import ED25519, Signer
from openilp.safeguards.log.published import Identity
from openilp.safeguards.log.published import Witness as Named
from openilp.safeguards.log.witness import Request, Witness
from openilp.safeguards.log.witness_service import Service
from tests.safeguards.log import naive
from tests.safeguards.log.conftest import Scene

LOG = Signer.from_seed("agency.example/audit", ED25519, bytes(32))
DATA = [number.to_bytes(2, "big") for number in range(100)]


def stored(start: int, end: int) -> bytes:
    """Return a subtree of the data by the definition."""
    return naive.mth(DATA[start:end])


def note_of(size: int, *, root: bytes | None = None, signer: Signer = LOG) -> notes.Note:
    """Return a signed checkpoint of the data."""
    return notes.parse(checkpoints.signed(Checkpoint(signer.name, size, root or stored(0, size)), signer))


def asked(old: int, size: int, **more: bytes) -> bytes:
    """Return a request that a true log would send."""
    proof = tree.consistency_proof(old, size, stored)
    return Request(old, tuple(proof), note_of(size, **more)).body  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness that trusts the log."""
    witness.found(tmp_path / "w", "oversight.example/w1")
    witness.trust(tmp_path / "w", LOG.verifier)
    return tmp_path / "w"


@contextmanager
def at_work(folder: Path) -> Iterator[Witness]:
    """Open a witness, and close it."""
    working = Witness(folder, clock=lambda: 1_700_000_000.5)
    try:
        yield working
    finally:
        working.close()


def test_a_continuation_is_cosigned_and_remembered(folder: Path) -> None:
    """From nothing, then from where it stood; and again after a restart [LEG-02]."""
    with at_work(folder) as working:
        first = working.add_checkpoint(asked(0, 10))
        second = working.add_checkpoint(asked(10, 37))
    with at_work(folder) as working:
        third = working.add_checkpoint(asked(37, 37))
        key = working.signer.verifier

    assert (first.status, second.status, third.status) == (200, 200, 200)
    note = notes.parse(str(note_of(37)) + second.text)
    assert [each.at for each in checkpoints.cosignatures(note, [key])] == [1_700_000_000]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"old x\n\n" + str(note_of(20)).encode(), 400),
        (b"old 020\n\n" + str(note_of(20)).encode(), 400),
        (b"old 10\n!!\n\n" + str(note_of(20)).encode(), 400),
        (b"old 10\nAAAA\n\n" + str(note_of(20)).encode(), 400),
        (
            b"old 10\n"
            + b"A" * 43
            + b"=\n" * 1
            + (b"A" * 43 + b"=\n") * 63
            + b"\n"
            + str(note_of(20)).encode(),
            400,
        ),
        (Request(30, (), note_of(20)).body, 400),
        (asked(10, 20, signer=Signer.from_seed("other.example", ED25519, bytes(32))), 404),  # type: ignore[arg-type]
        (asked(10, 20, signer=Signer.from_seed(LOG.name, ED25519, bytes(range(32)))), 403),  # type: ignore[arg-type]
        (asked(0, 20), 409),
        (asked(5, 20), 409),
        (asked(10, 10, root=bytes(32)), 409),
        (asked(10, 20, root=bytes(32)), 422),
        (Request(10, (), note_of(20)).body, 422),
        (asked(10, 20), 200),
    ],
)
def test_each_request_gets_the_status_of_the_protocol(folder: Path, body: bytes, status: int) -> None:
    """C2SP tlog-witness: malformed, unknown, not signed, another size, no continuation."""
    with at_work(folder) as working:
        working.add_checkpoint(asked(0, 10))
        answer = working.add_checkpoint(body)
        seen = working.latest(LOG.name)

    assert answer.status == status, answer.text
    assert seen is not None
    assert seen.size == (20 if status == 200 else 10)
    if status == 409:
        assert (answer.text, answer.content_type) == ("10\n", "text/x.tlog.size")


def test_two_rivals_cannot_both_be_cosigned(folder: Path) -> None:
    """Check and persist are one step: of many forks at once, one is cosigned, and memory never goes back."""
    with at_work(folder) as working:
        working.add_checkpoint(asked(0, 10))
        statuses: list[int] = []
        gate = threading.Barrier(8)

        def rival(size: int) -> None:
            gate.wait()
            statuses.append(working.add_checkpoint(asked(10, size)).status)

        threads = [threading.Thread(target=rival, args=(20 + number,)) for number in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        sizes = [json.loads(line)["size"] for line in (folder / "journal.jsonl").read_text().splitlines()]

    assert sorted(statuses) == [200] + [409] * 7
    assert len(sizes) == 2
    assert sizes == sorted(sizes)


def test_the_answer_waits_for_the_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be brought to the disk is not cosigned, and not remembered as if it had been."""
    with at_work(folder) as working:
        monkeypatch.setattr(os, "fsync", _no_disk)
        with pytest.raises(OSError, match="no disk"):
            working.add_checkpoint(asked(0, 10))

        assert working.latest(LOG.name) == witness.Seen()


def _no_disk(_: int) -> None:
    raise OSError("no disk")


def test_a_line_that_a_crash_cut_off_was_never_answered(folder: Path) -> None:
    """The whole lines count."""
    with at_work(folder) as working:
        working.add_checkpoint(asked(0, 10))
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(b'{"at": 1, "note": "torn')
    with at_work(folder) as working:
        answer = working.add_checkpoint(asked(10, 20))

    assert answer.status == 200
    with at_work(folder) as working:
        assert working.latest(LOG.name).size == 20  # type: ignore[union-attr]


def test_a_witness_without_memory_does_not_start(folder: Path) -> None:
    """Deleting the journal is no way to make it cosign another past."""
    (folder / "journal.jsonl").unlink()
    with pytest.raises(WitnessStateBroken, match="without memory"):
        Witness(folder)
    with pytest.raises(WitnessStateBroken, match="already"):
        witness.found(folder, "oversight.example/w1")


@pytest.mark.parametrize("line", ['{"size": 1}\n', "no json\n"])
def test_a_journal_that_cannot_be_read_stops_the_witness(folder: Path, line: str) -> None:
    """It says which line."""
    (folder / "journal.jsonl").write_text(line)
    with pytest.raises(WitnessStateBroken, match="line 1"):
        Witness(folder)


def test_a_journal_that_goes_back_stops_the_witness(folder: Path) -> None:
    """Lines exchanged by hand."""
    with at_work(folder) as working:
        working.add_checkpoint(asked(0, 10))
        working.add_checkpoint(asked(10, 20))
    lines = (folder / "journal.jsonl").read_text().splitlines(keepends=True)
    (folder / "journal.jsonl").write_text(lines[1] + lines[0])
    with pytest.raises(WitnessStateBroken, match="goes behind"):
        Witness(folder)


def test_only_one_process_uses_a_state(folder: Path) -> None:
    """Two of them would each remember half."""
    with at_work(folder), pytest.raises(WitnessStateBroken, match="another process"):
        Witness(folder)


def test_names_and_keys_are_checked_before_anything_is_written(tmp_path: Path, folder: Path) -> None:
    """A bad name leaves no folder; a witness's key is no log's."""
    with pytest.raises(KeyBroken):
        witness.found(tmp_path / "bad", "two words")
    with at_work(folder) as working, pytest.raises(KeyBroken, match="of a witness"):
        witness.trust(folder, working.signer.verifier)
    assert not (tmp_path / "bad").exists()


def test_a_request_is_read_as_it_was_written() -> None:
    """Old size, proof and note survive the way over the line."""
    made = Request(10, tuple(tree.consistency_proof(10, 37, stored)), note_of(37))

    assert Request.read(made.body) == made
    with pytest.raises(NoteBroken):
        Request.read(made.body[:-10])


def test_the_service_over_http(scene: Scene) -> None:
    """The log asks a real service; key and latest checkpoint can be read; everything else is refused."""
    service = Service(("127.0.0.1", 0), scene.witness)
    thread = threading.Thread(target=service.serve_forever)
    thread.start()
    port = service.server_address[1]
    known = Identity.read(scene.audit)
    Identity(known.origin, known.keys, (Named(scene.witness_key, f"http://127.0.0.1:{port}/"),)).write(
        scene.audit
    )
    try:
        scene.record(10)
        scene.log.publish()
        (answered,) = cosigning.ask_all(scene.audit, now=lambda: scene.now.timestamp())
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        got = {}
        latest = f"/latest/{sha256(known.origin.encode()).hexdigest()}"
        for path in ("/key", latest, "/latest/other", "/"):
            connection.request("GET", path)
            answer = connection.getresponse()
            got[path] = (answer.status, answer.read().decode())
        connection.request("POST", "/other", b"x")
        wrong = connection.getresponse()
        wrong.read()
        connection.request("POST", "/add-checkpoint", b"x" * 70_000)
        large = connection.getresponse()
        large.read()
        connection.close()
    finally:
        service.shutdown()
        thread.join()
        service.server_close()

    assert answered.trouble == ""
    assert scene.verify().witnessed == 610
    assert got["/key"] == (200, f"{scene.witness_key}\n")
    assert Checkpoint.of(notes.parse(got[latest][1])).size == 610
    assert (got["/latest/other"][0], got["/"][0], wrong.status, large.status) == (404, 404, 404, 413)


def test_a_witness_that_cannot_be_reached_is_noted_and_asked_again(scene: Scene) -> None:
    """The log goes on; the trouble is kept for the oversight page."""
    known = Identity.read(scene.audit)
    Identity(known.origin, known.keys, (Named(scene.witness_key, "http://127.0.0.1:9"),)).write(scene.audit)
    scene.record(10)
    scene.log.publish()
    (down,) = cosigning.ask_all(scene.audit)
    scene.name_witness(scene.audit)
    (up,) = scene.cosign()

    assert (down.line, bool(down.trouble)) == ("", True)
    assert (up.trouble, scene.verify().witnessed) == ("", 610)


def test_the_command_runs_apart_from_any_instance(tmp_path: Path) -> None:
    """Init, trust, serve, stop: no database, no instance's home [LEG-03]."""
    env = {"PATH": os.environ["PATH"], "OPENILP_HOME": str(tmp_path / "none"), "PYTHONUNBUFFERED": "1"}
    state = ["--state", str(tmp_path / "w")]
    command = [sys.executable, "-c", "from openilp.cli.main import main; raise SystemExit(main())", "witness"]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *words], env=env, capture_output=True, text=True, check=False)

    made = run("init", *state, "--name", "oversight.example/w1")
    trusted = run("trust", *state, str(LOG.verifier))
    bad = run("trust", *state, "nonsense")
    with subprocess.Popen(
        [*command, "serve", *state, "--port", "0"], env=env, stdout=subprocess.PIPE, text=True
    ) as p:
        assert p.stdout is not None
        says = p.stdout.readline()
        port = int(says.split("http://127.0.0.1:")[1].split()[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/add-checkpoint", asked(0, 20))
        answer = connection.getresponse()
        answer.read()
        connection.close()
        p.terminate()
        p.stdout.read()
    shown = run("show", *state)

    assert (made.returncode, trusted.returncode, bad.returncode) == (0, 0, 2)
    assert made.stdout.startswith("oversight.example/w1+")
    assert "nonsense" in bad.stderr
    assert (answer.status, p.returncode) == (200, 0)
    assert f"{LOG.name}: 20 events" in shown.stdout
    assert not (tmp_path / "none").exists()
