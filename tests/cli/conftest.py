"""Instances of their own for the tests of the command line: an external PostgreSQL, and what is founded on it."""

import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from openilp.safeguards.postgres.binaries import programs_for, server_user
from tests.cli.instances import External, init


@pytest.fixture(scope="package")
def external() -> Iterator[External]:
    """Start a plain PostgreSQL from the same programs: TCP on the loopback, SCRAM passwords, no peer log-in."""
    home = Path(os.environ["OPENILP_TEST_HOME"]) / f"external-{os.getpid()}"
    data, password = home / "server" / "data", secrets.token_urlsafe(12)
    user = server_user()
    home.mkdir(parents=True)
    home.chmod(0o711)
    (home / "server").mkdir()
    (home / "server" / "password").write_text(password)
    for path in (home / "server", home / "server" / "password"):
        os.chown(path, user.uid, user.gid)
    programs = programs_for(user, home=Path(os.environ["OPENILP_TEST_HOME"]))
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        port = own.getsockname()[1]

    def run(*command: str) -> None:
        programs.run(
            *command,
            doing=command[0],
            cwd=home / "server",
            output=home / "output",
            environment={"PGDATA": str(data)},
        )

    run(
        "initdb",
        "--username=dba",
        "--pwfile=password",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--no-sync",
    )
    with (data / "postgresql.conf").open("a") as file:
        file.write(f"\nlisten_addresses='127.0.0.1'\nport={port}\nunix_socket_directories=''\nfsync=off\n")
    run("pg_ctl", "start", "--wait", "--log=server.log")
    try:
        yield External(home, f"postgresql://dba:{password}@127.0.0.1:{port}/postgres")
    finally:
        run("pg_ctl", "stop", "--mode=immediate")
        shutil.rmtree(home)


@pytest.fixture(scope="package")
def founded(external: External) -> Path:
    """A founded instance, and its home."""
    home = external.home / "instance"
    units = external.home / "units.csv"
    units.write_text(
        "code,name,organisation_level,parent_code\nHQ,Headquarters,national,\nN,North,regional,HQ\nN1,Quay,local,N\n"
    )
    done = init(external, home, f"--units={units}")
    assert done.returncode == 0, done.stderr + done.stdout
    return home
