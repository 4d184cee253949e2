"""The desk: what was released to the actor, and what waits for whom."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from openilp.analysis.models import Edition
from openilp.dissemination import selectors
from openilp.dissemination.models import Recall, Release
from openilp.dissemination.selectors import APPROVERS, CONSENTERS, PEERS, REGISTRARS, RELEASERS
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Matter
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT

_DESK_ROWS = 50


@opens("dissemination.home", roles=CONTENT)
def home(request: ActorRequest) -> HttpResponse:
    """Show what was released to the actor, and for those who release what waits."""
    actor = request.actor
    mine = selectors.mine(actor=actor).prefetch_related("edition")
    found = page(mine, after=request.GET.get("after", ""))
    unread = set(selectors.unread(actor=actor).values_list("pk", flat=True)[:200])
    recalls = {row.release_id: row for row in Recall.objects.seen_by(actor).filter(release__in=found.rows)}
    context = {
        "page": found,
        "mine": [_row(row, recalls.get(row.pk), row.pk in unread) for row in found.rows],
        "may_approve": actor.has_role(*APPROVERS),
        "may_release": actor.has_role(*RELEASERS),
        "may_review": actor.has_role(*PEERS),
        "may_register": actor.has_role(*REGISTRARS),
        "reviews": _editions(selectors.awaiting_review(actor=actor), actor, PEERS),
        "unreviewed": _editions(selectors.awaiting_peers(actor=actor), actor, RELEASERS),
        "consents": _consents(actor),
        "approvals": _editions(selectors.awaiting_approval(actor=actor), actor, APPROVERS),
        "going": _editions(selectors.awaiting_release(actor=actor), actor, RELEASERS),
    }
    return render(request, "dissemination/home.html", context)


def _editions(rows: Any, actor: Actor, roles: Any) -> list[Edition]:
    if not actor.has_role(*roles):
        return []
    return list(rows.select_related("created_by").order_by("created_at")[:_DESK_ROWS])


def _consents(actor: Actor) -> list[Any]:
    if not actor.has_role(*CONSENTERS):
        return []
    rows = selectors.awaiting_consent(actor=actor).select_related("created_by", "unit")
    rows = rows.prefetch_related("item")
    return [(row, gate.related(row, "item")) for row in rows.order_by("created_at")[:_DESK_ROWS]]


def _row(release: Release, recall: Recall | None, is_unread: bool) -> dict[str, Any]:
    edition = gate.related(release, "edition")
    return {"release": release, "edition": edition, "is_unread": is_unread, "recall": recall}


def titles_of(row: Any, actor: Actor) -> list[str]:
    """Return the titles of the matters that a row is kept in, as far as the actor is a member of them."""
    return list(Matter.objects.seen_by(actor).filter(pk__in=row.compartments).values_list("title", flat=True))
