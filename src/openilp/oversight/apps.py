"""The room as a Django application."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """Oversight and data protection."""

    name = "openilp.oversight"
    label = "oversight"
    default_auto_field = "django.db.models.BigAutoField"
