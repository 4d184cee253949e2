"""The room as a Django application."""

from django.apps import AppConfig


class DisseminationConfig(AppConfig):
    """Dissemination."""

    name = "openilp.dissemination"
    label = "dissemination"
