"""Where the data of an installation lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from openilp.safeguards.postgres.home import openilp_home


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENILP_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/mara")


def test_variable_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agency says where; `~` counts from the user's home."""
    monkeypatch.setenv("OPENILP_HOME", "~/police data")

    assert openilp_home() == Path("/home/mara/police data")


def test_relative_variable_counts_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The result is absolute, so that a later change of folder does not move the data."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENILP_HOME", "data")

    assert openilp_home() == tmp_path / "data"


@pytest.mark.parametrize(
    ("uid", "data_home", "expected"),
    [
        (0, None, "/var/lib/openilp"),
        (0, "/root/data", "/var/lib/openilp"),
        (1000, None, "/home/mara/.local/share/openilp"),
        (1000, "/srv/mara", "/srv/mara/openilp"),
    ],
)
def test_default_depends_on_who_runs(
    monkeypatch: pytest.MonkeyPatch, uid: int, data_home: str | None, expected: str
) -> None:
    """Root's own home is closed to the database's user, so root's data lie elsewhere."""
    monkeypatch.setattr("os.geteuid", lambda: uid)
    if data_home:
        monkeypatch.setenv("XDG_DATA_HOME", data_home)

    assert openilp_home() == Path(expected)
