"""Policies, grants and search functions of one table, generated from the model and the one predicate."""

from dataclasses import dataclass
from typing import Any

from django.db import models

from openilp.safeguards import predicate
from openilp.safeguards.postgres.bootstrap import APP, ERASER, OWNER, SEARCH
from openilp.safeguards.postgres.tables import TableClass, table_class
from openilp.safeguards.retention import handling

_SEARCH_LIMIT = 201
_WHO_SAW_LIMIT = 1001
#: Tables whose rows can be erased.
_LEAVING = (TableClass.LABELLED, TableClass.THROUGH, TableClass.BESIDE)
#: Tables whose rows stay when their record goes, without their words.
_REASONED = (
    *("safeguards.labelchange", "safeguards.approvalrequest", "safeguards.approvalanswer"),
    *("safeguards.sensitivemark", "safeguards.sensitiveend", "safeguards.sensitiveopening"),
)
_IS_OVERSEER = "(SELECT openilp_claim_roles()) && '{oversight,data_protection_officer}'::text[]"


@dataclass(frozen=True)
class TableRules:
    """The SQL that protects one table."""

    table: str
    statements: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return all statements as one text, to compare with what the database was last given."""
        return ";\n".join(self.statements)


def rules(model: type[models.Model]) -> TableRules:
    """Return the statements that protect a model's table; a table without a class gets no grant at all."""
    table, kind = model._meta.db_table, table_class(model)
    made = [f'REVOKE ALL ON "{table}" FROM PUBLIC, {APP}, {SEARCH}, {ERASER}']
    if kind is TableClass.PLAIN:
        made.append(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APP}')
    elif kind is TableClass.LOOKUP:
        made.append(f'GRANT SELECT ON "{table}" TO {APP}')
    elif kind is not None:
        made += _secured(model, kind)
    return TableRules(table, tuple(made))


def _secured(model: type[models.Model], kind: TableClass) -> list[str]:
    table = model._meta.db_table
    see = _may_see(model, kind)
    made = [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        *(
            f'DROP POLICY IF EXISTS {name} ON "{table}"'
            for name in ("see", "record", "amend", "migrate", "find", "erase")
        ),
        f'CREATE POLICY see ON "{table}" FOR SELECT TO {APP} USING ({see})',
        f"CREATE POLICY migrate ON \"{table}\" TO {OWNER} USING (current_setting('app.migrating', true) = 'on')",
        f'CREATE POLICY find ON "{table}" FOR SELECT TO {SEARCH} USING (true)',
        f'GRANT SELECT ON "{table}" TO {APP}, {SEARCH}',
    ]
    if kind is TableClass.AUDIT:
        return made
    made += _may_leave(model, kind)
    if _is_kept_by_functions(model):
        return made
    made.append(
        f'CREATE POLICY record ON "{table}" FOR INSERT TO {APP} WITH CHECK ({_may_record(model, kind, see)})'
    )
    made.append(f'GRANT INSERT ON "{table}" TO {APP}')
    if columns := _amendable_columns(model):
        made.append(f'CREATE POLICY amend ON "{table}" FOR UPDATE TO {APP} USING ({see}) WITH CHECK ({see})')
        made.append(f'GRANT UPDATE ({", ".join(columns)}) ON "{table}" TO {APP}')
    if kind is TableClass.LABELLED and any(f.name == "review_on" for f in model._meta.fields):
        made += _review_check(table)
    return made


def _is_kept_by_functions(model: type[models.Model]) -> bool:
    """Tell whether the application may only read a table, which the functions of retention write."""
    return model._meta.label_lower in ("safeguards.retentionclock", "safeguards.tombstone")


def _may_leave(model: type[models.Model], kind: TableClass) -> list[str]:
    """Return what the role behind the functions of retention may do: nobody else deletes a protected row."""
    name, verbs = model._meta.label_lower, "SELECT, UPDATE, DELETE"
    if _is_kept_by_functions(model):
        verbs += ", INSERT"
    elif name in ("safeguards.notice", "safeguards.stoodin"):
        verbs = "SELECT, DELETE"
    elif name in _REASONED:
        verbs = "SELECT, UPDATE (reason)"
    elif kind not in _LEAVING or name == "safeguards.threadedge":
        return []
    table = model._meta.db_table
    return [
        f'CREATE POLICY erase ON "{table}" TO {ERASER} USING (true) WITH CHECK (true)',
        f'GRANT {verbs} ON "{table}" TO {ERASER}',
    ]


