"""The import contracts hold, and each fails on a planted fault: a contract that cannot fail protects nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources and the configuration, to plant faults in."""
    folder = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(
        ROOT / "src" / "openilp",
        folder / "src" / "openilp",
        ignore=lambda parent, names: {
            name for name in names if not (name.endswith(".py") or (Path(parent) / name).is_dir())
        },
    )
    return folder


def lint_imports(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    chosen = [argument for contract in contracts for argument in ("--contract", contract)]
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
            *chosen,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def file_of(folder: Path, module: str) -> Path:
    path = folder / "src" / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@contextmanager
def planted(folder: Path, module: str, line: str) -> Iterator[None]:
    """Add a line to a module for the length of the block; it and what it imports are made when absent."""
    names = [module, *(name for name in line.split() if name.startswith("openilp."))]
    before = {
        path: path.read_text() if path.exists() else None for path in (file_of(folder, n) for n in names)
    }
    for path, text in before.items():
        path.write_text(text or "")
    changed = file_of(folder, module)
    changed.write_text(f"{changed.read_text()}\n{line}\n")
    try:
        yield
    finally:
        for path, text in before.items():
            if text is None:
                path.unlink()
            else:
                path.write_text(text)


def test_every_contract_is_kept(copy: Path) -> None:
    """The house stands as it is drawn."""
    checked = lint_imports(copy)

    assert checked.returncode == 0, checked.stdout
    assert "0 broken" in checked.stdout


@pytest.mark.parametrize(
    ("contract", "module", "line"),
    [
        ("process", "openilp.direction.rules", "import openilp.collection.models"),
        ("process", "openilp.safeguards.labels", "import openilp.methods"),
        ("process", "openilp.methods.errors", "import openilp.safeguards.labels"),
        ("process", "openilp.tasking.rules", "import openilp.review.models"),
        ("process", "openilp.collection.selectors", "import openilp.web.urls"),
        ("process", "openilp.utils", "import json"),
        ("pure", "openilp.methods.errors", "import django.db"),
        ("pure", "openilp.methods.errors", "import urllib.request"),
        ("pure", "openilp.reference", "from django.conf import settings"),
        ("room", "openilp.direction.models", "import openilp.direction.selectors"),
        ("room", "openilp.direction.rules", "import openilp.direction.services"),
        ("room", "openilp.direction.services", "import openilp.direction.forms"),
        ("room", "openilp.direction.api", "import openilp.direction.views"),
        ("mounting", "openilp.tasking.services", "import openilp.direction.views"),
        ("mounting", "openilp.tasking.views", "import openilp.direction.api"),
    ],
)
def test_contract_fails_on_a_planted_fault(copy: Path, contract: str, module: str, line: str) -> None:
    """Each rule of the architecture is one that the check can break on."""
    with planted(copy, module, line):
        checked = lint_imports(copy, contract)

    assert checked.returncode != 0
    assert "BROKEN" in checked.stdout, checked.stdout + checked.stderr
    assert "1 broken" in checked.stdout
