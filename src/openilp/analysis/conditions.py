"""What must hold before a method is run: rooms above say it when they are loaded."""

from collections.abc import Callable

from openilp.analysis.registry import Method
from openilp.safeguards.actor import Actor

#: Raises if a method may not be used now.
Condition = Callable[[Method, Actor], None]
_conditions: list[Condition] = []


def require(condition: Condition) -> None:
    """Have a condition checked before every run."""
    if condition not in _conditions:
        _conditions.append(condition)


def check(method: Method, *, actor: Actor) -> None:
    """Check every condition; each raises its own error."""
    for condition in _conditions:
        condition(method, actor)
