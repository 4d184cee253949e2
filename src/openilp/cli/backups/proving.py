"""Prove that a restored instance is the one that was copied: tables, files, audit log, walls."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from openilp.cli.backups import making, manifest
from openilp.cli.backups.errors import MadeByNewer, RestoreFailed
from openilp.cli.backups.manifest import Manifest
from openilp.safeguards.log import instance as audit_log
from openilp.safeguards.log.errors import LogError
from openilp.safeguards.log.verify import verify
from openilp.safeguards.postgres import copies
from openilp.safeguards.postgres.errors import ServerFailed
from openilp.safeguards.postgres.instance import Instance

_ADDRESSED = Callable[[str], Path]


def _in_store(sha256: str) -> Path:
    return Path(sha256[:2], sha256[2:4], sha256)


def _snapshot(sha256: str) -> Path:
    return Path("snapshots", sha256[:2], f"{sha256}.parquet")


#: Columns that hold the address of a file, and where that file lies in the store.
_STORED: dict[tuple[str, str], _ADDRESSED] = {
    ("collection_attachment", "sha256"): _in_store,
    ("collection_importbatch", "reasons"): _in_store,
    ("analysis_snapshot", "sha256"): _snapshot,
}


def check_steps(found: Manifest) -> None:
    """Refuse a backup whose database went further than this version.

    Raises:
        MadeByNewer: Names the step that is not known.
    """
    _check_known(found.steps)


def check_database() -> None:
    """Refuse a database that went further than this version.

    Raises:
        MadeByNewer: Names the step that is not known.
    """
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    _check_known(dict(sorted(MigrationRecorder(connection).applied_migrations())))


def _check_known(steps: dict[str, str]) -> None:
    from django.db.migrations.loader import MigrationLoader

    known = MigrationLoader(None).disk_migrations
    for app, name in steps.items():
        if (app, name) not in known:
            raise MadeByNewer(f"{app}.{name}")


def count(found: Manifest, *, superuser: str) -> str:
    """Compare the rows of every table with the snapshot that was dumped; before anything else is done to them.

    Raises:
        RestoreFailed: Names the tables that differ.
    """
    if not found.rows:
        return "Rows: copied with the files of the server."
    with psycopg.connect(superuser) as connection:
        now = making.rows_of(connection)
    wrong = [
        f"table {table}: {now.get(table, 0)} rows, the backup had {rows}"
        for table, rows in found.rows.items()
        if now.get(table, 0) != rows
    ]
    if wrong:
        raise RestoreFailed(wrong)
    return f"Rows: {sum(found.rows.values())} in {len(found.rows)} tables, as many as there were."


def prove(found: Manifest, *, superuser: str) -> Iterator[str]:
    """Look at everything; yield what was well.

    Args:
        found: What the backup says of itself.
        superuser: Connection of a role that sees every row.

    Raises:
        RestoreFailed: Names everything that is not well.
    """
    faults: list[str] = []
    for check in (_log, _tables, _files, _walls):
        well, wrong = check(found, superuser)
        faults += wrong
        if not wrong:
            yield well
    if faults:
        raise RestoreFailed(faults)


def _log(found: Manifest, superuser: str) -> tuple[str, list[str]]:
    """Bring the table of events up to the log, sign what is new, and verify the log from its first event on."""
    from openilp.safeguards import sequencer

    try:
        with (
            closing(audit_log.open_log()) as log,
            psycopg.connect(Instance.here().sequencer_dsn(), autocommit=True) as connection,
        ):
            connection.execute("SET timezone TO 'UTC'")
            sequencer.drain(connection, log)
            log.publish()
        with tempfile.TemporaryDirectory(prefix="openilp-") as folder:
            report = verify(audit_log.folder(), state=Path(folder))
    except LogError as error:
        return "", [f"audit log: {error}"]
    wrong = [f"audit log: event {each.seq}: {each.what}" for each in report.problems]
    if report.size < found.audit_size:
        wrong.append(f"audit log: {report.size} events, the backup had {found.audit_size}")
    return f"Audit log: {report.size} events, whole from the first to the last.", wrong


def _tables(found: Manifest, superuser: str) -> tuple[str, list[str]]:
    try:
        copies.check_tables(superuser)
    except ServerFailed as error:
        return "", [str(error)]
    finally:
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute("DROP EXTENSION IF EXISTS amcheck")
    return "Tables and indexes: no damage.", []


def _files(found: Manifest, superuser: str) -> tuple[str, list[str]]:
    """Look for every file that a row names, and hash it."""
    wrong: list[str] = []
    seen = 0
    with psycopg.connect(superuser) as connection:
        for (table, column), place in _STORED.items():
            query = sql.SQL("SELECT DISTINCT {0} FROM {1} WHERE {0} <> ''")
            named = query.format(sql.Identifier(column), sql.Identifier(table))
            for (sha256,) in connection.execute(named):
                path = Path(settings.OPENILP_FILES) / place(sha256)
                seen += 1
                if not path.exists():
                    wrong.append(f"file {sha256} of {table} is missing")
                elif manifest.hash_of(path) != sha256:
                    wrong.append(f"file {sha256} of {table} is damaged")
    return f"Files: {seen}, each with the hash that its row names.", wrong


def _walls(found: Manifest, superuser: str) -> tuple[str, list[str]]:
    """Examine the instance as the doctor does: roles, row security, locale, source desk."""
    from openilp.cli import doctor

    findings = doctor.look()
    wrong = [finding.what for finding in findings if not finding.is_well]
    return f"Doctor: {len(findings)} findings, all well.", wrong
