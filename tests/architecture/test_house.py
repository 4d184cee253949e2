"""The rules of the house that import-linter cannot see, walked over code, routes and tables."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.urls import URLPattern, URLResolver, get_resolver

import openilp
from openilp.safeguards.models import ThreadEdge
from openilp.safeguards.postgres import policies
from openilp.safeguards.postgres.tables import TableClass, managed_models, table_class
from openilp.safeguards.records import ProtectedRecord

SOURCE = Path(openilp.__file__).parent
ROOMS = [
    "direction",
    "collection",
    "evaluation",
    "collation",
    "analysis",
    "dissemination",
    "tasking",
    "review",
]
#: Every room may point at the floor.
ORDER = ["safeguards", *ROOMS]
#: Routes that run before there is an actor, or that the session itself is made with.
BEFORE_AN_ACTOR = ("account/", "health")


def public_functions(room: str) -> Iterator[tuple[str, Any]]:
    """Yield what a room offers as its services: the functions of `services`, of its front where it is a folder."""
    name = f"openilp.{room}.services"
    module = importlib.import_module(name)
    for label, member in vars(module).items():
        own = getattr(member, "__module__", "").startswith(name)
        if inspect.isfunction(member) and own and not label.startswith("_"):
            yield f"{name}.{label}", member


def unregistered_services() -> list[str]:
    """Return public functions of services that are no registered action."""
    return [
        name
        for room in ROOMS
        for name, function in public_functions(room)
        if not hasattr(function, "openilp_action")
    ]


def routes(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every route of the URL resolver with its view."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.callback


def operations(routers: Any) -> Iterator[tuple[str, Any]]:
    """Yield every operation of the API with its path, those of routers inside routers too."""
    for prefix, router, *_rest in routers:
        for path, view in router.path_operations.items():
            yield from ((prefix + path, operation) for operation in view.operations)
        yield from operations(router._routers)


def test_every_public_service_is_a_registered_action() -> None:
    """Nothing is done without a permission that is denied by default."""
    assert unregistered_services() == []


def test_a_service_without_an_action_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk above sees a planted fault."""
    module = importlib.import_module("openilp.collection.services")

    def delete_everything() -> None:
        """Do what nobody may."""

    delete_everything.__module__ = module.__name__
    monkeypatch.setattr(module, "delete_everything", delete_everything, raising=False)

    assert unregistered_services() == ["openilp.collection.services.delete_everything"]


def test_every_action_is_open_to_named_roles_only() -> None:
    """An action without a role is open to nobody; the administrator does none of the process."""
    from openilp.safeguards.actions import registered
    from openilp.safeguards.roles import Role

    for entry in registered().values():
        room = entry.name.split(".")[0]
        if room in ROOMS:
            assert entry.roles, entry.name
            assert Role.ADMINISTRATOR not in entry.roles, entry.name


def test_every_page_declares_what_it_opens() -> None:
    """A route without `@opens` is refused at run time; here it is found before."""
    silent = [
        path
        for path, view in routes()
        if not path.startswith((*BEFORE_AN_ACTOR, "api/")) and not hasattr(view, "openilp_action")
    ]

    assert silent == []


def test_every_operation_of_the_api_declares_what_it_opens() -> None:
    """The same for the REST API."""
    from openilp.web.api import api

    silent = [
        f"{operation.methods} {path}"
        for path, operation in operations(api._routers)
        if not hasattr(operation.view_func, "openilp_action")
    ]

    assert silent == []


def test_foreign_keys_point_to_the_same_or_an_earlier_room() -> None:
    """The later row holds the key; import-linter cannot see keys given as strings."""
    up = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        for field in model._meta.fields
        if field.is_relation
        and isinstance(field.related_model, type)
        and field.related_model._meta.app_label in ORDER
        and ORDER.index(field.related_model._meta.app_label) > ORDER.index(model._meta.app_label)
    ]

    assert up == []


