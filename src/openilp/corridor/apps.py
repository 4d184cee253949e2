"""The corridor as a Django application."""

from django.apps import AppConfig


class CorridorConfig(AppConfig):
    """The source desk."""

    name = "openilp.corridor"
    label = "corridor"
    default_auto_field = "django.db.models.BigAutoField"
