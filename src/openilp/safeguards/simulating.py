"""What would somebody see? Counts by kind and reason, for those who keep accounts and see no content themselves.

The counting is done beneath, by the role that sees all rows, with the very clauses that decide: it gives numbers only,
and only to administrators and the oversight body.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import connection

from openilp.safeguards import acting, predicate
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.postgres.bootstrap import APP, SEARCH
from openilp.safeguards.records import ProtectedRecord
from openilp.safeguards.roles import CONTENT, Role

#: Who may ask what others would see, as long as none of the account's duties is work with content: numbers of hidden
#: rows tell that they exist.
ASKERS = frozenset({Role.ADMINISTRATOR, Role.OVERSIGHT})
SEEN = "seen"
#: Why a row is not seen, in the order in which the rule asks.
REASONS = (*predicate.CLAUSES, SEEN)


@dataclass(frozen=True)
class Reach:
    """How far somebody would see: what of an actor the rule reads."""

    level: int
    compartments: frozenset[object] = frozenset()
    states: frozenset[str] = frozenset({"normal"})
    partner: str = ""

    @classmethod
    def of(cls, actor: Actor) -> "Reach":
        """Return the reach of an actor."""
        states = frozenset(str(state) for state in actor.states)
        return cls(actor.level, frozenset(actor.compartments), states, actor.partner)


def labelled() -> list[type[ProtectedRecord]]:
    """Return every kind of row whose label alone decides who sees it, by name."""
    found = [m for m in apps.get_models() if issubclass(m, ProtectedRecord) and not m.policy_only]
    return sorted(found, key=lambda model: str(model._meta.model_name))


def would_see(reach: Reach, *, actor: Actor) -> dict[tuple[str, str], int]:
    """Return how many rows of each kind somebody would see, and how many not for which first reason.

    Raises:
        NotPermitted: If the actor is neither an administrator nor of the oversight body, or works with content.
    """
    acting.require("Label")
    if actor.has_content or not actor.has_role(*ASKERS):
        raise NotPermitted("safeguards.would_see", ASKERS)
    found: dict[tuple[str, str], int] = {}
    with connection.cursor() as cursor:
        for model in labelled():
            cursor.execute(
                "SELECT reason, number FROM openilp_would_see(%s, %s, %s::uuid[], %s::text[], %s)",
                [
                    model._meta.db_table,
                    reach.level,
                    list(reach.compartments),
                    sorted(reach.states),
                    reach.partner,
                ],
            )
            found |= {(str(model._meta.model_name), reason): number for reason, number in cursor.fetchall()}
    return found


def functions() -> list[str]:
    """Return the statements that make the counting function of the database."""
    columns = {column: f"r.{column}" for column in predicate.LABEL_COLUMNS}
    places = {"my_level": "$1", "my_compartments": "$2", "my_states": "$3", "my_partner": "$4"}
    cases = " ".join(
        f"WHEN NOT ({clause.format(**columns, **places)}) THEN '{name}'"
        for name, clause in predicate.CLAUSES.items()
    )
    tables = ", ".join(f"'{model._meta.db_table}'" for model in labelled())
    roles, content = (",".join(sorted(duties)) for duties in (ASKERS, CONTENT))
    signature = "openilp_would_see(text, integer, uuid[], text[], text)"
    query = f"SELECT CASE {cases} ELSE '{SEEN}' END, count(*) FROM public.%I r GROUP BY 1"  # noqa: S608 (our own)
    return [
        (
            "CREATE OR REPLACE FUNCTION openilp_would_see("
            "kept_in text, my_level integer, my_compartments uuid[], my_states text[], my_partner text)"
            " RETURNS TABLE (reason text, number bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER"
            " SET search_path = pg_catalog, public, pg_temp AS $count$ BEGIN"
            f" IF (SELECT openilp_claim_roles()) && '{{{roles}}}'::text[]"
            f" AND NOT (SELECT openilp_claim_roles()) && '{{{content}}}'::text[] AND kept_in IN ({tables}) THEN"
            f" RETURN QUERY EXECUTE format($query${query}$query$, kept_in)"
            " USING my_level, my_compartments, my_states, my_partner; END IF; END $count$"
        ),
        f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {signature} TO {APP}",
        f"ALTER FUNCTION {signature} OWNER TO {SEARCH}",
    ]
