"""A test that was not run is named, and fails the run where everything is required."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TESTS = """
import pytest

@pytest.mark.real_data
def test_with_real_data(test_data):
    assert test_data.is_dir()

def test_without():
    pass
"""


def run(folder: Path, text: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text('pytest_plugins = ["tests.not_run"]\n')
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = real_data: x\n")
    (folder / "test_planted.py").write_text(text)
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENILP", "PYTEST"))
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider", "-q", *arguments],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_left_out_is_named(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """Without data the run passes and says what it left out, with one process or several."""
    done = run(tmp_path, TESTS, *workers)

    assert done.returncode == 0
    assert "not run, because OPENILP_TEST_DATA names no folder: 1" in done.stdout
    assert "test_planted.py::test_with_real_data" in done.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_left_out_fails_where_all_is_required(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """CI with the data at hand does not accept a silent gap."""
    done = run(tmp_path, TESTS, *workers, OPENILP_REQUIRE_ALL="1")

    assert done.returncode == 1
    assert "tests that were not run are a failure" in done.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_everything_run_passes(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """With the data both tests run."""
    done = run(tmp_path, TESTS, *workers, OPENILP_REQUIRE_ALL="1", OPENILP_TEST_DATA=str(tmp_path))

    assert done.returncode == 0
    assert "2 passed" in done.stdout
    assert "not run" not in done.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_skipping_fails_where_all_is_required(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """A test that skips itself is a gap too."""
    skipping = "import pytest\n\ndef test_skipped():\n    pytest.skip('not today')\n"

    done = run(tmp_path, skipping, *workers, OPENILP_REQUIRE_ALL="1")

    assert done.returncode == 1
    assert "test_planted.py::test_skipped" in done.stdout
