"""What happens by night: missed reviews restrict, run-out clocks erase, restored databases are put right."""

from collections.abc import Sequence

from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Erasure
from openilp.safeguards.retention import clocks, erasing, ledger
from openilp.safeguards.retention.erasing import Root
from openilp.safeguards.roles import Role

#: Who answers for lapses.
KEEPERS = (Role.DATA_PROTECTION_OFFICER, Role.HEAD_OF_INTELLIGENCE)
#: Records of one transaction: a certificate that can be read, and locks that are short.
BATCH = 100


@action("oversight.wind_clocks", roles=KEEPERS)
def wind_clocks(*, actor: Actor) -> int:
    """Wind the clocks of records that have none, and write what the ledger lacks; return how many clocks."""
    erasing.heal(actor=actor)
    return clocks.wind_missing()


@action("oversight.restrict_lapsed", roles=KEEPERS)
def restrict_lapsed(*, actor: Actor, most: int = BATCH) -> int:
    """Restrict records whose review was missed; return how many, 0 when none is left."""
    found = erasing.lapsing("restrict", most=most)
    for root in found:
        erasing.restrict(root.kind, root.key, is_on=True)
    return len(found)


@action("oversight.erase_lapsed", roles=KEEPERS, operation="erasure")
def erase_lapsed(*, actor: Actor, most: int = BATCH) -> Erasure | None:
    """Erase records whose time is over and return the certificate, or nothing when none is left."""
    found = erasing.lapsing("erase", most=most)
    return erasing.erase(actor=actor, roots=found, cause="lapse") if found else None


@action("oversight.reapply_erasures", roles=KEEPERS, operation="erasure")
def reapply_erasures(*, actor: Actor, lines: Sequence[ledger.Line], most: int = BATCH) -> list[Erasure]:
    """Erase again what a restored database has brought back; run it as the owner of the tables.

    Args:
        actor: Who answers for it.
        lines: The ledger.
        most: Records of one certificate.
    """
    present = erasing.present([Root(line.kind, line.key, line.rule) for line in lines])
    return [
        erasing.erase(actor=actor, roots=present[at : at + most], cause="restored")
        for at in range(0, len(present), most)
    ]
