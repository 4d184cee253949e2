"""System checks: no table without a class, no many-to-many table that nobody labelled."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from openilp.safeguards.postgres.tables import managed_models, table_class


@register(Tags.security)
def every_table_has_a_class(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """Report models whose protection nobody decided."""
    found: list[CheckMessage] = []
    for model in managed_models():
        if table_class(model) is None:
            number = "E002" if model._meta.auto_created else "E001"
            hint = "Derive it from ProtectedRecord, or give it a class in safeguards/postgres/tables.py."
            found.append(
                Error(f"{model._meta.label} has no table class.", hint=hint, id=f"safeguards.{number}")
            )
    return found
