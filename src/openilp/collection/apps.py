"""The room as a Django application."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """Collection."""

    name = "openilp.collection"
    label = "collection"
