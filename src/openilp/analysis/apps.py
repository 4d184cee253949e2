"""The room as a Django application."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Analysis."""

    name = "openilp.analysis"
    label = "analysis"
