"""The product's own settings in a home of their own, on a volatile server."""

import os
from pathlib import Path

from openilp.safeguards.postgres.home import openilp_home

if "OPENILP_TEST_HOME" not in os.environ:
    os.environ["OPENILP_TEST_HOME"] = str(openilp_home() / "test")
os.environ["OPENILP_HOME"] = os.environ["OPENILP_TEST_HOME"]
os.environ["OPENILP_VOLATILE"] = "1"
os.environ["OPENILP_DEMO"] = "1"
# Counting costs a query now and then, which would blur the number of queries; its own test switches it on.
os.environ["OPENILP_API_LIMIT"] = "0"
Path(os.environ["OPENILP_HOME"], "static").mkdir(parents=True, exist_ok=True)

from openilp.web.settings import *  # noqa: E402, F403
