"""Home, search and health."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from openilp.collation.selectors import searching
from openilp.collection.models import Item, Report
from openilp.oversight.views.home import desks_of
from openilp.safeguards import references
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import SafeguardError
from openilp.safeguards.paging import Page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, EVERYONE, MANAGERS, Role
from openilp.safeguards.searching import by_words
from openilp.tasking import selectors as tasking
from openilp.web import addresses, command, watch, work

_WATCHERS = (Role.DATA_PROTECTION_OFFICER, Role.OVERSIGHT)


@dataclass(frozen=True)
class Step:
    """The one thing that a home page proposes to do."""

    label: Any
    icon: str
    route: str

    @property
    def url(self) -> str:
        """Return its address, or nothing where there is no such page."""
        return addresses.route(self.route)


_NEXT: dict[Role, Step] = {
    Role.CHAIR: Step(_("Raise a requirement"), "flag", "direction:raise-requirement"),
    Role.TASKING_COORDINATOR: Step(_("Raise a requirement"), "flag", "direction:raise-requirement"),
    Role.HEAD_OF_INTELLIGENCE: Step(_("Set a priority"), "flag", "direction:set-priority"),
    Role.STRATEGIC_ANALYST: Step(_("To analysis"), "chart-dots", "analysis:home"),
    Role.OPERATIONAL_ANALYST: Step(_("To analysis"), "chart-dots", "analysis:home"),
    Role.INTELLIGENCE_OFFICER: Step(_("Open the inbox"), "checkup-list", "evaluation:home"),
    Role.REPORTING_OFFICER: Step(_("New report"), "plus", "collection:submit"),
    Role.LIAISON_OFFICER: Step(_("New report"), "plus", "collection:submit"),
    Role.PLAN_OWNER: Step(_("To my tasks"), "list-check", "tasking:home"),
    Role.SOURCE_HANDLER: Step(_("To the source desk"), "user-check", "corridor:home"),
    Role.SOURCE_CONTROLLER: Step(_("To the source desk"), "user-check", "corridor:home"),
    Role.SUPERVISORY_AUTHORITY: Step(_("To the registers"), "scale", "oversight:home"),
    Role.ADMINISTRATOR: Step(_("Open an account"), "user-plus", "join"),
}


@opens("web.home", roles=EVERYONE)
def home(request: ActorRequest) -> HttpResponse:
    """Show what waits for the actor's duties, what is due and what changed."""
    actor = request.actor
    duties = [role for role in Role if role in actor.roles]
    context: dict[str, Any] = {
        "duties": duties,
        "steps_next": [step for step in (_NEXT.get(role) for role in duties) if step and step.url][:2],
        "panels": work.lists(actor=actor) if actor.has_content else [],
    }
    if actor.has_role(*MANAGERS):
        context |= {
            "priorities": (lines := command.priorities(actor=actor)),
            "recorded_until": next((line.harm.months[-1] for line in lines if line.harm), None),
            "decisions": command.decisions(actor=actor),
            "scale": command.SCALE,
            "meeting": _meeting(actor),
            "priorities_url": addresses.route("direction:priorities"),
            "decisions_url": addresses.route("tasking:decisions") or addresses.route("tasking:home"),
            "is_manager": True,
        }
    if actor.has_role(*_WATCHERS):
        context |= {"logged": watch.logged(actor=actor), "figures": watch.quarantine(actor=actor)}
    if actor.has_role(Role.SUPERVISORY_AUTHORITY):
        context["desks"] = desks_of(actor)
    if actor.has_role(Role.ADMINISTRATOR):
        context |= {
            "accounts": watch.accounts(actor=actor),
            "installation": watch.installation(actor=actor),
        }
    return render(request, "web/home.html", context)


def _meeting(actor: Actor) -> dict[str, Any] | None:
    """Return the meeting that runs or comes next, with its address."""
    row = tasking.next_meeting(actor=actor)
    return {"row": row, "url": addresses.of("meeting", row.ref)} if row else None


@opens("web.search", roles=CONTENT)
def search(request: ActorRequest) -> HttpResponse:
    """Search everything that the actor may see; a reference leads straight to its object.

    The purpose that the actor acts for is the reason that the log keeps.
    """
    query = request.GET.get("q", "").strip()
    kind = request.GET.get("kind", "")
    context: dict[str, Any] = {"query": query, "kind": kind}
    if not query:
        return render(request, "web/search.html", context)
    try:
        groups = searching.search(
            query, actor=request.actor, filters=searching.Filters.from_json({"kind": kind})
        )
    except SafeguardError as error:
        return render(request, "web/search.html", context | {"error": str(error)}, status=422)
    if references.prefix_of(query) and len(groups) == 1 and len(groups[0].hits) == 1:
        return redirect(groups[0].hits[0].url or addresses.of(groups[0].kind, groups[0].hits[0].ref))
    context["groups"] = groups
    if kind in _TEXTS and groups:
        context |= _text_page(request, kind, query)
    return render(request, "web/search.html", context)


_TEXTS: dict[str, Any] = {"report": Report, "item": Item}


def _text_page(request: ActorRequest, kind: str, query: str) -> dict[str, Any]:
    """Return one keyset page of all reports or items that match."""
    found: Page = by_words(_TEXTS[kind], actor=request.actor, query=query, after=request.GET.get("after", ""))
    keys = [row.report_id for row in found.rows] if kind == "item" else []
    whole = {row.pk: row for row in Report.objects.seen_by(request.actor).filter(pk__in=keys)}
    hits = []
    for row in found.rows:
        report = row if kind == "report" else whole.get(row.report_id)
        title = report.title if report else row.ref
        url = addresses.of("report", report.ref) if report else ""
        hits.append(searching.Hit(kind, row.ref, title, row.text[:200], url, row.created_at))
    return {"groups": [searching.HitGroup(kind, tuple(hits))], "page": found}


def health(request: HttpRequest) -> HttpResponse:
    """Say that the server answers."""
    return HttpResponse("ok", content_type="text/plain")
