"""The rights desk's door: searching and reading everything that is held, whatever its label, for one open request.

The functions answer the data-protection officer alone, for an open request that is the officer's own. They search for
what stands in a recorded search and nothing else, and hand out what was found for that request and nothing else.
Sources lie in a schema apart, which they do not know.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openilp.safeguards.postgres.bootstrap import APP, SEARCH
from openilp.safeguards.postgres.tables import managed_models
from openilp.safeguards.records import ProtectedRecord

#: Columns that hold codes, hashes or labels: no name of a person stands there.
_CODES = frozenset(
    {
        "ref",
        "state",
        "legal_basis",
        "sha256",
        "digest",
        "reason_digest",
        "releasable_to",
        "media_type",
        "value_key",
    }
)
#: What of a record's frame the desk reads beside its words.
_FRAME = ("level", "compartments", "owner_unit_id", "state", "recorded_on", "review_on", "legal_basis")
_MAY = "openilp_rights_may"
_HEAD = "LANGUAGE {language} STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
_FOUND = "TABLE (kind text, record_id uuid, ref text)"


def held() -> list[type[ProtectedRecord]]:
    """Return every table that is searched: all protected records but those of the rights desk itself."""
    from openilp.oversight.models.rights import RightsRecord

    return [m for m in managed_models() if issubclass(m, ProtectedRecord) and not issubclass(m, RightsRecord)]


def words_of(model: type[models.Model]) -> list[str]:
    """Return the columns of a table in which a name can stand."""
    return [str(f.column) for f in model._meta.concrete_fields if f.name not in _CODES and _holds_words(f)]


def _holds_words(field: Any) -> bool:
    if isinstance(field, models.GeneratedField) or field.is_relation:
        return False
    if isinstance(field, ArrayField):
        return isinstance(field.base_field, models.CharField)
    return isinstance(field, models.CharField | models.TextField | models.JSONField)


def functions() -> list[str]:
    """Return the statements that make the functions."""
    made: list[str] = []
    for signature, head, body in (
        ("openilp_rights_fold(said text)", "RETURNS text LANGUAGE plpgsql IMMUTABLE", _fold()),
        (f"{_MAY}(which uuid)", f"RETURNS boolean {_HEAD.format(language='sql')}", _may()),
        ("openilp_rights_search(search uuid, most integer)", _returns(_FOUND), _search()),
        ("openilp_rights_about(finding uuid)", _returns(_FOUND), _about()),
        (
            "openilp_rights_read(which uuid, ids uuid[])",
            _returns("TABLE (kind text, record_id uuid, held jsonb)"),
            _read(),
        ),
        (
            "openilp_rights_carriers(which uuid)",
            _returns("TABLE (product uuid, product_ref text, release_ref text, reader uuid)"),
            _CARRIERS,
        ),
    ):
        name, arguments = signature.rstrip(")").split("(")
        types = ", ".join(part.split(" ", 1)[1] for part in arguments.split(", "))
        made += [
            f"CREATE OR REPLACE FUNCTION {signature} {head} AS $rights$ {body} $rights$",
            f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {name}({types}) TO {APP}",
            f"ALTER FUNCTION {name}({types}) OWNER TO {SEARCH}",
        ]
    return made


def _returns(table: str) -> str:
    return f"RETURNS {table} {_HEAD.format(language='plpgsql')}"


def _may() -> str:
    """Return the condition that a request is open and the caller's own, as data-protection officer."""
    from openilp.oversight.models.rights import IS_OFFICER

    return (
        f"SELECT {IS_OFFICER} AND (SELECT openilp_claim_partner()) = '' AND EXISTS (SELECT 1 FROM"  # noqa: S608 (ours)
        " public.oversight_rightsrequest q WHERE q.id = which AND q.closed_on IS NULL"
        " AND q.owner_id = (SELECT openilp_claim_user()))"
    )


def _fold() -> str:
    """Return the folding of `romanise.folded`, then once more without blanks, for numbers and plates.

    Unlike there, ё is е: Russian texts write either.
    """
    from openilp.collation.rules import romanise

    table = romanise.letters()
    one = {letter: to for letter, to in table.items() if len(to) == 1}
    gone = [letter for letter, to in table.items() if not to]
    # Letters with a mark are replaced before marks are taken away, or they would be other letters.
    many = [("ё", "е"), *((k, to) for k, to in table.items() if len(to) > 1), ("й", "i"), ("ї", "i")]
    steps = ["s := lower(normalize(said, NFKC));"]
    steps += [f"s := replace(s, '{letter}', '{to}');" for letter, to in many]
    steps += [
        "s := regexp_replace(normalize(s, NFKD), '[\\u0300-\\u036f]', '', 'g');",
        f"s := translate(s, '{''.join([*one, *gone])}', '{''.join(one.values())}');",
        *(f"s := replace(s, '{spelling}', '{key}');" for spelling, key in romanise.same_sounds()),
        "s := regexp_replace(s, '([a-z])\\1+', '\\1', 'g');",
        "s := btrim(regexp_replace(s, '[^[:alnum:]]+', ' ', 'g'));",
        "RETURN ' ' || s || ' |' || replace(s, ' ', '');",
    ]
    return f"DECLARE s text; BEGIN {' '.join(steps)} END"


