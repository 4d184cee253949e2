"""The list API under load: requests a second with row security, audit and four clients on the same machine."""

import os
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from typing import Any

from benchmarks import big_agency

SECONDS = 10.0
CLIENTS = 4
PORT = 8765


def client(token: str, until: float, times: list[float]) -> None:
    """Ask for lists until the time is up."""
    connection = HTTPConnection("127.0.0.1", PORT)
    while time.perf_counter() < until:
        begun = time.perf_counter()
        connection.request(
            "GET", "/api/v1/collection/reports?size=25", headers={"Authorization": f"Bearer {token}"}
        )
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"answered {answer.status}")
        times.append(time.perf_counter() - begun)


def load(token: str) -> list[float]:
    """Return the times of all requests of one run."""
    times: list[list[float]] = [[] for _ in range(CLIENTS)]
    until = time.perf_counter() + SECONDS
    threads = [threading.Thread(target=client, args=(token, until, own)) for own in times]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(t for own in times for t in own)


def main() -> None:
    """Print requests a second and percentiles."""
    big_agency.prepare()
    agency: dict[str, Any] = big_agency.open_agency()
    from openilp.safeguards.acting import acting
    from openilp.safeguards.people import actor_for, issue_token

    actor = actor_for(agency["user"])
    with acting(actor, "benchmark"):
        token = issue_token(actor=actor, name="benchmark", days=1)
    command = [sys.executable, "-m", "openilp.cli", "serve", "--port", str(PORT)]
    # One account asks for all clients here; what an account may ask in a minute is counted, but does not end the run.
    environment = {**os.environ, "PORT": str(PORT), "OPENILP_API_LIMIT": "1000000"}
    server = subprocess.Popen(command, env=environment)
    try:
        wait_for(PORT)
        load(token)
        times = load(token)
    finally:
        server.terminate()
        server.wait(timeout=30)
    rate = len(times) / SECONDS
    p50, p95 = times[len(times) // 2] * 1000, times[int(len(times) * 0.95)] * 1000
    print(f"list API, 25 rows, {CLIENTS} clients: {rate:.0f} requests/s, p50 {p50:.1f} ms, p95 {p95:.1f} ms")


def wait_for(port: int) -> None:
    """Wait until the server on a port answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not answer within a minute.")


if __name__ == "__main__":
    main()
