"""Homes for servers of these tests: where the database's system user gets through, with short sockets."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openilp.safeguards.postgres.embedded import EmbeddedPostgres


@contextmanager
def fresh_home() -> Iterator[Path]:
    """Give an empty home whose path has a blank and letters beyond ASCII, and remove it with its servers."""
    parent = Path(tempfile.mkdtemp(prefix="openilp-test-"))
    if os.geteuid() == 0:
        # pytest's own folders are closed to others, and root's server runs as another user.
        parent.chmod(0o711)
    home = parent / "data folder é Ө"
    try:
        yield home
    finally:
        for durable in (True, False):
            server = EmbeddedPostgres(home, durable=durable)
            server.stop()
            shutil.rmtree(server.socket_folder, ignore_errors=True)
        shutil.rmtree(parent)


@pytest.fixture(scope="module")
def shared_home() -> Iterator[Path]:
    with fresh_home() as home:
        yield home


@pytest.fixture
def home() -> Iterator[Path]:
    with fresh_home() as path:
        yield path
