"""The inbox: what waits, by urgency and age, with the verbs that work on several reports at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from openilp.collection import selectors as collection
from openilp.collection.models import Report
from openilp.evaluation import rules, selectors, services
from openilp.evaluation.errors import EvaluationError
from openilp.evaluation.forms import AcknowledgeForm, AssignForm, DuplicateForm, EscalateForm
from openilp.evaluation.selectors import EVALUATORS, Filters
from openilp.evaluation.views.strip import strip
from openilp.safeguards import searching
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import InvalidInput, RecordNotFound
from openilp.safeguards.models import Unit
from openilp.safeguards.people import colleagues
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, Role

#: Beyond this the inbox says “99+”.
MOST = 99
_ALERTS = 3
_LIKELY_COPIES = 3


def filters_of(query: QueryDict) -> Filters:
    """Return the filters that an address carries."""
    urgency = query.get("urgency", "")
    whose = query.get("whose", "")
    return Filters(
        urgency if urgency in rules.urgencies() else "",
        query.get("unit", "")[:32],
        whose if whose in ("mine", "unassigned") else "",
    )


@opens("evaluation.home", roles=CONTENT)
def home(request: ActorRequest) -> HttpResponse:
    """Show what awaits evaluation: high urgency first, then the oldest."""
    actor, filters = request.actor, filters_of(request.GET)
    page = selectors.inbox(actor=actor, filters=filters, after=request.GET.get("after", ""))
    current = _current(request.GET.get("current", ""), page.rows, actor)
    is_whole = not page.next and not request.GET.get("after")
    count = len(page.rows) if is_whole else selectors.count_inbox(actor=actor, filters=filters, most=MOST)
    context = {
        "page": page,
        "rows": selectors.rows_of(page.rows, actor=actor),
        "count": f"{MOST}+" if count > MOST else str(count),
        "filters": filters,
        "urgencies": rules.urgencies(),
        "units": Unit.objects.all(),
        "alerts": _alerts(actor),
        "second_looks": selectors.awaiting_review(actor=actor).count_up_to(99),
        "current": current,
        "is_evaluator": actor.has_role(*EVALUATORS),
        "query": _without(request.GET, "current", "scheme"),
        **(_preview(current, actor, request.GET) if current else {}),
    }
    return render(request, "evaluation/home.html", context)


def _current(wanted: str, rows: list[Report], actor: Actor) -> Report | None:
    if wanted:
        found = selectors.awaiting(actor=actor).filter(ref=wanted.upper()).first()
        if found is not None:
            shown: Report = found
            return shown
    return rows[0] if rows else None


def _without(query: QueryDict, *names: str) -> str:
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()


def _alerts(actor: Actor) -> list[dict[str, Any]]:
    minutes = selectors.escalation_minutes()
    rows = selectors.urgent(actor=actor).order_by("created_at")[:_ALERTS]
    return [
        {"report": row, "escalates_at": rules.escalates_at(row.created_at, minutes=minutes)} for row in rows
    ]


@opens("evaluation.preview", roles=CONTENT)
def preview(request: ActorRequest, ref: str) -> HttpResponse:
    """Show the chosen report beside the list, with the grade strip of its first ungraded item."""
    row = collection.report(ref, actor=request.actor)
    context = {
        "current": row,
        "is_evaluator": request.actor.has_role(*EVALUATORS),
        "query": _without(request.GET, "current"),
        **_preview(row, request.actor, request.GET),
    }
    return render(request, "evaluation/preview.html", context)


def _preview(report: Report, actor: Actor, query: QueryDict) -> dict[str, Any]:
    items = collection.items_of(report, actor=actor)
    waiting = selectors.next_ungraded(report, actor=actor)
    mentions = collection.mentions_of(items, actor=actor)
    back = reverse("evaluation:home") + "?" + _without(query, "current", "scheme")
    return {
        "items": items,
        "item": waiting,
        "strip": strip(waiting, items, actor=actor, query=query, back=back) if waiting else None,
        "copies": likely_copies(report, [m.text for m in mentions if m.entity_type != "location"], actor),
    }


def likely_copies(report: Report, names: list[str], actor: Actor) -> list[tuple[str, list[Report]]]:
    """Return other reports by what they name too, so that a person looks whether one repeats the other."""
    made: list[tuple[str, list[Report]]] = []
    for name in list(dict.fromkeys(names))[:_LIKELY_COPIES]:
        words = name.replace('"', " ").strip()
        if len(words) < searching.SHORTEST_PART:
            continue
        found = searching.by_words(Report, actor=actor, query=f'"{words}"', size=_LIKELY_COPIES + 1).rows
        others = [row for row in found if row.pk != report.pk][:_LIKELY_COPIES]
        if others:
            made.append((name, others))
    return made


@opens("evaluation.acknowledge", roles=EVALUATORS, operation="alteration")
@require_POST
def acknowledge(request: ActorRequest, ref: str) -> HttpResponse:
    """Acknowledge an urgent report."""
    row = collection.report(ref, actor=request.actor)
    form = AcknowledgeForm(request.POST)
    form.is_valid()
    note = form.cleaned_data.get("note", "")
    services.acknowledge_report(actor=request.actor, report=row, note=note)
    messages.success(request, _("%(ref)s is acknowledged; grade it next.") % {"ref": row.ref})
    return redirect("evaluation:report", ref=row.ref)


@opens("evaluation.assign", roles=EVALUATORS, operation="alteration")
def assign(request: ActorRequest) -> HttpResponse:
    """Say who evaluates the chosen reports."""
    people = [user for user in colleagues(actor=request.actor, roles=EVALUATORS) if not user.partner]
    form = AssignForm(request.POST or None, people=people)

    def do(rows: list[Report], data: dict[str, Any]) -> None:
        services.assign_reports(actor=request.actor, reports=rows, evaluator=data["evaluator"])

    return _several(request, form, do, _("Assign"), _("Who evaluates? The newest word counts."), "user-plus")


@opens("evaluation.escalate", roles=EVALUATORS, operation="alteration")
def escalate(request: ActorRequest) -> HttpResponse:
    """Hand the chosen reports to the next person up."""
    people = colleagues(actor=request.actor, roles=[Role.HEAD_OF_INTELLIGENCE, Role.CHAIR])
    form = EscalateForm(request.POST or None, people=[user for user in people if not user.partner])

    def do(rows: list[Report], data: dict[str, Any]) -> None:
        services.escalate_reports(actor=request.actor, reports=rows, to=data["to"], reason=data["reason"])

    lead = _("The person gets an urgent notice; the report stays in the inbox.")
    return _several(request, form, do, _("Escalate"), lead, "arrow-up")


@opens("evaluation.duplicate", roles=EVALUATORS, operation="alteration")
def duplicate(request: ActorRequest) -> HttpResponse:
    """Say which report the chosen ones repeat."""
    form = DuplicateForm(request.POST or None)

    def do(rows: list[Report], data: dict[str, Any]) -> None:
        original = _original(data["original"], request.actor)
        services.mark_duplicates(actor=request.actor, reports=rows, original=original, reason=data["reason"])

    lead = _("A copy leaves the inbox and does not count as a second source.")
    return _several(request, form, do, _("Duplicate of"), lead, "git-merge")


def _original(ref: str, actor: Actor) -> Report:
    try:
        return collection.report(ref.strip(), actor=actor)
    except RecordNotFound as error:
        raise EvaluationError("original", _("No report '%(ref)s' was found.") % {"ref": ref}) from error


def _several(request: HttpRequest, form: Any, do: Any, title: str, lead: str, icon: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    refs = request.POST.getlist("report") or request.GET.getlist("report")
    if not refs:
        messages.info(request, _("No report was chosen: tick at least one."))
        return redirect("evaluation:home")
    rows = [collection.report(ref, actor=actor) for ref in dict.fromkeys(refs)]
    if request.method == "POST" and form.is_valid():
        try:
            do(rows, form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            said = ngettext("Done for %(n)s report.", "Done for %(n)s reports.", len(rows))
            messages.success(request, said % {"n": len(rows)})
            return redirect("evaluation:home")
    context = {"form": form, "reports": rows, "title": title, "lead": lead, "verb_icon": icon}
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluation/verb.html", context, status=status)
