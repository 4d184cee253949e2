"""The reader: the original left, what was made of it right, the grade strip always in view."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.collection import selectors as collection
from openilp.collection.models import Item, Mention, Report
from openilp.evaluation import rules, selectors, services
from openilp.evaluation.forms import DisputeForm, GradeForm, ReplyForm, SettleForm
from openilp.evaluation.models import Dispute, Evaluation
from openilp.evaluation.rules import ItemSpan
from openilp.evaluation.selectors import EVALUATORS
from openilp.evaluation.views.inbox import filters_of, likely_copies
from openilp.evaluation.views.strip import strip
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import InvalidInput
from openilp.safeguards.models import Matter
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, INTELLIGENCE


@opens("evaluation.report", roles=CONTENT)
def report(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a report as received, with items, grades, mentions and what came of it."""
    row = collection.report(ref, actor=request.actor)
    return _reader(request, row, request.GET)


def _reader(
    request: HttpRequest,
    row: Report,
    query: QueryDict,
    form: GradeForm | None = None,
    item: Item | None = None,
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    items = collection.items_of(row, actor=actor)
    mentions = collection.mentions_of(items, actor=actor)
    history = selectors.history_of(items, actor=actor)
    current = selectors.current_evaluations(items, actor=actor)
    chosen = item or _chosen(items, current, query.get("item", ""))
    evaluations = [evaluation for rows in history.values() for evaluation in rows]
    may_grade = actor.has_role(*EVALUATORS)
    context = {
        "report": row,
        "reporter": row.created_by,
        "passages": _passages(row, items, mentions, current),
        "items": [_line(each, mentions, current, history) for each in items],
        "graded": len(current),
        "chosen": chosen,
        "strip": strip(chosen, items, actor=actor, query=query, form=form) if chosen and may_grade else None,
        "reviews": selectors.reviews_of(evaluations, actor=actor),
        "dossier": selectors.dossier(row, actor=actor),
        "original": _original(row, actor),
        "requirement": gate.related(row, "requirement"),
        "copies": likely_copies(row, [m.text for m in mentions if m.entity_type != "location"], actor),
        "legend": sorted({(rules.MARKS.get(m.entity_type, "w"), m.entity_type) for m in mentions}),
        "is_evaluator": may_grade,
        "is_intelligence": actor.has_role(*INTELLIGENCE),
        "may_dispute": actor.has_role(*services.DISPUTERS),
        "is_urgent": row.urgency == rules.URGENT,
        "escalates_at": rules.escalates_at(row.created_at, minutes=selectors.escalation_minutes()),
        "page_level": row.level,
        "page_compartments": list(
            Matter.objects.seen_by(actor).filter(pk__in=row.compartments).values_list("title", flat=True)
        ),
    }
    return render(request, "evaluation/report.html", context, status=422 if form else 200)


def _chosen(items: list[Item], current: dict[Any, Evaluation], wanted: str) -> Item | None:
    if wanted.isdigit():
        found = next((item for item in items if item.number == int(wanted)), None)
        if found is not None:
            return found
    return next((item for item in items if item.pk not in current), items[0] if items else None)


def _line(
    item: Item, mentions: list[Mention], current: dict[Any, Evaluation], history: dict[Any, list[Evaluation]]
) -> dict[str, Any]:
    stands = current.get(item.pk)
    return {
        "item": item,
        "evaluation": stands,
        "mentions": [m for m in mentions if m.item_id == item.pk],
        "history": history.get(item.pk, []),
    }


def _passages(
    row: Report, items: list[Item], mentions: list[Mention], current: dict[Any, Evaluation]
) -> list[dict[str, Any]]:
    spans = [ItemSpan(item.number, item.sentence_start, item.sentence_end) for item in items]
    marks = [(m.text, rules.MARKS.get(m.entity_type, "w")) for m in mentions]
    grades = {item.number: current.get(item.pk) for item in items}
    return [
        {"passage": passage, "evaluation": grades.get(passage.item or 0)}
        for passage in rules.passages(row.text, spans, marks)
    ]


def _original(row: Report, actor: Actor) -> Report | None:
    copy = selectors.dossier(row, actor=actor).duplicate
    found: Report | None = gate.related(copy, "original") if copy else None
    return found


@opens("evaluation.grade", roles=EVALUATORS, operation="alteration")
@require_POST
def grade(request: ActorRequest, ref: str) -> HttpResponse:
    """Save the grade of one item and go on to the next that waits."""
    actor = request.actor
    item = selectors.by_ref(Item, ref, actor=actor)
    form = GradeForm(request.POST)
    if form.is_valid():
        key = form.cleaned_data["supersedes"]
        before = Evaluation.objects.seen_by(actor).filter(pk=key).first() if key else None
        try:
            made = services.evaluate_item(actor=actor, item=item, grade=form.new(), supersedes=before)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            said = _("Item %(number)s of %(ref)s: %(source)s %(information)s %(handling)s.")
            facts = {
                "number": item.number,
                "ref": item.report.ref,
                "source": made.source_grade,
                "information": made.information_grade,
                "handling": made.handling,
            }
            messages.success(request, said % facts)
            return redirect(_onward(item.report, actor, request.POST.get("back", "")))
    return _reader(request, item.report, request.POST, form, item)


def _onward(row: Report, actor: Actor, back: str) -> str:
    """Return where grading goes on: the next item of this report, then the next report of the inbox."""
    waiting = selectors.next_ungraded(row, actor=actor)
    if not back or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        query = f"?item={waiting.number}" if waiting else ""
        return reverse("evaluation:report", args=[row.ref]) + query
    filters = QueryDict(back.partition("?")[2])
    current = row.ref if waiting else ""
    if not waiting:
        following = selectors.following(row, actor=actor, filters=filters_of(filters))
        current = following.ref if following else ""
    kept = [(key, value) for key in filters for value in filters.getlist(key) if key != "current"]
    return reverse("evaluation:home") + "?" + urlencode([*kept, *([("current", current)] if current else [])])


@opens("evaluation.reply", roles=EVALUATORS, operation="disclosure")
def reply(request: ActorRequest, ref: str) -> HttpResponse:
    """Answer the reporter."""
    row = collection.report(ref, actor=request.actor)
    form = ReplyForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        services.reply_to_reporter(actor=request.actor, report=row, **data)

    lead = _("The reporter gets a notice and reads the reply at the report.")
    return one(request, row, form, do, _("Reply to the reporter"), lead, "message")


@opens("evaluation.dispute", roles=services.DISPUTERS, operation="alteration")
def dispute(request: ActorRequest, ref: str) -> HttpResponse:
    """Say that a report is disputed or false."""
    row = collection.report(ref, actor=request.actor)
    form = DisputeForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        services.dispute_report(actor=request.actor, report=row, **data)

    lead = _("Until the dispute is settled, nothing that rests on this report can be released.")
    return one(request, row, form, do, _("Dispute"), lead, "alert-triangle")


@opens("evaluation.settle", roles=services.DISPUTERS, operation="alteration")
def settle(request: ActorRequest, ref: str) -> HttpResponse:
    """Settle a dispute that somebody else raised."""
    row = selectors.by_ref(Dispute, ref, actor=request.actor)
    form = SettleForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        services.settle_dispute(actor=request.actor, dispute=row, **data)

    lead = _("A second person settles: write why the report may be used again.")
    return one(request, row.report, form, do, _("Settle the dispute"), lead, "scale")


def one(
    request: HttpRequest, row: Report, form: Any, do: Any, title: str, lead: str, icon: str
) -> HttpResponse:
    """Show a form about one report, or do what it says and go back to the reader."""
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("evaluation:report", ref=row.ref)
    context = {
        "form": form,
        "reports": [row],
        "title": title,
        "lead": lead,
        "verb_icon": icon,
        "page_level": row.level,
        "back": reverse("evaluation:report", args=[row.ref]),
    }
    return render(request, "evaluation/verb.html", context, status=422 if request.method == "POST" else 200)
