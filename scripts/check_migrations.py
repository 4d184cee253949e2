"""Check that every change of a model has its migration, without a database: models and files are compared."""

import os
import sys

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def missing() -> list[str]:
    """Return what the migrations lack, or how they contradict each other, one sentence each."""
    loader = MigrationLoader(None)
    if conflicts := loader.detect_conflicts():
        return [
            f"{app}: {' and '.join(sorted(names))} both come last; let one follow the other."
            for app, names in sorted(conflicts.items())
        ]
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    return [
        f"{app}: {operation.describe()}; write it with `python -m django makemigrations {app}`."
        for app, changes in sorted(detector.changes(graph=loader.graph).items())
        for change in changes
        for operation in change.operations
    ]


def main() -> int:
    """Print what is missing; return how the check ended."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openilp.web.settings")
    django.setup()
    found = missing()
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