def _search() -> str:
    """Return the look-up over every table: one alternative of the search must be there with all its parts."""
    parts = "\n UNION ALL ".join(_hits(model) for model in held())
    return (
        "#variable_conflict use_column\nDECLARE wanted jsonb; BEGIN"  # noqa: S608 (names of our own tables)
        " SELECT s.terms INTO wanted FROM public.oversight_rightssearch s WHERE s.id = search"
        f" AND s.created_by_id = openilp_claim_user() AND {_MAY}(s.request_id);"
        " IF wanted IS NULL THEN RAISE insufficient_privilege USING MESSAGE = 'no open request of yours'; END IF;"
        f" RETURN QUERY SELECT DISTINCT h.kind, h.id, h.ref FROM ({parts}) h(kind, id, ref)"
        " ORDER BY 1, 3, 2 LIMIT most; END"
    )


def _hits(model: type[ProtectedRecord]) -> str:
    """Return the query for the rows of one table, each under the record that a person would open for it."""
    table, kind = model._meta.db_table, str(model._meta.model_name)
    to, shown, key, ref = {
        "statement": (" JOIN public.collation_entity e ON e.id = r.entity_id", "entity", "e.id", "e.ref"),
        "item": (" JOIN public.collection_report e ON e.id = r.report_id", "report", "e.id", "e.ref"),
        "mention": (
            (
                " JOIN public.collection_item i ON i.id = r.item_id"
                " JOIN public.collection_report e ON e.id = i.report_id"
            ),
            "report",
            "e.id",
            "e.ref",
        ),
    }.get(kind, ("", kind, "r.id", _ref(model)))
    also = ["value_key"] if kind == "statement" else []
    said = ", ".join(f'r."{column}"::text' for column in [*words_of(model), *also]) or "''"
    return (
        f"SELECT '{shown}'::text, {key}, {ref}::text FROM public.\"{table}\" r{to}"  # noqa: S608 (our own tables)
        f" CROSS JOIN LATERAL (SELECT public.openilp_rights_fold(concat_ws(' ', {said})) AS h OFFSET 0) f"
        " WHERE EXISTS (SELECT 1 FROM jsonb_array_elements(wanted) a WHERE NOT EXISTS ("
        "SELECT 1 FROM jsonb_array_elements_text(a) t WHERE strpos(f.h, t) = 0))"
    )


def _ref(model: type[models.Model]) -> str:
    return "r.ref" if any(f.name == "ref" for f in model._meta.fields) else "''"


def _about() -> str:
    """Return the look-up of every row that points at an entity which a human called the person."""
    from openilp.collation.models import Entity

    found = [
        f"SELECT '{model._meta.model_name}'::text, r.id, {_ref(model)}::text"  # noqa: S608 (names of our own tables)
        f' FROM public."{model._meta.db_table}" r WHERE r."{field.column}" = whom'
        for model in held()
        for field in model._meta.fields
        if field.is_relation and field.related_model is Entity
    ]
    return (
        "#variable_conflict use_column\nDECLARE whom uuid; BEGIN"  # noqa: S608 (names of our own tables)
        " SELECT f.record_id INTO whom FROM public.oversight_rightsfinding f WHERE f.id = finding"
        f" AND f.record_kind = 'entity' AND {_MAY}(f.request_id) AND (SELECT j.is_same"
        " FROM public.oversight_rightsjudgement j WHERE j.finding_id = f.id"
        " ORDER BY j.created_at DESC, j.id DESC LIMIT 1);"
        " IF whom IS NULL THEN"
        " RAISE insufficient_privilege USING MESSAGE = 'no such person of an open request'; END IF;"
        f" RETURN QUERY SELECT DISTINCT h.* FROM ({' UNION ALL '.join(found)}) h ORDER BY 1, 3, 2; END"
    )


