"""The one visibility rule as SQL: the gate, the policies and the search functions are all written from here.

The whole rule stands in CASE, because the planner cannot estimate `compartments <@ …` and would otherwise give up
ordered indexes; each claim is read in a scalar sub-select, which PostgreSQL evaluates once a query.
"""

#: The clauses of the rule by what stands against a row that does not meet them, in the order in which they are asked.
CLAUSES = {
    "level": "{level} <= {my_level}",
    "compartments": "{compartments} <@ {my_compartments}",
    "state": "{state} = ANY({my_states})",
    "partner": "({my_partner} = '' OR {my_partner} = ANY({releasable_to}))",
}
TEMPLATE = f"CASE WHEN {' AND '.join(CLAUSES.values())} THEN true ELSE false END"

LABEL_COLUMNS = ("level", "compartments", "state", "releasable_to")

_CLAIMS = {
    "my_level": "(SELECT openilp_claim_level())",
    "my_compartments": "(SELECT openilp_claim_compartments())",
    "my_states": "(SELECT openilp_claim_states())::text[]",
    "my_partner": "(SELECT openilp_claim_partner())",
}


#: The same claims as variables of a PL/pgSQL function, so that their signature is verified once a call. Lists of ids
#: and codes become arrays by their brackets: a sub-select for each would cost more than the look-up in the index.
DECLARATIONS = (
    "claims jsonb := openilp_claims();"
    " my_level integer := (claims ->> 'level')::integer;"
    " my_compartments uuid[] := translate(claims ->> 'comps', '[]\"', '{}')::uuid[];"
    " my_states text[] := translate(claims ->> 'states', '[]\"', '{}')::text[];"
    " my_partner text := claims ->> 'partner';"
)


def sql_of_variables(alias: str) -> str:
    """Return the rule over the variables of `DECLARATIONS`."""
    columns = {column: f"{alias}.{column}" for column in LABEL_COLUMNS}
    return TEMPLATE.format(**columns, **{name: name for name in _CLAIMS})


def sql(alias: str = "") -> str:
    """Return the rule over the signed claims, for the columns of a table alias."""
    dot = f"{alias}." if alias else ""
    return TEMPLATE.format(**{c: f"{dot}{c}" for c in LABEL_COLUMNS}, **_CLAIMS)
