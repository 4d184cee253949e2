"""The room as a Django application."""

from django.apps import AppConfig


class TaskingConfig(AppConfig):
    """Tasking."""

    name = "openilp.tasking"
    label = "tasking"

    def ready(self) -> None:
        """Say how frozen texts leave out what was erased."""
        from openilp.tasking import retention

        retention.register_all()
