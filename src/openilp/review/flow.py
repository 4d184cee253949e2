"""The thread as one line: what lies behind an object, the object, what came of it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from openilp.review import nodes
from openilp.review.nodes import Node
from openilp.review.thread import Thread

#: The kinds that a reader thinks in; the table shows the others too.
TELLING = (
    "priority",
    "requirement",
    "report",
    "dispute",
    "entity",
    "assessment",
    "product",
    "release",
    "meeting",
    "decision",
    "minutes",
    "operation",
    "task",
    "outcome",
    "resultsanalysis",
    "lesson",
)
#: Steps on one side of the line, nearest the object, before the line becomes a paragraph.
MOST = 4


@dataclass(frozen=True)
class Step:
    """One step of the line: a single object by its reference, or how many there are of a kind."""

    text: str
    hint: str
    url: str


@dataclass(frozen=True)
class Flow:
    """A thread on one line."""

    past: tuple[Step, ...]
    here: str
    future: tuple[Step, ...]
    url: str


def flow(found: Thread) -> Flow:
    """Return a thread on one line, counted by kind."""
    url = reverse("review:thread", args=[found.here.ref])
    return Flow(
        past=_steps(found.behind(), url)[-MOST:],
        here=_here(found.here.kind),
        future=_steps(found.ahead(), url)[:MOST],
        url=url,
    )


def _here(kind: str) -> str:
    if kind == "minutes":
        return _("these minutes")
    return _("this %(kind)s") % {"kind": nodes.word(kind).lower()}


def _steps(side: list[Node], url: str) -> tuple[Step, ...]:
    by_kind: dict[str, list[Node]] = {}
    for node in side:
        if node.kind in TELLING:
            by_kind.setdefault(node.kind, []).append(node)
    return tuple(_step(kind, found, url) for kind, found in by_kind.items())


def _step(kind: str, found: list[Node], url: str) -> Step:
    if len(found) == 1:
        only = found[0]
        return Step(f"{nodes.word(kind)} {only.ref}", only.label, only.url)
    return Step(nodes.counted(kind, len(found)), "", f"{url}#{kind}")
