"""`openilp audit`: offline, in one command, with 0, 1 or 2, and the first bad number."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from openilp.cli.audit import group
from openilp.safeguards.log import sealing, witness
from openilp.safeguards.log.segments import name
from tests.safeguards.log.conftest import Scene


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A log that is closed, where the command looks for it, and pins of the test's own."""
    monkeypatch.setenv("OPENILP_AUDIT", str(tmp_path / "audit"))
    monkeypatch.setenv("OPENILP_AUDIT_PINS", str(tmp_path / "pins"))
    monkeypatch.chdir(tmp_path)
    made = Scene(tmp_path)
    made.record(300)
    made.publish()
    made.close()
    return made


def run(*words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(group, list(words))


def change(scene: Scene, seq: int) -> None:
    """Change an event on disk."""
    path = scene.audit / "segments" / name(1)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[seq - 1] = lines[seq - 1].replace(b"done", b"dons")
    path.write_bytes(b"".join(lines))


def test_verify_says_that_the_log_is_whole(scene: Scene) -> None:
    """The first time with fingerprints to compare, from then on against the pins [LEG-02]."""
    first, second = run("verify"), run("verify", "--json")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "compare these fingerprints" in first.stdout
    assert scene.signer.verifier.fingerprint in first.stdout
    assert json.loads(second.stdout)["whole"] is True


def test_verify_names_the_first_bad_event(scene: Scene) -> None:
    """In words, as JSON, and by the status; the folder of the segments will do as well as that of the log."""
    change(scene, 123)
    for words in (["verify"], ["verify", "--segments", str(scene.audit / "segments")]):
        answer = run(*words)
        assert answer.exit_code == 1
        assert "the first event that cannot be believed is 123" in answer.stdout
    found = json.loads(run("verify", "--json").stdout)

    assert (found["whole"], found["first_bad"]) == (False, 123)


def test_a_log_put_in_the_place_of_another_is_noticed(scene: Scene, tmp_path: Path) -> None:
    """The place keeps the origin that it was pinned under: calling the log another name does not help."""
    assert run("verify").exit_code == 0
    other = Scene(tmp_path / "elsewhere")
    other.close()
    (scene.audit / "log.json").write_text(
        (scene.audit / "log.json").read_text().replace("agency.example/audit", "other.example/audit", 1)
    )
    (scene.audit / "segments" / name(1)).unlink()

    assert run("verify").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "--segments", "nowhere"],
        ["verify", "--policy", "nowhere"],
        ["verify", "--seen", "nowhere"],
        ["prove", "0"],
        ["prove", "5", "--segments", "nowhere"],
    ],
)
def test_what_cannot_be_read_is_neither_whole_nor_broken(scene: Scene, words: list[str]) -> None:
    """2, with one line that says what to do; the whole command, as a terminal runs it."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from openilp.cli.main import main; raise SystemExit(main())",
            "audit",
            *words,
        ],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_policy_that_asks_for_a_witness_is_kept(scene: Scene, tmp_path: Path) -> None:
    """Whose keys count is the verifier's choice."""
    policy = {
        "origin": "agency.example/audit",
        "keys": [str(scene.signer.verifier)],
        "witnesses": [str(witness.found(tmp_path / "w2", "other.example/w2"))],
        "quorum": 1,
    }
    (tmp_path / "policy.json").write_text(json.dumps(policy))
    answer = run("verify", "--policy", str(tmp_path / "policy.json"))

    assert answer.exit_code == 1
    assert "unwitnessed" in answer.stdout


def test_a_witness_that_is_named_later_is_pinned_then(scene: Scene) -> None:
    """The first look saw none; the next one pins it and shows its fingerprint; dropping it again does not unpin it."""
    named = (scene.audit / "log.json").read_text()
    found = json.loads(named)
    (scene.audit / "log.json").write_text(json.dumps(found | {"witnesses": []}))
    first = run("verify")
    (scene.audit / "log.json").write_text(named)
    second = run("verify")
    (scene.audit / "log.json").write_text(json.dumps(found | {"witnesses": []}))
    third = run("verify")

    assert "none is pinned" in first.stdout
    assert scene.witness_key.fingerprint in second.stdout
    assert (second.exit_code, third.exit_code) == (0, 0)
    assert scene.witness_key.fingerprint not in third.stdout
    assert "300 events cosigned by 1 of: oversight.example/w1" in third.stdout


def test_prove_writes_a_bundle_that_holds(scene: Scene, tmp_path: Path) -> None:
    """And does not write over one."""
    answer, again = run("prove", "42"), run("prove", "42")
    done = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "audit-event-42" / "verify.py")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (answer.exit_code, again.exit_code, done.returncode) == (0, 2, 0)
    assert "python3 audit-event-42/verify.py" in answer.stdout


def test_a_witness_is_named_once(scene: Scene, tmp_path: Path) -> None:
    """Naming it again changes its address; the key of a log is refused."""
    key = str(scene.witness_key)
    run("add-witness", key, "https://one.example")
    answer = run("add-witness", key, "https://two.example/witness")
    status = run("status").stdout

    assert answer.exit_code == 0
    assert ("https://two.example/witness" in status, "one.example" in status) == (True, False)
    assert run("add-witness", str(scene.signer.verifier), "https://x.example").exit_code == 2
    assert run("add-witness", key, "ftp://x.example").exit_code == 2


def test_the_oversight_keys_are_made_once_and_apart(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The public one stays, the private one is written where it can be taken away, readable by nobody else."""
    monkeypatch.setenv("OPENILP_OVERSIGHT_KEY", str(tmp_path / "keys" / "oversight.pub"))
    private = tmp_path / "oversight.key"
    answer, again = (
        run("oversight-key", "--private", str(private)),
        run("oversight-key", "--private", "other"),
    )
    sealed = sealing.seal({"a": "b"}, sealing.public_key((tmp_path / "keys" / "oversight.pub").read_text()))

    assert (answer.exit_code, again.exit_code) == (0, 2)
    assert private.stat().st_mode & 0o077 == 0
    opened = sealing.unseal(sealed.body, sealing.private_key(private.read_text()), sealed.commitment)
    assert opened.detail == {"a": "b"}