def _may_see(model: type[models.Model], kind: TableClass) -> str:
    if kind is TableClass.MATTER:
        return (
            "CASE WHEN (is_agency_wide AND (SELECT openilp_claim_partner()) = '')"
            " OR id = ANY((SELECT openilp_claim_compartments())::uuid[])"
            " THEN (SELECT openilp_claim_user()) IS NOT NULL"
            " ELSE created_by_id = (SELECT openilp_claim_user()) END"
        )
    if kind is TableClass.OWN:
        column = f"{model.owned_by}_id"  # type: ignore[attr-defined]
        return f"CASE WHEN {column} = (SELECT openilp_claim_user()) THEN true ELSE false END"
    if kind is TableClass.BESIDE:
        return _record_is_seen(model._meta.db_table)
    if kind is TableClass.RULED:
        return str(model.policy_see)  # type: ignore[attr-defined]
    if kind is TableClass.AUDIT:
        return _IS_OVERSEER
    if kind is TableClass.THROUGH:
        child = _child_key(model)
        table = child.model._meta.db_table
        same = f'part.{child.attname} = "{model._meta.db_table}".id'
        # OFFSET 0 keeps it a look-up a row: hashed, it would read the whole table of parts for one page.
        return f'EXISTS (SELECT 1 FROM "{table}" part WHERE {same} OFFSET 0)'  # noqa: S608 (names of our own tables)
    if only := getattr(model, "policy_only", ""):
        return f"CASE WHEN {predicate.sql()} AND ({only}) THEN true ELSE false END"
    return predicate.sql()


def _record_is_seen(table: str) -> str:
    """Return the condition that the record which a row names by kind and key is visible."""
    cases = "".join(
        f" WHEN '{kind}' THEN EXISTS (SELECT 1 FROM \"{each.model._meta.db_table}\" seen"  # noqa: S608 (our own tables)
        f' WHERE seen.id = "{table}".record_id)'
        for kind, each in handling.kept().items()
    )
    return f'CASE "{table}".kind{cases} ELSE false END' if cases else "false"


def _child_key(model: type[models.Model]) -> Any:
    """Return the foreign key of the rows through which a model is visible."""
    reverse: Any = model._meta.get_field(model.visible_through)  # type: ignore[attr-defined]
    return reverse.field


def _may_record(model: type[models.Model], kind: TableClass, see: str) -> str:
    """Return the check of a new row: visible to its author, written as oneself, parents visible.

    Parents are checked, because a foreign key by itself would accept a hidden parent and so tell that it exists.
    """
    if kind is TableClass.RULED:
        return str(model.policy_record)  # type: ignore[attr-defined]
    if kind is TableClass.BESIDE:
        return f"{model.policy_record} AND ({see})"  # type: ignore[attr-defined]
    parts = ["created_by_id = (SELECT openilp_claim_user())"]
    if kind is TableClass.LABELLED:
        parts.append(f"({see})")
    for field in model._meta.fields:
        if not field.is_relation or field.name in getattr(model, "unchecked_parents", ()):
            continue
        parent: Any = field.related_model
        if table_class(parent) in (None, TableClass.PLAIN, TableClass.LOOKUP):
            continue
        column = str(field.column)
        seen = _sees(model, parent, column)
        parts.append(f"({column} IS NULL OR {seen})" if field.null else seen)
    return " AND ".join(parts)


def _sees(model: type[models.Model], parent: type[models.Model], column: str) -> str:
    """Return the condition that the row behind a key is visible to whoever writes.

    A sub-select is twenty times as fast as the function, which verifies the claims anew for each row; the function
    is left where the parent's policy reads this very table, which PostgreSQL refuses as recursion.
    """
    table, own = parent._meta.db_table, model._meta.db_table
    if parent is model or _reads(parent) is model:
        return f"openilp_sees('{table}', {column})"
    return f'EXISTS (SELECT 1 FROM "{table}" seen WHERE seen.id = "{own}".{column})'  # noqa: S608 (names of models)


def _reads(model: type[models.Model]) -> type[models.Model] | None:
    """Return the other table that a model's policy for reading looks into, if any."""
    return _child_key(model).model if getattr(model, "visible_through", None) else None


def _amendable_columns(model: type[models.Model]) -> list[str]:
    return [str(model._meta.get_field(name).column) for name in getattr(model, "amendable", ())]  # type: ignore[union-attr]


def _review_check(table: str) -> list[str]:
    name = f"{table}_review"[:63]
    return [
        f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"',
        (
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}"'
            " CHECK (review_on >= recorded_on AND review_on <= recorded_on + 1827)"
        ),
    ]


def search_functions(model: type[models.Model]) -> list[str]:
    """Return the search functions of a model: words through `search_vector`, parts through `search_text`.

    They run as a role that sees all rows and repeat the very same predicate beside the index condition, because
    under row-level security neither index would be used.
    """
    table = model._meta.db_table
    made: list[str] = []
    if column := getattr(model, "search_vector", None):
        made += _search(f"search_{table}", table, f"r.{column} @@ websearch_to_tsquery('simple', q)")
    if column := getattr(model, "search_text", None):
        pattern = "'%' || replace(replace(replace(q, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'"
        # NULLS LAST is no order of an index: a rare part is looked up, not walked to through all rows, newest first.
        made += _search(
            f"find_{table}", table, f"length(q) >= 3 AND r.{column} ILIKE {pattern}", nulls=" NULLS LAST"
        )
    if model._meta.label_lower == "safeguards.auditevent":
        made += _who_saw(table) + _has_opened(table)
    if model._meta.label_lower == "safeguards.emergency":
        made += _emergency_matter(table)
    if model._meta.label_lower == "safeguards.membership":
        from openilp.safeguards import simulating

        made += simulating.functions()
    if functions := getattr(model, "sql_functions", None):
        made += functions()
    return made


