"""The one step that needs a superuser: the roles and the empty database.

Everything after it is done by the owner (migrations) and the application role, neither of which can
bypass row security.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

from openilp.safeguards.postgres.errors import DatabaseOfAnother, ServerTooOld

OWNER = "openilp_owner"
APP = "openilp_app"
SEARCH = "openilp_search"
SEQUENCER = "openilp_sequencer"
#: Owns the functions through which records leave; nobody logs in as it.
ERASER = "openilp_eraser"
#: The sterile corridor: who owns its schema, and who works in it. Neither reaches the rest, nor the rest them.
CORRIDOR_OWNER = "openilp_corridor_owner"
CORRIDOR = "openilp_corridor"
CORRIDOR_SCHEMA = "corridor"
#: Copies an external server whole; it exists only there, and its password is kept by whoever runs the backups.
BACKUP = "openilp_backup"

OLDEST_MAJOR = 17
"""The builtin locale provider exists from here on; with locale C nothing folds Cyrillic case."""

UNICODE_LOCALE = {17: "C.UTF-8"}
NEWEST_UNICODE_LOCALE = "PG_UNICODE_FAST"


@dataclass(frozen=True)
class Role:
    """What one role may do to the cluster; none is ever superuser, BYPASSRLS or CREATEROLE."""

    name: str
    login: bool
    createdb: bool = False

    def attributes(self) -> sql.SQL:
        """Return the attributes as they stand in CREATE ROLE and ALTER ROLE."""
        login = "LOGIN" if self.login else "NOLOGIN"
        createdb = "CREATEDB" if self.createdb else "NOCREATEDB"
        return sql.SQL(f"{login} {createdb} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION")


def roles(*, createdb: bool = False) -> tuple[Role, ...]:
    """Return the roles of an installation.

    Args:
        createdb: Whether the owner may create databases; for the test cluster only.
    """
    return (
        Role(OWNER, login=True, createdb=createdb),
        Role(APP, login=True),
        Role(SEARCH, login=False),
        Role(SEQUENCER, login=True),
        Role(ERASER, login=False),
        Role(CORRIDOR_OWNER, login=True),
        Role(CORRIDOR, login=True),
    )


def bootstrap(
    superuser_connection: Connection[Any],
    *,
    database: str,
    createdb: bool = False,
    passwords: Mapping[str, str] | None = None,
) -> None:
    """Create the roles and the database, or put them right when they exist.

    Args:
        superuser_connection: An autocommit connection of a superuser to any database of the server.
        database: Name of the database; it will belong to `openilp_owner`.
        createdb: Whether the owner may create databases; for the test cluster only.
        passwords: Role name to password, for a server that asks for passwords. Only the SCRAM
            verifier is sent, so that the password stands in no server log.

    Raises:
        ServerTooOld: If the server is older than PostgreSQL 17.
        DatabaseOfAnother: If the database exists and belongs to another role.
        ValueError: If the connection is not in autocommit mode, or a password names no role.
    """
    if not superuser_connection.autocommit:
        raise ValueError("CREATE DATABASE cannot run inside a transaction; connect with autocommit=True.")
    major = superuser_connection.info.server_version // 10_000
    if major < OLDEST_MAJOR:
        raise ServerTooOld(found=major, minimum=OLDEST_MAJOR)
    wanted = roles(createdb=createdb)
    _check_passwords(passwords or {}, wanted)
    _check_owner(superuser_connection, database)

    for role in wanted:
        _ensure_role(superuser_connection, role)
    for role_name, password in (passwords or {}).items():
        _set_password(superuser_connection, role_name, password)
    for role_name in (SEARCH, ERASER):
        superuser_connection.execute(
            sql.SQL("GRANT {} TO {} WITH ADMIN FALSE, INHERIT FALSE, SET TRUE").format(
                sql.Identifier(role_name), sql.Identifier(OWNER)
            )
        )
    _ensure_database(superuser_connection, database, major)
    name = sql.Identifier(database)
    superuser_connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    superuser_connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}, {}").format(
            name, sql.Identifier(APP), sql.Identifier(SEQUENCER), sql.Identifier(CORRIDOR)
        )
    )
    # The corridor's owner makes its own schema; whoever owns the database owns nothing in it.
    superuser_connection.execute(
        sql.SQL("GRANT CONNECT, CREATE ON DATABASE {} TO {}").format(name, sql.Identifier(CORRIDOR_OWNER))
    )


def ensure_backup_role(superuser_connection: Connection[Any], *, database: str, password: str) -> None:
    """Create the role that reads everything and writes nothing, or put it right when it exists.

    Args:
        superuser_connection: An autocommit connection of a superuser.
        database: The database that it may copy.
        password: Its password; only the SCRAM verifier is sent.
    """
    name = sql.Identifier(BACKUP)
    known = superuser_connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [BACKUP]).fetchone()
    superuser_connection.execute(
        sql.SQL("{} ROLE {} WITH LOGIN BYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION").format(
            sql.SQL("ALTER" if known else "CREATE"), name
        )
    )
    superuser_connection.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(name))
    superuser_connection.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(name))
    superuser_connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), name)
    )
    _set_password(superuser_connection, BACKUP, password)


def _check_passwords(passwords: Mapping[str, str], wanted: tuple[Role, ...]) -> None:
    known = {role.name for role in wanted if role.login}
    if unknown := sorted(passwords.keys() - known):
        raise ValueError(
            f"No role with log-in is called {unknown[0]!r}; use one of {', '.join(sorted(known))}."
        )


def _check_owner(connection: Connection[Any], database: str) -> None:
    row = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database]
    ).fetchone()
    if row is not None and row[0] != OWNER:
        raise DatabaseOfAnother(database=database, owner=row[0], expected=OWNER)


def _ensure_role(connection: Connection[Any], role: Role) -> None:
    row = connection.execute(
        "SELECT rolcanlogin, rolcreatedb, rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication"
        " FROM pg_roles WHERE rolname = %s",
        [role.name],
    ).fetchone()
    if row is None:
        verb = sql.SQL("CREATE ROLE {} WITH {}")
    elif row != (role.login, role.createdb, False):
        verb = sql.SQL("ALTER ROLE {} WITH {}")
    else:
        return
    connection.execute(verb.format(sql.Identifier(role.name), role.attributes()))


def _set_password(connection: Connection[Any], role: str, password: str) -> None:
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    connection.execute(
        sql.SQL("ALTER ROLE {} WITH PASSWORD {}").format(
            sql.Identifier(role), sql.Literal(verifier.decode("ascii"))
        )
    )


def _ensure_database(connection: Connection[Any], database: str, major: int) -> None:
    exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    if exists is not None:
        return
    connection.execute(
        sql.SQL(
            "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
            " LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE {}"
        ).format(
            sql.Identifier(database),
            sql.Identifier(OWNER),
            sql.Literal(UNICODE_LOCALE.get(major, NEWEST_UNICODE_LOCALE)),
        )
    )
