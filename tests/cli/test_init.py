"""A production instance on an external PostgreSQL: another server, over TCP, with passwords."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from openilp.safeguards.postgres.binaries import programs_for, server_user

ADMIN_PASSWORD = "the first password of ours"


@dataclass(frozen=True)
class External:
    """A server that is not OpenILP's own."""

    home: Path
    url: str


@pytest.fixture(scope="module")
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


def openilp(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a home of its own."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENILP_", "DATABASE_URL", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "openilp.cli", *arguments],
        env={**clean, "OPENILP_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def init(external: External, home: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Found an instance."""
    return openilp(
        home,
        "init",
        f"--superuser-url={external.url}",
        "--agency=Police of Elsewhere",
        "--administrator=first.admin",
        "--full-name=First Administrator",
        *more,
        OPENILP_ADMIN_PASSWORD=ADMIN_PASSWORD,
    )


@pytest.fixture(scope="module")
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


def test_an_instance_is_founded_on_an_external_server(founded: Path) -> None:
    """Log-ins are kept closed; the doctor finds everything well [ADM-03]."""
    noted = founded / "instance.json"

    assert noted.stat().st_mode & 0o077 == 0
    assert "openilp_owner" not in noted.read_text()
    done = openilp(founded, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "openilp_app, bound by row security" in done.stdout


def test_the_units_stand_as_the_file_says(founded: Path, external: External) -> None:
    """The organisation tree of three levels [ADM-01]."""
    url = external.url.rsplit("/", 1)[0] + "/openilp"
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT u.code, p.code FROM safeguards_unit u LEFT JOIN safeguards_unit p ON p.id = u.parent_id"
            " ORDER BY u.code"
        ).fetchall()

    assert rows == [("HQ", None), ("N", "HQ"), ("N1", "N")]


def test_the_first_administrator_must_choose_an_own_password(founded: Path, external: External) -> None:
    """The only account; it sees no content."""
    url = external.url.rsplit("/", 1)[0] + "/openilp"
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT username, roles, must_change_password FROM safeguards_user"
        ).fetchall()

    assert rows == [("first.admin", ["administrator"], True)]


def test_a_second_founding_in_the_same_home_is_refused(founded: Path, external: External) -> None:
    """Nothing is overwritten."""
    before = (founded / "instance.json").read_text()
    done = init(external, founded)

    assert done.returncode == 2
    assert "holds an instance already" in done.stderr
    assert openilp(founded, "doctor").returncode == 0
    assert (founded / "instance.json").read_text() == before


def test_the_server_refuses_to_start_as_superuser(founded: Path, external: External) -> None:
    """A bypassing role is refused at start-up, and the doctor says why."""
    bypassing = external.url.rsplit("/", 1)[0] + "/openilp"
    done = openilp(founded, "doctor", DATABASE_URL=bypassing)

    assert done.returncode == 1
    assert "is a superuser" in done.stdout
    code = "import openilp.web.wsgi"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENILP_", "DJANGO_"))}
    started = subprocess.run(
        [sys.executable, "-c", code],
        env={**clean, "OPENILP_HOME": str(founded), "DATABASE_URL": bypassing},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode != 0
    assert "row-level security would not bind" in started.stderr


def test_the_configuration_is_json_without_the_owner(founded: Path) -> None:
    """The web process gets no owner password at all."""
    noted = json.loads((founded / "instance.json").read_text())

    assert set(noted) == {
        "DATABASE_URL",
        "OPENILP_SEQUENCER_PASSWORD",
        "OPENILP_CORRIDOR_PASSWORD",
        "OPENILP_AGENCY",
        "OPENILP_PROFILE",
    }


def test_the_worker_sequences_what_a_verb_left_in_the_outbox(founded: Path, external: External) -> None:
    """A verb acts as a named account and is logged; the worker moves its event into the chain and ends on SIGTERM."""
    url = external.url.rsplit("/", 1)[0] + "/openilp"
    verb = openilp(founded, "--as", "first.admin", "list", "report", OPENILP_PASSWORD=ADMIN_PASSWORD)
    assert verb.returncode == 0, verb.stderr
    wrong = openilp(founded, "--as", "first.admin", "list", "report", OPENILP_PASSWORD="not the password")
    assert wrong.returncode == 2
    assert "not that of an open account" in wrong.stderr

    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENILP_", "DATABASE_URL", "DJANGO_"))}
    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "openilp.cli.worker"],
        env={**clean, "OPENILP_HOME": str(founded)},
    )
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            events: list[str] = []
            while not events and worker.poll() is None:
                rows = connection.execute(
                    "SELECT event ->> 'action' FROM safeguards_auditevent ORDER BY seq"
                ).fetchall()
                events = [action for (action,) in rows]
    finally:
        worker.terminate()

    assert worker.wait(timeout=30) == 0
    assert "cli.list" in events
