"""The room as a Django application."""

from django.apps import AppConfig


class TaskingConfig(AppConfig):
    """Tasking."""

    name = "openilp.tasking"
    label = "tasking"
