"""The room as a Django application."""

from django.apps import AppConfig


class DirectionConfig(AppConfig):
    """Direction."""

    name = "openilp.direction"
    label = "direction"
