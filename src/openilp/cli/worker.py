"""The background process: the audit sequencer and the job queue."""

import signal
import threading
import time
from types import FrameType
from typing import Any

import psycopg

from openilp.cli.running import load_django
from openilp.safeguards.postgres.instance import Instance

_PAUSE_S = 1.0
_RETRY_S = 5.0
#: Jobs that run side by side, so that a long import keeps no alert waiting.
_AT_ONCE = 4


def sequence(stopping: threading.Event) -> None:
    """Drain the audit outbox until asked to stop; a lost connection is opened again."""
    from openilp.safeguards import sequencer

    while not stopping.is_set():
        try:
            with psycopg.connect(Instance.here().sequencer_dsn(), autocommit=True) as connection:
                connection.execute("SET timezone TO 'UTC'")
                while not stopping.wait(_PAUSE_S):
                    sequencer.drain(connection)
                sequencer.drain(connection)
        except psycopg.OperationalError as error:
            print(f"openilp worker: audit sequencer waits for the database: {error}", flush=True)
            stopping.wait(_RETRY_S)


def main() -> None:
    """Run until terminated."""
    load_django()
    from procrastinate.contrib.django import app

    stopping = threading.Event()
    thread = threading.Thread(target=sequence, args=(stopping,), name="sequencer")
    thread.start()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        connector: Any = app.connector
        with app.replace_connector(connector.get_worker_connector()) as jobs:
            runner = threading.Thread(
                target=lambda: jobs.run_worker(install_signal_handlers=False, concurrency=_AT_ONCE),
                name="jobs",
                daemon=True,
            )
            runner.start()
            while not stopping.is_set() and runner.is_alive():
                time.sleep(0.2)
    finally:
        stopping.set()
        thread.join()


if __name__ == "__main__":
    main()
