"""Flush as the owner of the tables (tests only)."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from openilp.safeguards.postgres.owner import as_owner


class Command(flush.Command):
    """Django's own command, under the owner's role."""

    def handle(self, **options: Any) -> None:
        """Empty the tables as `openilp_owner`."""
        with as_owner(connections[options["database"]]):
            super().handle(**options)
