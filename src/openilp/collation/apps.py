"""The room as a Django application."""

from django.apps import AppConfig


class CollationConfig(AppConfig):
    """Collation."""

    name = "openilp.collation"
    label = "collation"

    def ready(self) -> None:
        """Let files of entities and links be imported, and say how rows are kept and leave."""
        from openilp.collation import retention
        from openilp.collation.imports.entities import import_entities
        from openilp.collation.imports.links import import_links
        from openilp.collection.imports import kinds

        kinds.register("entities", import_entities)
        kinds.register("links", import_links)
        retention.register_all()
