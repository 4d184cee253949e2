"""Restore a backup into an empty place, prove that it is whole, and only then let anybody in."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from openilp.cli import running
from openilp.cli.backups import making, manifest, proving
from openilp.cli.backups.errors import CannotRestoreHere, TargetNotEmpty
from openilp.cli.backups.manifest import Manifest
from openilp.cli.founding import make_external
from openilp.safeguards import keys
from openilp.safeguards.postgres import copies
from openilp.safeguards.postgres.binaries import installed_version, server_user
from openilp.safeguards.postgres.home import openilp_home
from openilp.safeguards.postgres.instance import CONFIGURATION, DATABASE, Instance

#: What an external server needs anew, and an embedded one not at all.
_LOG_INS = ("DATABASE_URL", "OPENILP_SEQUENCER_PASSWORD", "OPENILP_CORRIDOR_PASSWORD")


@dataclass(frozen=True)
class Restoring:
    """What is restored, and into what.

    `audit` and `erasures` are younger copies of audit log and erasure ledger than the backup's, where they survived;
    `digest` is the hash that was noted
    when the backup was taken; `superuser_url` an external server to restore a dump into.
    """

    backup: Path
    keys: Path
    audit: Path | None = None
    erasures: Path | None = None
    digest: str = ""
    superuser_url: str = ""
    database: str = DATABASE


def restore(wanted: Restoring) -> Iterator[str]:
    """Restore into the home of the environment; yield what was done.

    Raises:
        BackupDamaged: If any byte of the backup is another one; nothing is written then.
        TargetNotEmpty: If the home or the database holds anything.
        MadeByNewer: If this version of OpenILP is older than the backup.
        RestoreFailed: Names everything that is not as it was; the instance stays shut.
    """
    home = openilp_home()
    found = manifest.read(wanted.backup, digest=wanted.digest)
    manifest.check(wanted.backup, found)
    yield f"Backup of {found.taken_at}: {len(found.parts)} files, every hash right."
    _check_fits(wanted, found)
    if home.exists() and any(home.iterdir()):
        raise TargetNotEmpty(home)
    _lay_out(wanted, home)
    yield _renew_claims(home)
    yield from _restore_database(wanted, found)
    yield proving.count(found, superuser=_superuser(wanted))
    running.load_django()
    proving.check_steps(found)
    running.bring_up_to_date()
    yield _erase_again(wanted)
    yield from proving.prove(found, superuser=_superuser(wanted))
    running.restored_mark().unlink()
    yield f"Restored into {home}; it may be served."


def _check_fits(wanted: Restoring, found: Manifest) -> None:
    if found.kind != making.BASE:
        return
    if wanted.superuser_url:
        raise CannotRestoreHere(
            "This backup holds the files of an embedded server, which go into no other one; leave out --superuser-url."
        )
    had, have = found.postgres.split(".")[0], installed_version().split(".")[0]
    if had != have:
        raise CannotRestoreHere(
            f"This backup holds files of PostgreSQL {had}, this OpenILP brings PostgreSQL {have}; install the OpenILP "
            "that made it."
        )


def _lay_out(wanted: Restoring, home: Path) -> None:
    """Put files, keys and log in their places; the mark keeps the instance shut until all of it is proved."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    running.restored_mark().touch()
    for source, target in (
        (wanted.backup / making.HOME, home),
        (wanted.keys / making.KEYS, home / making.KEYS),
        (wanted.audit or wanted.backup / making.AUDIT, home / making.AUDIT),
    ):
        for path in manifest.files_in(source):
            manifest.copy(path, target / path.relative_to(source))
    kept = wanted.keys / CONFIGURATION
    noted: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    noted = {name: value for name, value in noted.items() if name not in _LOG_INS}
    if wanted.superuser_url:
        make_external(wanted.superuser_url, wanted.database, home, noted)
    elif noted:
        path = home / CONFIGURATION
        path.touch(mode=0o600)
        path.write_text(json.dumps(noted, indent=2))


def _renew_claims(home: Path) -> str:
    """Let no copy of the key that signs claims, which lies in every backup of the database, be of use here."""
    if keys.renew_claims(home):
        return "Claims keys: made anew; those in the backup open nothing here."
    return "Claims keys: as OPENILP_CLAIMS_KEY_FILE says; replace that file, for its key lies in the backup."


def _restore_database(wanted: Restoring, found: Manifest) -> Iterator[str]:
    if found.kind == making.BASE:
        _copy_server(wanted.backup / making.DATABASE, Instance.here().server.data_folder)
        Instance.here().ensure_running()
        yield "Database: copied and started."
        return
    Instance.here().ensure_running()
    url = _superuser(wanted)
    with psycopg.connect(url) as connection:
        if tables := making.rows_of(connection):
            raise TargetNotEmpty(Path(f"database/{wanted.database}/{next(iter(tables))}"))
    copies.restore_dump(url, wanted.backup / making.DUMP_FILE)
    with psycopg.connect(url) as connection:
        # Numbers of transactions begin anew in another server; what waits would wait for ever.
        connection.execute("UPDATE safeguards_audit_outbox SET xid = '1'::xid8")
    yield "Database: dump restored."


def _copy_server(source: Path, target: Path) -> None:
    """Copy the files of the embedded server, empty folders too, for the account that it runs under."""
    copies.verify_base(source)
    shutil.copytree(source, target)
    owner = server_user()
    for path in (target, *target.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.chown(path, owner.uid, owner.gid)


def _erase_again(wanted: Restoring) -> str:
    """Erase what the ledger names and the copy brought back, before anybody is let in."""
    from openilp.oversight import restoring
    from openilp.safeguards.retention import ledger

    if not any(True for _ in ledger.read(wanted.erasures)):
        return "Erasures: the ledger is empty."
    done = restoring.reapply(wanted.erasures)
    return f"Erasures: {done.lines} in the ledger; {done.erased} records were back and are erased again."


def _superuser(wanted: Restoring) -> str:
    if wanted.superuser_url:
        return make_conninfo(wanted.superuser_url, dbname=wanted.database)
    return Instance.here().server.dsn(dbname=DATABASE)
