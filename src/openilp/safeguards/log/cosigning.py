"""How the log asks its witnesses, and notices one that has forgotten what it cosigned."""

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from openilp.safeguards.log import checkpoint as checkpoints
from openilp.safeguards.log import notes, tree
from openilp.safeguards.log.checkpoint import Checkpoint
from openilp.safeguards.log.errors import LogError, NoteBroken, WitnessRefused, WitnessRolledBack
from openilp.safeguards.log.hashes import Hashes
from openilp.safeguards.log.ledger import HASHES
from openilp.safeguards.log.notes import Note
from openilp.safeguards.log.published import Identity, Published, Standing, Witness
from openilp.safeguards.log.witness import Answer, Request

#: Sends a request body to a witness's address and returns its answer.
Sender = Callable[[str, bytes], Answer]
_TIMEOUT_S = 10.0
_LARGEST_ANSWER = 64 * 1024


@dataclass(frozen=True)
class Asked:
    """What came of asking one witness: its cosignature line, or the trouble with it."""

    witness: Witness
    line: str
    trouble: str = ""


def send(url: str, body: bytes) -> Answer:
    """Send a request to a witness over HTTP.

    Raises:
        OSError: If it cannot be reached.
        WitnessRefused: If the address is none.
    """
    parts = urlsplit(url)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    if parts.scheme not in kinds or not parts.hostname:
        raise WitnessRefused(url, 0, "the address must begin with https:// or http://.")
    connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=_TIMEOUT_S)
    try:
        connection.request("POST", f"{parts.path.rstrip('/')}/add-checkpoint", body)
        answer = connection.getresponse()
        text = answer.read(_LARGEST_ANSWER).decode("utf-8", errors="replace")
        return Answer(answer.status, text, answer.headers.get("Content-Type", ""))
    except http.client.HTTPException as error:
        raise WitnessRefused(url, 0, f"it does not speak HTTP: {error!r}") from error
    finally:
        connection.close()


def ask_all(folder: Path, *, sender: Sender = send, now: Callable[[], float] = time.time) -> list[Asked]:
    """Ask every witness of a log to cosign its latest checkpoint, and publish the note with what they answered.

    A witness that cannot be reached or refuses is noted with its trouble and asked again the next time.
    """
    published, identity = Published(folder), Identity.read(folder)
    note = published.latest()
    if note is None:
        return []
    made = Checkpoint.of(note)
    waiting = [w for w in identity.witnesses if not checkpoints.cosignatures(note, [w.key])]
    if not waiting:
        return []
    hashes = Hashes(folder / HASHES)
    try:
        asked = [_ask(w, note, made, hashes, published, sender, now) for w in waiting]
    finally:
        hashes.close()
    if lines := "".join(each.line for each in asked):
        published.add(notes.parse(str(note) + lines))
    return asked


def _ask(
    witness: Witness,
    note: Note,
    made: Checkpoint,
    hashes: Hashes,
    published: Published,
    sender: Sender,
    now: Callable[[], float],
) -> Asked:
    before = published.standings().get(str(witness.key), Standing())
    try:
        line = _cosigned(witness, note, made, hashes, before.cosigned, sender)
    except (OSError, LogError) as error:
        published.note_standing(witness.key, Standing(before.cosigned, before.at, str(error)))
        return Asked(witness, "", str(error))
    published.note_standing(witness.key, Standing(made.size, int(now())))
    return Asked(witness, line)


def _cosigned(
    witness: Witness, note: Note, made: Checkpoint, hashes: Hashes, old: int, sender: Sender
) -> str:
    """Return the cosignature line, asked from the size that the witness cosigned last as far as the log knows.

    Raises:
        WitnessRolledBack: If the witness remembers less than that.
        WitnessRefused: If it does not cosign.
    """
    answer = _asked_from(witness, old, note, made, hashes, sender)
    if (remembers := _remembered(witness, answer)) is not None:
        if remembers < old:
            raise WitnessRolledBack(witness.key.name, remembers, old)
        if old < remembers <= made.size:
            answer = _asked_from(witness, remembers, note, made, hashes, sender)
    if (remembers := _remembered(witness, answer)) is not None:
        why = f"it has cosigned a log of {remembers} events that this one is not the continuation of."
        raise WitnessRefused(witness.key.name, answer.status, why)
    if answer.status != 200:
        raise WitnessRefused(witness.key.name, answer.status, answer.text.strip()[:300])
    return _own_line(witness, note, answer)


def _asked_from(
    witness: Witness, old: int, note: Note, made: Checkpoint, hashes: Hashes, sender: Sender
) -> Answer:
    proof = tree.consistency_proof(old, made.size, hashes.subtree)
    return sender(witness.url, Request(old, tuple(proof), note).body)


def _own_line(witness: Witness, note: Note, answer: Answer) -> str:
    """Return the witness's line of an answer; lines of unknown keys are ignored."""
    try:
        lines = notes.parse(note.text + "\n" + answer.text).by(witness.key)
        checkpoints.cosignatures(Note(note.text, lines), [witness.key])
    except NoteBroken as error:
        raise WitnessRefused(witness.key.name, answer.status, str(error)) from error
    if not lines:
        raise WitnessRefused(witness.key.name, answer.status, "the answer holds no cosignature by its key.")
    return lines[0].line


def _remembered(witness: Witness, answer: Answer) -> int | None:
    """Return the size that a witness names when it was asked from another one."""
    if answer.status != 409 or not answer.content_type.startswith("text/x.tlog.size"):
        return None
    text = answer.text.strip()
    if not (text.isascii() and text.isdigit()):
        raise WitnessRefused(witness.key.name, answer.status, f"'{text[:40]}' is no size.")
    return int(text)
