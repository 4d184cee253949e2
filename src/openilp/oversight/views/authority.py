"""What the supervisory authority asks data protection: list, ask, one request with its answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from openilp.direction.forms import carry_out, refusal_status
from openilp.oversight import wording
from openilp.oversight.forms.authority import AuthorityAnswerForm, AuthorityForm
from openilp.oversight.forms.rights import KINDS
from openilp.oversight.models.registers import AUTHORITY_READERS
from openilp.oversight.selectors import authority as selectors
from openilp.oversight.services.authority import answer_authority, ask_data_protection
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import Role


@opens("oversight.authority", roles=AUTHORITY_READERS)
def requests(request: ActorRequest) -> HttpResponse:
    """List what the authority asked, the newest first; it asks here."""
    actor = request.actor
    may_ask = actor.has_role(Role.SUPERVISORY_AUTHORITY)
    form = AuthorityForm(request.POST or None) if may_ask else None
    if form is not None and form.is_valid():
        made = carry_out(form, lambda: ask_data_protection(actor=actor, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("%(ref)s is with data protection.") % {"ref": made.ref})
            return redirect("oversight:authority-request", ref=made.ref)
    found = page(selectors.requests(actor=actor), after=request.GET.get("after", ""))
    context = {
        "page": found,
        "lines": [(row, wording.ASKED[row.kind]) for row in found.rows],
        "form": form,
        "today": timezone.localdate(),
    }
    status = refusal_status(form) if form is not None else 200
    return render(request, "oversight/authority.html", context, status=status)


@opens("oversight.authority_request", roles=AUTHORITY_READERS)
def one(request: ActorRequest, ref: str) -> HttpResponse:
    """Show what the authority asked; data protection answers here."""
    actor = request.actor
    row = selectors.request(ref, actor=actor)
    answer = selectors.answer_of(row, actor=actor)
    may_answer = answer is None and actor.has_role(Role.DATA_PROTECTION_OFFICER)
    form: Any = AuthorityAnswerForm(request.POST or None) if may_answer else None
    if form is not None and form.is_valid():
        said = form.cleaned_data
        if carry_out(form, lambda: answer_authority(actor=actor, request=row, **said)) is not None:
            messages.success(request, _("Your answer is recorded."))
            return redirect("oversight:authority-request", ref=row.ref)
    context = {
        "row": row,
        "asked": wording.ASKED[row.kind],
        "answer": answer,
        "finding": wording.FINDINGS[answer.finding] if answer else "",
        "form": form,
    }
    status = refusal_status(form) if form is not None else 200
    return render(request, "oversight/authority_request.html", context, status=status)


@opens("oversight.rights_register", roles=[Role.SUPERVISORY_AUTHORITY])
def register(request: ActorRequest) -> HttpResponse:
    """List the requests of persons by kind and clock, without anything of the person."""
    kinds: dict[str, Any] = {str(code): words for code, words in KINDS}
    entries = selectors.rights_register(actor=request.actor)
    context = {
        "lines": [(entry, kinds.get(entry.kind, entry.kind)) for entry in entries],
        "today": timezone.localdate(),
    }
    return render(request, "oversight/rights_register.html", context)
