"""Migrate as the owner of the tables."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from openilp.safeguards.postgres.owner import as_owner


class Command(migrate.Command):
    """Django's own command, under the owner's role."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the migrations and the reconciliation as `openilp_owner`."""
        with as_owner(connections[options["database"]]):
            super().handle(*args, **options)
