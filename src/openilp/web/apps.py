"""The frame as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The frame."""

    name = "openilp.web"
    label = "web"

    def ready(self) -> None:
        """Have every change of a second factor logged."""
        from allauth.mfa import signals

        from openilp.web import accounts

        signals.authenticator_added.connect(accounts.log_second_factor_added)
        signals.authenticator_removed.connect(accounts.log_second_factor_removed)
