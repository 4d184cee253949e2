"""What is wrong with an installation, in words, and how to mend it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import DatabaseError

from openilp.cli import running
from openilp.safeguards.postgres.bootstrap import APP, CORRIDOR_SCHEMA, OLDEST_MAJOR, OWNER, SEQUENCER
from openilp.safeguards.postgres.instance import Instance

_FREE_GIB = 2
_CLOCK_DRIFT_S = 5.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    is_well: bool
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at disk, database, role, row security, locale, clock and keys."""
    found = [_disk(), _keys()]
    try:
        running.open_database()
    except Exception as error:  # noqa: BLE001  (whatever keeps it from opening is the finding)
        remedy = "Start the server, or correct DATABASE_URL; the message above says which."
        return [*found, Finding(f"database does not open: {error}", False, remedy)]
    return [*found, *look()]


def look() -> list[Finding]:
    """Look at the opened database and what goes with it."""
    checks: tuple[Callable[[], Finding], ...] = (
        _role,
        _version,
        _row_security,
        _locale,
        _clock,
        _outbox,
        _audit_log,
        _corridor,
    )
    return [_checked(check) for check in checks]


def _checked(check: Callable[[], Finding]) -> Finding:
    """Return what a check finds; one that cannot be done is a finding too."""
    try:
        return check()
    except (psycopg.Error, DatabaseError) as error:
        what = check.__name__.strip("_").replace("_", " ")
        return Finding(f"{what}: could not be looked at: {error}", False, "Mend what the message names.")


def _corridor() -> Finding:
    """Look whether the source desk is shut: no application role gets in, and its own role gets nowhere else."""
    from django.db import connections

    said = "SELECT has_schema_privilege(%s, %s, 'USAGE')"
    with connections["corridor"].cursor() as cursor:
        cursor.execute(
            "SELECT current_user, count(*) FILTER (WHERE relrowsecurity AND relforcerowsecurity), count(*)"
            " FROM pg_class WHERE relnamespace = 'corridor'::regnamespace AND relkind = 'r'"
            " AND relname LIKE 'corridor%%'"
        )
        role, forced, tables = cursor.fetchone()
        open_to = [name for name in (APP, SEQUENCER, OWNER) if _one(cursor, said, [name, CORRIDOR_SCHEMA])]
        reaches = _one(cursor, said, [role, "public"])
    what = f"source desk: {forced} of {tables} tables under row security as '{role}'"
    if open_to:
        return Finding(
            f"{what}; open to {', '.join(open_to)}", False, "Revoke USAGE on schema corridor from them."
        )
    if reaches:
        return Finding(
            f"{what}; its role reaches the rest", False, f"Revoke USAGE on schema public from {role}."
        )
    return Finding(
        what, bool(tables) and forced == tables, "Start OpenILP once more; it writes the rules anew."
    )


def _one(cursor: Any, sql: str, parameters: list[str]) -> bool:
    cursor.execute(sql, parameters)
    return bool(cursor.fetchone()[0])


def _disk() -> Finding:
    home = Instance.here().home
    free = shutil.disk_usage(home if home.exists() else home.parent).free / 2**30
    return Finding(
        f"disk: {free:.0f} GiB free at {home}", free >= _FREE_GIB, f"Free at least {_FREE_GIB} GiB there."
    )


def _keys() -> Finding:
    folder = Instance.here().home / "keys"
    wide = [p.name for p in folder.glob("*.key") if p.stat().st_mode & 0o077] if folder.exists() else []
    remedy = f"chmod 600 {folder}/*.key, and replace these keys if others have accounts on this machine."
    return Finding(
        f"keys: {'readable by others: ' + ', '.join(wide) if wide else 'closed'}", not wide, remedy
    )


def _ask(sql: str) -> tuple[object, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[object, ...] = cursor.fetchone()
        return row


def _role() -> Finding:
    from openilp.safeguards.errors import UnsafeDatabaseRole
    from openilp.safeguards.postgres.startup import check_role

    try:
        check_role()
    except UnsafeDatabaseRole as error:
        return Finding(
            str(error), False, "Put the application role into DATABASE_URL, never owner or superuser."
        )
    return Finding(f"database role: {_ask('SELECT current_user')[0]}, bound by row security", True)


def _version() -> Finding:
    number = int(str(_ask("SHOW server_version_num")[0])) // 10_000
    return Finding(
        f"PostgreSQL {number}", number >= OLDEST_MAJOR, f"Move to PostgreSQL {OLDEST_MAJOR} or later."
    )


def _row_security() -> Finding:
    from openilp.safeguards.postgres.tables import TableClass, managed_models, table_class

    plain = {TableClass.PLAIN, TableClass.LOOKUP}
    wanted = {m._meta.db_table for m in managed_models() if table_class(m) not in plain}
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        held = {name for (name,) in cursor.fetchall()}
    missing = sorted(wanted - held)
    what = f"row security: forced on {len(wanted & held)} of {len(wanted)} tables"
    return Finding(
        what + (f"; not on {', '.join(missing)}" if missing else ""), not missing, "Run the migrations again."
    )


def _locale() -> Finding:
    folded = _ask(
        "SELECT lower('ӨҮЖ') = 'өүж' AND to_tsvector('simple', 'ӨҮЖ') @@ to_tsquery('simple', 'өүж')"
    )[0]
    remedy = "Make the database with LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' and restore into it."
    return Finding("locale: folds Cyrillic and Mongolian letters", bool(folded), remedy)


def _clock() -> Finding:
    there = _ask("SELECT clock_timestamp()")[0]
    drift = abs((datetime.now(UTC) - there).total_seconds()) if isinstance(there, datetime) else 0.0
    remedy = "Set both clocks by the same time server; the audit log lives by them."
    return Finding(
        f"clock: {drift:.1f} s between this machine and the database", drift <= _CLOCK_DRIFT_S, remedy
    )


def _outbox() -> Finding:
    with psycopg.connect(Instance.here().sequencer_dsn()) as connection:
        row = connection.execute(
            "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0) FROM safeguards_audit_outbox"
        ).fetchone()
    waiting = float(row[0]) if row else 0.0
    serving = running.running_pid() is not None
    remedy = "The worker does not drain the audit outbox: restart `openilp serve`, and read what it prints."
    return Finding(f"audit outbox: oldest event waits {waiting:.0f} s", not serving or waiting < 60, remedy)


def _audit_log() -> Finding:
    from openilp.safeguards.log import instance
    from openilp.safeguards.log.checkpoint import Checkpoint
    from openilp.safeguards.log.errors import LogError
    from openilp.safeguards.log.published import Identity, Published

    if not instance.folder().exists():
        return Finding("audit log: not begun; the worker of `openilp serve` begins it", True)
    try:
        identity, published = Identity.read(instance.folder()), Published(instance.folder())
        latest = published.latest()
    except LogError as error:
        return Finding(
            f"audit log: {error}", False, "Run `openilp audit verify`, and leave the folder as it is."
        )
    trouble = [each.trouble for each in published.standings().values() if each.trouble]
    signed = Checkpoint.of(latest).size if latest else 0
    what = f"audit log: {signed} events signed, {len(identity.witnesses)} witnesses"
    if trouble:
        return Finding(
            f"{what}; {trouble[0]}", False, "Tell whoever runs the witness; see `openilp audit status`."
        )
    return Finding(what, True)
