"""The label of a record: what it is, what it was, and changing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openilp.safeguards.actions import opens
from openilp.safeguards.errors import InvalidInput
from openilp.safeguards.models import ApprovalRequest
from openilp.safeguards.relabelling import LABELLERS, changes_of, told
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.web import label_verbs
from openilp.web.forms import LabelForm


@opens("web.label", roles=CONTENT)
def label(request: ActorRequest, ref: str) -> HttpResponse:
    """Show the label of a record with its history; change it here."""
    actor, row = request.actor, label_verbs.labelled(ref, actor=request.actor)
    given = {
        "level": row.level,
        "releasable_to": ", ".join(row.releasable_to),
        "originator_control": row.originator_control,
    }
    form = LabelForm(request.POST or None, initial=given)
    if form.is_valid():
        data = form.cleaned_data
        try:
            done = label_verbs.change(
                actor=actor,
                row=row,
                reason=data["reason"],
                level=data["level"],
                releasable_to=data["releasable_to"].split(","),
                originator_control=data["originator_control"],
            )
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            if isinstance(done, ApprovalRequest):
                messages.success(request, _("A second person is asked; carry it out when it is approved."))
                return redirect("approval", ref=done.ref)
            messages.success(request, _("The label is stricter now, and so are the parts of the record."))
            return redirect("label", ref=ref)
    context: dict[str, Any] = {
        "row": row,
        "ref": ref.upper(),
        "form": form,
        "changes": told(changes_of(row, actor=actor).select_related("created_by")[:50], actor=actor),
        "may_change": actor.has_role(*LABELLERS) and not actor.partner,
    }
    return render(request, "web/label.html", context, status=422 if request.method == "POST" else 200)
