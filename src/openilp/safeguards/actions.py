"""Registered actions: nothing is done and no page is opened without one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from openilp.safeguards import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import NotPermitted, OutsideActing
from openilp.safeguards.roles import Role

P = ParamSpec("P")
R = TypeVar("R")

#: The operations that Directive (EU) 2016/680 Art. 25 wants logged, and two of our own.
OPERATIONS = (
    "collection",
    "alteration",
    "consultation",
    "disclosure",
    "combination",
    "erasure",
    "account",
    "session",
)


@dataclass(frozen=True)
class Action:
    """A verb or a page, with the roles that it is open to."""

    name: str
    roles: frozenset[Role]
    operation: str
    kind: str
    summary: str


_registry: dict[str, Action] = {}


def registered() -> dict[str, Action]:
    """Return all registered actions by name."""
    return dict(sorted(_registry.items()))


def _register(name: str, roles: Iterable[Role], operation: str, kind: str, doc: str | None) -> Action:
    if operation not in OPERATIONS:
        raise ValueError(
            f"Operation '{operation}' of '{name}' is unknown; use one of {', '.join(OPERATIONS)}."
        )
    entry = Action(name, frozenset(roles), operation, kind, (doc or "").strip().split("\n")[0])
    known = _registry.get(name)
    if known is not None and known.kind == "verb" and kind == "verb" and known != entry:
        raise ValueError(f"Action '{name}' is registered twice; give one of the two another name.")
    _registry[name] = entry
    return entry


def action(
    name: str, *, roles: Iterable[Role], operation: str = "alteration"
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a service: check the actor's roles, run it, and note the write for the audit event.

    Args:
        name: `room.verb_noun`.
        roles: Who may do it; an empty set denies everybody.
        operation: The operation of Art. 25 that it is.
    """

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        entry = _register(name, roles, operation, "verb", service.__doc__)

        @wraps(service)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            block = acting.current()
            if block is None:
                raise OutsideActing(name)
            actor = kwargs.get("actor")
            if not isinstance(actor, Actor) or actor.user_id != block.actor.user_id:
                raise NotPermitted(name, entry.roles)
            if not actor.has_role(*entry.roles):
                raise NotPermitted(name, entry.roles)
            result = service(*args, **kwargs)
            block.wrote(name, operation, _objects(result))
            return result

        run.openilp_action = entry  # type: ignore[attr-defined]
        return run

    return decorate


def opens(
    name: str, *, roles: Iterable[Role], operation: str = "consultation"
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a page or an API operation: check the roles and give the audit event its name.

    A route that is served without one is refused and rolled back by the middleware.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        entry = _register(name, roles, operation, "page", view.__doc__)

        @wraps(view)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            block = acting.current()
            if block is None:
                raise OutsideActing(name)
            block.action, block.operation, block.declared = name, operation, True
            if not block.actor.has_role(*entry.roles):
                raise NotPermitted(name, entry.roles)
            return view(*args, **kwargs)

        run.openilp_action = entry  # type: ignore[attr-defined]
        return run

    return decorate


def _objects(result: Any) -> dict[str, list[str]]:
    rows = result if isinstance(result, list | tuple) else [result]
    found: dict[str, list[str]] = {}
    for row in rows[:1000]:
        meta = getattr(row, "_meta", None)
        if meta is not None:
            found.setdefault(meta.model_name, []).append(str(row.pk))
    return found
