"""Pages of the source desk: the desk, one source, one draft, the hatch, unlocks."""

from openilp.corridor.views import desk, hatch, unlocks

__all__ = ["desk", "hatch", "unlocks"]
