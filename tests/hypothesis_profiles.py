"""How many examples a property is tried on: HYPOTHESIS_PROFILE=deep (make test-deep) tries many more."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The time of one example says more about the machine than about the code.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", settings.get_profile("default"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
