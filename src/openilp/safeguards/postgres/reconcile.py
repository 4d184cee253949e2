"""Bring grants, policies and functions of the database in line with the models, after every migration."""

import hashlib
import json
from pathlib import Path

from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from openilp.safeguards import claims
from openilp.safeguards.postgres import policies, relabelling
from openilp.safeguards.postgres.bootstrap import (
    APP,
    CORRIDOR,
    CORRIDOR_OWNER,
    ERASER,
    OWNER,
    SEARCH,
    SEQUENCER,
)
from openilp.safeguards.postgres.tables import TableClass, managed_models, table_class
from openilp.safeguards.retention import schema

_LOCK = 0x0F12
_FUNCTIONS = Path(__file__).with_name("functions.sql")
_RETENTION = Path(__file__).with_name("retention.sql")
#: What the application may call of the functions of retention; the others are theirs alone.
_RETENTION_MAY = (
    "openilp_clock_wind(text, uuid[], text)",
    "openilp_clock_wind_missing()",
    "openilp_clock_pull(text, uuid, date, text, text)",
    "openilp_clock_release(text, uuid[], text)",
    "openilp_clock_review(uuid)",
    "openilp_restrict(text, uuid, boolean)",
    "openilp_lapsing(text, date, integer)",
    "openilp_erase(uuid, text[], uuid[], text[], boolean)",
    "openilp_erasure_read(uuid, text, text[])",
    "openilp_erasure_acknowledged(uuid)",
    "openilp_reissue(uuid, text, uuid, jsonb)",
    "openilp_rights_order(uuid)",
)
_RETENTION_OWN = (
    "openilp_retention_tables()",
    "openilp_retention_may(text[])",
    "openilp_retention_rule(text)",
    "openilp_restrict_rows(text, uuid, boolean)",
    "openilp_tombstones(uuid, text, uuid[], text, boolean)",
    "openilp_erasing(uuid)",
)
#: An event stays; the detail that is sealed beside it is erased when its time is over.
_SEQUENCER_MAY = {
    "safeguards.auditevent": "SELECT, INSERT",
    "safeguards.auditdetail": "SELECT, INSERT, DELETE",
}
_CLAIM_FUNCTIONS = (
    "claims",
    "claim_level",
    "claim_user",
    "claim_compartments",
    "claim_states",
    "claim_roles",
    "claim_partner",
)


def reconcile(connection: BaseDatabaseWrapper) -> None:
    """Write what is missing or different, whole or not at all; a database that is in line is left alone."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _own_functions(cursor)
        _own_tables(cursor)
        for model in managed_models():
            if _exists(cursor, model._meta.db_table):
                _protect(cursor, model)
        _retention(cursor)
        # Not the search role's: it may read every row, and write none.
        for statement in relabelling.functions():
            cursor.execute(statement)
        _plain_sequences(cursor)
        _jobs(cursor)
        cursor.execute(f"COMMENT ON TABLE safeguards_claims_key IS '{_version()}'")


def is_current(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether functions, policies and grants are those that this version generates; run it as the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass('public.safeguards_claims_key'), 'pg_class')")
        return bool(cursor.fetchone()[0] == _version())


def _version() -> str:
    """Return one hash over everything that reconcile writes."""
    parts = [_FUNCTIONS.read_text(), _SEES, _RETENTION.read_text(), _tables(), claims.key().hex()]
    parts += relabelling.functions()
    for model in managed_models():
        parts += [policies.rules(model).text, *policies.search_functions(model)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _own_functions(cursor: CursorWrapper) -> None:
    cursor.execute("SET LOCAL client_min_messages = warning")
    cursor.execute(_FUNCTIONS.read_text())
    cursor.execute(_SEES)
    inner, outer = claims.pads(claims.key())
    cursor.execute(
        "INSERT INTO safeguards_claims_key (inner_pad, outer_pad) VALUES (%s, %s)"
        " ON CONFLICT (singleton) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad",
        [inner, outer],
    )
    for name in _CLAIM_FUNCTIONS:
        cursor.execute(f"REVOKE ALL ON FUNCTION openilp_{name}() FROM PUBLIC")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION openilp_{name}() TO {APP}, {SEARCH}, {ERASER}")
    cursor.execute("REVOKE ALL ON FUNCTION openilp_sees(text, uuid) FROM PUBLIC")
    cursor.execute(f"GRANT EXECUTE ON FUNCTION openilp_sees(text, uuid) TO {APP}")


def _own_tables(cursor: CursorWrapper) -> None:
    cursor.execute(
        f"REVOKE ALL ON safeguards_claims_key, safeguards_audit_outbox FROM PUBLIC, {APP}, {SEARCH}"
    )
    cursor.execute(f"GRANT INSERT (event, detail) ON safeguards_audit_outbox TO {APP}")
    cursor.execute(f"GRANT SELECT, DELETE ON safeguards_audit_outbox TO {SEQUENCER}")
    cursor.execute(f"GRANT SELECT ON safeguards_audit_outbox TO {SEARCH}")
    cursor.execute(f"REVOKE ALL ON django_migrations FROM PUBLIC, {APP}")
    cursor.execute(f"GRANT SELECT ON django_migrations TO {APP}")
    cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {SEARCH}, {SEQUENCER}, {ERASER}")
    cursor.execute("SELECT current_database()")
    (name,) = cursor.fetchone()
    cursor.execute(f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC, {APP}')
    cursor.execute(f'GRANT CONNECT ON DATABASE "{name}" TO {APP}, {SEQUENCER}, {CORRIDOR}')
    cursor.execute(f'GRANT CONNECT, CREATE ON DATABASE "{name}" TO {CORRIDOR_OWNER}')


def _exists(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute("SELECT to_regclass(%s)", [f'public."{table}"'])
    return cursor.fetchone()[0] is not None


def _protect(cursor: CursorWrapper, model: type[models.Model]) -> None:
    """Apply a table's rules, unless its comment says that these very rules are in force."""
    table = model._meta.db_table
    wanted = policies.rules(model)
    functions = policies.search_functions(model)
    digest = hashlib.sha256("\n".join([wanted.text, *functions]).encode()).hexdigest()
    cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [f'public."{table}"'])
    if cursor.fetchone()[0] == digest:
        return
    for statement in wanted.statements:
        cursor.execute(statement)
    if functions:
        _as_search(cursor, functions)
    if table_class(model) is TableClass.AUDIT:
        cursor.execute(f'DROP POLICY IF EXISTS sequence ON "{table}"')
        cursor.execute(f'CREATE POLICY sequence ON "{table}" TO {SEQUENCER} USING (true) WITH CHECK (true)')
        cursor.execute(f'GRANT {_SEQUENCER_MAY[model._meta.label_lower]} ON "{table}" TO {SEQUENCER}')
    cursor.execute(f"COMMENT ON TABLE \"{table}\" IS '{digest}'")


