"""Take a backup of a running instance: database first, then files and audit log, which only ever grow.

A row never names a file that is not on the disk, and an event leaves the outbox only after the log has it: what is
copied after the database holds at least all that the database knows of.
"""

import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from openilp import __version__
from openilp.cli.backups import manifest as manifests
from openilp.cli.backups.errors import KeysInBackup, NoBackupRole, TargetNotEmpty
from openilp.cli.backups.manifest import Manifest
from openilp.safeguards.log import instance as audit_log
from openilp.safeguards.log.hashes import Hashes
from openilp.safeguards.log.ledger import HASHES, LOCK, SEGMENTS
from openilp.safeguards.postgres import copies
from openilp.safeguards.postgres.binaries import installed_version
from openilp.safeguards.postgres.instance import CONFIGURATION, Instance, configured

BASE, DUMP = "base", "dump"
DATABASE, DUMP_FILE, AUDIT, HOME, KEYS = "database", "database.dump", "audit", "home", "keys"
#: What of a home is no part of a backup: the database has its own copy, the rest is made anew or is secret.
_LEFT_OUT = ("database", "postgres-", "server.pid", "static", KEYS, CONFIGURATION, "audit", "backups", ".")
_LOCKS = {LOCK, "writer.lock"}


def back_up(folder: Path) -> Iterator[str]:
    """Write a backup into an empty folder; yield what was done.

    Raises:
        TargetNotEmpty: If something lies there.
        NoBackupRole: If the database is external and no role to copy it with is named.
        DatabaseServerError: If the database cannot be copied.
    """
    here = Instance.here()
    _make_empty(folder)
    taken_at = datetime.now(UTC).isoformat(timespec="seconds")
    kind, steps, rows = _copy_database(here, folder)
    yield f"Database: {'copied' if kind == BASE else f'dumped, {sum(rows.values())} rows'}."
    kept = [*_copy_home(here.home, folder / HOME)]
    yield f"Files: {len(kept)}."
    events = _copy_audit(audit_log.folder(), folder / AUDIT)
    yield f"Audit log: {events} events."
    parts = {
        path.relative_to(folder).as_posix(): (path.stat().st_size, manifests.hash_of(path))
        for path in manifests.files_in(folder)
    }
    made = Manifest(kind, taken_at, __version__, installed_version(), steps, events, rows, parts)
    digest = made.write(folder)
    yield f"Backup {folder}: {len(parts)} files, {sum(size for size, _ in parts.values()) / 1e6:.0f} MB."
    yield f"Its hash, to be kept elsewhere (restore --digest): {digest}"


def back_up_keys(folder: Path) -> str:
    """Copy keys and log-ins into an empty folder.

    Raises:
        TargetNotEmpty: If something lies there.
    """
    _make_empty(folder)
    home = Instance.here().home
    count = 0
    for path in [*sorted((home / KEYS).rglob("*")), home / CONFIGURATION]:
        if path.is_file():
            manifests.copy(path, folder / path.relative_to(home))
            count += 1
    manifests.sync(folder)
    return f"Keys {folder}: {count} files. Whoever has them and a backup reads everything: keep them apart."


def check_apart(keys: Path, backup: Path) -> None:
    """Refuse to put keys and data into one place.

    Raises:
        KeysInBackup: If one lies in the other.
    """
    mine, theirs = keys.absolute(), backup.absolute()
    if mine == theirs or mine in theirs.parents or theirs in mine.parents:
        raise KeysInBackup(keys, backup)


def _make_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise TargetNotEmpty(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)


def _copy_database(here: Instance, folder: Path) -> tuple[str, dict[str, str], dict[str, int]]:
    if here.external:
        if not (url := configured("OPENILP_BACKUP_URL")):
            raise NoBackupRole
        with psycopg.connect(url) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            snapshot = str(_one(connection, "SELECT pg_export_snapshot()"))
            copies.dump(url, folder / DUMP_FILE, snapshot=snapshot)
            return DUMP, steps_of(connection), rows_of(connection)
    here.ensure_running()
    copies.base_backup(here.server, folder / DATABASE)
    with psycopg.connect(here.server.dsn(dbname="openilp")) as connection:
        return BASE, steps_of(connection), {}


def steps_of(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """Return the last migration of each application, those of the source desk among them."""
    found: dict[str, str] = {}
    for schema in ("public", "corridor"):
        if _one(connection, "SELECT to_regclass(%s)", f"{schema}.django_migrations") is None:
            continue
        table = sql.Identifier(schema, "django_migrations")
        query = sql.SQL("SELECT app, max(name) FROM {} GROUP BY app").format(table)
        found.update(dict(connection.execute(query).fetchall()))
    return found


def rows_of(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Count the rows of every table of ours, as a role that sees them all."""
    tables = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'corridor') ORDER BY 1, 2"
    ).fetchall()
    return {
        f"{schema}.{table}": int(
            _one(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table)))
        )
        for schema, table in tables
    }


def _one(connection: psycopg.Connection[Any], query: Any, *parameters: str) -> Any:
    row = connection.execute(query, parameters or None).fetchone()
    return row[0] if row else None


def _copy_home(home: Path, target: Path) -> Iterator[Path]:
    """Copy what lies in the home beside database, keys and log: files, snapshots, the ledger of erasures, marks.

    What is being received waits in `incoming` and is not kept yet.
    """
    target.mkdir(mode=0o700)
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home)
        is_out = inside.parts[0].startswith(_LEFT_OUT) or "incoming" in inside.parts[:2]
        if is_out or path.is_symlink() or not path.is_file() or path.suffix == ".lock":
            continue
        try:
            manifests.copy(path, target / inside)
        except FileNotFoundError:
            # Erased between the listing and the copy.
            continue
        yield path


def _copy_audit(log: Path, target: Path) -> int:
    """Copy the audit log as it is at one moment, and return how many events it holds.

    Entries and hashes only grow: under the lock their lengths are noted, and they are copied without holding up the
    sequencer. The rest is small and is copied under it.
    """
    target.mkdir(mode=0o700)
    if not (log / LOCK).exists():
        return 0
    handle = os.open(log / LOCK, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        found = [path for path in sorted(log.rglob("*")) if path.is_file() and not _passing(path)]
        growing = [(p, p.stat().st_size) for p in found if p.parent.name in (SEGMENTS, HASHES)]
        for path in set(found) - {path for path, _ in growing}:
            manifests.copy(path, target / path.relative_to(log))
    finally:
        os.close(handle)
    for path, length in growing:
        manifests.copy(path, target / path.relative_to(log), length=length)
    copied = Hashes(target / HASHES)
    events = copied.size
    copied.close()
    return events


def _passing(path: Path) -> bool:
    """Tell whether a file of the log is a lock, or the new state of another one that is being written."""
    return path.name in _LOCKS or path.suffix == ".new"
