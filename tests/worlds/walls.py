"""The two walls apart: what row security alone lets through, what the gate alone does, what the search finds."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

from openilp.safeguards.find import kinds
from openilp.safeguards.labels import State
from openilp.safeguards.models import ThreadEdge
from openilp.safeguards.people import actor_for
from openilp.safeguards.postgres.bootstrap import APP
from openilp.safeguards.postgres.embedded import SUPERUSER
from openilp.safeguards.records import ProtectedRecord
from openilp.safeguards.roles import Role
from tests.worlds.agency import Agency
from tests.worlds.hiding import KEEPER
from tests.worlds.routes import HIDDEN_WORD, NAME, WORD

Found = dict[str, str]


def walled() -> list[type[Any]]:
    """Return every model whose rows are hidden by their label, or by that of the rows through which they show."""
    through = [m for m in kinds().values() if getattr(m, "visible_through", None)]
    return [*(m for m in kinds().values() if issubclass(m, ProtectedRecord)), *through, ThreadEdge]


def kept_to_a_duty() -> list[type[Any]]:
    """Return those whose rows in addition show to a duty only, whatever their label."""
    return [m for m in walled() if getattr(m, "policy_only", "")]


def _digest(keys: Any) -> str:
    rows = sorted(str(key) for key in keys)
    return f"{len(rows)} {hashlib.sha256(''.join(rows).encode()).hexdigest()[:12]}"


def by_policies(agency: Agency, role: Role, models: list[type[Any]]) -> Found:
    """Return what plain SQL finds under the claims of an account: the gate takes no part."""
    found: Found = {}
    with agency.acting(role), connection.cursor() as cursor:
        for model in models:
            cursor.execute(f'SELECT id FROM "{model._meta.db_table}"')
            found[model._meta.label] = _digest(key for (key,) in cursor.fetchall())
    return found


def by_gate(agency: Agency, role: Role, models: list[type[Any]]) -> Found:
    """Return what the gate lets an account see under the claims of one that is cleared: policies take no part."""
    actor = actor_for(agency.plain[role], purpose=agency.desk.pk)
    with agency.acting(KEEPER, cleared=True):
        return {
            m._meta.label: _digest(m.objects.seen_by(actor, states=State).values_list("pk", flat=True))
            for m in models
        }


def by_search(agency: Agency, role: Role) -> Found:
    """Return what the search functions find for an account by words of visible and of hidden rows."""
    found: Found = {}
    with agency.acting(role), connection.cursor() as cursor:
        for name in search_functions():
            for word in (WORD, NAME, HIDDEN_WORD):
                cursor.execute(f"SELECT id FROM {name}(%s, 200, NULL, NULL)", [word])
                found[f"{name} {word}"] = _digest(key for (key,) in cursor.fetchall())
    return found


def search_functions() -> list[str]:
    """Return the names of the search functions."""
    found: list[str] = []
    for model in apps.get_models():
        if getattr(model, "search_vector", None):
            found.append(f"search_{model._meta.db_table}")
        if getattr(model, "search_text", None):
            found.append(f"find_{model._meta.db_table}")
    return found


@contextmanager
def superuser() -> Iterator[None]:
    """Connect as the superuser of the test's server, who can put on the application's role and take it off."""
    before = {name: connection.settings_dict.get(name) for name in ("USER", "PASSWORD", "OPTIONS")}
    options = {k: v for k, v in (before["OPTIONS"] or {}).items() if k != "pool"}
    _reconnect({"USER": SUPERUSER, "PASSWORD": "", "OPTIONS": options})
    try:
        yield
    finally:
        _reconnect(before)


def _reconnect(values: dict[str, Any]) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict.update(values)


def put_on_role() -> None:
    """Act as the application's role for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APP}")


@contextmanager
def altered(*statements: str) -> Iterator[None]:
    """Change the database's rules for the length of a block."""
    from tests.worlds.keeping import undone

    with undone():
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            for statement in statements:
                cursor.execute(statement)
        put_on_role()
        yield
