"""kill -9 in the middle of appending: what was acknowledged is there, the log opens, and it is whole."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openilp.safeguards.log.ledger import AuditLog
from openilp.safeguards.log.notes import ED25519, Signer
from openilp.safeguards.log.verify import verify

_APPENDS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from openilp.safeguards.log.entries import Outboxed
from openilp.safeguards.log.ledger import AuditLog
from openilp.safeguards.log.notes import ED25519, Signer

log = AuditLog(Path(sys.argv[1]), Signer.from_seed("test/audit", ED25519, bytes(32)))
while True:
    log.append([Outboxed(n, datetime.now(UTC), {"action": "x" * 300}) for n in range(300)])
    print(log.size, flush=True)
    log.publish()
"""


@pytest.mark.parametrize("pause_s", [0.011, 0.023, 0.031])
def test_what_was_acknowledged_survives(tmp_path: Path, pause_s: float) -> None:
    """Three times into one log: opened again, continued, verified from the first event to the last."""
    acknowledged = 0
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", _APPENDS, str(tmp_path / "audit")], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline() for _ in range(5)]
            time.sleep(pause_s)
            writer.send_signal(signal.SIGKILL)
            said += writer.stdout.read().splitlines()
        acknowledged = int([line for line in said if line.strip()][-1])
        log = AuditLog(tmp_path / "audit", Signer.from_seed("test/audit", ED25519, bytes(32)))
        size = log.size
        log.publish()
        log.close()
        report = verify(tmp_path / "audit", state=tmp_path / "pins")

        assert size >= acknowledged
        assert (report.problems, report.size) == ((), size)
    assert acknowledged > 0
