"""The originator's consent: what is asked, and the answer in somebody's name."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openilp.dissemination import selectors, services
from openilp.dissemination.forms import AnswerConsentForm
from openilp.dissemination.selectors import CONSENTERS, RELEASERS
from openilp.dissemination.views.desk import titles_of
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import InvalidInput
from openilp.safeguards.requests import ActorRequest


@opens("dissemination.consent", roles=CONSENTERS | RELEASERS, operation="disclosure")
def consent(request: ActorRequest, ref: str) -> HttpResponse:
    """Show what an originator is asked, and take the answer."""
    actor = request.actor
    row = selectors.consent_request(ref, actor=actor)
    form = AnswerConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_consent(actor=actor, request=row, **form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Your answer to %(ref)s is kept.") % {"ref": row.ref})
            return redirect("dissemination:consent", ref=row.ref)
    answer = selectors.consent_to(row, actor=actor)
    may_answer = (
        answer is None
        and actor.has_role(*CONSENTERS)
        and actor.unit_id == row.owner_unit_id
        and actor.user_id != row.created_by_id
    )
    context = {
        "row": row,
        "item": gate.related(row, "item"),
        "edition": gate.related(row, "edition"),
        "asker": row.created_by,
        "answer": answer,
        "may_answer": may_answer,
        "form": form,
        "page_level": row.level,
        "page_compartments": titles_of(row, actor),
    }
    return render(
        request, "dissemination/consent.html", context, status=422 if request.method == "POST" else 200
    )
