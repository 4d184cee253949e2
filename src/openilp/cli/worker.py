"""The background process: the audit sequencer, its witnesses, and the job queue."""

import asyncio
import signal
import threading
import time
from types import FrameType
from typing import Any

import psycopg

from openilp.cli.running import load_django
from openilp.safeguards.log import cosigning
from openilp.safeguards.log import instance as audit_log
from openilp.safeguards.log.errors import LogError
from openilp.safeguards.log.ledger import AuditLog
from openilp.safeguards.postgres.instance import Instance

_PAUSE_S = 1.0
_RETRY_S = 5.0
#: Jobs that run side by side, so that a long import keeps no alert waiting.
_AT_ONCE = 4
#: A checkpoint is signed after so many events, or so many seconds after the last one.
_SIGN_AFTER = 1000
_SIGN_AFTER_S = 60.0
_WITNESS_S = 5.0
_ERASE_S = 3600.0
_LOOK_S = 0.2
_GRACE_S = 2.0


def sequence(stopping: threading.Event) -> None:
    """Drain the audit outbox into the log and sign it until asked to stop; a lost connection is opened again."""
    while not stopping.is_set():
        try:
            log = audit_log.open_log()
        except LogError as error:
            print(f"openilp worker: audit log: {error}", flush=True)
            stopping.wait(_RETRY_S)
            continue
        try:
            with psycopg.connect(Instance.here().sequencer_dsn(), autocommit=True) as connection:
                connection.execute("SET timezone TO 'UTC'")
                _sequence(connection, log, stopping)
        except (psycopg.OperationalError, LogError) as error:
            print(f"openilp worker: audit sequencer waits: {error}", flush=True)
            stopping.wait(_RETRY_S)
        finally:
            log.close()


def _sequence(connection: psycopg.Connection[Any], log: AuditLog, stopping: threading.Event) -> None:
    from openilp.safeguards import sequencer

    signed_at = erased_at = -_ERASE_S
    while not stopping.wait(_PAUSE_S):
        sequencer.drain(connection, log)
        now = time.monotonic()
        if (waiting := log.unsigned) and (waiting >= _SIGN_AFTER or now - signed_at >= _SIGN_AFTER_S):
            log.publish()
            signed_at = now
        if now - erased_at >= _ERASE_S:
            sequencer.erase_details(connection, older_than_days=audit_log.detail_days())
            erased_at = now
    sequencer.drain(connection, log)
    log.publish()


def witness(stopping: threading.Event) -> None:
    """Ask the witnesses of the log to cosign each new checkpoint; what keeps one from it is said once."""
    said: dict[str, str] = {}
    while not stopping.wait(_WITNESS_S):
        try:
            asked = cosigning.ask_all(audit_log.folder())
        except (LogError, OSError) as error:
            asked = []
            if said.get("") != str(error):
                print(f"openilp worker: witnesses: {error}", flush=True)
            said[""] = str(error)
        for each in asked:
            if each.trouble and said.get(each.witness.url) != each.trouble:
                print(f"openilp worker: witness {each.witness.url}: {each.trouble}", flush=True)
            said[each.witness.url] = each.trouble


async def work(jobs: Any, stopping: threading.Event) -> None:
    """Do what is in the job queue until asked to stop; what runs then may end within `_GRACE_S` seconds."""
    async with jobs.open_async():
        worker = asyncio.create_task(
            jobs.run_worker_async(
                install_signal_handlers=False, concurrency=_AT_ONCE, shutdown_graceful_timeout=_GRACE_S
            )
        )
        while not (stopping.is_set() or worker.done()):
            await asyncio.sleep(_LOOK_S)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=stopping.is_set())


def main() -> None:
    """Run until terminated."""
    load_django()
    from procrastinate.contrib.django import app

    stopping = threading.Event()
    thread = threading.Thread(target=sequence, args=(stopping,), name="sequencer")
    thread.start()
    threading.Thread(target=witness, args=(stopping,), name="witnesses", daemon=True).start()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        connector: Any = app.connector
        with app.replace_connector(connector.get_worker_connector()) as jobs:
            asyncio.run(work(jobs, stopping))
    finally:
        stopping.set()
        thread.join()


if __name__ == "__main__":
    main()
