"""How each table is protected: one class a table, and no table without one."""

from enum import StrEnum

from django.apps import apps
from django.db import models

from openilp.safeguards.models import AuditDetail, AuditEvent, Matter, ThreadEdge, Tombstone
from openilp.safeguards.records import ProtectedRecord


class TableClass(StrEnum):
    """The kinds of protection that a table can have."""

    LABELLED = "labelled"  # label predicate on each row
    THROUGH = "through"  # visible where one of its statements is
    OWN = "own"  # visible to the account that it belongs to
    MATTER = "matter"  # visible to members, or to all where agency-wide
    BESIDE = "beside"  # visible where the record that it hangs on is
    RULED = "ruled"  # the model itself says who sees and who writes
    AUDIT = "audit"  # read by oversight and the data-protection officer only
    PLAIN = "plain"  # accounts, sessions, jobs: no police data
    LOOKUP = "lookup"  # written by migrations only


_PLAIN_APPS = {"sessions", "account", "mfa", "procrastinate"}
_PLAIN_MODELS = {
    "safeguards.unit",
    "safeguards.user",
    "safeguards.apitoken",
    "safeguards.sharedvalue",
    "safeguards.conflictofinterest",
    "safeguards.delegation",
    "safeguards.membership",
    "safeguards.idempotencykey",
    "socialaccount.socialaccount",
    # No token is ever kept; taking a binding off looks there all the same.
    "socialaccount.socialtoken",
}
#: Of single sign-on only the bindings are written; the provider stands in the settings.
_LOOKUP_APPS = {"contenttypes", "auth", "socialaccount"}


def table_class(model: type[models.Model]) -> TableClass | None:
    """Return the protection of a model's table, or nothing when nobody decided it (then nobody gets a grant)."""
    by_model = {
        Matter: TableClass.MATTER,
        AuditEvent: TableClass.AUDIT,
        AuditDetail: TableClass.AUDIT,
        ThreadEdge: TableClass.LABELLED,
        Tombstone: TableClass.LABELLED,
    }
    if model in by_model:
        return by_model[model]
    if issubclass(model, ProtectedRecord):
        return TableClass.LABELLED
    if getattr(model, "visible_through", None):
        return TableClass.THROUGH
    if getattr(model, "beside", False):
        return TableClass.BESIDE
    if getattr(model, "policy_see", None):
        return TableClass.RULED
    if getattr(model, "owned_by", None):
        return TableClass.OWN
    if model._meta.label_lower in _PLAIN_MODELS or model._meta.app_label in _PLAIN_APPS:
        return TableClass.PLAIN
    if model._meta.app_label in _LOOKUP_APPS:
        return TableClass.LOOKUP
    return None


def managed_models() -> list[type[models.Model]]:
    """Return every model with a table of its own, automatic many-to-many tables included.

    Those of the corridor are not among them: they lie in a schema apart, which writes its own rules.
    """
    found = apps.get_models(include_auto_created=True)
    return [m for m in found if m._meta.managed and not m._meta.proxy and not getattr(m, "is_apart", False)]
