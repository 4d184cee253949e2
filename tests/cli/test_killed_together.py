"""One instance as it is served, whose application, worker and database are killed outright while reports come in.

What was answered is there; what was not is absent, or there once when it is sent again; each stands in the log once.
"""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.cli.instances import ADMIN_PASSWORD, openilp
from tests.collection.test_api import REPORT

SEED = 20261130
_ROOT = Path(__file__).parents[2]
APPLICATION, WORKER, DATABASE = "application", "worker", "database"
#: Tries of one request while the instance comes up again, with a pause between them.
_TRIES, _PAUSE_S = 600, 0.2


@dataclass
class Instance:
    """An instance in a home of its own, and the processes that serve it."""

    home: Path
    port: int
    token: str = ""
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    processes: list[psutil.Process] = field(default_factory=list)
    workers: set[int] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)

    def run(self, *command: str) -> str:
        """Run Python in the instance's home; return what it printed last."""
        done = subprocess.run(
            [sys.executable, *command], env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().splitlines()[-1]

    def environment(self) -> dict[str, str]:
        """Return the environment of its processes."""
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("OPENILP_", "DATABASE_URL", "DJANGO_"))
        }
        return {
            **clean,
            "OPENILP_HOME": str(self.home),
            "OPENILP_PROCESSES": "1",
            "PYTHONPATH": f"{_ROOT / 'src'}:{_ROOT}",
        }

    def serve(self) -> None:
        """Start application, worker and database, and wait until a request is answered."""
        command = [sys.executable, "-m", "openilp.cli", "serve", f"--port={self.port}"]
        with (self.home / "served.log").open("a") as said:
            started = subprocess.Popen(
                command, env=self.environment(), stdout=said, stderr=said, start_new_session=True
            )
        self.started.append(started)
        self.wait()
        main = psutil.Process(started.pid)
        self.processes = [main, *main.children(recursive=True)]
        self.workers = {each.pid for each in self.processes if "openilp.cli.worker" in each.cmdline()}

    def wait(self) -> None:
        """Wait until the instance answers."""
        for _ in range(_TRIES):
            if self.ask("GET", "/health")[0] == 200:
                return
            threading.Event().wait(_PAUSE_S)
        raise AssertionError((self.home / "served.log").read_text()[-2000:])

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, bytes]:
        """Send a request; status 0 where no answer came."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        http = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            http.request(method, path, json.dumps(body) if body else None, headers)
            answer = http.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            return 0, b""
        finally:
            http.close()

    def report(self, name: str) -> None:
        """Send a report under its name as key, and note whether it was answered."""
        status, said = self.ask("POST", "/api/v1/collection/reports", REPORT | {"title": name}, key=name)
        assert status in (0, 201) or status >= 500, said
        (self.acknowledged if status == 201 else self.unsure).add(name)
        if status == 201:
            self.unsure.discard(name)

    def kill(self, victim: str) -> None:
        """Kill a part of it outright."""
        for process in self.part(victim):
            process.kill()

    def part(self, victim: str) -> list[psutil.Process]:
        """Return the processes of a part."""
        if victim == DATABASE:
            pid = int((self.home / "database" / "postmaster.pid").read_text().splitlines()[0])
            return [psutil.Process(pid), *psutil.Process(pid).children()]
        for each in self.started:
            each.poll()
        return [
            process
            for process in self.processes
            if process.is_running() and (process.pid in self.workers) == (victim == WORKER)
        ]

    def mend(self, victim: str) -> None:
        """Bring back what was killed."""
        if victim == DATABASE:
            code = (
                "from openilp.safeguards.postgres.instance import Instance; Instance.here().ensure_running()"
            )
            self.run("-c", f"{code}; print('up')")
            self.wait()
            return
        for process in (*self.part(APPLICATION), *self.part(WORKER)):
            process.kill()
        for each in self.started:
            each.wait()
        (self.home / "server.pid").unlink(missing_ok=True)
        self.serve()

    def asked(self, sql: str) -> list[Any]:
        """Ask the database as somebody who sees every row."""
        code = (
            "from openilp.safeguards.postgres.instance import Instance\n"
            "print(Instance.here().server.dsn(dbname='openilp'))"
        )
        with psycopg.connect(self.run("-c", code)) as connection:
            return connection.execute(sql).fetchall()

    def reports(self) -> dict[str, int]:
        """Return how often each report is there."""
        sql = "SELECT title, count(*) FROM collection_report WHERE title LIKE 'k%' GROUP BY title"
        return dict(self.asked(sql))

    def logged(self) -> int:
        """Return how many events, in the log or before it, say that a report was submitted under a key of ours."""
        written = "event @> '{\"action\": \"collection.submit_report_api\"}' AND event ->> 'outcome' = 'done'"
        (row,) = self.asked(
            f"SELECT (SELECT count(*) FROM safeguards_auditevent WHERE {written})"
            f" + (SELECT count(*) FROM safeguards_audit_outbox WHERE {written})"
        )
        return int(row[0])


@pytest.fixture
def served() -> Iterator[Instance]:
    """A durable instance with its own embedded database, served."""
    home = Path(os.environ["OPENILP_TEST_HOME"]) / f"killed-{os.getpid()}"
    home.mkdir()
    home.chmod(0o711)
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        made = Instance(home, own.getsockname()[1])
    try:
        (home.parent / f"{home.name}.csv").write_text(
            "code,name,organisation_level,parent_code\nHQ,Headquarters,national,\nN,North,regional,HQ\n"
        )
        done = openilp(
            home,
            "init",
            f"--units={home.parent / f'{home.name}.csv'}",
            "--agency=Police of Elsewhere",
            "--administrator=first.admin",
            "--full-name=First Administrator",
            OPENILP_ADMIN_PASSWORD=ADMIN_PASSWORD,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        made.token = json.loads(made.run("-m", "tests.cli.keeping", "token"))["token"]
        made.serve()
        yield made
    finally:
        for process in made.processes:
            if process.is_running():
                process.kill()
        for each in made.started:
            each.kill()
            each.wait()
        openilp(home, "stop")
        shutil.rmtree(home)
        (home.parent / f"{home.name}.csv").unlink()


def kill_while_writing(served: Instance, victim: str, rng: random.Random, number: int) -> None:
    """Send reports, kill a part at a random moment among them, look, mend it, and send again what had no answer."""
    death = threading.Timer(rng.uniform(0.01, 0.5), served.kill, [victim])
    death.start()
    after = 0
    while after < 3 and not (after and served.unsure):
        after += not death.is_alive()
        served.report(f"k{number}-{len(served.acknowledged | served.unsure)}")
    death.join()
    served.mend(victim)
    there = served.reports()
    assert {name for name in served.acknowledged if there.get(name) != 1} == set()
    assert {name for name in served.unsure if there.get(name, 0) > 1} == set()
    for name in sorted(served.unsure):
        served.report(name)
    assert served.unsure == set()


@pytest.mark.parametrize("rounds", [1, pytest.param(12, marks=pytest.mark.deep)])
def test_application_worker_and_database_are_killed_while_reports_come_in(
    served: Instance, rounds: int
) -> None:
    """Each in turn, at moments drawn by lot: nothing that was answered is lost, nothing is there twice [ADM-03]."""
    rng = random.Random(SEED)
    before = served.logged()
    for number in range(rounds):
        for victim in rng.sample([APPLICATION, WORKER, DATABASE], 3):
            kill_while_writing(served, victim, rng, number)

    there = served.reports()
    assert set(there.values()) == {1}
    assert there.keys() == served.acknowledged
    assert served.logged() - before == len(there)
    served.started[-1].terminate()
    served.started[-1].wait()
    done = openilp(served.home, "audit", "verify", f"--state={served.home / 'pins'}", "--json")
    assert json.loads(done.stdout)["whole"] is True, done.stdout
