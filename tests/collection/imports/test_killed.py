"""An import that is killed outright (SIGKILL), at whatever point, loses nothing and doubles nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from openilp.collection.imports.batches import Tally
from openilp.collection.imports.incidents import import_incidents
from openilp.collection.imports.mapping import mapping
from openilp.collection.imports.rows import Limits
from openilp.collection.models import ImportBatch, Incident
from openilp.safeguards.acting import acting
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.collection.imports.files import csv_file, row
from tests.factories import World, make_world

ROWS = 400
CHUNK = 50

#: Imports in a process of its own, which ends itself at the wanted point as `kill -9` would.
SCRIPT = """
import os, signal, sys
from pathlib import Path
from openilp.web import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from openilp.collection.imports import insertion
from openilp.collection.imports.incidents import import_incidents
from openilp.collection.imports.mapping import mapping
from openilp.collection.imports.rows import Limits
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for

path, where, after, chunk = Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
insert, calls = insertion.insert, 0

def dying_insert(*args):
    global calls
    new = insert(*args)
    calls += 1
    if calls == after:
        os.kill(os.getpid(), signal.SIGKILL)
    return new

def dying_progress(done, total):
    if done >= after * chunk:
        os.kill(os.getpid(), signal.SIGKILL)

if where == "inside":
    insertion.insert = dying_insert
import_incidents(
    actor=actor_for(User.objects.get(username="intelligence_officer")),
    path=path, mapping=mapping("police-uk"), limits=Limits(chunk=chunk),
    progress=dying_progress if where == "between" else None,
)
"""


@pytest.fixture
def committed(transactional_db: None) -> World:
    """An agency that other processes see."""
    return make_world()


def kill_at(path: Path, where: str, after: int) -> int:
    """Import in another process that dies inside a step's transaction or between two steps."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            SCRIPT,
            connection.settings_dict["NAME"],
            str(path),
            where,
            str(after),
            str(CHUNK),
        ],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "openilp.web.settings"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    return done.returncode


def held(actor: Any) -> list[tuple[str, int]]:
    """Return the keys that are there."""
    with acting(actor, "test"):
        return sorted(Incident.objects.seen_by(actor).values_list("source_id", "ordinal"))


@pytest.mark.parametrize(
    ("points", "first"),
    [([("inside", 1)], 0), ([("between", 3)], 150), ([("inside", 4), ("inside", 2)], 200)],
)
def test_killed_and_started_again_it_ends_as_if_nothing_had_happened(
    committed: World, tmp_path: Path, points: list[tuple[str, int]], first: int
) -> None:
    """Whole steps only, each once, and counters that agree with the rows [COL-10]."""
    lines = [row(f"k{i // 2:03}", crime_type="Piracy" if i == 77 else "Drugs") for i in range(ROWS)]
    path = csv_file(tmp_path, lines)
    actor = actor_for(committed.user(Role.INTELLIGENCE_OFFICER), purpose=committed.desk.pk)
    for where, after in points:
        kill_at(path, where, after)
    with acting(actor, "test"):
        broken = ImportBatch.objects.seen_by(actor).get()
        assert first == broken.rows_done
        assert broken.rows_new == len(held_now(actor))

    done = import_incidents(actor=actor, path=path, mapping=mapping("police-uk"), limits=Limits(chunk=CHUNK))

    assert first == done.resumed_at
    assert Tally(new=ROWS - 1, refused=1) == done.tally
    wanted = sorted((f"k{i // 2:03}", 0 if i == 76 else i % 2) for i in range(ROWS) if i != 77)
    assert wanted == held(actor)


def held_now(actor: Any) -> list[str]:
    """Return the incidents that are there, inside the running block."""
    return list(Incident.objects.seen_by(actor).values_list("source_id", flat=True))
