"""The floor as a Django application."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SafeguardsConfig(AppConfig):
    """Reconciles grants and policies after every migration."""

    name = "openilp.safeguards"
    label = "safeguards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, and the reconciliation after migrations."""
        from openilp.safeguards import checks  # noqa: F401  (registers)

        post_migrate.connect(_reconcile, sender=self)


def _reconcile(*, using: str, **_: Any) -> None:
    from django.db import DEFAULT_DB_ALIAS, connections

    from openilp.safeguards.postgres.reconcile import reconcile

    if using == DEFAULT_DB_ALIAS:
        reconcile(connections[using])
