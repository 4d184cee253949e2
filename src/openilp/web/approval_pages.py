"""Approvals: what waits for a second person, what was answered, and carrying it out."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.oversight.selectors import rights
from openilp.oversight.services import letters
from openilp.safeguards import approvals
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import ApprovalAnswer, ApprovalRequest, ApprovalUse, Unit, User
from openilp.safeguards.models.approvals import LOWER
from openilp.safeguards.paging import page
from openilp.safeguards.people import SECOND_PEOPLE
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import Role
from openilp.web import account_verbs, label_verbs, words
from openilp.web.forms import AnswerForm

#: Who answers something: about accounts, or about the identity of a source.
ANSWERERS = SECOND_PEOPLE | {Role.CHAIR, Role.SOURCE_CONTROLLER}


def request_of(ref: str, *, actor: Actor) -> ApprovalRequest:
    """Return a request that the actor asked for or may answer.

    Raises:
        RecordNotFound: If there is none.
    """
    found: ApprovalRequest | None = approvals.requests(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


@opens("web.approvals", roles=ANSWERERS, operation="account")
def approval_list(request: ActorRequest) -> HttpResponse:
    """List what waits for the actor, and everything that was asked before."""
    actor = request.actor
    found = page(approvals.requests(actor=actor), after=request.GET.get("after", ""))
    asked = User.objects.in_bulk({row.created_by_id for row in found.rows})
    mine = {row.pk for row in approvals.waiting(actor=actor)}
    for row in found.rows:
        row.asker, row.waits_for_me = asked[row.created_by_id], row.pk in mine
    context = {"page": found, "waiting": len(mine), "now": timezone.now()}
    return render(request, "web/approvals/list.html", context)


@opens("web.approval", roles=ANSWERERS, operation="account")
def approval(request: ActorRequest, ref: str) -> HttpResponse:
    """Show what is asked for; the second person answers here."""
    row = request_of(ref, actor=request.actor)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        is_approved = data["answer"] == "approve"
        try:
            approvals.answer(
                actor=request.actor,
                request=row,
                digest=data["digest"],
                is_approved=is_approved,
                reason=data["reason"],
            )
        except approvals.ReasonMissing:
            form.add_error("reason", _("Say why, so that the other person can judge it."))
        except approvals.NotLookedAt:
            form.add_error(None, _("Open the record first: you vouch for what others will see."))
        else:
            said = _("Approved; the other person carries it out.") if is_approved else _("Refused.")
            messages.success(request, said)
            return redirect("approval", ref=row.ref)
    return _shown(request, row, form, status=422 if request.method == "POST" else 200)


def _shown(request: ActorRequest, row: ApprovalRequest, form: AnswerForm, *, status: int) -> HttpResponse:
    actor = request.actor
    is_mine = row.created_by_id == actor.user_id
    answer = ApprovalAnswer.objects.seen_by(actor).filter(request=row).first()
    seconds = approvals.second_people(row)
    is_alive = row.expires_at > timezone.now()
    use = ApprovalUse.objects.seen_by(actor).filter(request=row).first()
    context: dict[str, Any] = {
        "row": row,
        "form": form,
        "lines": _lines(row),
        "is_label": row.action == LOWER,
        "asker": User.objects.get(pk=row.created_by_id),
        "answer": answer,
        "second": User.objects.get(pk=answer.created_by_id) if answer else None,
        "use": use,
        "seconds": seconds,
        "is_alive": is_alive,
        "may_answer": is_alive and not answer and actor.user_id in {user.pk for user in seconds},
        "may_carry_out": is_alive and is_mine and bool(answer and answer.is_approved) and not use,
    }
    return render(request, "web/approvals/approval.html", context, status=status)


def _lines(row: ApprovalRequest) -> list[tuple[Any, str, str]]:
    """Return what would change in words: what, as it is, as it would be."""
    found = []
    for name, label in words.PARAMETERS.items():
        if name in row.parameters and (row.parameters[name] or row.seen.get(name)):
            before = _said(name, row.seen[name]) if name in row.seen else ""
            found.append((label, before, _said(name, row.parameters[name])))
    return found


def _said(name: str, value: Any) -> str:
    if name == "roles":
        return ", ".join(words.role(code) for code in value)
    if name in ("clearance", "level"):
        return words.level(value)
    if name == "releasable_to":
        return ", ".join(value) or _("own staff only")
    if name == "originator_control":
        return _("on") if value else _("off")
    if name == "unit":
        by_key = Unit.objects.filter(pk=value) if len(str(value)) == 36 else Unit.objects.filter(code=value)
        found = by_key.first()
        return found.name if found else str(value)
    return str(value)


@opens("web.carry_out_approval", roles=ANSWERERS, operation="account")
@require_POST
def carry_out(request: ActorRequest, ref: str) -> HttpResponse:
    """Carry out what was approved; a starting password is shown this once."""
    row = request_of(ref, actor=request.actor)
    if row.action == LOWER:
        label_verbs.carry_out(actor=request.actor, request=row)
        messages.success(request, _("Done: %(what)s.") % {"what": words.approval(row.action)})
        return redirect("label", ref=row.object_name)
    if row.action == letters.ISSUE:
        asked = rights.request(row.object_name, actor=request.actor)
        made = letters.issue_letter(actor=request.actor, request=asked, approval=row)
        day = made.dated_on.isoformat()
        messages.success(request, _("The letter is ready; send it on %(day)s.") % {"day": day})
        return redirect("oversight:rights-request", ref=asked.ref)
    done = account_verbs.carry_out(actor=request.actor, request=row)
    if done.password:
        context = {"account": done.account, "password": done.password}
        return render(request, "web/accounts/password.html", context)
    messages.success(request, _("Done: %(what)s.") % {"what": words.approval(row.action)})
    return redirect("account", username=done.account.username)
