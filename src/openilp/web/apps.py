"""The frame as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The frame."""

    name = "openilp.web"
    label = "web"

    def ready(self) -> None:
        """Have every change of a second factor and every binding logged."""
        from allauth.mfa import signals
        from allauth.socialaccount.signals import social_account_added

        from openilp.web import accounts, single_sign_on

        signals.authenticator_added.connect(accounts.log_second_factor_added)
        signals.authenticator_removed.connect(accounts.log_second_factor_removed)
        social_account_added.connect(single_sign_on.log_bound)
