"""A bundle for a court: one event, the proof that it stands in the log, and all that is needed to check it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from openilp.safeguards.log import checkpoint as checkpoints
from openilp.safeguards.log import court_check, segments, tree
from openilp.safeguards.log.checkpoint import Checkpoint, Cosignature
from openilp.safeguards.log.entries import Entry, read
from openilp.safeguards.log.errors import CannotUnseal, LogError, OutsideTree
from openilp.safeguards.log.hashes import Hashes
from openilp.safeguards.log.ledger import HASHES, SEGMENTS
from openilp.safeguards.log.notes import Note
from openilp.safeguards.log.pins import Policy
from openilp.safeguards.log.published import Published
from openilp.safeguards.log.sealing import Opened
from openilp.safeguards.log.verify import root_of


class NotCovered(LogError):
    """Say that no checkpoint covers an event yet."""

    def __init__(self, seq: int, signed: int) -> None:
        self.seq, self.signed = seq, signed
        super().__init__(
            f"Event {seq} is not covered by a checkpoint yet (the last one is of {signed} events); one is signed "
            "within a minute while the instance runs."
        )


@dataclass(frozen=True)
class Proof:
    """One event with its proof."""

    entry: Entry
    raw: bytes
    path: tuple[bytes, ...]
    made: Checkpoint
    note: Note
    cosigned: tuple[Cosignature, ...]
    policy: Policy


def prove(folder: Path, seq: int, policy: Policy) -> Proof:
    """Find an event and prove that it stands in the log, under the checkpoint with most cosignatures.

    Raises:
        OutsideTree: If there is no such event.
        NotCovered: If no checkpoint covers it yet.
        LogError: If the log does not hold what its checkpoint says.
    """
    folder = root_of(folder)
    hashes = Hashes(folder / HASHES)
    try:
        if not 1 <= seq <= hashes.size:
            raise OutsideTree("Event", seq, hashes.size)
        note, made, cosigned = _best(Published(folder), seq, policy)
        raw = segments.entry(folder / SEGMENTS, seq)
        path = tree.inclusion_proof(seq - 1, made.size, hashes.subtree)
        tree.verify_inclusion(seq - 1, made.size, tree.leaf_hash(raw), path, made.root)
        previous = hashes.leaf(seq - 2).hex() if seq > 1 else "0" * 64
        return Proof(read(raw, seq, previous), raw, tuple(path), made, note, cosigned, policy)
    finally:
        hashes.close()


def _best(published: Published, seq: int, policy: Policy) -> tuple[Note, Checkpoint, tuple[Cosignature, ...]]:
    found: tuple[int, Note, Checkpoint, tuple[Cosignature, ...]] | None = None
    signed = 0
    for note in published.all():
        made = checkpoints.opened(note, policy.keys)
        signed = max(signed, made.size)
        cosigned = checkpoints.cosignatures(note, policy.witnesses)
        if made.size >= seq and (found is None or len(cosigned) >= found[0]):
            found = (len(cosigned), note, made, cosigned)
    if found is None:
        raise NotCovered(seq, signed)
    return found[1:]


def write(proof: Proof, folder: Path, *, detail: Opened | None = None) -> list[Path]:
    """Write a bundle into a folder that does not exist yet.

    Args:
        proof: The event with its proof.
        folder: Where to.
        detail: The sealed detail, where the oversight body has opened it for the court.

    Raises:
        CannotUnseal: If the detail is another one than the log commits to.
        FileExistsError: If the folder exists.
    """
    if detail and detail.commitment != proof.entry.event.get("sealed"):
        raise CannotUnseal(f"The detail is not the one that event {proof.entry.seq} commits to.")
    folder.mkdir(parents=True)
    witnesses = [str(each.witness) for each in proof.cosigned]
    keys = {"origin": proof.policy.origin, "keys": _signers(proof), "witnesses": witnesses}
    files = {
        "event.json": proof.raw.decode() + "\n",
        "proof.json": _json(
            {"seq": proof.entry.seq, "size": proof.made.size, "path": [step.hex() for step in proof.path]}
        ),
        "checkpoint": str(proof.note),
        "keys.json": _json(keys),
        "explanation.md": explanation(proof, detail),
        "verify.py": Path(court_check.__file__).read_text(),
    }
    if detail:
        files["detail.json"] = _json({"salt": detail.salt.hex(), "text": detail.text})
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]


def _signers(proof: Proof) -> list[str]:
    return [str(key) for key in proof.policy.keys if proof.note.by(key)]


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


_LONGEST_SHOWN = 400
_FIELDS = (
    ("actor", "the account that acted, as a random number; the agency's register says whose it is"),
    ("purpose", "the matter that it acted for, or the named reason"),
    ("action", "the page that was opened, or the verb"),
    ("operation", "the kind of processing (Directive (EU) 2016/680, Article 25)"),
    ("outcome", "whether it was done, refused, or failed"),
    ("delivered", "the records that were handed out, by kind, as random numbers"),
    ("counted", "how many records a figure was computed from"),
    ("writes", "what was written, with the records"),
    ("request", "the request, as a random number"),
    ("sealed", "commitment to a detail that only the oversight body can open"),
)


def explanation(proof: Proof, detail: Opened | None = None) -> str:
    """Return in words what a bundle shows, what it does not, and how to check it."""
    entry, made = proof.entry, proof.made
    facts = [
        f"| `{name}` | {means} | `{_shown(entry.event[name])}` |"
        for name, means in _FIELDS
        if name in entry.event
    ]
    seen = [f"- **{c.witness.name}**, on {_date(c.at)}; key {c.witness.fingerprint}" for c in proof.cosigned]
    keys = [f"- `{key}`: {key.fingerprint}" for key in proof.policy.keys if proof.note.by(key)]
    opened = ["", "## The detail that was opened", "", f"    {detail.text}"] if detail else []
    witnesses = seen or [
        "- nobody. Without a witness, this shows what the agency's key has signed; whoever holds that key could have",
        "  signed another log beside it.",
    ]
    return "\n".join(
        [
            f"# Event {entry.seq} of the log {made.origin}",
            "",
            f"On {entry.at:%d %B %Y at %H:%M:%S} UTC the system recorded the following.",
            "`event.json` holds the very bytes.",
            "",
            "| field | means | value |",
            "| --- | --- | --- |",
            *facts,
            *opened,
            "",
            "## What this bundle shows",
            "",
            f"That this event, exactly so, is number {entry.seq} of a log of {made.size} events which the agency's key",
            "has signed. Every event of the log enters into one number of 32 bytes, the root. `proof.json` holds the",
            "few intermediate numbers that lead from this event to the root; nothing else of the log can be learnt",
            "from them. If one letter of the event, its time or its place were another, they would lead to another",
            "root.",
            "",
            "The following witnesses, who are not the agency, had seen this log when they signed, and sign only where",
            "it continues all that they had seen before:",
            "",
            *witnesses,
            "",
            "## What it does not show",
            "",
            "- That what was recorded is true: it shows what the system recorded, unchanged since.",
            "- That nothing happened beside the system, or that other events do not exist.",
            "- Who sat before the screen: the event names an account.",
            "",
            "## How to check it",
            "",
            "1. Ask the oversight body, by another way than this bundle, for the fingerprints of the keys:",
            "",
            *keys,
            "",
            "2. Run `python3 verify.py` in this folder, on any computer with Python 3.9 or later. It needs no network.",
            "   The last line must read: *All of it holds.*",
            "3. An expert can do the same by hand: RFC 9162 section 2.1 for the tree, RFC 8032 for the signatures;",
            "   `verify.py` is short enough to be read.",
            "",
        ]
    )


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]} … (whole in event.json)"
    return shown.replace("|", "\\|").replace("`", "'")


def _date(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%d %B %Y at %H:%M:%S} UTC"
