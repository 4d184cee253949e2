"""The superuser's one step: four harmless roles and a database that only they enter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from openilp.safeguards.postgres.bootstrap import APP, OWNER, SEARCH, SEQUENCER, bootstrap
from openilp.safeguards.postgres.embedded import EmbeddedPostgres
from openilp.safeguards.postgres.errors import DatabaseOfAnother, ServerTooOld


@pytest.fixture(scope="module")
def server(shared_home: Path) -> EmbeddedPostgres:
    server = EmbeddedPostgres(shared_home, durable=False)
    server.start()
    return server


@pytest.fixture
def superuser(server: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        yield connection


@pytest.fixture
def prepared(superuser: psycopg.Connection) -> psycopg.Connection:
    bootstrap(superuser, database="openilp")
    return superuser


@pytest.mark.parametrize("role", [OWNER, APP, SEARCH, SEQUENCER])
def test_no_role_can_bypass_anything(prepared: psycopg.Connection, role: str) -> None:
    """No role is superuser, bypasses row security, or makes roles or databases."""
    row = prepared.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin"
        " FROM pg_roles WHERE rolname = %s",
        [role],
    ).fetchone()

    assert row == (False, False, False, False, False, role != SEARCH)


def test_a_role_that_was_widened_is_put_right(prepared: psycopg.Connection) -> None:
    """Running the step again takes away what somebody gave."""
    prepared.execute("ALTER ROLE openilp_app BYPASSRLS CREATEDB")

    bootstrap(prepared, database="openilp")

    row = prepared.execute(
        "SELECT rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = 'openilp_app'"
    ).fetchone()
    assert row == (False, False)


def test_owner_makes_databases_in_the_test_cluster_only(prepared: psycopg.Connection) -> None:
    """The right to create databases is asked for, and goes away again."""
    query = "SELECT rolcreatedb FROM pg_roles WHERE rolname = 'openilp_owner'"

    bootstrap(prepared, database="openilp", createdb=True)
    granted = prepared.execute(query).fetchone()
    bootstrap(prepared, database="openilp")
    taken = prepared.execute(query).fetchone()

    assert (granted, taken) == ((True,), (False,))


def test_owner_becomes_search_but_inherits_nothing_of_it(prepared: psycopg.Connection) -> None:
    """Search functions are handed to a role whose rights the owner does not hold by itself."""
    row = prepared.execute(
        "SELECT pg_has_role('openilp_owner', 'openilp_search', 'SET'),"
        " pg_has_role('openilp_owner', 'openilp_search', 'USAGE'),"
        " pg_has_role('openilp_app', 'openilp_search', 'MEMBER'),"
        " pg_has_role('openilp_app', 'openilp_owner', 'MEMBER')"
    ).fetchone()

    assert row == (True, False, False, False)


def test_application_enters_and_leaves_nothing_behind(
    server: EmbeddedPostgres, prepared: psycopg.Connection
) -> None:
    """The application connects, but makes neither tables nor temporary tables."""
    with psycopg.connect(server.dsn(APP, "openilp"), autocommit=True) as connection:
        for statement in ("CREATE TABLE t (n int)", "CREATE TEMP TABLE t (n int)", "CREATE SCHEMA s"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_role_without_grant_is_kept_out(server: EmbeddedPostgres, prepared: psycopg.Connection) -> None:
    """The database admits the named roles only."""
    prepared.execute("DROP ROLE IF EXISTS passer_by")
    prepared.execute("CREATE ROLE passer_by LOGIN")

    with pytest.raises(psycopg.OperationalError, match="CONNECT privilege"):
        psycopg.connect(server.dsn("passer_by", "openilp"))


def test_database_folds_case_whatever_the_server_was_made_with(
    server: EmbeddedPostgres, prepared: psycopg.Connection
) -> None:
    """The database brings its own Unicode locale."""
    with psycopg.connect(server.dsn(OWNER, "openilp")) as connection:
        row = connection.execute("SELECT lower('ЂӨ'), getdatabaseencoding()").fetchone()

    assert row == ("ђө", "UTF8")


def test_database_of_another_role_is_left_alone(superuser: psycopg.Connection) -> None:
    """An existing database is not taken over."""
    superuser.execute("CREATE DATABASE payroll")
    try:
        with pytest.raises(DatabaseOfAnother, match="payroll"):
            bootstrap(superuser, database="payroll")
        row = superuser.execute("SELECT datacl FROM pg_database WHERE datname = 'payroll'").fetchone()
    finally:
        superuser.execute("DROP DATABASE payroll")

    assert row == (None,)


def test_passwords_arrive_as_verifiers(prepared: psycopg.Connection) -> None:
    """The server sees and keeps the SCRAM verifier, never the password."""
    bootstrap(prepared, database="openilp", passwords={APP: "quiet harbour 7"})

    row = prepared.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'openilp_app'").fetchone()
    assert row is not None
    assert row[0].startswith("SCRAM-SHA-256$")


@pytest.mark.parametrize("role", [SEARCH, "postgres"])
def test_password_for_a_role_without_log_in_is_refused(superuser: psycopg.Connection, role: str) -> None:
    """A misspelt or forbidden role is an error before anything changes."""
    with pytest.raises(ValueError, match=role):
        bootstrap(superuser, database="openilp", passwords={role: "x"})


def test_transaction_is_refused(server: EmbeddedPostgres) -> None:
    """A database cannot be created inside a transaction; say so before half is done."""
    with psycopg.connect(server.dsn()) as connection, pytest.raises(ValueError, match="autocommit"):
        bootstrap(connection, database="openilp")


def test_old_server_is_refused(superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL 16 has no builtin Unicode locale."""
    monkeypatch.setattr("psycopg.ConnectionInfo.server_version", 160_004)

    with pytest.raises(ServerTooOld, match="16"):
        bootstrap(superuser, database="openilp")
