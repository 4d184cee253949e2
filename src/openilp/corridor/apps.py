"""The corridor as a Django application."""

from django.apps import AppConfig


class CorridorConfig(AppConfig):
    """The source desk."""

    name = "openilp.corridor"
    label = "corridor"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the keys of erased sources be destroyed again after a restore."""
        from openilp.corridor import vault
        from openilp.safeguards.retention.handling import register_destroyer

        register_destroyer("source", vault.destroy)
