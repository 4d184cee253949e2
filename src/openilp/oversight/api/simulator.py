"""What a role would see, over HTTP: numbers only."""

from typing import Annotated, Any

from ninja import Router, Schema
from ninja.params.functions import Query

from openilp.oversight.errors import OversightError
from openilp.oversight.selectors import simulator as selectors
from openilp.oversight.selectors.simulator import Simulation
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import Role
from openilp.safeguards.simulating import ASKERS, REASONS

router = Router()


class KindOut(Schema):
    """One kind of record: how many are seen, and how many not for which first reason; nothing where under five."""

    kind: str
    numbers: dict[str, int | None]


class SimulationOut(Schema):
    """How far somebody would see."""

    level: int
    matters: int
    kinds: list[KindOut]


@router.get("/simulation", response=SimulationOut)
@opens("oversight.api_simulation", roles=ASKERS)
def simulation(
    request: ActorRequest,
    account: str = "",
    outside: bool = False,
    roles: Annotated[list[Role], Query()] = [],  # noqa: B006 (ninja copies it)
    clearance: int = 1,
    partner: str = "",
) -> dict[str, Any]:
    """Count what an account, or somebody with given duties, would see."""
    if account:
        return _shown(selectors.of_account(account, actor=request.actor, outside=outside))
    if not roles:
        raise OversightError("account", "Name an account, or at least one duty as `roles`.")
    return _shown(selectors.of_duties(roles, clearance, actor=request.actor, partner=partner))


def _shown(found: Simulation) -> dict[str, Any]:
    return {
        "level": found.reach.level,
        "matters": found.matters,
        "kinds": [
            {"kind": row.name, "numbers": dict(zip(REASONS, row.cells, strict=True))}
            for row in found.table.rows
        ],
    }
