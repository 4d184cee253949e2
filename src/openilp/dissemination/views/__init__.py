"""Pages of dissemination: the desk, one edition before its release, one release after it, the register."""

from openilp.dissemination.views import consents, desk, editions, register, releases

__all__ = ["consents", "desk", "editions", "register", "releases"]
