"""Grants and policies of the corridor's schema, and bringing it up to date: as its own owner, never as another's."""

import hashlib
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from openilp.corridor import models, session
from openilp.corridor.routing import ALIAS
from openilp.safeguards import claims
from openilp.safeguards.postgres.bootstrap import CORRIDOR, CORRIDOR_SCHEMA
from openilp.safeguards.postgres.owner import as_owner

_FUNCTIONS = Path(__file__).with_name("functions.sql")
_ME = "(SELECT corridor.me())"
_LOCK = 0x0F13


def _roles(*names: str) -> str:
    return f"(SELECT corridor.my_roles()) && ARRAY[{', '.join(repr(name) for name in names)}]::text[]"


_CONTROLLER = _roles("source_controller")
_DESK = _roles("source_handler", "source_controller")
_INTELLIGENCE = _roles("intelligence_officer", "head_of_intelligence")
_ASKERS = _roles("intelligence_officer", "head_of_intelligence", "strategic_analyst", "operational_analyst")
_APPROVERS = _roles("source_controller", "chair", "data_protection_officer")
_MINE = f"created_by_id = {_ME}"
_OWN_SOURCE = f"{_DESK} AND (handler_id = {_ME} OR co_handler_id = {_ME} OR controller_id = {_ME})"


def _of_source(table: str) -> str:
    return f"EXISTS (SELECT 1 FROM corridor.corridor_source s WHERE s.id = {table}.source_id)"  # noqa: S608 (our names)


_OWN_UNLOCK = (
    "EXISTS (SELECT 1 FROM corridor.corridor_unlock u WHERE u.id = corridor_window.unlock_id"  # noqa: S608 (constants)
    f" AND u.created_by_id = {_ME} AND u.source_id = corridor_window.source_id"
    " AND corridor_window.until <= statement_timestamp() + make_interval(hours => u.hours))"
)
_LIVING_WINDOW = (
    "EXISTS (SELECT 1 FROM corridor.corridor_window w"  # noqa: S608 (constants of ours)
    " WHERE w.source_id = corridor_identity.source_id"
    f" AND w.created_by_id = {_ME} AND w.until > clock_timestamp())"
)
_PASSED_TO_ME = (
    "EXISTS (SELECT 1 FROM corridor.corridor_tasking t WHERE t.request_id = corridor_taskingrequest.id)"
)


#: For each table: who sees a row, and what a new one must fulfil besides being written in one's own name.
_RULES: dict[type[models.Apart], tuple[str, str]] = {
    models.Source: (_OWN_SOURCE, _OWN_SOURCE),
    models.Crossing: (f"{_INTELLIGENCE} OR ({_CONTROLLER} AND {_MINE})", _CONTROLLER),
    models.TakenIn: (
        "EXISTS (SELECT 1 FROM corridor.corridor_crossing c WHERE c.id = corridor_takenin.crossing_id)",
        _INTELLIGENCE,
    ),
    models.TaskingRequest: (f"{_CONTROLLER} OR {_MINE} OR {_PASSED_TO_ME}", _ASKERS),
    models.Unlock: (
        f"{_MINE} OR {_APPROVERS}",
        f"{_DESK} AND {_of_source('corridor_unlock')}",
    ),
    models.Window: (_MINE, _OWN_UNLOCK),
    models.Identity: (_LIVING_WINDOW, _of_source("corridor_identity")),
}


def statements() -> list[str]:
    """Return everything that protects the corridor's tables."""
    made = [
        "REVOKE ALL ON SCHEMA corridor FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA corridor TO {CORRIDOR}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA corridor FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA corridor FROM {CORRIDOR}",
        "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA corridor FROM PUBLIC",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA corridor TO {CORRIDOR}",
        f"GRANT SELECT ON corridor.django_migrations TO {CORRIDOR}",
    ]
    for model in models.tables():
        made += _protected(model)
    return made


def _protected(model: type[models.Apart]) -> list[str]:
    table = model._meta.db_table
    see, new = _RULES.get(model) or (_of_source(table), _of_source(table))
    made = [
        f"ALTER TABLE corridor.{table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE corridor.{table} FORCE ROW LEVEL SECURITY",
        *(f"DROP POLICY IF EXISTS {name} ON corridor.{table}" for name in ("see", "record", "amend")),
        f"CREATE POLICY see ON corridor.{table} FOR SELECT TO {CORRIDOR} USING ({see})",
        f"CREATE POLICY record ON corridor.{table} FOR INSERT TO {CORRIDOR} WITH CHECK ({_MINE} AND ({new}))",
        f"GRANT SELECT, INSERT ON corridor.{table} TO {CORRIDOR}",
    ]
    if model.amendable:
        made += [
            # The old row must be one's own; the new one may be another's after a handover.
            f"CREATE POLICY amend ON corridor.{table} FOR UPDATE TO {CORRIDOR} USING ({see}) WITH CHECK ({see})",
            f"GRANT UPDATE ({', '.join(model.amendable)}) ON corridor.{table} TO {CORRIDOR}",
        ]
    return made


def _digest() -> str:
    parts = [_FUNCTIONS.read_text(), session.claims_key().hex(), *statements()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def bring_up_to_date() -> None:
    """Make the corridor's schema, its tables and their rules, as far as they are missing or different."""
    from django.db.migrations.executor import MigrationExecutor

    connection = connections[ALIAS]
    with as_owner(connection):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [CORRIDOR_SCHEMA])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE SCHEMA {CORRIDOR_SCHEMA}")
        executor = MigrationExecutor(connection)
        if executor.migration_plan([key for key in executor.loader.graph.leaf_nodes() if key[0] == ALIAS]):
            executor.migrate([key for key in executor.loader.graph.leaf_nodes() if key[0] == ALIAS])
        _protect(connection)


def _protect(connection: Any) -> None:
    wanted = _digest()
    with transaction.atomic(using=ALIAS), connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass('corridor.claims_key'), 'pg_class')")
        if cursor.fetchone()[0] == wanted:
            return
        cursor.execute("SET LOCAL client_min_messages = warning")
        cursor.execute(_FUNCTIONS.read_text())
        inner, outer = claims.pads(session.claims_key())
        cursor.execute(
            "INSERT INTO corridor.claims_key (inner_pad, outer_pad) VALUES (%s, %s)"
            " ON CONFLICT (singleton) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad",
            [inner, outer],
        )
        for statement in statements():
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON TABLE corridor.claims_key IS '{wanted}'")
