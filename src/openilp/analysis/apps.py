"""The room as a Django application."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Analysis."""

    name = "openilp.analysis"
    label = "analysis"

    def ready(self) -> None:
        """Say how the rows of the room are kept and leave."""
        from openilp.analysis import retention

        retention.register_all()
