"""What declared statistics and scopes of breaches are counted with, as functions of the database: ids in, numbers out.

The figures are about all that is held, whatever its label, so they are counted beneath, by the role that sees all
rows; it gives numbers to data protection only, and small ones leave the room as nothing (`rules.cells`).
"""

from openilp.safeguards.postgres.bootstrap import APP, SEARCH

#: Persons with a place in a matter on a day, once a category, with one recorded value of a property each: facts before
#: what is only said, the newest first.
_PERSONS = """
WITH placed AS (
    SELECT DISTINCT i.category, i.person_id FROM collation_involvement i
    WHERE i.state = 'normal' AND i.since <= day AND (i.until IS NULL OR i.until >= day)
        AND NOT EXISTS (SELECT 1 FROM collation_involvement later WHERE later.supersedes_id = i.id)),
said AS (
    SELECT DISTINCT ON (s.entity_id) s.entity_id, s.value FROM collation_statement s
    WHERE s.property = wanted AND s.state = 'normal' AND s.entity_id IN (SELECT person_id FROM placed)
        AND NOT EXISTS (SELECT 1 FROM collation_statement later WHERE later.supersedes_id = s.id)
    ORDER BY s.entity_id, s.kind = 'fact' DESC, s.created_at DESC)
SELECT placed.category::text, CASE
    WHEN wanted <> 'birth_date' THEN lower(trim(said.value))
    WHEN said.value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND pg_input_is_valid(said.value, 'date')
        THEN extract(year FROM age(day, said.value::date))::integer::text
    WHEN said.value ~ '^[0-9]{4}' THEN (extract(year FROM day)::integer - left(said.value, 4)::integer)::text
    END, count(*)::integer
FROM placed LEFT JOIN said ON said.entity_id = placed.person_id GROUP BY 1, 2
"""

_RELEASES = """
SELECT r.reader_id, count(*)::integer FROM dissemination_recipient r WHERE r.recorded_on <= day GROUP BY 1
"""

#: Of rows that were handed out, the persons that they are or are about, by the category that they have somewhere today.
_CATEGORIES = """
WITH about AS (
    SELECT e.id FROM collation_entity e WHERE e.id = ANY(seen)
    UNION SELECT s.entity_id FROM collation_statement s WHERE s.id = ANY(seen)
    UNION SELECT i.person_id FROM collation_involvement i WHERE i.id = ANY(seen)
    UNION SELECT s.entity_id FROM collation_statement s JOIN collection_item i ON i.id = s.item_id
        WHERE i.id = ANY(seen) OR i.report_id = ANY(seen))
SELECT i.category::text, count(DISTINCT i.person_id)::integer FROM collation_involvement i
WHERE i.person_id IN (SELECT id FROM about)
    AND NOT EXISTS (SELECT 1 FROM collation_involvement later WHERE later.supersedes_id = i.id)
GROUP BY 1
"""

#: The requests of persons by their clocks, the newest first: no name, no wish, no record.
_REQUESTS = """
SELECT r.ref::text, r.kind::text, r.received_on, r.due_on, r.extended_on, r.closed_on, r.outcome::text,
    r.authority_ref::text
FROM oversight_rightsrequest r ORDER BY r.received_on DESC, r.ref LIMIT 500
"""

_HEAD = (
    "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
    " AS $count$\n#variable_conflict use_column\nBEGIN IF {condition} THEN RETURN QUERY {query}; END IF; END $count$"
)


def counting_functions(may_count: str) -> list[str]:
    """Return the statements that make the functions, for callers that a condition over the claims lets through."""
    return [
        *_made(
            "openilp_persons_by",
            "wanted text, day date",
            "category text, value text, n integer",
            _PERSONS,
            may_count,
        ),
        *_made("openilp_releases_by_reader", "day date", "reader uuid, n integer", _RELEASES, may_count),
        *_made(
            "openilp_categories_behind", "seen uuid[]", "category text, n integer", _CATEGORIES, may_count
        ),
    ]


def register_functions(may_read: str) -> list[str]:
    """Return the statements that make the register of requests of persons, as the authority reads it."""
    columns = (
        "ref text, kind text, received_on date, due_on date, extended_on date, closed_on date, outcome text,"
        " authority_ref text"
    )
    return _made("openilp_rights_register", "", columns, _REQUESTS, may_read)


def _made(name: str, arguments: str, result: str, query: str, condition: str) -> list[str]:
    types = ", ".join(part.split(" ", 1)[1] for part in arguments.split(", ") if part)
    body = _HEAD.format(condition=condition, query=query)
    return [
        f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS TABLE ({result}) {body}",
        f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {name}({types}) TO {APP}",
        f"ALTER FUNCTION {name}({types}) OWNER TO {SEARCH}",
    ]
