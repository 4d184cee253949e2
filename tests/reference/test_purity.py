"""The reference data are read where neither Django nor an HTTP client is installed."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys

FORBIDDEN = {"django", "ninja", "requests", "httpx", "urllib3", "aiohttp", "http", "numpy"}

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in FORBIDDEN:
            raise ModuleNotFoundError(f"{name} is absent on purpose")

sys.meta_path.insert(0, Absent())
try:
    import django
except ModuleNotFoundError:
    print("blocked")
import openilp.reference
print(openilp.reference.grading_scheme("europol-4x4").source.codes)
print(sorted(FORBIDDEN & set(sys.modules)))
"""


def test_reference_data_need_no_django() -> None:
    """Another system can use the lists without the house around them."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.splitlines() == ["blocked", "('A', 'B', 'C', 'X')", "[]"]
