"""The bundle for a court: it holds by its own program, and no longer when anything in it is another."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from openilp.safeguards.log import bundle, court_check, sealing
from openilp.safeguards.log.entries import Outboxed
from openilp.safeguards.log.errors import CannotUnseal, OutsideTree
from openilp.safeguards.log.pins import Policy
from openilp.safeguards.log.published import Identity
from tests.safeguards.log.conftest import Scene


def made(scene: Scene, seq: int, name: str = "bundle") -> Path:
    """Write a bundle."""
    policy = Policy.of(Identity.read(scene.audit))
    bundle.write(bundle.prove(scene.audit, seq, policy), scene.folder / name)
    return scene.folder / name


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the bundle's own program, alone: no site packages, no environment."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py")],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("seq", [1, 199, 200, 201, 256, 600])
def test_a_bundle_holds_by_itself(scene: Scene, seq: int) -> None:
    """First, last, and on both sides of a checkpoint; the program needs nothing but Python [LEG-02]."""
    answer = checked(made(scene, seq))

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"event {seq} stands, as it is here, in the log of 600 events" in answer.stdout
    assert "witness 'oversight.example/w1' has cosigned it" in answer.stdout
    assert answer.stdout.endswith("All of it holds.\n")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("event.json", '"done"', '"dont"'),
        ("event.json", '"seq":300', '"seq":301'),
        ("proof.json", '"seq": 300', '"seq": 301'),
        ("checkpoint", "\n600\n", "\n601\n"),
        ("checkpoint", "agency.example/audit\n600", "other.example/audit\n600"),
        ("keys.json", "agency.example/audit", "other.example/audit"),
    ],
)
def test_a_bundle_that_was_changed_does_not_hold(scene: Scene, file: str, old: str, new: str) -> None:
    """Whatever it is that was changed."""
    folder = made(scene, 300)
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    answer = checked(folder)

    assert answer.returncode != 0
    assert "All of it holds." not in answer.stdout


def test_a_signature_that_was_changed_does_not_hold(scene: Scene) -> None:
    """The root of another log under the same lines."""
    folder = made(scene, 300)
    lines = (folder / "checkpoint").read_text().splitlines(keepends=True)
    lines[2] = lines[2].translate(str.maketrans("AB", "BA"))
    (folder / "checkpoint").write_text("".join(lines))
    answer = checked(folder)

    assert answer.returncode == 1
    assert "DOES NOT HOLD" in answer.stdout


def test_a_bundle_that_cannot_be_read_says_so(scene: Scene) -> None:
    """2, as everywhere."""
    folder = made(scene, 300)
    (folder / "proof.json").unlink()

    assert checked(folder).returncode == 2


def test_the_explanation_names_what_was_recorded_and_who_witnessed(scene: Scene) -> None:
    """In words, with the limits."""
    text = (made(scene, 300) / "explanation.md").read_text()

    assert "# Event 300 of the log agency.example/audit" in text
    assert "oversight.example/w1" in text
    assert "What it does not show" in text
    assert scene.signer.verifier.fingerprint in text


def test_without_a_witness_the_explanation_says_what_that_means(scene: Scene) -> None:
    """A court is not told more than is so."""
    policy = Policy("agency.example/audit", (scene.signer.verifier,))
    text = bundle.explanation(bundle.prove(scene.audit, 300, policy))

    assert "nobody. Without a witness" in text


def test_an_opened_detail_is_held_against_the_log(scene: Scene) -> None:
    """The court sees the words of the search, and that they are those that were sealed then."""
    private, public = sealing.key_pair()
    sealed = sealing.seal({"asked": "q=Brown"}, sealing.public_key(public))
    scene.log.append(
        [Outboxed(1, scene.now + timedelta(seconds=1), {"action": "search", "sealed": sealed.commitment})]
    )
    scene.now += timedelta(seconds=1)
    scene.publish()
    opened = sealing.unseal(sealed.body, sealing.private_key(private), sealed.commitment)
    policy = Policy.of(Identity.read(scene.audit))
    bundle.write(bundle.prove(scene.audit, 601, policy), scene.folder / "opened", detail=opened)
    answer = checked(scene.folder / "opened")
    detail = json.loads((scene.folder / "opened" / "detail.json").read_text())
    (scene.folder / "opened" / "detail.json").write_text(json.dumps(detail | {"text": '{"asked":"q=Green"}'}))

    assert "the opened detail is the one that was sealed then" in answer.stdout
    assert answer.returncode == 0
    assert checked(scene.folder / "opened").returncode == 1
    with pytest.raises(CannotUnseal):
        bundle.write(bundle.prove(scene.audit, 600, policy), scene.folder / "wrong", detail=opened)


def test_what_is_not_there_or_not_signed_has_no_bundle(scene: Scene) -> None:
    """The messages count as people do."""
    policy = Policy.of(Identity.read(scene.audit))
    with pytest.raises(OutsideTree, match="Event 601 is not in a log of 600 events"):
        bundle.prove(scene.audit, 601, policy)
    scene.record(1)
    with pytest.raises(bundle.NotCovered, match="the last one is of 600 events"):
        bundle.prove(scene.audit, 601, policy)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 63), st.integers(1, 255))
def test_the_readable_ed25519_agrees_with_the_library(
    seed: bytes, message: bytes, at: int, flip: int
) -> None:
    """RFC 8032 written out, beside OpenSSL: what one accepts the other made, and one bit is enough to refuse."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    wrong = bytearray(signature)
    wrong[at] ^= flip

    assert court_check.signed_by(public, message, signature)
    assert not court_check.signed_by(public, message + b"x", signature)
    assert not court_check.signed_by(public, message, bytes(wrong))


def test_the_vectors_of_rfc_8032_hold() -> None:
    """Section 7.1, tests 1 and 2."""
    for public, message, signature in (
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                "d25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                "387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
    ):
        assert court_check.signed_by(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))
