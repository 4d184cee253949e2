"""Search under row security: the application's own search beside the same SQL as superuser, in turns."""

import statistics
import time
from typing import Any

import psycopg

from benchmarks import big_agency

RUNS = 40
TERMS = ("lantern", "courier tools", "машин OR сумки", "100777", "van")


def timed(run: Any) -> float:
    """Return the milliseconds of one call."""
    begun = time.perf_counter()
    run()
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    """Print the two medians and their ratio for each term."""
    big_agency.prepare()
    agency = big_agency.open_agency()
    from django.db import connection

    from openilp.safeguards.acting import acting
    from openilp.safeguards.gate import rule_over
    from openilp.safeguards.labels import State
    from openilp.safeguards.people import actor_for
    from openilp.safeguards.postgres.instance import Instance
    from openilp.safeguards.predicate import LABEL_COLUMNS

    bare = (
        "SELECT r.id, r.title FROM collection_report r WHERE r.words @@ websearch_to_tsquery('simple', %s)"
        " ORDER BY r.created_at DESC, r.id DESC LIMIT 51"
    )
    actor = actor_for(agency["user"])
    rule, reach = rule_over({name: f"r.{name}" for name in LABEL_COLUMNS}, actor, [State.NORMAL])
    protected = (
        "SELECT r.id, r.title FROM search_collection_report(%s, 51, NULL, NULL) r"
        f" WHERE {rule} ORDER BY r.created_at DESC, r.id DESC"
    )
    server = Instance.here().server
    print(
        f"{'term':<16}{'superuser ms':>14}{'application ms':>16}{'ratio':>8}   of {big_agency.REPORTS:,} reports"
    )
    with (
        # Neither side keeps plans: the application's connections do not.
        psycopg.connect(server.dsn(dbname="openilp"), autocommit=True, prepare_threshold=None) as superuser,
        acting(actor, "benchmark"),
    ):
        connection.ensure_connection()
        application = connection.connection
        for term in TERMS:
            pairs = []
            for _ in range(RUNS + 2):
                pairs.append(
                    (
                        timed(lambda term=term: superuser.execute(bare, [term]).fetchall()),  # type: ignore[misc]
                        timed(lambda term=term: application.execute(protected, [term, *reach]).fetchall()),  # type: ignore[misc]
                    )
                )
            without, within = (statistics.median(column) for column in zip(*pairs[2:], strict=True))
            print(f"{term:<16}{without:>14.2f}{within:>16.2f}{within / without:>8.2f}")


if __name__ == "__main__":
    main()
