"""The front page of the room: its desks, with what waits at each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from openilp.evaluation import necessity
from openilp.oversight import selectors
from openilp.oversight.models.registers import ASSESSMENT_READERS, AUTHORITY_READERS, REGISTER_READERS
from openilp.oversight.models.reviews import REVIEWERS
from openilp.oversight.models.rights import OFFICER
from openilp.oversight.rules.assessments import Standing
from openilp.oversight.selectors import assessments, authority, breaches, misuse, rights
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.models.retention import WITNESSES
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import OVERSEERS, SUPERVISORS, Role

#: Beyond this a desk says “99+”.
_MOST = 99


@dataclass(frozen=True)
class Desk:
    """One desk of the room: what it is for, who works there, how much waits there for an actor, how much is late."""

    title: Any
    about: Any
    icon: str
    url: str
    roles: frozenset[Role]
    waiting: Callable[[Actor], int]
    overdue: Callable[[Actor], int] = lambda actor: 0


#: The desks in the order of the page.
DESKS: tuple[Desk, ...] = (
    Desk(
        _("Signs of misuse"),
        _("What members of staff did that somebody should ask about."),
        "radar",
        "oversight:signs",
        OVERSEERS,
        lambda actor: int(misuse.sign_list(actor=actor, only_open=True).count_up_to(_MOST)),
    ),
    Desk(
        _("Figures of use"),
        _("Look-ups by duty and unit, without names and without content."),
        "chart-bar",
        "oversight:figures",
        OVERSEERS,
        lambda actor: 0,
    ),
    Desk(
        _("Review desk"),
        _("Records whose time has come, each with its own reason."),
        "clock",
        "oversight:reviews",
        frozenset(REVIEWERS),
        lambda actor: int(selectors.due(actor=actor, within_days=0).count_up_to(_MOST)),
    ),
    Desk(
        _("Rights of persons"),
        _("What people ask about the data that are held on them, and by when they are answered."),
        "users",
        "oversight:rights",
        OFFICER,
        lambda actor: int(rights.requests(actor=actor).count_up_to(_MOST)),
        lambda actor: int(rights.requests(actor=actor, show="overdue").count_up_to(_MOST)),
    ),
    Desk(
        _("Breaches"),
        _("What went wrong with data, the 72 hours to tell the authority, and the lessons."),
        "alert-triangle",
        "oversight:breaches",
        REGISTER_READERS,
        lambda actor: breaches.waiting(actor=actor)[0],
        lambda actor: breaches.waiting(actor=actor)[1],
    ),
    Desk(
        _("Records of processing"),
        _("What is processed, by which law, for how long, and who receives it."),
        "list-check",
        "oversight:processing",
        REGISTER_READERS,
        lambda actor: 0,
    ),
    Desk(
        _("Impact assessments"),
        _("Each method of analysis: what it takes in, what was judged of it, who signed."),
        "checkup-list",
        "oversight:assessments",
        ASSESSMENT_READERS,
        lambda actor: sum(
            line.standing is not Standing.ASSESSED for line in assessments.register(actor=actor)
        ),
    ),
    Desk(
        _("Supervisory authority"),
        _("What the authority asks data protection, and what it is answered."),
        "messages",
        "oversight:authority",
        AUTHORITY_READERS,
        lambda actor: int(authority.requests(actor=actor).filter(is_answered=False).count_up_to(_MOST)),
    ),
    Desk(
        _("Strict necessity"),
        _("Words on health, belief and the like that somebody wants to quote."),
        "eye",
        "evaluation:necessities",
        necessity.APPROVERS,
        lambda actor: int(necessity.awaiting(actor=actor).count_up_to(_MOST)),
    ),
    Desk(
        _("Declared statistics"),
        _("Figures by sex and age for which there is a law; small numbers are left out."),
        "chart-bar",
        "oversight:statistics",
        REGISTER_READERS,
        lambda actor: 0,
    ),
    Desk(
        _("Erasures"),
        _("Certificates of what has left, and under which rule."),
        "trash",
        "oversight:erasures",
        frozenset(WITNESSES),
        lambda actor: 0,
    ),
)
#: Who finds something in this room.
READERS = SUPERVISORS.union(*(desk.roles for desk in DESKS))


@opens("oversight.home", roles=READERS)
def home(request: ActorRequest) -> HttpResponse:
    """Show the desks that the actor's duties open, with what waits at each."""
    return render(request, "oversight/home.html", {"desks": desks_of(request.actor)})


def desks_of(actor: Actor) -> list[tuple[Desk, int, int]]:
    """Return the desks that an actor's duties open, each with how much waits there, and how much of it is late."""
    return [(desk, desk.waiting(actor), desk.overdue(actor)) for desk in DESKS if actor.has_role(*desk.roles)]
