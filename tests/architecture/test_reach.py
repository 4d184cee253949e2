"""Every verb is in the REST API: from each operation the code is followed to the actions that it can reach."""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

import openilp
from openilp.safeguards.actions import action, registered
from openilp.safeguards.roles import Role
from openilp.web.api import api

#: Verbs that no operation of the API carries out, each with its reason.
NOT_OVER_HTTP = {
    "collation.deconflict": "the clock of the worker runs it, as the owner of hidden records; nobody calls it",
    "collation.alert_saved_searches": "the clock of the worker runs it, as the owner of each search; nobody calls it",
    "oversight.wind_clocks": "the night's work, or `openilp retention run`",
    "oversight.restrict_lapsed": "the night's work, or `openilp retention run`",
    "oversight.erase_lapsed": "the night's work, or `openilp retention run`",
    "oversight.reapply_erasures": "after a restore, at the machine, as the owner of the tables",
    "evaluation.escalate_overdue": "the clock of the worker runs it each minute, as a head of intelligence",
}
#: The source desk is open to people at its pages only: no token, script or kept answer knows of a source.
PAGES_ONLY = "corridor."
#: What is run, not imported.
PROGRAMS = ("__main__", "migrations", "wsgi")


def bare(function: Any) -> Any:
    """Return the function below its decorators, or that of a job."""
    return inspect.unwrap(getattr(function, "func", function))


def named_in(function: Any) -> Iterator[Any]:
    """Yield what a function's code names, resolved in its own module: functions, classes, tables of functions."""
    own = inspect.getclosurevars(function)
    names = {**function.__globals__, **own.nonlocals}
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Name):
            yield names.get(node.id)
        elif isinstance(node, ast.Attribute):
            yield _attribute(node, names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            module = __import__(node.module, fromlist=["_"])
            yield from (getattr(module, alias.name, None) for alias in node.names)


def _attribute(node: ast.Attribute, names: dict[str, Any]) -> Any:
    base = node.value
    found = names.get(base.id) if isinstance(base, ast.Name) else None
    if isinstance(base, ast.Attribute):
        found = _attribute(base, names)
    return getattr(found, node.attr, None) if inspect.ismodule(found) or inspect.isclass(found) else None


def functions_of(thing: Any) -> Iterator[Any]:
    """Yield the functions of our own that something stands for: itself, a job's, a class's, a table's."""
    if isinstance(thing, dict | list | tuple | set | frozenset):
        for entry in thing.values() if isinstance(thing, dict) else thing:
            yield from functions_of(entry)
    elif inspect.isclass(thing) and thing.__module__.startswith("openilp."):
        for member in vars(thing).values():
            yield from functions_of(member) if inspect.isfunction(member) else ()
    elif callable(thing) or hasattr(thing, "func"):
        found = bare(thing)
        written = inspect.isfunction(found) and not found.__code__.co_filename.startswith("<")
        if written and found.__module__.startswith("openilp."):
            yield thing if hasattr(thing, "openilp_action") else found


@cache
def steps_from(function: Any) -> tuple[Any, ...]:
    """Return the functions that a function names."""
    return tuple(step for thing in named_in(bare(function)) for step in functions_of(thing))


def reached(start: list[Any]) -> set[str]:
    """Return the verbs that the code reaches from some functions."""
    met: set[Any] = set()
    verbs: set[str] = set()
    ahead = list(start)
    while ahead:
        step = ahead.pop()
        if bare(step) in met:
            continue
        met.add(bare(step))
        entry = getattr(step, "openilp_action", None)
        if entry is not None and entry.kind == "verb":
            verbs.add(entry.name)
        ahead += steps_from(step)
    return verbs


def operations(routers: Any = None) -> list[Callable[..., Any]]:
    """Return the function of each operation of the API, those of routers inside routers too."""
    found = []
    for _prefix, router in api._routers if routers is None else routers:
        found += [o.view_func for view in router.path_operations.values() for o in view.operations]
        found += operations([entry[:2] for entry in router._routers])
    return found


def verbs() -> set[str]:
    """Return all registered verbs of the product, wherever they are written."""
    for module in pkgutil.walk_packages(openilp.__path__, "openilp."):
        if not set(module.name.split(".")) & set(PROGRAMS):
            importlib.import_module(module.name)
    every = {entry.name for entry in registered().values() if entry.kind == "verb"}
    return {name for name in every if not name.startswith(PAGES_ONLY)}


def test_every_verb_is_reached_from_an_operation_of_the_api() -> None:
    """What a page or a command can do, a program can."""
    assert sorted(verbs() - reached(operations()) - set(NOT_OVER_HTTP)) == []


def test_no_exception_is_kept_that_is_none() -> None:
    """An exception names a verb that there is, and that the API does not reach."""
    assert sorted(set(NOT_OVER_HTTP) - verbs()) == []
    assert sorted(set(NOT_OVER_HTTP) & reached(operations())) == []


def test_a_verb_without_an_operation_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk sees a planted fault, and does not call everything reached."""
    from openilp.safeguards import actions

    monkeypatch.setattr(actions, "_registry", dict(actions._registry))

    @action("collection.burn_report", roles=[Role.CHAIR])
    def burn_report(*, actor: Any) -> None:
        """Do what no operation does."""

    assert {"collection.burn_report"} == verbs() - reached(operations()) - set(NOT_OVER_HTTP)


def test_an_operation_that_loses_its_verb_would_be_found() -> None:
    """Without the operation that submits reports, nothing else reaches that verb."""
    others = [each for each in operations() if each.__name__ != "submit_report"]

    assert "collection.submit_report" in reached(operations())
    assert "collection.submit_report" not in reached(others)
