"""The room as a Django application."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Review."""

    name = "openilp.review"
    label = "review"
