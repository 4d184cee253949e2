"""The room as a Django application."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """Collection."""

    name = "openilp.collection"
    label = "collection"

    def ready(self) -> None:
        """Let files of incidents and reports be imported, and say how rows are kept and leave."""
        from openilp.collection import retention
        from openilp.collection.imports import kinds
        from openilp.collection.imports.incidents import import_incidents
        from openilp.collection.imports.reports_csv import import_reports

        kinds.register("incidents", import_incidents)
        kinds.register("reports", import_reports)
        retention.register_all()
