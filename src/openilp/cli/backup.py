"""Copy an instance, restore a copy, and carry an instance to this version."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from openilp.cli import running
from openilp.safeguards.postgres.instance import Instance

_FOLDER = click.Path(path_type=Path)
_KEYS = click.option(
    "--keys", type=_FOLDER, help="folder on another medium for keys and log-ins; they are in no backup"
)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


@click.command()
@click.argument("folder", type=_FOLDER)
@_KEYS
def backup(folder: Path, keys: Path | None) -> None:
    """Copy this instance into FOLDER while work goes on: database, files, audit log."""
    _take(folder, keys)
    if not keys:
        click.echo("Keys are not in it, and without them it cannot be restored: keep them with --keys.")


def _take(folder: Path, keys: Path | None) -> None:
    from openilp.cli.backups import making

    if keys:
        making.check_apart(keys, folder)
    _say(making.back_up(folder))
    if keys:
        click.echo(making.back_up_keys(keys))


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--keys", type=_FOLDER, required=True, help="copy of the keys (openilp backup --keys)")
@click.option("--audit", type=_FOLDER, help="younger copy of the audit log, where one survived")
@click.option("--erasures", type=_FOLDER, help="younger copy of the erasure ledger, where one survived")
@click.option("--digest", default="", help="hash that was printed when the backup was taken")
@click.option(
    "--superuser-url", envvar="OPENILP_SUPERUSER_URL", default="", help="external server for a dump"
)
@click.option("--database", default="openilp", show_default=True, help="name of the database there")
@click.option(
    "--verify", is_flag=True, help="a drill: restore into a place of its own, prove it, remove it again"
)
def restore(
    folder: Path,
    keys: Path,
    audit: Path | None,
    erasures: Path | None,
    digest: str,
    superuser_url: str,
    database: str,
    verify: bool,
) -> None:
    """Restore the backup FOLDER into an empty home, and open it only when it is proved to be whole.

    Every hash, every table and index, every file that a row names, every event of the audit log and every wall is
    looked at.
    """
    if verify:
        raise SystemExit(_drill(folder, keys, digest))
    from openilp.cli.backups.restoring import Restoring, restore

    try:
        _say(restore(Restoring(folder, keys, audit, erasures, digest, superuser_url, database)))
    finally:
        here = Instance.here()
        if not here.external and here.home.exists():
            here.server.stop()


def _drill(folder: Path, keys: Path, digest: str) -> int:
    """Restore beside everything that is, in a process of its own; return its status."""
    place = Path(tempfile.mkdtemp(prefix="openilp-drill-"))
    if os.geteuid() == 0:
        # The database's system user has to pass; what lies inside is closed itself.
        place.chmod(0o711)
    ours = ("OPENILP_", "DATABASE_URL", "DJANGO_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    command = [sys.executable, "-m", "openilp.cli", "restore", str(folder.absolute())]
    command += ["--keys", str(keys.absolute()), "--digest", digest]
    try:
        done = subprocess.run(command, env={**clean, "OPENILP_HOME": str(place / "home")}, check=False)
    finally:
        shutil.rmtree(place)
    if done.returncode == 0:
        click.echo("The drill went well; what it restored is removed again.")
    return done.returncode


@click.command()
@click.option("--backup", "folder", type=_FOLDER, help="where to copy to (default: backups/ in the home)")
@_KEYS
def upgrade(folder: Path | None, keys: Path | None) -> None:
    """Carry this instance to the installed version: a backup first, then the database, then a look at everything.

    An external database needs OPENILP_BACKUP_URL, OPENILP_OWNER_PASSWORD and OPENILP_CORRIDOR_OWNER_PASSWORD.
    """
    from openilp.cli import doctor
    from openilp.cli.backups import proving
    from openilp.cli.backups.errors import StillRunning

    if pid := running.running_pid():
        raise StillRunning(pid)
    here = Instance.here()
    started = here.ensure_running()
    running.load_django()
    proving.check_database()
    if not (behind := running.steps_behind()):
        click.echo("The database is that of this version already; nothing is to be done.")
    else:
        target = folder or here.home / "backups" / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        _take(target, keys)
        click.echo(f"{behind} steps to go; if one fails, restore {target} with the version before.")
        running.bring_up_to_date(say=True)
        wrong = [finding for finding in doctor.examine() if not finding.is_well]
        for finding in wrong:
            click.echo(f"BAD {finding.what}\n    mend: {finding.remedy}")
        if wrong:
            raise SystemExit(1)
        click.echo("Upgraded; openilp serve.")
    if started:
        here.server.stop()


COMMANDS = (backup, restore, upgrade)
