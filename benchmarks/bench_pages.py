"""Pages at 200,000 reports: time and queries of each, with row security and audit."""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks import big_agency

RUNS = 60
LIMIT_MS = 150.0


def measure(get: Callable[[], Any]) -> tuple[float, float, int]:
    """Return median and 95th percentile in milliseconds, and the number of queries of one call."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    get()
    with CaptureQueriesContext(connection) as captured:
        answer = get()
    queries = len(captured)
    if answer.status_code != 200:
        raise SystemExit(f"{answer.request['PATH_INFO']} answered {answer.status_code}")
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        get()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1], queries


def main() -> int:
    """Print one line a page; return 1 if one is too slow."""
    big_agency.prepare()
    agency = big_agency.open_agency()
    from django.test import Client

    from openilp.collation.models import Entity
    from openilp.collection.models import Report
    from openilp.safeguards.acting import acting
    from openilp.safeguards.people import actor_for

    client = Client(headers={"host": "localhost"})
    client.force_login(agency["user"])
    actor = actor_for(agency["user"])
    with acting(actor, "benchmark"):
        report = Report.objects.seen_by(actor).order_by("-created_at")[1000]
        entity = Entity.objects.seen_by(actor).order_by("-created_at")[1000]
    pages = {
        "home": "/",
        "reports, list": "/collection/",
        "reports, list (API)": "/api/v1/collection/reports",
        "report": f"/collection/reports/{report.ref}",
        "evaluation, inbox": "/evaluation/",
        "collation, in-tray": "/collation/",
        "entities, list": "/collation/entities",
        "entity": f"/collation/entities/{entity.ref}",
        "search, rare word": "/search?q=lantern",
        "search, common word": "/search?q=seen",
        "thread, page": f"/review/thread/{report.ref}",
        "thread (API)": f"/api/v1/review/thread/{report.ref}",
        "navigation counts": "/nav/counts",
    }
    print(f"{'page':<24}{'p50 ms':>9}{'p95 ms':>9}{'queries':>9}   of {big_agency.REPORTS:,} reports")
    slow = []
    for name, path in pages.items():
        median, p95, queries = measure(lambda path=path: client.get(path))  # type: ignore[misc]
        print(f"{name:<24}{median:>9.1f}{p95:>9.1f}{queries:>9}{'' if p95 <= LIMIT_MS else '   over 150 ms'}")
        if p95 > LIMIT_MS:
            slow.append(name)
    print(f"Within {LIMIT_MS:.0f} ms (p95): {len(pages) - len(slow)} of {len(pages)}.")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
