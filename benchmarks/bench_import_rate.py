"""Rows a second of an import under row security, beside a bare COPY of the same file, in turns on one server.

The import reads, checks, hashes, finds districts, keeps the row as it came, and writes under policies, foreign keys and
indexes with an audit event a step; the COPY writes twelve text columns into a table without any of it.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

TARGET_S = 60.0
#: On a busy machine seconds say little; then the import may take so many times as long as the bare COPY.
MOST_TIMES_COPY = 15.0
_FULL = Path("crime/police_uk_avon_somerset/avon_and_somerset_street_2023_2024.parquet")


def file_to_import() -> Path:
    """Return the whole data set where there is one, else the demo's extract of it."""
    from openilp.cli.demo_agency.incidents import EXTRACT

    folder = os.environ.get("OPENILP_TEST_DATA")
    whole = Path(folder) / _FULL if folder else EXTRACT
    return whole if whole.is_file() else EXTRACT


def found_agency() -> Any:
    """Set up a database of its own with the demo's districts and accounts, and return who imports."""
    from openilp.cli.running import open_database

    open_database()
    from openilp.cli.demo_agency import agency
    from openilp.cli.demo_agency.steps import Steps
    from openilp.cli.imports import DEMO_ACCOUNT

    steps = Steps.begin(agency.found())
    agency.open_accounts(steps)
    agency.open_matters(steps)
    return steps.actor(DEMO_ACCOUNT, matter=agency.STATISTICS)


def imported(actor: Any, path: Path) -> float:
    """Import the file and return the seconds."""
    from openilp.collection.imports.incidents import import_incidents
    from openilp.collection.imports.mapping import mapping

    begun = time.perf_counter()
    import_incidents(actor=actor, path=path, mapping=mapping("police-uk"))
    return time.perf_counter() - begun


def copied(path: Path) -> float:
    """Copy the file into a table that nothing protects and return the seconds."""
    from openilp.safeguards.postgres.instance import Instance

    begun = time.perf_counter()
    with psycopg.connect(Instance.here().server.dsn(dbname="openilp")) as superuser:
        rows = _rows(path)
        columns = next(rows)
        fields = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in columns)
        superuser.execute(sql.SQL("CREATE TABLE bare_copy ({})").format(fields))
        with superuser.cursor().copy("COPY bare_copy FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    return time.perf_counter() - begun


def _rows(path: Path) -> Iterator[list[Any]]:
    from openilp.collection.imports.files import open_rows

    file = open_rows(path)
    yield file.columns
    for chunk in file.chunks(file.columns):
        yield from (list(row) for row in chunk.rows)


def main() -> int:
    """Print rows a second of both, and their ratio."""
    with tempfile.TemporaryDirectory(prefix="openilp-bench-") as home:
        Path(home).chmod(0o711)
        os.environ["OPENILP_HOME"] = str(Path(home) / "home")
        os.environ["DJANGO_SETTINGS_MODULE"] = "openilp.web.settings"
        from openilp.safeguards.postgres.instance import Instance

        try:
            actor = found_agency()
            path = file_to_import()
            from openilp.collection.imports.files import open_rows

            total = open_rows(path).rows_total
            within, bare = imported(actor, path), copied(path)
            again = imported(actor, path)
        finally:
            Instance.here().server.stop()
    print(f"{path.name}: {total:,} rows")
    print(f"import under row security  {within:8.1f} s {total / within:10,.0f} rows/s")
    print(f"import again, all known    {again:8.1f} s {total / again:10,.0f} rows/s")
    print(f"bare COPY, no protection   {bare:8.1f} s {total / bare:10,.0f} rows/s")
    print(f"ratio import ÷ COPY        {within / bare:8.1f}")
    met = within < TARGET_S or within / bare < MOST_TIMES_COPY
    print(f"target: {TARGET_S:.0f} s, or {MOST_TIMES_COPY:.0f} times the COPY: {'met' if met else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
