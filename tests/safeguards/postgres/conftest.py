"""Homes for servers of these tests: where the database's system user gets through, with short sockets."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openilp.safeguards.postgres.binaries import programs_for, server_user
from openilp.safeguards.postgres.embedded import EmbeddedPostgres


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """Give a folder that the database's system user may enter, and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="openilp-test-"))
    if os.geteuid() == 0:
        # pytest's own folders are closed to others, and root's server runs as another user.
        folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def programs() -> Iterator[Path | None]:
    """Root's copy of the programs, made once for all homes; None for an ordinary user."""
    with reachable_folder() as folder:
        yield programs_for(server_user(), home=folder).folder.parents[1] if os.geteuid() == 0 else None


@contextmanager
def fresh_home(programs: Path | None) -> Iterator[Path]:
    """Give a home whose path has a blank and letters beyond ASCII, and remove it with its servers."""
    with reachable_folder() as parent:
        home = parent / "data folder é Ө"
        if programs is not None:
            home.mkdir(mode=0o711)
            (home / programs.name).symlink_to(programs)
        try:
            yield home
        finally:
            for durable in (True, False):
                server = EmbeddedPostgres(home, durable=durable)
                server.stop()
                shutil.rmtree(server.socket_folder, ignore_errors=True)


@pytest.fixture(scope="module")
def shared_home(programs: Path | None) -> Iterator[Path]:
    with fresh_home(programs) as home:
        yield home


@pytest.fixture
def home(programs: Path | None) -> Iterator[Path]:
    with fresh_home(programs) as path:
        yield path
