"""The process as navigation: each room with its in-tray, counted for the actor."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy

from openilp.corridor.rules import INDEPENDENT
from openilp.corridor.services.crossing import ASKERS
from openilp.oversight.models.registers import ASSESSMENT_READERS
from openilp.oversight.models.reviews import REVIEWERS
from openilp.safeguards.actor import Actor
from openilp.safeguards.people import SECOND_PEOPLE
from openilp.safeguards.roles import CONTENT, CORRIDOR, EVERYONE, MANAGERS, OVERSEERS, SUPERVISORS, Role

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


#: What each room is for, for the help page.
EXPLAINED = (
    (
        "compass",
        gettext_lazy("Direction"),
        gettext_lazy("What must we know? Priorities, requirements and plans to collect."),
    ),
    (
        "inbox",
        gettext_lazy("Collection"),
        gettext_lazy("What came in? Reports with their items, and incidents in bulk."),
    ),
    (
        "checkup-list",
        gettext_lazy("Evaluation"),
        gettext_lazy("What is it worth? Each item is graded; a second person looks at it."),
    ),
    (
        "affiliate",
        gettext_lazy("Collation"),
        gettext_lazy("How does it connect? Statements about people and things, and links between them."),
    ),
    (
        "chart-dots",
        gettext_lazy("Analysis"),
        gettext_lazy("What does it mean? Methods, assessments and products."),
    ),
    (
        "send",
        gettext_lazy("Dissemination"),
        gettext_lazy("Who was told? Approval, release to named people, receipt, recall."),
    ),
    (
        "gavel",
        gettext_lazy("Tasking"),
        gettext_lazy("What was decided? Meetings, decisions, operations and tasks."),
    ),
    (
        "history",
        gettext_lazy("Review"),
        gettext_lazy("What came of it? Outcomes, before and after, lessons."),
    ),
)


@dataclass(frozen=True)
class Place:
    """A page beside the process, with the duties that it is open to."""

    name: str
    label: Any
    icon: str
    roles: frozenset[Role]

    @property
    def url(self) -> str:
        """Return the route of the page."""
        return self.name


PLACES = (
    Place("matters", gettext_lazy("Matters"), "folder", MANAGERS),
    Place("accounts", gettext_lazy("Accounts"), "users", frozenset({Role.ADMINISTRATOR})),
    Place("emergencies", gettext_lazy("Emergencies"), "lock-open", CONTENT | {Role.OVERSIGHT}),
    Place("approvals", gettext_lazy("Approvals"), "checks", SECOND_PEOPLE),
    Place("units", gettext_lazy("Units"), "sitemap", frozenset({Role.ADMINISTRATOR})),
    Place(
        "audit-state",
        gettext_lazy("Is the log whole?"),
        "shield-check",
        frozenset({Role.SUPERVISORY_AUTHORITY}),
    ),
    Place("audit-log", gettext_lazy("Audit log"), "shield-check", OVERSEERS),
    Place(
        "oversight:home",
        gettext_lazy("Data protection"),
        "scale",
        SUPERVISORS | ASSESSMENT_READERS | frozenset(REVIEWERS),
    ),
    Place("oversight:simulator", gettext_lazy("What a role sees"), "eye", frozenset({Role.ADMINISTRATOR})),
    Place("corridor:home", gettext_lazy("Source desk"), "user-check", CORRIDOR),
    Place("corridor:hatch", gettext_lazy("Source hatch"), "arrows-exchange", ASKERS),
    Place("corridor:unlocks", gettext_lazy("Unlocks"), "lock", INDEPENDENT),
    Place("my-settings", gettext_lazy("Settings"), "settings", EVERYONE),
    Place("help", gettext_lazy("Help"), "help", EVERYONE),
)


def around(actor: Actor) -> list[Place]:
    """Return the pages beside the process that the actor's duties open."""
    return [place for place in PLACES if actor.has_role(*place.roles)]


#: Every room of the process, in its order.
ROOMS = tuple(step.name for step in STEPS)


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
