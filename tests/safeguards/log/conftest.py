"""A log with a witness, made in a folder: real files, real keys, no database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from openilp.safeguards.log import cosigning, witness
from openilp.safeguards.log.entries import Outboxed
from openilp.safeguards.log.ledger import AuditLog
from openilp.safeguards.log.notes import ED25519, Signer
from openilp.safeguards.log.published import Identity
from openilp.safeguards.log.published import Witness as Named
from openilp.safeguards.log.verify import Report, verify
from openilp.safeguards.log.witness import Answer, Witness

BEGUN = datetime(2026, 3, 1, 8, tzinfo=UTC)
ORIGIN = "agency.example/audit"
KEY = bytes(range(32))


@dataclass
class Scene:
    """A log, its witness, a verifier's pins, and a clock that is moved by hand."""

    folder: Path
    now: datetime = BEGUN
    log: AuditLog = field(init=False)
    witness: Witness = field(init=False)

    def __post_init__(self) -> None:
        self.begin(self.folder / "audit")
        self.witness_folder = self.folder / "witness"
        self.witness_key = witness.found(self.witness_folder, "oversight.example/w1")
        witness.trust(self.witness_folder, self.signer.verifier)
        self.open_witness()
        self.name_witness(self.log.folder)

    @property
    def signer(self) -> Signer:
        """The log's key: a thief has it too."""
        return Signer.from_seed(ORIGIN, ED25519, KEY)

    @property
    def audit(self) -> Path:
        """The folder of the log."""
        return self.folder / "audit"

    def begin(self, folder: Path) -> None:
        """Open a log in a folder as the one that events go to."""
        self.log = AuditLog(folder, self.signer)

    def name_witness(self, folder: Path) -> None:
        """Write the witness into the identity of a log."""
        known = Identity.read(folder)
        Identity(known.origin, known.keys, (Named(self.witness_key, "test"),)).write(folder)

    def open_witness(self) -> None:
        """Start the witness."""
        self.witness = Witness(self.witness_folder, clock=lambda: self.now.timestamp())

    def record(self, count: int, *, apart: timedelta = timedelta(seconds=1), **facts: Any) -> None:
        """Append events, each at its time."""
        waiting = []
        for _ in range(count):
            self.now += apart
            number = self.log.size + len(waiting) + 1
            event = {"v": 1, "request": str(UUID(int=number)), "action": "test", "outcome": "done", **facts}
            waiting.append(Outboxed(number, self.now, event))
        self.log.append(waiting)

    def send(self, url: str, body: bytes) -> Answer:
        """Ask the witness without a network."""
        assert url == "test"
        return self.witness.add_checkpoint(body)

    def publish(self, *, cosigned: bool = True) -> list[cosigning.Asked]:
        """Sign the log, and have it cosigned."""
        self.log.publish()
        return self.cosign() if cosigned else []

    def cosign(self) -> list[cosigning.Asked]:
        """Ask the witness."""
        return cosigning.ask_all(self.log.folder, sender=self.send, now=lambda: self.now.timestamp())

    def verify(self, folder: Path | None = None, **more: Any) -> Report:
        """Verify as the same verifier."""
        return verify(folder or self.log.folder, state=self.folder / "pins", **{"now": self.now} | more)

    def close(self) -> None:
        """Stop log and witness."""
        self.log.close()
        self.witness.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A log of 600 events in three checkpoints, cosigned, whole."""
    made = Scene(tmp_path)
    for _ in range(3):
        made.record(200)
        made.publish()
    yield made
    made.close()
