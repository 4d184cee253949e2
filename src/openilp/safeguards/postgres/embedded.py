"""The embedded PostgreSQL: a server that OpenILP starts by itself in its data folder.

It listens on a Unix socket only and recognises operating-system accounts (peer), so that there is no
password and nobody else on the machine gets in.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psutil
from psycopg.conninfo import make_conninfo

from openilp.safeguards.postgres.binaries import (
    Programs,
    ServerUser,
    installed_version,
    programs_for,
    server_user,
)
from openilp.safeguards.postgres.configuration import ACCESS_RULES, PORT, account_map, server_settings
from openilp.safeguards.postgres.errors import (
    DataFolderInUse,
    HomeOfAnother,
    NotADataFolder,
    ServerFailed,
    ServerNotRunning,
    SocketFolderTaken,
    SocketPathTooLong,
    UserWithoutName,
    VersionMismatch,
)

SUPERUSER = "postgres"
SOCKET_PATH_LIMIT = 103
"""Bytes of sun_path on macOS; Linux has 107."""

START_TIMEOUT_S = 600
"""Crash recovery of a large database takes minutes."""

STOP_TIMEOUT_S = 120
LOG_LIMIT_BYTES = 10_000_000


@dataclass(frozen=True)
class ServerStatus:
    """What is known about the server of one data folder."""

    running: bool
    version: str
    data_folder: Path
    socket_folder: Path
    pid: int | None = None


class EmbeddedPostgres:
    """The PostgreSQL server of one OpenILP home.

    Several processes may use one object each: `start` attaches to a server that runs already, and a
    lock keeps two of them from starting at once. The server outlives the process that started it;
    whoever owns it calls `stop`.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        """Name the server of a home; nothing is touched yet.

        Args:
            home: OpenILP's data folder (`openilp_home()`); created on start.
            durable: False trades safety for speed and keeps its data in a folder of its own: a crash
                loses them. For tests only.
        """
        self.home = home.expanduser().absolute()
        self.durable = durable
        self.data_folder = self.home / ("database" if durable else "database-volatile")

    def start(self) -> bool:
        """Start the server, preparing its data folder the first time; attach when it runs.

        Returns:
            True if this call started it, False if it ran already.

        Raises:
            DatabaseServerError: Says what stands in the way and what to do.
        """
        self._make_home()
        with self._alone():
            self._check_version()
            if self._answers():
                self._await_ready()
                return False
            programs = programs_for(self._user, home=self.home)
            if not self.data_folder.exists():
                self._initialise(programs)
            programs.require_reach(self.data_folder)
            self._clear_remains()
            self._make_socket_folder()
            self._write_settings()
            self._launch(programs)
            return True

    def attach(self) -> None:
        """Check that the server runs and is ready.

        Raises:
            ServerNotRunning: If it does not.
        """
        if not self._answers():
            raise ServerNotRunning(self.data_folder)
        self._await_ready()

    def stop(self) -> bool:
        """Stop the server; open transactions are rolled back, committed data are on disk.

        Returns:
            True if it ran.

        Raises:
            ServerFailed: If it does not end in time.
        """
        if not self.home.exists():
            return False
        with self._alone():
            if not self._answers():
                return False
            programs = programs_for(self._user, home=self.home)
            folder = self.socket_folder
            with self._output_file() as output:
                programs.run(
                    "pg_ctl",
                    "stop",
                    "--mode=fast",
                    "--wait",
                    f"--timeout={STOP_TIMEOUT_S}",
                    doing="stopping the server",
                    cwd=self.data_folder,
                    output=output,
                    environment={"PGDATA": str(self.data_folder)},
                    timeout_s=STOP_TIMEOUT_S + 10,
                )
            if not any(folder.iterdir()):
                folder.rmdir()
            return True

    def status(self) -> ServerStatus:
        """Return whether the server runs, and where."""
        running = self._answers()
        return ServerStatus(
            running=running,
            version=installed_version(),
            data_folder=self.data_folder,
            socket_folder=self.socket_folder,
            pid=self._recorded_pid() if running else None,
        )

    def dsn(self, user: str = SUPERUSER, dbname: str = "postgres") -> str:
        """Return the connection string for a database role."""
        return make_conninfo(host=str(self.socket_folder), port=PORT, user=user, dbname=dbname)

    def connection_parameters(self, user: str) -> dict[str, str]:
        """Return the entries of Django's DATABASES that lead to this server as a database role."""
        return {"HOST": str(self.socket_folder), "PORT": str(PORT), "USER": user, "PASSWORD": ""}

    @property
    def socket_folder(self) -> Path:
        """The folder of the socket: where the running server put it, else where the next one will.

        It never lies in the data folder, whose path may be too long for a socket.
        """
        recorded = self._recorded_socket_folder()
        if recorded is not None and self._answers():
            return recorded
        name = hashlib.sha256(os.fsencode(self.data_folder)).hexdigest()[:12]
        return _runtime_folder() / f"openilp-{os.geteuid()}-{name}"

    @cached_property
    def _user(self) -> ServerUser:
        return server_user()

    def _make_home(self) -> None:
        # Root's home must let the system user through to the data folder, which is closed itself.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        if not self.home.exists():
            self.home.mkdir(mode=mode, parents=True, exist_ok=True)
            self.home.chmod(mode)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            lock = self.data_folder.with_suffix(".lock").open("a")
        except PermissionError as error:
            raise HomeOfAnother(home=self.home, user=_own_name()) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _output_file(self) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile(prefix="openilp-") as file:
            yield Path(file.name)

    def _check_version(self) -> None:
        if not self.data_folder.exists():
            return
        marker = self.data_folder / "PG_VERSION"
        if not marker.exists():
            raise NotADataFolder(self.data_folder)
        found, expected = marker.read_text().strip(), installed_version().split(".")[0]
        if found != expected:
            raise VersionMismatch(data_folder=self.data_folder, found=found, expected=expected)

    def _recorded(self) -> list[str]:
        """Return the lines of postmaster.pid: pid, folder, start, port, socket folder, …, state."""
        try:
            return (self.data_folder / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []
        except PermissionError as error:
            raise HomeOfAnother(home=self.home, user=_own_name()) from error

    def _recorded_socket_folder(self) -> Path | None:
        recorded = self._recorded()
        return Path(recorded[4]) if len(recorded) > 4 and recorded[4] else None

    def _recorded_pid(self) -> int | None:
        recorded = self._recorded()
        return int(recorded[0]) if recorded else None

    def _answers(self) -> bool:
        """Return whether something listens on the socket.

        The pid alone proves nothing: where nobody reaps orphans, a killed server stays as a zombie
        that still takes signals.
        """
        folder = self._recorded_socket_folder()
        if folder is None:
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(5)
            try:
                probe.connect(str(folder / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return True

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._recorded_state_is("ready"):
            if time.monotonic() > deadline or not self._answers():
                raise ServerFailed(doing="waiting for the server", output=self._log_tail())
            time.sleep(0.05)

    def _recorded_state_is(self, state: str) -> bool:
        recorded = self._recorded()
        return len(recorded) > 7 and recorded[7].strip() == state

    def _initialise(self, programs: Programs) -> None:
        # Made beside and renamed, so that an interrupted attempt leaves no half data folder.
        unfinished = self.data_folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        os.chown(unfinished, self._user.uid, self._user.gid)
        programs.require_reach(unfinished)
        with self._output_file() as output:
            programs.run(
                "initdb",
                f"--username={SUPERUSER}",
                "--auth=peer",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=PG_UNICODE_FAST",
                "--locale=C",
                *(() if self.durable else ("--no-sync",)),
                doing="preparing the data folder",
                cwd=unfinished,
                output=output,
                environment={"PGDATA": str(unfinished)},
            )
        with (unfinished / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude 'openilp.conf'\n")
        unfinished.rename(self.data_folder)

    def _write_settings(self) -> None:
        """Write settings and rules of access anew, so that those of this release hold."""
        accounts = dict.fromkeys((_own_name(), self._user.name))
        for name, text in {
            "openilp.conf": server_settings(socket_folder=self.socket_folder, durable=self.durable),
            "pg_hba.conf": ACCESS_RULES,
            "pg_ident.conf": account_map(accounts),
        }.items():
            path = self.data_folder / name
            path.write_text(text)
            os.chown(path, self._user.uid, self._user.gid)
            path.chmod(0o600)

    def _make_socket_folder(self) -> None:
        folder = self.socket_folder
        path = folder / f".s.PGSQL.{PORT}"
        if len(os.fsencode(path)) > SOCKET_PATH_LIMIT:
            raise SocketPathTooLong(path=path, limit=SOCKET_PATH_LIMIT)
        if not os.path.lexists(folder):
            folder.mkdir(mode=0o700)
            os.chown(folder, self._user.uid, self._user.gid)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self._user.uid:
            raise SocketFolderTaken(folder=folder, owner=found.st_uid, expected=self._user.uid)
        folder.chmod(0o700)

    def _launch(self, programs: Programs) -> None:
        log = self.data_folder / "server.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with self._output_file() as output:
            try:
                programs.run(
                    "pg_ctl",
                    "start",
                    "--wait",
                    f"--timeout={START_TIMEOUT_S}",
                    f"--log={log.name}",
                    doing="starting the server",
                    cwd=self.data_folder,
                    output=output,
                    # Not as an argument: pg_ctl hands arguments to a shell.
                    environment={"PGDATA": str(self.data_folder)},
                    timeout_s=START_TIMEOUT_S + 10,
                )
            except ServerFailed as error:
                raise ServerFailed(doing=error.doing, output=error.output + self._log_tail()) from error

    def _log_tail(self) -> str:
        log = self.data_folder / "server.log"
        if not log.exists():
            return ""
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:])

    def _clear_remains(self) -> None:
        """Remove what a killed server left, once nothing of it works on the data any more.

        Raises:
            DataFolderInUse: If processes of it do.
        """
        pid = self._recorded_pid()
        if pid is None:
            return
        # Backends of a killed server notice its end within moments and leave by themselves.
        deadline = time.monotonic() + 5
        while at_work := self._processes_at_work():
            if time.monotonic() > deadline:
                raise DataFolderInUse(data_folder=self.data_folder, pids=at_work)
            time.sleep(0.05)
        if psutil.pid_exists(pid):
            # A zombie or another program has the number: PostgreSQL would take it for a running server.
            if folder := self._recorded_socket_folder():
                (folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
            (self.data_folder / "postmaster.pid").unlink(missing_ok=True)

    def _processes_at_work(self) -> tuple[int, ...]:
        at_work = []
        for process in psutil.process_iter():
            try:
                if process.name() == "postgres" and process.cwd() == str(self.data_folder.resolve()):
                    at_work.append(process.pid)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                # Ended meanwhile, a zombie, or another user's: none of them works on these data.
                continue
        return tuple(at_work)


def _runtime_folder() -> Path:
    """Return a folder of this machine for sockets, the user's own where there is one."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK | os.X_OK) and os.geteuid() != 0:
        return Path(runtime)
    return Path(tempfile.gettempdir())


def _own_name() -> str:
    uid = os.geteuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError as error:
        raise UserWithoutName(uid) from error
