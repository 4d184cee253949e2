"""The room as a Django application."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Evaluation."""

    name = "openilp.evaluation"
    label = "evaluation"
