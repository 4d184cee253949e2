"""How frozen texts of meetings and decisions leave out what was erased."""

from openilp.analysis.canonical import digest
from openilp.safeguards.retention.handling import Frozen, Handling, register
from openilp.tasking.models import Decision, Exhibit, Minutes


def register_all() -> None:
    """Register frozen texts; what was decided stays, without the passages that quote erased records."""
    register(
        Handling(
            Exhibit,
            frozen=(Frozen("content", "sha256", digest),),
            when_gone={
                "product": "erase",
                "edition": "erase",
                "priority": "erase",
                "task": "erase",
                "decision": "erase",
            },
        )
    )
    register(Handling(Decision, frozen=(Frozen("evidence", "evidence_sha256", digest),)))
    register(Handling(Minutes, frozen=(Frozen("content", "sha256", digest),)))
