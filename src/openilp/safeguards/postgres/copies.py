"""Whole copies of a database: the files of the embedded server, or one dump of an external one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from openilp.safeguards.postgres.binaries import Programs, ServerUser, installed_programs, server_user
from openilp.safeguards.postgres.embedded import EmbeddedPostgres

_HOURS_S = 12 * 3600


def base_backup(server: EmbeddedPostgres, target: Path) -> None:
    """Copy the running embedded server with the log that makes the copy whole; work on it goes on.

    Args:
        server: The server.
        target: Folder that does not exist yet.

    Raises:
        ServerFailed: Says what the program said.
    """
    _run(
        "pg_basebackup",
        f"--pgdata={target}",
        f"--dbname={server.dsn()}",
        "--checkpoint=fast",
        "--wal-method=stream",
        "--manifest-checksums=SHA256",
        "--no-password",
        doing="copying the database",
    )


def verify_base(folder: Path) -> None:
    """Check such a copy against the manifest that the server wrote, and its log.

    Raises:
        ServerFailed: Says what is wrong.
    """
    _run("pg_verifybackup", "--exit-on-error", "--quiet", str(folder), doing="checking the copied database")


def dump(url: str, target: Path, *, snapshot: str) -> None:
    """Dump a database as a role that row security does not bind.

    Args:
        url: Connection of the backup role; its password goes by the environment, never by the list of arguments.
        target: File to write.
        snapshot: The exported snapshot that is dumped.

    Raises:
        ServerFailed: Says what the program said.
    """
    address, password = _without_password(url)
    _run(
        "pg_dump",
        "--format=custom",
        f"--file={target}",
        f"--snapshot={snapshot}",
        "--no-password",
        f"--dbname={address}",
        doing="dumping the database",
        password=password,
    )


def restore_dump(url: str, source: Path) -> None:
    """Write a dump into an empty database, wholly or not at all, as a superuser.

    Raises:
        ServerFailed: Says what the program said.
    """
    address, password = _without_password(url)
    _run(
        "pg_restore",
        "--exit-on-error",
        "--single-transaction",
        "--no-password",
        f"--dbname={address}",
        str(source),
        doing="restoring the database",
        password=password,
    )


def check_tables(url: str) -> None:
    """Look through every table and index for damage.

    Raises:
        ServerFailed: Says what is damaged.
    """
    address, password = _without_password(url)
    _run(
        "pg_amcheck",
        "--install-missing",
        "--no-password",
        "--heapallindexed",
        address,
        doing="looking for damage in tables and indexes",
        password=password,
    )


def _without_password(url: str) -> tuple[str, str]:
    known = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    password = known.pop("password", "")
    return make_conninfo("", **known), password


def _run(*command: str, doing: str, password: str = "") -> None:
    # As the account that runs OpenILP: the copy is to belong to it, and the server lets it in.
    account = server_user()
    own = ServerUser(account.name, account.uid, account.gid, is_other=False)
    with tempfile.TemporaryDirectory(prefix="openilp-") as folder:
        Programs(installed_programs(), own).run(
            *command,
            doing=doing,
            cwd=Path(folder),
            output=Path(folder) / "said",
            environment={"PGPASSWORD": password} if password else None,
            timeout_s=_HOURS_S,
        )
