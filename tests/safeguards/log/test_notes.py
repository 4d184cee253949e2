"""Signed notes, checkpoints and cosignatures: the published examples, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.safeguards.log import checkpoint as checkpoints
from openilp.safeguards.log import notes
from openilp.safeguards.log.checkpoint import Checkpoint
from openilp.safeguards.log.errors import KeyBroken, NoteBroken, NotSigned, SignatureWrong
from openilp.safeguards.log.notes import COSIGNATURE_ED25519, ED25519, Signer, Verifier

#: The example of the package that signed notes come from (golang.org/x/mod/sumdb/note).
NEUMANN = Verifier.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
PROBLEM = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
LOG = Signer.from_seed("agency.example/audit", ED25519, bytes(range(32)))
WITNESS = Signer.from_seed("oversight.example/witness", COSIGNATURE_ED25519, bytes(range(1, 33)))
MADE = Checkpoint("agency.example/audit", 42, bytes(range(32)))


def test_the_published_note_is_read_and_believed() -> None:
    """Key id, text and signature are those of the format's own example."""
    note = notes.parse(PROBLEM)

    assert notes.verified(note, [NEUMANN]) == (NEUMANN,)
    assert str(note) == PROBLEM
    assert str(NEUMANN) == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_a_changed_text_is_not_believed() -> None:
    """One letter is enough."""
    with pytest.raises(SignatureWrong):
        notes.verified(notes.parse(PROBLEM.replace("answer", "Answer")), [NEUMANN])


def test_signatures_of_unknown_keys_are_ignored() -> None:
    """They neither help nor harm."""
    note = notes.parse(checkpoints.signed(MADE, LOG) + PROBLEM.splitlines()[-1] + "\n")

    assert checkpoints.opened(note, [LOG.verifier]) == MADE
    with pytest.raises(NotSigned):
        checkpoints.opened(note, [Signer.from_seed(LOG.name, ED25519, bytes(32)).verifier])


def test_a_log_signs_under_its_own_origin_only() -> None:
    """The key of one log does not speak for another."""
    other = Checkpoint("another.example/audit", 42, MADE.root)

    with pytest.raises(NotSigned):
        checkpoints.opened(notes.parse(checkpoints.signed(other, LOG)), [LOG.verifier])


def test_a_cosignature_binds_text_and_time() -> None:
    """cosignature/v1: an older time or another size is another message."""
    line = checkpoints.cosign(MADE.text, WITNESS, 1_700_000_000)
    note = notes.parse(checkpoints.signed(MADE, LOG) + line)
    (found,) = checkpoints.cosignatures(note, [WITNESS.verifier])

    assert (found.witness, found.at) == (WITNESS.verifier, 1_700_000_000)
    larger = Checkpoint(MADE.origin, 43, MADE.root)
    with pytest.raises(SignatureWrong):
        checkpoints.cosignatures(notes.parse(checkpoints.signed(larger, LOG) + line), [WITNESS.verifier])
    (own,) = note.by(WITNESS.verifier)
    dated = notes.signature_line(own.name, own.key_id, (1_600_000_000).to_bytes(8, "big") + own.body[8:])
    with pytest.raises(SignatureWrong):
        checkpoints.cosignatures(notes.parse(checkpoints.signed(MADE, LOG) + dated), [WITNESS.verifier])


def test_a_cosignature_is_no_signature_of_a_log() -> None:
    """The type stands in the key id: a witness's key used as a log's is another key."""
    as_log = Verifier(WITNESS.name, ED25519, WITNESS.verifier.public)

    assert as_log.key_id != WITNESS.verifier.key_id


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "no signatures\n",
        "text\n\n",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n— name\n",
        "text\n\n— name !!!!\n",
        "text\n\n— name AAAA\n",
        "te\txt\n\n— name AAAAAAAA\n",
        b"\xff\n\n\xe2\x80\x94 name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 33,
        "x" * 70_000,
    ],
)
def test_what_is_no_note_is_refused_in_words(broken: str | bytes) -> None:
    """Bad input ends in one error, whatever it is."""
    with pytest.raises(NoteBroken):
        notes.parse(broken)


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        "origin\n01\nAAAA\n",
        "origin\n-1\nAAAA\n",
        "origin\n1\nAAAA\n",
        "origin\n1\n!\n",
        f"{MADE.text}extension\n",
        "\n1\n" + MADE.text.split("\n")[2] + "\n",
        "origin\n99999999999999999999\n" + MADE.text.split("\n")[2] + "\n",
    ],
)
def test_what_is_no_checkpoint_is_refused_in_words(text: str) -> None:
    """Three lines, no more: nobody could audit an extension."""
    with pytest.raises(NoteBroken):
        Checkpoint.of(notes.Note(text, ()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        "a+00000000+AAAA",
        "a b+00000000+AAAA",
        str(NEUMANN).replace("c74f20a3", "c74f20a4"),
        "a+b+!",
    ],
)
def test_what_is_no_key_is_refused_in_words(text: str) -> None:
    """An id that is not that of name and key is a typing error, or a forgery."""
    with pytest.raises(KeyBroken):
        Verifier.parse(text)


@given(st.integers(0, 2**62), st.binary(min_size=32, max_size=32), st.integers(0, 2**62))
def test_what_is_signed_is_read_back(size: int, root: bytes, at: int) -> None:
    """Any checkpoint, any time."""
    made = Checkpoint(LOG.name, size, root)
    note = notes.parse(checkpoints.signed(made, LOG) + checkpoints.cosign(made.text, WITNESS, at))

    assert checkpoints.opened(note, [LOG.verifier]) == made
    assert [each.at for each in checkpoints.cosignatures(note, [WITNESS.verifier])] == [at]
