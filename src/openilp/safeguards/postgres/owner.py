"""Migrations run as the owner of the tables, everything else as the application role."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from openilp.safeguards.postgres.bootstrap import CORRIDOR_OWNER, OWNER


@contextmanager
def as_owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Reconnect as the owner of the connection's tables for the length of the block, with the migrating flag set."""
    before = {name: connection.settings_dict.get(name) for name in ("USER", "PASSWORD", "OPTIONS")}
    options = dict(before["OPTIONS"] or {})
    options.pop("pool", None)
    options["options"] = f"{options.get('options', '')} -c app.migrating=on".strip()
    owner, password = OWNER, settings.OPENILP_OWNER_PASSWORD
    if connection.alias == "corridor":
        owner, password = CORRIDOR_OWNER, settings.OPENILP_CORRIDOR_OWNER_PASSWORD
    _use(connection, {"USER": owner, "PASSWORD": password, "OPTIONS": options})
    try:
        yield
    finally:
        _use(connection, before)


def _use(connection: BaseDatabaseWrapper, values: dict[str, object]) -> None:
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool is not None:
        close_pool()
    connection.settings_dict.update(values)
