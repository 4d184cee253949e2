"""A production instance on an external PostgreSQL: another server, over TCP, with passwords."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.cli.instances import ADMIN_PASSWORD, External, init, openilp


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
    """The only administrator; it sees no content."""
    url = external.url.rsplit("/", 1)[0] + "/openilp"
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT username, roles, must_change_password FROM safeguards_user WHERE username LIKE '%admin%'"
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
            while "cli.list" not in events and worker.poll() is None:
                rows = connection.execute(
                    "SELECT event ->> 'action' FROM safeguards_auditevent ORDER BY seq"
                ).fetchall()
                events = [action for (action,) in rows]
    finally:
        worker.terminate()

    assert worker.wait(timeout=30) == 0
    assert "cli.list" in events