def _read() -> str:
    """Return the reading of findings of one request: their words, their label, their frame."""
    cases = "".join(
        f" WHEN '{model._meta.model_name}' THEN RETURN QUERY SELECT f.record_kind::text, r.id, {_held(model)}"  # noqa: S608
        f' FROM public."{model._meta.db_table}" r JOIN public.oversight_rightsfinding f ON f.record_id = r.id'
        f" WHERE f.id = ANY(ids) AND f.request_id = which AND f.record_kind = '{model._meta.model_name}';"
        for model in held()
    )
    # What was said after the look-up needs another one: the door hands out what was found, and not what came later.
    said = (
        "FROM public.collation_statement s WHERE s.entity_id = f.record_id AND s.created_at <= f.created_at"
    )
    entity = (
        " WHEN 'entity' THEN RETURN QUERY SELECT 'entity'::text, f.record_id, jsonb_build_object('said',"  # noqa: S608
        f" (SELECT jsonb_agg(jsonb_build_array(s.property, s.value) ORDER BY s.property, s.value) {said}),"
        f" 'kind', e.kind, 'level', (SELECT max(s.level) {said}),"
        " 'compartments', (SELECT jsonb_agg(DISTINCT c) FROM (SELECT unnest(s.compartments)"
        f" {said}) q(c))) FROM public.oversight_rightsfinding f"
        " JOIN public.collation_entity e ON e.id = f.record_id"
        " WHERE f.id = ANY(ids) AND f.request_id = which AND f.record_kind = 'entity';"
    )
    return (
        f"#variable_conflict use_column\nDECLARE each text; BEGIN IF NOT {_MAY}(which) THEN"  # noqa: S608 (our tables)
        " RAISE insufficient_privilege USING MESSAGE = 'no open request of yours'; END IF;"
        " FOR each IN SELECT DISTINCT f.record_kind FROM public.oversight_rightsfinding f"
        f" WHERE f.id = ANY(ids) AND f.request_id = which LOOP CASE each{cases}{entity} ELSE NULL; END CASE;"
        " END LOOP; END"
    )


def _held(model: type[ProtectedRecord]) -> str:
    """Return the expression of what the desk reads of a row; of a report also whom its items mention."""
    words = ", ".join(f"'{column}', r.\"{column}\"" for column in words_of(model))
    frame = ", ".join(f"'{column}', r.{column}" for column in _FRAME)
    said = f"jsonb_build_object('words', jsonb_build_object({words}), {frame})"
    if model._meta.model_name != "report":
        return said
    return (
        f"{said} || jsonb_build_object('people', (SELECT jsonb_agg(DISTINCT m.text) FROM public.collection_mention m"  # noqa: S608
        " JOIN public.collection_item i ON i.id = m.item_id WHERE i.report_id = r.id AND m.entity_type = 'person'))"
    )


#: Which products rest on the record of an order, or quote it, and who was sent them; ids and references only.
_CARRIERS = """#variable_conflict use_column
DECLARE said record; quoted text[]; items uuid[];
BEGIN
    SELECT o.record_kind AS kind, o.record_id AS id, o.record_ref AS ref INTO said FROM public.oversight_rightsorder o
        WHERE o.id = which AND o.done_on IS NULL
        AND openilp_claim_user() IN (o.created_by_id, o.assignee_id);
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'no such open order of yours';
    END IF;
    SELECT coalesce(array_agg(i.id), '{}') INTO items FROM public.collection_item i
        WHERE (said.kind = 'item' AND i.id = said.id) OR (said.kind = 'report' AND i.report_id = said.id)
        OR (said.kind = 'statement'
            AND i.id = (SELECT s.item_id FROM public.collation_statement s WHERE s.id = said.id))
        OR (said.kind = 'link' AND i.id = (SELECT l.item_id FROM public.collation_link l WHERE l.id = said.id))
        OR (said.kind = 'involvement'
            AND i.id = (SELECT v.item_id FROM public.collation_involvement v WHERE v.id = said.id));
    SELECT array_agg(w) INTO quoted FROM (SELECT said.ref::text AS w
        UNION SELECT i.ref::text FROM public.collection_item i WHERE i.id = ANY(items)) q WHERE w <> '';
    RETURN QUERY WITH carrying AS (
        SELECT c.product_id AS id FROM public.analysis_citation c WHERE c.item_id = ANY(items)
        UNION SELECT c.product_id FROM public.analysis_citation c JOIN public.analysis_assessmentevidence v
            ON v.assessment_id = c.assessment_id WHERE v.item_id = ANY(items)
        UNION SELECT p.id FROM public.analysis_product p
            WHERE EXISTS (SELECT 1 FROM unnest(quoted) w WHERE strpos(p.body::text, w) > 0)
        UNION SELECT e.product_id FROM public.analysis_edition e
            WHERE EXISTS (SELECT 1 FROM unnest(quoted) w WHERE strpos(e.content::text, w) > 0)
        UNION SELECT p.id FROM public.analysis_product p WHERE said.kind = 'product' AND p.id = said.id
        UNION SELECT e.product_id FROM public.analysis_edition e WHERE said.kind = 'edition' AND e.id = said.id)
    SELECT p.id, p.ref::text, coalesce(rl.ref, '')::text, rc.reader_id FROM carrying
        JOIN public.analysis_product p ON p.id = carrying.id
        LEFT JOIN public.analysis_edition ed ON ed.product_id = p.id
        LEFT JOIN public.dissemination_release rl ON rl.edition_id = ed.id
        LEFT JOIN public.dissemination_recipient rc ON rc.release_id = rl.id
        ORDER BY 2, 3, 4;
END"""
