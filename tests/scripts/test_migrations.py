"""The check of migrations: it needs no database, and a model without its migration fails it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import check_migrations

SCRIPT = Path(check_migrations.__file__)


def test_it_runs_in_a_fresh_home_without_a_database(tmp_path: Path) -> None:
    """Nothing is started and nothing waits for a server that is not there."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        env=environment | {"OPENILP_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "openilp.web.settings"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert "connect" not in done.stderr
    assert not list(tmp_path.rglob("PG_VERSION"))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_model_without_its_migration_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check sees a planted column."""
    from django.db import models

    from openilp.safeguards.models import Unit

    planted = models.BooleanField(default=False)
    planted.set_attributes_from_name("is_planted")
    monkeypatch.setattr(Unit._meta, "local_fields", [*Unit._meta.local_fields, planted])
    monkeypatch.setattr(planted, "model", Unit, raising=False)

    assert any("is_planted" in line for line in check_migrations.missing())
