"""The room as a Django application."""

from django.apps import AppConfig


class CollationConfig(AppConfig):
    """Collation."""

    name = "openilp.collation"
    label = "collation"
