"""Nothing is skipped silently: tests that cannot run here are left out by name, and CI may refuse that.

`real_data` tests need the folder that OPENILP_TEST_DATA names. With OPENILP_REQUIRE_ALL=1 a test that was
left out, and one that skipped itself, is an error.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

NOT_RUN = pytest.StashKey[list[str]]()
SKIPPED = pytest.StashKey[list[str]]()
REASON = "OPENILP_TEST_DATA names no folder"


def data_folder() -> Path | None:
    """Return the folder of the real data sets, None when there is none."""
    named = os.environ.get("OPENILP_TEST_DATA")
    return Path(named).resolve() if named and Path(named).is_dir() else None


def all_required() -> bool:
    """Return whether a test that was not run counts as a failure."""
    return os.environ.get("OPENILP_REQUIRE_ALL") == "1"


def pytest_configure(config: pytest.Config) -> None:
    """Begin the lists."""
    config.stash[NOT_RUN] = []
    config.stash[SKIPPED] = []


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of the real data sets; a test that asks for it carries the marker `real_data`."""
    folder = data_folder()
    if folder is None:
        raise RuntimeError("A test that uses test_data needs the marker real_data.")
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs real data where there are none."""
    if data_folder() is not None:
        return
    left_out = [item for item in items if item.get_closest_marker("real_data")]
    if left_out:
        config.stash[NOT_RUN] = [item.nodeid for item in left_out]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("real_data")]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand the list of a worker to the main process; fail where everything was required."""
    config = session.config
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output["not_run"] = config.stash[NOT_RUN]
    elif all_required() and (config.stash[NOT_RUN] or config.stash[SKIPPED]) and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take the list of a worker; all workers collect the same tests."""
    output = getattr(node, "workeroutput", None) or {}
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    config.stash[NOT_RUN] = sorted({*config.stash[NOT_RUN], *output.get("not_run", [])})


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """Name every test that was left out."""
    left_out = config.stash[NOT_RUN]
    if left_out:
        terminalreporter.section(f"not run, because {REASON}: {len(left_out)}")
        for nodeid in left_out:
            terminalreporter.write_line(nodeid)
    if all_required() and (left_out or config.stash[SKIPPED]):
        terminalreporter.section("OPENILP_REQUIRE_ALL=1: tests that were not run are a failure", red=True)
        for nodeid in (*left_out, *config.stash[SKIPPED]):
            terminalreporter.write_line(nodeid)


class _Watch:
    """Notes the tests that skipped themselves."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.config.stash[SKIPPED].append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to watch."""
    session.config.pluginmanager.register(_Watch(session.config))
