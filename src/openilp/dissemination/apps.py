"""The room as a Django application."""

from django.apps import AppConfig


class DisseminationConfig(AppConfig):
    """Dissemination."""

    name = "openilp.dissemination"
    label = "dissemination"

    def ready(self) -> None:
        """Say who is told when a released text changes."""
        from openilp.dissemination import retention

        retention.register_all()
