"""An agency of a size to measure on: 200,000 reports, written by SQL as the owner of the tables.

It has a home of its own (`$OPENILP_HOME/benchmark`), made once and kept for the next run.
"""

import hashlib
import os
import sys
import time
from pathlib import Path
from typing import Any

REPORTS = int(os.environ.get("OPENILP_BENCHMARK_REPORTS", "200000"))
ITEMS_A_REPORT = 2
ENTITIES = REPORTS // 4
PASSWORD = "measured openly 1"  # noqa: S105  (of a throw-away instance; not a secret: benchmark)
_SQL = Path(__file__).parent / "big_agency.sql"
_COLUMNS = (
    "created_at, created_by_id, level, compartments, owner_unit_id, releasable_to, originator_control, state,"
    " purpose_id, legal_basis, recorded_on, review_on"
)


def prepare() -> None:
    """Point this process at the benchmark's own home; call it before Django is loaded."""
    from openilp.safeguards.postgres.home import openilp_home

    os.environ["OPENILP_HOME"] = str(openilp_home() / "benchmark")
    os.environ["OPENILP_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openilp.web.settings")


def open_agency() -> dict[str, Any]:
    """Start the server, fill it the first time, and return account and matter to measure with."""
    from openilp.cli.running import open_database

    open_database()
    from django.db import connection, transaction

    from openilp.safeguards.models import User
    from openilp.safeguards.people import own_matters
    from openilp.safeguards.postgres.owner import as_owner

    if not User.objects.filter(username="analyst").exists():
        _people()
    home = Path(os.environ["OPENILP_HOME"])
    filled = home / f"filled-{REPORTS}-{_digest()}"
    if not filled.exists():
        if any(home.glob("filled-*")):
            raise SystemExit(f"{home} was filled by another version of this script; remove the folder.")
        begun = time.perf_counter()
        with as_owner(connection), connection.cursor() as cursor:
            with transaction.atomic():
                _fill(cursor)
            cursor.execute("VACUUM ANALYZE")
        filled.touch()
        print(f"# {REPORTS:,} reports written in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    user = User.objects.get(username="analyst")
    return {"user": user, "matter": own_matters(user)[0]}


def _digest() -> str:
    return hashlib.sha256(_SQL.read_bytes()).hexdigest()[:8]


def _people() -> None:
    from openilp.safeguards.acting import acting
    from openilp.safeguards.models import Matter, Membership, Unit
    from openilp.safeguards.people import actor_for, make_account
    from openilp.safeguards.roles import Role

    unit = Unit.objects.create(code="HQ", name="Headquarters", organisation_level="national")
    _colleague, user = (
        make_account(
            username=username,
            full_name=f"Measuring {username.capitalize()}",
            unit=unit,
            roles=[Role.OPERATIONAL_ANALYST, Role.INTELLIGENCE_OFFICER],
            clearance=2,
            password=PASSWORD,
            must_change_password=False,
        )
        for username in ("colleague", "analyst")
    )
    for title in ("Crime intelligence desk", "Operation of others"):
        with acting(actor_for(user, reason="quality"), "benchmark") as block:
            matter = Matter.objects.record(
                actor=block.actor,
                title=title,
                kind="standing_task",
                purpose_code="task",
                legal_basis="PL-12",
                owner_unit_id=unit.pk,
            )
        if title.startswith("Crime"):
            Membership.objects.create(matter=matter, user=user)


def _fill(cursor: Any) -> None:
    """Write reports of all levels, a tenth in a compartment of others, with what hangs on them."""
    cursor.execute(_SQL.read_text().replace("{columns}", _COLUMNS), None)
    for statement, values in (
        ("SELECT bench_reports(%s)", [REPORTS]),
        ("SELECT bench_items(%s)", [ITEMS_A_REPORT]),
        ("SELECT bench_entities(%s)", [ENTITIES]),
        ("SELECT bench_mentions()", []),
        ("SELECT bench_connections(%s)", [ENTITIES]),
    ):
        cursor.execute(statement, values)
    cursor.execute(
        "DROP FUNCTION bench_reports(int), bench_items(int), bench_entities(int), bench_mentions(),"
        " bench_connections(int), bench_ref(text, int)"
    )
