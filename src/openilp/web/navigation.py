"""The process as navigation: each room with its in-tray, counted for the actor."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy

from openilp.safeguards.actor import Actor

#: Beyond this an in-tray says “99+”.
MOST = 99


@dataclass(frozen=True)
class Step:
    """One room in the navigation."""

    name: str
    label: Any
    icon: str
    url: str
    count: str | None = None
    urgent: int = 0


STEPS = (
    Step("direction", gettext_lazy("Direction"), "compass", "direction:home"),
    Step("collection", gettext_lazy("Collection"), "inbox", "collection:home"),
    Step("evaluation", gettext_lazy("Evaluation"), "checkup-list", "evaluation:home"),
    Step("collation", gettext_lazy("Collation"), "affiliate", "collation:home"),
    Step("analysis", gettext_lazy("Analysis"), "chart-dots", "analysis:home"),
    Step("dissemination", gettext_lazy("Dissemination"), "send", "dissemination:home"),
    Step("tasking", gettext_lazy("Tasking"), "gavel", "tasking:home"),
    Step("review", gettext_lazy("Review"), "history", "review:home"),
)


def steps(actor: Actor) -> list[Step]:
    """Return the rooms that have a page, without counts."""
    return [step for step in STEPS if actor.has_content and _mounted(step)]


def counted(actor: Actor) -> list[Step]:
    """Return the rooms with the number of things that wait in them for this actor."""
    return [_count(step, actor) for step in steps(actor)]


def _mounted(step: Step) -> bool:
    try:
        reverse(step.url)
    except NoReverseMatch:
        return False
    return True


def _count(step: Step, actor: Actor) -> Step:
    selectors = import_module(f"openilp.{step.name}.selectors")
    waiting = selectors.in_tray(actor=actor).count_up_to(MOST)
    urgent: Callable[..., Any] | None = getattr(selectors, "urgent", None)
    shown = f"{MOST}+" if waiting > MOST else str(waiting)
    return replace(step, count=shown, urgent=urgent(actor=actor).count_up_to(MOST) if urgent else 0)
