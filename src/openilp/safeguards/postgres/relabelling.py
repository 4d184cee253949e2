"""The one way in which a label changes: a function of the database that asks for the second person itself.

The application's role may update no label. The function checks that the row is visible to the claims, and that what is
lowered was approved by a second person for exactly this row and this label: one who may see the row himself and, where
the originator kept control, is of its own unit. What is tightened tightens the parts of the row and its edges in the
thread too.
"""

from django.apps import apps

from openilp.safeguards import predicate
from openilp.safeguards.postgres.bootstrap import APP
from openilp.safeguards.records import ProtectedRecord

_RELABEL = "openilp_relabel(text, uuid, integer, uuid[], text[], boolean, uuid)"
_TIGHTEN = "openilp_tighten_parts(text, uuid, integer, uuid[], text[], boolean)"
_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
#: The owner's own policy opens for the length of the function.
_ON, _OFF = (f"PERFORM set_config('app.migrating', '{state}', true);" for state in ("on", "off"))
_UNION = "ARRAY(SELECT DISTINCT unnest({} || new_compartments) ORDER BY 1)"
_COMMON = "ARRAY(SELECT unnest({}) INTERSECT SELECT unnest(new_released) ORDER BY 1)"


def labelled() -> list[type[ProtectedRecord]]:
    """Return every kind of row that carries a label of its own."""
    found = [model for model in apps.get_models() if issubclass(model, ProtectedRecord)]
    return sorted(found, key=lambda model: model._meta.db_table)


def functions() -> list[str]:
    """Return the statements that make both functions."""
    label = "new_level integer, new_compartments uuid[], new_released text[], new_control boolean"
    head = f"RETURNS void {_DEFINER} AS $label$"
    tighten = f"openilp_tighten_parts(kept_in text, what uuid, {label}) {head} {_tighten()} $label$"
    relabel = f"openilp_relabel(kept_in text, what uuid, {label}, used uuid) {head} {_relabel()} $label$"
    return [
        f"CREATE OR REPLACE FUNCTION {tighten}",
        f"REVOKE ALL ON FUNCTION {_TIGHTEN} FROM PUBLIC",
        f"CREATE OR REPLACE FUNCTION {relabel}",
        f"REVOKE ALL ON FUNCTION {_RELABEL} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {_RELABEL} TO {APP}",
    ]


def _parts() -> str:
    """Return the parts of each table as rows of its name, the part's table and the column that points back."""
    rows = []
    for model in labelled():
        if model.parent:
            field = model._meta.get_field(model.parent)
            above = field.related_model._meta.db_table  # type: ignore[union-attr]
            rows.append(f"('{above}', '{model._meta.db_table}', '{field.column}')")  # type: ignore[union-attr]
    return ", ".join(rows)


def _tighten() -> str:
    union, common = _UNION.format("p.compartments"), _COMMON.format("p.releasable_to")
    # The names are those of our own tables.
    return (
        "DECLARE part record; child uuid; BEGIN"  # noqa: S608
        f" UPDATE public.safeguards_threadedge p SET level = greatest(p.level, new_level), compartments = {union},"
        f" releasable_to = {common}, originator_control = p.originator_control OR new_control"
        " WHERE p.from_id = what OR p.to_id = what;"
        f" FOR part IN SELECT * FROM (VALUES {_parts()}) AS known(above, kept, via) WHERE above = kept_in LOOP"
        " FOR child IN EXECUTE format('UPDATE public.%I p SET level = greatest(p.level, $2), compartments ="
        f" {union.replace('new_compartments', '$3')}, releasable_to = {common.replace('new_released', '$4')},"
        " originator_control = p.originator_control OR $5 WHERE p.%I = $1 RETURNING p.id', part.kept, part.via)"
        " USING what, new_level, new_compartments, new_released, new_control LOOP"
        " PERFORM openilp_tighten_parts(part.kept, child, new_level, new_compartments, new_released, new_control);"
        " END LOOP; END LOOP; END"
    )


def _relabel() -> str:
    tables = ", ".join(f"'{model._meta.db_table}'" for model in labelled())
    columns = {column: f"r.{column}" for column in predicate.LABEL_COLUMNS}
    places = {"my_level": "$2", "my_compartments": "$3", "my_states": "$4", "my_partner": "$5"}
    rule = predicate.TEMPLATE.format(**columns, **places)
    # The names are those of our own tables.
    return (
        f"DECLARE {predicate.DECLARATIONS} my_user uuid := (claims ->> 'user')::uuid; old record;"  # noqa: S608
        f" BEGIN {_ON} IF claims IS NULL OR my_partner <> '' OR kept_in NOT IN ({tables}) THEN"
        " RAISE insufficient_privilege USING MESSAGE = 'this label cannot be changed'; END IF;"
        f" EXECUTE format($query$SELECT r.* FROM public.%I r WHERE r.id = $1 AND {rule} FOR UPDATE$query$, kept_in)"
        " INTO old USING what, my_level, my_compartments, my_states, my_partner;"
        " IF old.id IS NULL OR NOT new_compartments <@ (old.compartments || my_compartments)"
        " THEN RAISE insufficient_privilege USING MESSAGE = 'this label cannot be changed'; END IF;"
        " IF NOT (new_level >= old.level AND new_compartments @> old.compartments"
        " AND new_released <@ old.releasable_to::text[] AND (new_control OR NOT old.originator_control))"
        " AND NOT EXISTS (SELECT 1 FROM public.safeguards_approvaluse u"
        " JOIN public.safeguards_approvalrequest a ON a.id = u.request_id"
        " JOIN public.safeguards_approvalanswer g ON g.request_id = a.id AND g.is_approved"
        " JOIN public.safeguards_user second ON second.id = g.created_by_id"
        " WHERE u.id = used AND u.created_by_id = my_user AND a.action = 'safeguards.lower_label'"
        " AND a.object_id = what AND u.created_at > statement_timestamp() - interval '5 minutes'"
        " AND (a.parameters ->> 'level')::integer = new_level"
        " AND a.parameters -> 'compartments' = to_jsonb(new_compartments::text[])"
        " AND a.parameters -> 'releasable_to' = to_jsonb(new_released)"
        " AND (a.parameters ->> 'originator_control')::boolean = new_control"
        " AND second.is_active AND second.clearance >= old.level AND old.compartments <@ ARRAY("
        " SELECT m.matter_id FROM public.safeguards_membership m WHERE m.user_id = second.id"
        " AND m.since <= statement_timestamp() AND (m.until IS NULL OR m.until > statement_timestamp())"
        " AND NOT EXISTS (SELECT 1 FROM public.safeguards_conflictofinterest b WHERE b.user_id = m.user_id"
        " AND b.matter_id = m.matter_id AND b.since <= statement_timestamp()"
        " AND (b.until IS NULL OR b.until > statement_timestamp())))"
        " AND (NOT old.originator_control OR second.unit_id = old.owner_unit_id))"
        " THEN RAISE insufficient_privilege USING MESSAGE = 'this label cannot be changed'; END IF;"
        " EXECUTE format('UPDATE public.%I SET level = $2, compartments = $3, releasable_to = $4,"
        " originator_control = $5 WHERE id = $1', kept_in)"
        " USING what, new_level, new_compartments, new_released, new_control;"
        " IF new_level >= old.level AND new_compartments @> old.compartments"
        " AND new_released <@ old.releasable_to::text[] THEN"
        " PERFORM openilp_tighten_parts(kept_in, what, new_level, new_compartments, new_released, new_control);"
        f" END IF; {_OFF} END"
    )
