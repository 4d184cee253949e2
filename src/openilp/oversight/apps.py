"""The room as a Django application."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """Oversight and data protection."""

    name = "openilp.oversight"
    label = "oversight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have methods checked for their impact assessment before they are run, and say how rows are kept and leave."""
        from openilp.analysis import conditions
        from openilp.oversight import retention
        from openilp.oversight.selectors.assessments import check_assessed

        conditions.require(check_assessed)
        retention.register_all()