def _emergency_matter(table: str) -> list[str]:
    """Return the function that finds the hidden matter which an own, running emergency names, and no other."""
    signature = "openilp_emergency_matter(uuid)"
    return [
        (
            # The names are those of our own tables.
            "CREATE OR REPLACE FUNCTION openilp_emergency_matter(emergency uuid) RETURNS uuid"  # noqa: S608
            " LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
            " AS $found$ SELECT hidden.id FROM public.safeguards_matter hidden"
            f' JOIN public."{table}" broken ON broken.matter_ref = hidden.ref'
            " WHERE broken.id = emergency AND hidden.closed_on IS NULL"
            " AND broken.created_by_id = (SELECT openilp_claim_user())"
            " AND (SELECT openilp_claim_partner()) = '' AND broken.ends_at > statement_timestamp() $found$"
        ),
        f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {signature} TO {APP}",
        f"ALTER FUNCTION {signature} OWNER TO {SEARCH}",
    ]


def _who_saw(table: str) -> list[str]:
    """Return the function behind "who saw this between then and then": under row security no index serves an array."""
    signature = "openilp_who_saw(uuid, timestamptz, timestamptz, integer)"
    return [
        (
            # The name is that of our own table.
            "CREATE OR REPLACE FUNCTION openilp_who_saw(what uuid, since timestamptz, until timestamptz, lim integer)"  # noqa: S608
            " RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER"
            " SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan"
            f' AS $search$ BEGIN IF {_IS_OVERSEER} THEN RETURN QUERY SELECT e.seq FROM public."{table}" e'
            " WHERE e.touched @> ARRAY[what] AND e.at >= since AND e.at < until"
            f" ORDER BY e.seq DESC LIMIT least(lim, {_WHO_SAW_LIMIT}); END IF; END $search$"
        ),
        f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {signature} TO {APP}",
        f"ALTER FUNCTION {signature} OWNER TO {SEARCH}",
        (
            "CREATE OR REPLACE FUNCTION openilp_id_behind(kept_in text, wanted text) RETURNS uuid"  # noqa: S608
            " LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $search$"
            f" DECLARE found uuid; BEGIN IF {_IS_OVERSEER} THEN"
            " EXECUTE format('SELECT id FROM public.%I WHERE ref = $1', kept_in) INTO found USING wanted;"
            " END IF; RETURN found; END $search$"
        ),
        "REVOKE ALL ON FUNCTION openilp_id_behind(text, text) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION openilp_id_behind(text, text) TO {APP}",
        f"ALTER FUNCTION openilp_id_behind(text, text) OWNER TO {SEARCH}",
    ]


def _has_opened(table: str) -> list[str]:
    """Return the function that tells an account whether it opened a record itself since some time, its label apart."""
    signature = "openilp_has_opened(uuid, timestamptz)"
    opened = (
        "{0}.at >= since AND {0}.event ->> 'actor' = (SELECT openilp_claim_user())::text"
        " AND {0}.event ->> 'outcome' = 'done' AND {0}.event ->> 'action' NOT IN ('web.label', 'web.api_label')"
        " AND EXISTS (SELECT 1 FROM jsonb_each({0}.event -> 'opened') kind WHERE kind.value ? what::text)"
    )
    return [
        (
            # The names are those of our own tables.
            "CREATE OR REPLACE FUNCTION openilp_has_opened(what uuid, since timestamptz) RETURNS boolean"  # noqa: S608
            " LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
            f' AS $found$ SELECT EXISTS (SELECT 1 FROM public."{table}" e'
            f" WHERE e.touched @> ARRAY[what] AND {opened.format('e')})"
            f" OR EXISTS (SELECT 1 FROM public.safeguards_audit_outbox o WHERE {opened.format('o')}) $found$"
        ),
        f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {signature} TO {APP}",
        f"ALTER FUNCTION {signature} OWNER TO {SEARCH}",
    ]


def _search(name: str, table: str, condition: str, *, nulls: str = "") -> list[str]:
    signature = f"{name}(text, integer, timestamptz, uuid)"
    body = (
        # The names are those of our own tables.
        f"DECLARE {predicate.DECLARATIONS}"  # noqa: S608
        f' BEGIN RETURN QUERY SELECT r.* FROM public."{table}" r WHERE {condition}'
        f" AND {predicate.sql_of_variables('r')}"
        " AND (before_at IS NULL OR (r.created_at, r.id) < (before_at, before_id))"
        f" ORDER BY r.created_at DESC{nulls}, r.id DESC LIMIT least(lim, {_SEARCH_LIMIT}); END"
    )
    return [
        (
            f"CREATE OR REPLACE FUNCTION {name}(q text, lim integer, before_at timestamptz, before_id uuid)"
            f' RETURNS SETOF public."{table}" LANGUAGE plpgsql STABLE SECURITY DEFINER'
            " SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan"
            f" AS $search$ {body} $search$"
        ),
        f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {signature} TO {APP}",
        f"ALTER FUNCTION {signature} OWNER TO {SEARCH}",
    ]
