"""Words that only the oversight body may read again: sealed to its key, as details of the audit log are."""

from openilp.oversight.errors import OversightConflict
from openilp.safeguards import audit
from openilp.safeguards.log import sealing


class NoOversightKey(OversightConflict):
    """Say that nothing can be sealed here yet."""

    def __init__(self) -> None:
        super().__init__(
            "This installation has no key of the oversight body, so the reason could not be sealed;"
            " have it set up first (guide for the oversight body)."
        )


def sealed(reason: str, *, about: str) -> tuple[bytes, str]:
    """Return a reason as sealed bytes, and the commitment that proves which reason it was.

    Raises:
        NoOversightKey: If the installation has none.
    """
    key = audit.oversight_key()
    if key is None:
        raise NoOversightKey
    made = sealing.seal({"about": about, "reason": reason}, key)
    return made.body, made.commitment
