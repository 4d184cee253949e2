"""What an account, or somebody with given duties, would see: numbers by kind and reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from openilp.oversight.rules.cells import Table, shown
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import AccountError, NotPermitted, RecordNotFound
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for
from openilp.safeguards.people.actors import states_of
from openilp.safeguards.roles import CONTENT, Role
from openilp.safeguards.simulating import ASKERS, REASONS, Reach, would_see


@dataclass(frozen=True)
class Simulation:
    """Whose reach was counted, how far it goes, and the table of kinds and reasons."""

    reach: Reach
    matters: int
    table: Table


def of_account(username: str, *, actor: Actor, outside: bool = False) -> Simulation:
    """Return what an account would see, acting for its matters or outside any matter.

    Raises:
        NotPermitted: If the actor neither keeps accounts nor oversees.
        RecordNotFound: If there is no open account of this name.
    """
    if actor.has_content or not actor.has_role(*ASKERS):
        raise NotPermitted("safeguards.would_see", ASKERS)
    user = User.objects.filter(username=username.strip().lower()).first()
    if user is None:
        raise RecordNotFound(username)
    try:
        whose = actor_for(user, reason="administration") if outside else actor_for(user)
    except AccountError as error:
        raise RecordNotFound(username) from error
    return _counted(Reach.of(whose), actor)


def of_duties(roles: Iterable[Role], clearance: int, *, actor: Actor, partner: str = "") -> Simulation:
    """Return what somebody with these duties and this clearance would see who belongs to no operation.

    Raises:
        NotPermitted: If the actor neither keeps accounts nor oversees.
    """
    held = frozenset(roles)
    states = frozenset(str(state) for state in states_of(held))
    return _counted(Reach(clearance if held & CONTENT else -1, frozenset(), states, partner), actor)


def _counted(reach: Reach, actor: Actor) -> Simulation:
    found = would_see(reach, actor=actor)
    kinds = {kind for kind, _ in found}
    counts = {(kind, reason): found.get((kind, reason), 0) for kind in kinds for reason in REASONS}
    return Simulation(reach, len(reach.compartments), shown(counts, order=REASONS))
