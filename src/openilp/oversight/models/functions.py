"""What stands near a member of staff, as functions of the database: they take ids and give ids, never content.

The rules about look-ups need to know that a record bears a name, lies in a street or hangs on another one. Those who
oversee see no content, so the comparing is done beneath, by the role that sees all rows: it answers only for ids that
are asked about, and only those who oversee.
"""

from openilp.safeguards.postgres.bootstrap import APP, SEARCH

_HEAD = (
    "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
    " AS $near$\n#variable_conflict use_column\nBEGIN IF {is_overseer} THEN RETURN QUERY {query}; END IF; END $near$"
)

_CLOSE = """
SELECT s.entity_id, 'name'::text, words.sorted FROM collation_statement s, LATERAL (
    SELECT string_agg(w, ' ' ORDER BY w) AS sorted FROM unnest(string_to_array(s.value_key, ' ')) w) words
WHERE s.entity_id = ANY(seen) AND s.property IN ('name', 'alias') AND words.sorted = ANY(names)
UNION SELECT s.entity_id, 'surname', surname FROM collation_statement s
WHERE s.entity_id = ANY(seen) AND s.property IN ('name', 'alias') AND surname <> ''
    AND surname = ANY(string_to_array(s.value_key, ' '))
UNION SELECT s.entity_id, 'street', '' FROM collation_statement s
WHERE s.entity_id = ANY(seen) AND s.property = 'address' AND street <> ''
    AND string_to_array(s.value_key, ' ') @> string_to_array(street, ' ')
"""

#: An entity belongs to the operations of its statements, and to none where one of them is everybody's.
_OPERATIONS = """
SELECT s.entity_id, array_agg(DISTINCT c) FROM collation_statement s
LEFT JOIN LATERAL unnest(s.compartments) c ON true
WHERE s.entity_id = ANY(seen) GROUP BY s.entity_id HAVING bool_and(cardinality(s.compartments) > 0)
UNION ALL SELECT r.id, r.compartments FROM collection_report r
WHERE r.id = ANY(seen) AND cardinality(r.compartments) > 0
UNION ALL SELECT p.id, p.compartments FROM analysis_product p
WHERE p.id = ANY(seen) AND cardinality(p.compartments) > 0
"""

_NETWORKS = """
WITH edges AS (
    SELECT l.source_id AS hub, l.target_id AS other FROM collation_link l
    UNION SELECT l.target_id, l.source_id FROM collation_link l),
near AS (SELECT DISTINCT e.hub FROM edges e WHERE e.other = ANY(seen))
SELECT e.hub, count(DISTINCT e.other)::integer, array_agg(DISTINCT e.other) FILTER (WHERE e.other = ANY(seen))
FROM edges e JOIN near USING (hub) GROUP BY e.hub
HAVING count(DISTINCT e.other) >= least_size AND
    count(DISTINCT e.other) FILTER (WHERE e.other = ANY(seen)) >= least_share * count(DISTINCT e.other)
"""


def nearness_functions(is_overseer: str) -> list[str]:
    """Return the statements that make the functions, for callers that a condition over the claims lets through."""
    made: list[str] = []
    for name, arguments, result, query in (
        (
            "openilp_close_to",
            "seen uuid[], names text[], surname text, street text",
            "entity uuid, nearness text, whose text",
            _CLOSE,
        ),
        ("openilp_operations_of", "seen uuid[]", "record uuid, operations uuid[]", _OPERATIONS),
        (
            "openilp_networks_around",
            "seen uuid[], least_size integer, least_share double precision",
            "hub uuid, size integer, opened uuid[]",
            _NETWORKS,
        ),
    ):
        types = ", ".join(part.split(" ", 1)[1] for part in arguments.split(", "))
        body = _HEAD.format(is_overseer=is_overseer, query=query)
        made += [
            f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS TABLE ({result}) {body}",
            f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {name}({types}) TO {APP}",
            f"ALTER FUNCTION {name}({types}) OWNER TO {SEARCH}",
        ]
    return made
