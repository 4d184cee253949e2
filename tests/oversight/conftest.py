"""Fixtures of the room."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def apart(settings: Any, tmp_path: Path) -> Path:
    """Give ledger and files a folder of their own."""
    settings.OPENILP_ERASURES = tmp_path / "erasures"
    settings.OPENILP_FILES = tmp_path / "files"
    return tmp_path
