"""The instance on this machine: database up, schema current, server and worker processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from openilp.safeguards.postgres.instance import Instance

_STOP_AFTER_S = 15.0


class UpgradeNeeded(Exception):
    """Say that the database is that of an older version."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        super().__init__(
            f"The database is {steps} steps behind this version; run `openilp upgrade`, which takes a backup first."
        )


class RestoreUnfinished(Exception):
    """Say that a restore into this home did not come to its end."""

    def __init__(self, home: Path) -> None:
        self.home = home
        super().__init__(
            f"A restore into '{home}' was not proved to be whole and stays shut; remove the folder and restore again."
        )


def restored_mark() -> Path:
    """Return the file that stands in a home as long as a restore into it is not proved."""
    return Instance.here().home / "restore-unfinished"


def open_database() -> bool:
    """Start the database where it is ours, load Django, and bring an empty or demo schema up to date.

    Returns:
        True if this call started the embedded server.

    Raises:
        RestoreUnfinished: If a restore into this home broke off.
        UpgradeNeeded: If the schema is that of an older version and holds an agency's records.
    """
    if restored_mark().exists():
        raise RestoreUnfinished(Instance.here().home)
    started = Instance.here().ensure_running()
    load_django()
    from django.conf import settings

    behind = steps_behind()
    if behind and _has_accounts() and not settings.OPENILP_DEMO:
        raise UpgradeNeeded(behind)
    if not Instance.here().external:
        bring_up_to_date()
    return started


def steps_behind() -> int:
    """Return how many migrations of this version the database has not seen."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _has_accounts() -> bool:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.safeguards_user') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT EXISTS (SELECT 1 FROM safeguards_user)")
        return bool(cursor.fetchone()[0])


def load_django() -> None:
    """Load settings and applications."""
    import django
    from django.apps import apps
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openilp.web.settings")
    if not apps.ready:
        django.setup()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def bring_up_to_date(*, say: bool = False) -> None:
    """Apply pending migrations and reconcile grants and policies, as the owner of the tables."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from openilp.corridor import security as corridor
    from openilp.safeguards.postgres.owner import as_owner
    from openilp.safeguards.postgres.reconcile import reconcile

    with as_owner(connection):
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not pending and _stale(connection):
            reconcile(connection)
    if pending:
        if say:
            print(f"• database: {len(pending)} migrations", flush=True)
        call_command("migrate", verbosity=0, interactive=False)
    corridor.bring_up_to_date()


def _stale(connection: object) -> bool:
    """Tell whether the claims key or the generated rules differ from what the database was last given."""
    from openilp.safeguards.postgres.reconcile import is_current

    return not is_current(connection)  # type: ignore[arg-type]


def pid_file() -> Path:
    """Return the file that names the running server's process."""
    return Instance.here().home / "server.pid"


def running_pid() -> int | None:
    """Return the process of the running server, or nothing."""
    path = pid_file()
    if not path.exists():
        return None
    import psutil

    text = path.read_text().split()
    if len(text) != 2:
        return None
    pid, begun = int(text[0]), float(text[1])
    if psutil.pid_exists(pid) and abs(psutil.Process(pid).create_time() - begun) < 1.0:
        return pid
    return None


def write_pid() -> None:
    """Note this process as the running server."""
    import psutil

    pid_file().write_text(f"{os.getpid()} {psutil.Process().create_time()}")


def serve(*, host: str, port: int) -> None:
    """Serve until interrupted; the worker is a child; then stop worker and embedded database, in order."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    os.environ["PORT"] = str(port)
    _require_free(host, port)
    _let_go_of_the_database()
    worker = subprocess.Popen([sys.executable, "-m", "openilp.cli.worker"], start_new_session=True)
    write_pid()
    server = Server(
        "openilp.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=_processes(),
        blocking_threads=4,
        backlog=256,
        log_access=False,
        log_level=LogLevels.warning,
    )
    try:
        server.serve()
    finally:
        _end(worker)
        pid_file().unlink(missing_ok=True)
        if not Instance.here().external:
            Instance.here().server.stop()


def _processes() -> int:
    """Return how many processes answer requests: one a core up to four, or what OPENILP_PROCESSES says."""
    return max(1, int(os.environ.get("OPENILP_PROCESSES") or min(4, os.cpu_count() or 1)))


class PortTaken(Exception):
    """Say that something else listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        super().__init__(
            f"Port {port} of {host} is taken; stop what listens there, or choose another with --port."
        )


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            own.bind((host, port))
        except OSError as error:
            raise PortTaken(host, port) from error


def _let_go_of_the_database() -> None:
    """Close connections and pool: the server's process is a fork, and a pool does not survive one."""
    from django.db import connection, connections

    connections["corridor"].close()
    own: Any = connection
    own.close()
    own.close_pool()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=_STOP_AFTER_S)
    except subprocess.TimeoutExpired:
        process.kill()


def stop_server() -> bool:
    """Ask the running server to end, and wait for it.

    Returns:
        True if one was running.
    """
    pid = running_pid()
    if pid is None:
        return False
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + _STOP_AFTER_S
    while running_pid() is not None and time.monotonic() < deadline:
        time.sleep(0.1)
    return True