def test_every_table_of_a_room_is_protected() -> None:
    """Police data lie in protected records or in entities, which are seen through their statements."""
    bare = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        and table_class(model) not in (TableClass.LABELLED, TableClass.THROUGH)
    ]

    assert bare == []


def test_row_security_is_forced_on_every_protected_table(db: None) -> None:
    """What the models say is what the database does."""
    plain = {TableClass.PLAIN, TableClass.LOOKUP}
    wanted = {m._meta.db_table for m in managed_models() if table_class(m) not in plain}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        held = {name for (name,) in cursor.fetchall()}

    assert wanted - held == set()


def test_every_policy_keeps_the_planner_on_its_index() -> None:
    """The predicate stands in CASE and reads each claim in a scalar sub-select."""
    for model in managed_models():
        if table_class(model) is TableClass.LABELLED:
            see = next(s for s in policies.rules(model).statements if s.startswith("CREATE POLICY see"))
            assert "CASE WHEN" in see, model
            assert "(SELECT openilp_claim_level())" in see, model


def test_a_table_that_nobody_classified_gets_no_grant() -> None:
    """A new table is shut until somebody decides."""

    class Stray(models.Model):
        class Meta:
            app_label = "stray"
            managed = False

    assert not [s for s in policies.rules(Stray).statements if s.startswith("GRANT")]


def test_protected_rows_cannot_be_without_purpose_basis_or_review_date() -> None:
    """NOT NULL on every protected table [COL-04]."""
    for model in apps.get_models():
        if issubclass(model, ProtectedRecord):
            for name in ("purpose", "legal_basis", "review_on"):
                assert not model._meta.get_field(name).null, f"{model._meta.label}.{name}"


def test_thread_links_name_real_keys() -> None:
    """A thread link names foreign keys of its own model."""
    for model in apps.get_models():
        for link in getattr(model, "thread_links", ()):
            for end in (link.source, link.target):
                assert end == "self" or model._meta.get_field(end).is_relation, f"{model._meta.label}: {end}"
    assert ThreadEdge._meta.get_field("from_id")


#: The organisation itself is no police data.
OPEN_TABLES = {"Unit", "User"}


def calls_outside_the_gate() -> list[str]:
    """Return uses of Django that would go round the gate, in the rooms' code."""
    found = []
    for path in sorted(
        p for room in ROOMS for p in (SOURCE / room).rglob("*.py") if "migrations" not in p.parts
    ):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in {
                "_base_manager",
                "behind_keys",
                "raw",
                "extra",
            }:
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno} {node.attr}")
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".objects.all"):
                model = ast.unparse(node.func).split(".")[0]
                if model not in OPEN_TABLES:
                    found.append(f"{path.relative_to(SOURCE)}:{node.lineno} {model}.objects.all()")
    return found


def test_no_room_goes_round_the_gate() -> None:
    """No base manager, no raw query set, no `objects.all()`."""
    assert calls_outside_the_gate() == []


@pytest.mark.parametrize("forbidden", ["set_config('app.claims', %s, false)", "SET SESSION AUTHORIZATION"])
def test_claims_are_never_set_for_a_session(forbidden: str) -> None:
    """A pool hands connections on: only settings of one transaction are safe."""
    for path in SOURCE.rglob("*.py"):
        assert forbidden not in path.read_text(), path


def test_no_signals_between_rooms() -> None:
    """Rooms call services; the one receiver is the reconciliation after migrations."""
    users = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "django.db.models.signals" in path.read_text() or "django.dispatch" in path.read_text()
    }

    assert users == {"safeguards/apps.py"}


def test_no_field_ranks_or_scores_persons() -> None:
    """Persons have no score, rank or risk column anywhere [ANA-15]."""
    words = ("score", "risk_", "dangerous", "rank", "likelihood_of_offending")
    named = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in {"collation", "collection"}
        for field in model._meta.fields
        if any(word in field.name for word in words)
    ]

    assert named == []
