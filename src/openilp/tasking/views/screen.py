"""The meeting screen: one point of the agenda at a time, readable from a projector."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openilp.direction.forms import carry_out, refusal_status
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, MANAGERS, Role
from openilp.tasking import rules, selectors, services
from openilp.tasking.changes import token_of
from openilp.tasking.forms import DecisionForm, ExtraOptionForm, NoteForm, RatifyForm
from openilp.tasking.models import AgendaItem, Decision, Meeting
from openilp.tasking.rules import Option
from openilp.tasking.services import NewDecision, NewResponse
from openilp.tasking.views.drawing import band, option_table
from openilp.tasking.views.meetings import due_tasks, priority_rows

_MOST_TASKS = 12


@opens("tasking.screen", roles=CONTENT)
def screen(request: ActorRequest, ref: str, number: int) -> HttpResponse:
    """Show a point of the agenda, and take the decision, the note or the ratification on it."""
    actor = request.actor
    meeting = selectors.meeting(ref, actor=actor)
    item = selectors.agenda_item(meeting, number, actor=actor)
    frame = _frame(request, meeting, item)
    if item.kind == "decision":
        return _ratify(request, meeting, item, frame)
    if item.kind in ("recommendation", "free"):
        return _decide(request, meeting, item, frame)
    return _note(request, meeting, item, frame)


def _frame(request: ActorRequest, meeting: Meeting, item: AgendaItem) -> dict[str, Any]:
    agenda = selectors.agenda_of(meeting, actor=request.actor)
    decided = selectors.decided_items(meeting, actor=request.actor)
    numbers = [each.number for each in agenda]
    place = numbers.index(item.number)
    is_running = meeting.opened_at is not None and meeting.closed_at is None
    return {
        "meeting": meeting,
        "item": item,
        "place": place + 1,
        "agenda": [(each, decided.get(each.pk)) for each in agenda],
        "before": numbers[place - 1] if place else None,
        "after": numbers[place + 1] if place + 1 < len(numbers) else None,
        "is_running": is_running,
        "may_decide": is_running
        and meeting.chair_id == request.actor.user_id
        and request.actor.has_role(Role.CHAIR),
        "may_note": is_running and request.actor.has_role(*MANAGERS),
        "members": len(selectors.members_of(meeting, actor=request.actor)),
        "page_level": max(meeting.level, item.level),
    }


def _next(meeting: Meeting, frame: dict[str, Any]) -> HttpResponse:
    if frame["after"] is None:
        return redirect("tasking:meeting", ref=meeting.ref)
    return redirect("tasking:screen", ref=meeting.ref, number=frame["after"])


def _note(request: ActorRequest, meeting: Meeting, item: AgendaItem, frame: dict[str, Any]) -> HttpResponse:
    form = NoteForm(request.POST or None, initial={"noted": item.noted})
    if request.method == "POST" and form.is_valid():
        row = carry_out(
            form,
            lambda: services.note_agenda_item(
                actor=request.actor, item=item, noted=form.cleaned_data["noted"]
            ),
        )
        if row is not None:
            return _next(meeting, frame)
    exhibits = selectors.exhibits_of(item, actor=request.actor)
    context = {
        **frame,
        "form": form,
        "exhibits": exhibits,
        "changes": selectors.changes_since(exhibits, actor=request.actor),
        "priorities": priority_rows(request.actor) if item.kind == "priority" else [],
    }
    if item.kind == "open_tasks":
        context |= _tasks(request.actor)
    return render(request, "tasking/screen_note.html", context, status=refusal_status(form))


def _tasks(actor: Any) -> dict[str, Any]:
    rows = selectors.tasks_of_meeting(actor=actor).select_related("operation")
    open_ones = rows.filter(is_done=False)[:_MOST_TASKS]
    ended = list(rows.filter(is_done=True)[:_MOST_TASKS])
    return {"tasks": due_tasks(open_ones), "ended": selectors.task_rows(ended, actor=actor)}


def _ratify(request: ActorRequest, meeting: Meeting, item: AgendaItem, frame: dict[str, Any]) -> HttpResponse:
    decision: Decision | None = gate.related(item, "decision")
    if decision is None:
        raise RecordNotFound(meeting.ref)
    form = RatifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = carry_out(
            form,
            lambda: services.ratify_decision(
                actor=request.actor, decision=decision, meeting=meeting, **form.cleaned_data
            ),
        )
        if row is not None:
            return _next(meeting, frame)
    context = {
        **frame,
        "form": form,
        "decision": decision,
        "table": option_table([Option.from_json(o) for o in decision.options], chosen=decision.chosen),
        "ratification": selectors.ratification_of(decision, actor=request.actor),
        "changes": selectors.changes_after(decision, actor=request.actor),
    }
    return render(request, "tasking/screen_ratify.html", context, status=refusal_status(form))


def _decide(request: ActorRequest, meeting: Meeting, item: AgendaItem, frame: dict[str, Any]) -> HttpResponse:
    actor = request.actor
    decided = selectors.decided_items(meeting, actor=actor).get(item.pk)
    if decided is not None:
        return render(request, "tasking/screen_decided.html", {**frame, **_decided(decided, actor)})
    product = selectors.product_of(item)
    exhibits = selectors.exhibits_of(item, actor=actor)
    changes = selectors.changes_since(exhibits, actor=actor)
    evidence = selectors.evidence_for(product, actor=actor) if product else None
    waiting = _waiting(item, actor)
    form = DecisionForm(
        request.POST or None, actor=actor, initial={"priority": product and product.priority_id}
    )
    extra = ExtraOptionForm(request.POST or None, prefix="extra")
    options = [_option(key, row) for key, row in zip(_LETTERS, waiting, strict=False)]
    if (
        extra.is_bound
        and extra.is_valid()
        and (added := extra.option(rules.next_key(o.key for o in options)))
    ):
        options.append(added)
    options = rules.with_nothing(options, text=_("Do nothing for now, and measure"))
    chosen = request.POST.get("chosen", "")
    if request.method == "POST" and form.is_valid() and extra.is_valid():
        row = carry_out(
            form,
            lambda: services.decide(
                actor=actor,
                meeting=meeting,
                item=item,
                new=NewDecision(
                    title=item.title,
                    options=options,
                    chosen=chosen or _added_key(extra, options),
                    reasons=form.cleaned_data["reasons"],
                    answers=form.answers(),
                    effect_review_on=form.cleaned_data["effect_review_on"],
                    dissent=form.cleaned_data["dissent"],
                    evidence=[evidence] if evidence else [],
                    responses=[
                        _response(request, r, o, chosen) for r, o in zip(waiting, options, strict=False)
                    ],
                    priority=form.cleaned_data["priority"],
                    knowing=form.cleaned_data["knowing"],
                ),
            ),
        )
        if row is not None:
            messages.success(request, _("%(ref)s is decided.") % {"ref": row.ref})
            return redirect("tasking:screen", ref=meeting.ref, number=item.number)
    context = {
        **frame,
        "form": form,
        "extra": extra,
        "evidence": evidence,
        "exhibits": exhibits,
        "changes": changes,
        "token": token_of(changes),
        "bands": [band(stated) for stated in evidence.stated[:1]] if evidence else [],
        "problem": _problem(evidence),
        "table": option_table(options, chosen=chosen),
        "answers": dict(zip([o.key for o in options], waiting, strict=False)),
    }
    return render(request, "tasking/screen.html", context, status=refusal_status(form))


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _waiting(item: AgendaItem, actor: Any) -> list[Any]:
    product = selectors.product_of(item)
    if product is None:
        return []
    waiting = selectors.waiting_products(actor=actor)
    return next((list(each.recommendations) for each in waiting if each.product.pk == product.pk), [])


def _option(key: str, row: Any) -> Option:
    return Option(key, row.text, row.hours, row.money, row.harm_low, row.harm_high, row.ref)


def _added_key(extra: ExtraOptionForm, options: list[Option]) -> str:
    return next((o.key for o in options if o.text == extra.cleaned_data.get("text")), "")


def _response(request: ActorRequest, row: Any, option: Option, chosen: str) -> NewResponse:
    post = request.POST
    changed = post.get(f"changed-{option.key}", "")
    verdict = post.get(f"verdict-{option.key}", "") or rules.verdict_of(chosen, option)
    return NewResponse(row, verdict, post.get(f"why-{option.key}", ""), changed)


def _problem(evidence: selectors.Evidence | None) -> str:
    """Return the words that put the problem: what the product's first block of text says, or its question."""
    if evidence is None:
        return ""
    for block in evidence.product.body:
        if isinstance(block, dict) and str(block.get("text", "")).strip():
            return str(block["text"])
    return evidence.product.terms


def _decided(row: Decision, actor: Any) -> dict[str, Any]:
    return {
        "decision": row,
        "table": option_table([Option.from_json(o) for o in row.options], chosen=row.chosen),
        "responses": selectors.responses_of(row, actor=actor),
        "operations": selectors.operations_of(row, actor=actor),
    }
