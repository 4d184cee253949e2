"""The pages that follow from code and tests are current."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_generated_pages_are_current() -> None:
    """Who adds a verb, a command, an error or a test writes the pages anew: scripts/make_reference_docs.py."""
    done = subprocess.run(
        [sys.executable, "scripts/make_reference_docs.py", "--check"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "openilp.web.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
