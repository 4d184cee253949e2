"""The register of methods with their impact assessments: list, one method, its document."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.direction.forms import carry_out, refusal_status
from openilp.oversight import registers, wording
from openilp.oversight.forms.assessments import AssessmentAnswerForm, AssessmentForm
from openilp.oversight.models.registers import ASSESSMENT_READERS, KEEPERS
from openilp.oversight.rules.assessments import PARTS, Standing
from openilp.oversight.selectors import assessments as selectors
from openilp.oversight.selectors.assessments import Line
from openilp.oversight.services.assessments import answer_assessment, assess_method
from openilp.oversight.views.registers import attached
from openilp.safeguards.actions import opens
from openilp.safeguards.approvals import is_second
from openilp.safeguards.requests import ActorRequest


@opens("oversight.assessments", roles=ASSESSMENT_READERS)
def assessments(request: ActorRequest) -> HttpResponse:
    """List the methods of analysis, each with its impact assessment or that it has none."""
    lines = selectors.register(actor=request.actor)
    context = {
        "lines": [(line, wording.STANDINGS[line.standing]) for line in lines],
        "open": sum(line.standing is not Standing.ASSESSED for line in lines),
    }
    return render(request, "oversight/assessments.html", context)


@opens("oversight.assessment", roles=ASSESSMENT_READERS)
def assessment(request: ActorRequest, name: str) -> HttpResponse:
    """Show a method's card and assessment; those who keep the registers assess it here."""
    actor = request.actor
    line = selectors.line(name, actor=actor)
    may_keep = actor.has_role(*KEEPERS)
    form = (
        AssessmentForm(request.POST) if request.method == "POST" and may_keep else AssessmentForm.of(line.row)
    )
    if form.is_bound and form.is_valid():
        made = carry_out(form, lambda: assess_method(actor=actor, method=name, **form.said()))
        if made is not None:
            messages.success(request, _("Assessment %(ref)s waits for a second person.") % {"ref": made.ref})
            return redirect("oversight:assessment", name=name)
    return _shown(request, line, form, AssessmentAnswerForm())


@opens("oversight.answer_assessment_page", roles=KEEPERS)
@require_POST
def answer(request: ActorRequest, name: str) -> HttpResponse:
    """Agree with the present assessment of a method, or not."""
    actor = request.actor
    line = selectors.line(name, actor=actor)
    form = AssessmentAnswerForm(request.POST)
    row = line.row
    if row is not None and form.is_valid():
        said = form.cleaned_data
        made = carry_out(form, lambda: answer_assessment(actor=actor, assessment=row, **said))
        if made is not None:
            messages.success(request, _("Your answer is recorded."))
            return redirect("oversight:assessment", name=name)
    return _shown(request, line, AssessmentForm.of(line.row), form)


def _shown(
    request: ActorRequest, line: Line, form: AssessmentForm, asked: AssessmentAnswerForm
) -> HttpResponse:
    actor, row = request.actor, line.row
    may_keep = actor.has_role(*KEEPERS)
    waits = row is not None and line.answer is None and may_keep
    card = selectors.card_of(line.method)
    context: dict[str, Any] = {
        "line": line,
        "row": row,
        "standing": wording.STANDINGS[line.standing],
        "card": card,
        "has_changed": row is not None and row.card_digest != selectors.digest_of(card),
        "parts": [(wording.PARTS[part], getattr(row, part)) for part in PARTS] if row else [],
        "decision": wording.ASSESSED[row.decision] if row else "",
        "earlier": [each for each in selectors.history(line.method.name, actor=actor)[:20] if each != row],
        "form": form if may_keep else None,
        "answer_form": asked
        if waits and row and is_second(actor=actor, authors=[row.created_by_id])
        else None,
    }
    status = refusal_status(asked) if asked.is_bound else refusal_status(form)
    return render(request, "oversight/assessment.html", context, status=status)


@opens("oversight.assessment_document", roles=ASSESSMENT_READERS, operation="disclosure")
def document(request: ActorRequest, name: str) -> HttpResponse:
    """Return a method's impact assessment as a document: the card, and what people judged or still have to."""
    line = selectors.line(name, actor=request.actor)
    made = registers.assessment_pdf(line, selectors.card_of(line.method))
    return attached(made, f"impact-assessment-{line.method.name}.pdf", "application/pdf")
