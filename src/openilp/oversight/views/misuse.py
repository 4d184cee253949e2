"""Signs of misuse for those who oversee: a list, each with its events, and the answer of a human."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openilp.oversight import wording
from openilp.oversight.forms.misuse import SignAnswerForm
from openilp.oversight.models import MisuseSign
from openilp.oversight.selectors import misuse as selectors
from openilp.oversight.services import misuse as services
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import InvalidInput
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import OVERSEERS

#: Events of a sign that its page lists.
MOST = 100


@opens("oversight.signs", roles=OVERSEERS)
def signs(request: ActorRequest) -> HttpResponse:
    """List the signs of misuse, newest first."""
    show = request.GET.get("show", "open")
    rows = selectors.sign_list(actor=request.actor, only_open=show != "all")
    found = page(rows, after=request.GET.get("after", ""))
    for row in found.rows:
        row.title, row.about_rule = wording.RULES[row.rule]
    return render(
        request, "oversight/signs.html", {"page": found, "show": "all" if show == "all" else "open"}
    )


@opens("oversight.sign", roles=OVERSEERS)
def sign(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a sign with its events; somebody who oversees answers it here."""
    row = selectors.sign(ref, actor=request.actor)
    form = SignAnswerForm(request.POST or None)
    if form.is_valid():
        try:
            services.answer_sign(actor=request.actor, sign=row, **form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Your answer is recorded; nothing else has changed."))
            return redirect("oversight:sign", ref=row.ref)
    return _shown(request, row, form, status=422 if request.method == "POST" else 200)


def _shown(request: ActorRequest, row: MisuseSign, form: SignAnswerForm, *, status: int) -> HttpResponse:
    answer = selectors.answer_of(row, actor=request.actor)
    title, about = wording.RULES[row.rule]
    context: dict[str, Any] = {
        "row": row,
        "title": title,
        "about_rule": about,
        "figures": [(wording.FIGURES[name], number) for name, number in row.figures.items()],
        "events": selectors.events_of(row, most=MOST),
        "left": max(0, len(row.events) - MOST),
        "answer": answer,
        "outcome": wording.OUTCOMES[answer.outcome] if answer else "",
        "form": form,
    }
    return render(request, "oversight/sign.html", context, status=status)
