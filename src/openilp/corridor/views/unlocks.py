"""Unlocks: what was asked, two answers from two chains, and the identity while its window is open."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.corridor import forms, selectors, services
from openilp.corridor.models import Unlock
from openilp.corridor.rules import INDEPENDENT
from openilp.corridor.views.desk import attempt, status_of
from openilp.safeguards import approvals
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import ApprovalAnswer, ApprovalRequest, User
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CORRIDOR

PARTIES = CORRIDOR | INDEPENDENT


@opens("corridor.unlocks", roles=PARTIES)
def listing(request: ActorRequest) -> HttpResponse:
    """List the unlocks that the actor asked for or may approve."""
    rows = list(selectors.unlocks(actor=request.actor).order_by("-created_at", "-pk")[:50])
    asked = User.objects.in_bulk({row.created_by_id for row in rows})
    for row in rows:
        row.asker = asked.get(row.created_by_id)
    return render(request, "corridor/unlocks.html", {"unlocks": rows})


@opens("corridor.unlock", roles=PARTIES)
def show(request: ActorRequest, ref: str) -> HttpResponse:
    """Show why somebody wants to see an identity; an approver answers here."""
    actor = request.actor
    row = selectors.unlock(ref, actor=actor)
    found = _requests(row, actor)
    mine = next((each for each, answer in found if answer is None and _may_answer(each, actor)), None)
    form = forms.AnswerForm(request.POST if request.method == "POST" else None, actor=actor)
    if mine is not None and form.is_valid():
        made = attempt(
            form,
            lambda: approvals.answer(actor=actor, request=mine, digest=mine.digest, **form.cleaned_data),
        )
        if made is not None:
            messages.success(request, _("Your answer is kept."))
            return redirect("corridor:unlock", ref=row.ref)
    return _page(request, row, form, mine)


def _page(
    request: ActorRequest, row: Unlock, form: Any, mine: ApprovalRequest | None, identity: Any = None
) -> HttpResponse:
    actor = request.actor
    window = selectors.window_of(row, actor=actor)
    is_asker = row.created_by_id == actor.user_id
    found = _requests(row, actor)
    context = {
        "unlock": row,
        "asker": selectors.officer(row.created_by_id),
        "reason": selectors.reason_of(row),
        "answers": found,
        "form": form,
        "may_answer": mine is not None,
        "window": window,
        "is_open": bool(window and window.until > timezone.now()),
        "may_open": is_asker
        and window is None
        and len(found) == 2
        and all(a and a.is_approved for _, a in found),
        "identity": identity,
    }
    return render(request, "corridor/unlock.html", context, status=status_of(form))


def _requests(row: Unlock, actor: Actor) -> list[tuple[ApprovalRequest, ApprovalAnswer | None]]:
    """Return the two approval requests of an unlock, as far as the actor may see them, with their answers."""
    rows = ApprovalRequest.objects.seen_by(actor).filter(pk__in=row.approvals).order_by("action")
    given = {a.request_id: a for a in ApprovalAnswer.objects.seen_by(actor).filter(request__in=row.approvals)}
    return [(each, given.get(each.pk)) for each in rows]


def _may_answer(row: ApprovalRequest, actor: Actor) -> bool:
    return actor.user_id in {user.pk for user in approvals.second_people(row)}


@opens("corridor.open_identity", roles=CORRIDOR, operation="disclosure")
@require_POST
def open_identity(request: ActorRequest, ref: str) -> HttpResponse:
    """Open the window the first time, and show who the source is while it is open."""
    actor = request.actor
    row = selectors.unlock(ref, actor=actor)
    if selectors.window_of(row, actor=actor) is None:
        services.open_window(actor=actor, unlock=row)
    identity = services.read_identity(actor=actor, unlock=row)
    return _page(request, row, forms.AnswerForm(actor=actor), None, identity)
