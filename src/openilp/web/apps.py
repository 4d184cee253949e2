"""The frame as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The frame."""

    name = "openilp.web"
    label = "web"