def _as_search(cursor: CursorWrapper, functions: list[str]) -> None:
    """Create functions as the search role, which may make objects only for that moment, and alone replaces its own."""
    cursor.execute(f"GRANT CREATE ON SCHEMA public TO {SEARCH}")
    cursor.execute(f"SET ROLE {SEARCH}")
    for statement in functions:
        if statement.startswith("CREATE"):
            # What a function of the search returns may have changed, which no replacing allows.
            name = statement.split("FUNCTION ", 1)[1].split("(", 1)[0]
            cursor.execute(f"DROP FUNCTION IF EXISTS {name}(text, integer, timestamptz, uuid)")
        cursor.execute(statement)
    cursor.execute(f"SET ROLE {OWNER}")
    cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM {SEARCH}")


def _tables() -> str:
    return json.dumps(schema.described(), sort_keys=True)


def _retention(cursor: CursorWrapper) -> None:
    """Write the functions through which records leave, as the role that owns nothing else and that nobody is."""
    cursor.execute(f"GRANT CREATE ON SCHEMA public TO {ERASER}")
    cursor.execute(f"SET ROLE {ERASER}")
    cursor.execute(
        "CREATE OR REPLACE FUNCTION openilp_retention_tables() RETURNS jsonb LANGUAGE sql IMMUTABLE"
        f" SET search_path = pg_catalog, pg_temp AS $tables$ SELECT $json${_tables()}$json$::jsonb $tables$"
    )
    cursor.execute(_RETENTION.read_text())
    for signature in (*_RETENTION_MAY, *_RETENTION_OWN):
        cursor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    for signature in _RETENTION_MAY:
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {APP}, {OWNER}")
    cursor.execute(f"SET ROLE {OWNER}")
    cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM {ERASER}")


def _plain_sequences(cursor: CursorWrapper) -> None:
    """Let the application number the rows of plain tables: accounts, sessions, jobs."""
    cursor.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i')"
        " WHERE c.relkind = 'S' AND c.relnamespace = 'public'::regnamespace"
    )
    for (sequence,) in cursor.fetchall():
        cursor.execute(f'GRANT USAGE ON SEQUENCE "{sequence}" TO {APP}')


def _jobs(cursor: CursorWrapper) -> None:
    """Give the application the job queue: its tables hold ids only."""
    if not apps.is_installed("procrastinate.contrib.django"):
        return
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'procrastinate%%'"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APP}')
    cursor.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p"
        " WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'procrastinate%%'"
    )
    for (function,) in cursor.fetchall():
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {APP}")


_SEES = """
CREATE OR REPLACE FUNCTION openilp_sees(parent text, key uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY INVOKER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE seen boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I WHERE id = $1)', parent) INTO seen USING key;
    RETURN seen;
END $$
"""
