"""The audit log: events a second into it and out of it, and who saw a record among a million events.

Appending is the whole way: from the outbox of a durable database, through the log on disk (fsync a batch), into the
searched table with its index. Verification is `openilp audit verify` with all that it checks.
"""

import os
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

EVENTS = int(os.environ.get("OPENILP_BENCHMARK_EVENTS", "200000"))
SEARCHED = int(os.environ.get("OPENILP_BENCHMARK_SEARCHED", "1000000"))
LEAST_APPENDED = 5_000.0
LEAST_VERIFIED = 100_000.0
MOST_SECONDS = 5.0
RUNS = 3
#: One request as the middleware writes it: a list of ten rows, ids out of 100,000 records, 300 accounts.
_EVENT = """jsonb_build_object(
    'v', 1, 'request', gen_random_uuid(), 'actor', md5(mod(n, 300)::text)::uuid, 'purpose', md5(mod(n, 40)::text)::uuid,
    'action', 'collection.reports', 'operation', 'consultation', 'outcome', 'done',
    'delivered', jsonb_build_object('report', (SELECT jsonb_agg(md5('r' || mod(n * 7919 + k * 104729, 100000))::uuid)
        FROM generate_series(1, 10) k)),
    'counted', '{}'::jsonb, 'writes', '[]'::jsonb)"""
_FILL = f"INSERT INTO safeguards_audit_outbox (event) SELECT {_EVENT} FROM generate_series(1, %s) n"
_SEARCHED = f"""INSERT INTO safeguards_auditevent (seq, at, event, previous, digest, touched)
    SELECT n, now() - interval '30 days' * (1 - n / %s::float), {_EVENT}, '', '',
        (SELECT array_agg(md5('r' || mod(n * 7919 + k * 104729, 100000))::uuid) FROM generate_series(1, 10) k)
    FROM generate_series((SELECT max(seq) + 1 FROM safeguards_auditevent), %s) n"""


def appended(owner: psycopg.Connection[Any]) -> float:
    """Return the events a second from outbox to log and table."""
    from openilp.safeguards import sequencer
    from openilp.safeguards.log import instance
    from openilp.safeguards.postgres.instance import Instance

    owner.execute(_FILL, [EVENTS])
    log = instance.open_log()
    with psycopg.connect(Instance.here().sequencer_dsn(), autocommit=True) as connection:
        connection.execute("SET timezone TO 'UTC'")
        begun = time.perf_counter()
        moved = 0
        while moved < EVENTS:
            moved += sequencer.drain(connection, log)
        log.publish()
        seconds = time.perf_counter() - begun
    log.close()
    return EVENTS / seconds


def verified(pins: Path) -> float:
    """Return the events a second of a whole verification, the best of some runs."""
    from openilp.safeguards.log import instance
    from openilp.safeguards.log.verify import verify

    reports = [verify(instance.folder(), state=pins) for _ in range(RUNS)]
    if any(report.problems or report.size != EVENTS for report in reports):
        raise SystemExit(f"The log is not whole: {reports[-1].problems}")
    return max(report.size / report.seconds for report in reports)


def asked(owner: psycopg.Connection[Any]) -> float:
    """Return the median seconds of the question who saw a record in a month of a million events."""
    from django.utils import timezone

    from openilp.safeguards import trail
    from openilp.safeguards.acting import acting
    from openilp.safeguards.models import Unit
    from openilp.safeguards.people import actor_for, make_account
    from openilp.safeguards.roles import Role

    if EVENTS < SEARCHED:
        owner.execute(_SEARCHED, [SEARCHED, SEARCHED])
    owner.execute("ANALYZE safeguards_auditevent")
    unit = Unit.objects.create(code="HQ", name="Headquarters", organisation_level="national")
    user = make_account(
        username="overseer",
        full_name="Overseer",
        unit=unit,
        roles=[Role.OVERSIGHT],
        clearance=0,
        password="measured openly 1",  # noqa: S106  (of a throw-away instance; not a secret: benchmark)
    )
    actor, now, times = actor_for(user), timezone.now(), []
    (record,) = owner.execute("SELECT md5('r7')::uuid").fetchone() or (None,)
    for _ in range(5):
        begun = time.perf_counter()
        with acting(actor, "benchmark"):
            found = trail.who_saw(record, actor=actor, since=now - timedelta(days=31), until=now)
        times.append(time.perf_counter() - begun)
    if not found.rows:
        raise SystemExit("The question found nothing; the benchmark measures nothing.")
    return statistics.median(times)


def main() -> int:
    """Print the three figures; 1 if one of them is not reached."""
    with tempfile.TemporaryDirectory(prefix="openilp-audit-") as home:
        Path(home).chmod(0o711)
        os.environ["OPENILP_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openilp.web.settings")
        from openilp.cli.running import open_database
        from openilp.safeguards.postgres.bootstrap import OWNER
        from openilp.safeguards.postgres.instance import Instance

        open_database()
        server = Instance.here().server
        try:
            dsn = server.dsn(user=OWNER, dbname="openilp")
            with psycopg.connect(dsn, autocommit=True, options="-c app.migrating=on") as owner:
                rate = appended(owner)
                speed = verified(Path(home) / "pins")
                seconds = asked(owner)
        finally:
            server.stop()
    lines = (
        (f"appended, events/s, of {EVENTS:,}", rate, LEAST_APPENDED, rate >= LEAST_APPENDED),
        (f"verified, events/s, of {EVENTS:,}", speed, LEAST_VERIFIED, speed >= LEAST_VERIFIED),
        (f"who saw a record, s, of {SEARCHED:,}", seconds, MOST_SECONDS, seconds <= MOST_SECONDS),
    )
    if (load := os.getloadavg()[0]) > (os.cpu_count() or 1):
        print(
            f"# The machine was busy (load {load:.1f} on {os.cpu_count()} processors); measure again when it is not."
        )
    for what, figure, limit, is_kept in lines:
        print(f"{what:<40}{figure:>12,.3f}   limit {limit:>10,.0f}   {'kept' if is_kept else 'NOT KEPT'}")
    return 0 if all(is_kept for *_, is_kept in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
