"""The rights desk: the register, a request, what is held on its person, and a word on each finding."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.direction.forms import carry_out, refusal_status
from openilp.oversight import rights_wording as wording
from openilp.oversight.forms.rights import (
    AskForm,
    DecideForm,
    JudgeForm,
    OrderForm,
    ReasonForm,
    RequestForm,
    SearchForm,
)
from openilp.oversight.models import RightsFinding, RightsOrder, RightsRequest
from openilp.oversight.models.rights import OFFICER
from openilp.oversight.rules.rights import WITHHELD, Measure
from openilp.oversight.selectors import holdings, orders
from openilp.oversight.selectors import rights as selectors
from openilp.oversight.services import holdings as finding_services
from openilp.oversight.services import orders as order_services
from openilp.oversight.services import rights as services
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import User
from openilp.safeguards.requests import ActorRequest

_SHOWN = 200


@opens("oversight.rights", roles=OFFICER)
def requests(request: ActorRequest) -> HttpResponse:
    """List requests, the earliest last day first."""
    show = request.GET.get("show", "open")
    found = list(selectors.requests(actor=request.actor, show=show)[: _SHOWN + 1])
    owners = User.objects.in_bulk({row.owner_id for row in found})
    rows = [
        (row, selectors.time_of(row), wording.asks(row.kind), owners[row.owner_id]) for row in found[:_SHOWN]
    ]
    context = {"rows": rows, "is_more": len(found) > _SHOWN, "show": show, "shows": wording.SHOWS}
    return render(request, "oversight/rights/list.html", context)


@opens("oversight.receive_request_page", roles=OFFICER)
def receive(request: ActorRequest) -> HttpResponse:
    """Register a request."""
    form = RequestForm(request.POST or None)
    if form.is_valid():
        made = carry_out(form, lambda: services.receive_request(actor=request.actor, new=form.new()))
        if made is not None:
            messages.success(request, _("Request %(ref)s is registered.") % {"ref": made.ref})
            return redirect("oversight:rights-request", ref=made.ref)
    return render(request, "oversight/rights/new.html", {"form": form}, status=refusal_status(form))


@opens("oversight.rights_request", roles=OFFICER)
def show(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a request: its clock, what was found, what was decided, what was sent."""
    row = selectors.request(ref, actor=request.actor)
    return shown_request(request, row)


@opens("oversight.search_for_person_page", roles=OFFICER)
@require_POST
def search(request: ActorRequest, ref: str) -> HttpResponse:
    """Look for the person in everything that is held."""
    row = selectors.request(ref, actor=request.actor)
    form = SearchForm(request.POST)
    if form.is_valid():
        made = carry_out(
            form,
            lambda: finding_services.search_for_person(actor=request.actor, request=row, words=form.asked()),
        )
        if made is not None:
            messages.success(request, _("The look-up is kept, with what it found."))
            return redirect("oversight:rights-request", ref=row.ref)
    return shown_request(request, row, search=form)


@opens("oversight.take_over_request_page", roles=OFFICER)
@require_POST
def take_over(request: ActorRequest, ref: str) -> HttpResponse:
    """Become the owner of a request."""
    row = selectors.request(ref, actor=request.actor)
    services.take_over_request(actor=request.actor, request=row)
    messages.success(request, _("The request is yours now."))
    return redirect("oversight:rights-request", ref=row.ref)


@opens("oversight.extend_request_page", roles=OFFICER)
@require_POST
def extend(request: ActorRequest, ref: str) -> HttpResponse:
    """Extend the time for the answer, once."""
    return _with_reason(request, ref, services.extend_request)


@opens("oversight.withdraw_request_page", roles=OFFICER)
@require_POST
def withdraw(request: ActorRequest, ref: str) -> HttpResponse:
    """Note that the person took the request back."""
    return _with_reason(request, ref, services.withdraw_request)


def _with_reason(request: ActorRequest, ref: str, verb: Any) -> HttpResponse:
    row = selectors.request(ref, actor=request.actor)
    form = ReasonForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        if carry_out(form, lambda: verb(actor=request.actor, request=row, **said)) is not None:
            messages.success(request, _("It is recorded."))
            return redirect("oversight:rights-request", ref=row.ref)
    return shown_request(request, row, reason=form)


def shown_request(
    request: ActorRequest,
    row: RightsRequest,
    *,
    search: SearchForm | None = None,
    reason: ReasonForm | None = None,
    ask: AskForm | None = None,
) -> HttpResponse:
    """Return the page of a request, with a form that was refused."""
    actor = request.actor
    words = "\n".join([row.full_name, *row.other_names, *row.identifiers])
    is_mine = row.owner_id == actor.user_id
    steps = list(selectors.steps_of(row, actor=actor))
    people = User.objects.in_bulk({row.owner_id, *(each.created_by_id for each in steps)})
    for each in steps:
        each.who, each.said = people[each.created_by_id], wording.step(each.step)
    found, ordered = holdings.findings(row, actor=actor), _orders(row, actor)
    context = {
        "row": row,
        "time": selectors.time_of(row),
        "asks": wording.asks(row.kind),
        "proof": wording.proof(row.identity_proof),
        "owner": people[row.owner_id],
        "may_act": is_mine and row.closed_on is None,
        "is_mine": is_mine,
        "history": steps,
        "searches": list(holdings.searches_of(row, actor=actor)),
        "groups": _groups(found),
        "search": search or SearchForm(initial={"words": words}),
        "reason": reason or ReasonForm(),
        "ask": ask or AskForm(),
        "withheld": len(_withheld(found, ordered)),
        "orders": ordered,
        "letters": list(orders.letters_of(row, actor=actor)),
    }
    bound = search or reason or ask
    status = refusal_status(bound) if bound else 200
    return render(request, "oversight/rights/request.html", context, status=status)


def _groups(found: list[holdings.Finding]) -> list[tuple[Any, list[holdings.Finding]]]:
    """Return findings in the order in which they are worked on: to be judged, about the person, about others."""
    return [
        (title, rows)
        for title, rows in (
            (_("To be judged"), [one for one in found if one.is_same is None]),
            (_("About the person"), [one for one in found if one.is_same]),
            (_("About others"), [one for one in found if one.is_same is False]),
        )
        if rows
    ]


def _withheld(found: list[holdings.Finding], ordered: list[RightsOrder]) -> set[UUID]:
    """Return what needs a second person: findings that are withheld, and those for which a wish is refused."""
    kept = {one.row.pk for one in found if one.is_same and one.decision and one.decision.decision in WITHHELD}
    return kept | {each.finding_id for each in ordered if each.measure == Measure.REFUSE}


def _orders(row: RightsRequest, actor: Actor) -> list[RightsOrder]:
    found = orders.orders_of(row, actor=actor)
    for each in found:
        each.said = wording.measure(each.measure)  # type: ignore[attr-defined]
    return found


@opens("oversight.rights_finding", roles=OFFICER)
def finding(request: ActorRequest, key: UUID) -> HttpResponse:
    """Show a record that was found, judge whether it is about the person, and decide what the letter says of it."""
    row = holdings.finding(key, actor=request.actor)
    return shown_finding(request, row)


def shown_finding(
    request: ActorRequest, row: RightsFinding, *, order: OrderForm | None = None
) -> HttpResponse:
    """Return the page of a finding, with a decision that was sent, or an order that was refused."""
    actor = request.actor
    (one,) = holdings.findings_of([row], actor=actor)
    names = holdings.proposed_redactions(row.request, one.content) if one.content else []
    form = DecideForm(request.POST if request.method == "POST" and order is None else None, names=names)
    if form.is_bound and form.is_valid():
        made = carry_out(
            form, lambda: finding_services.decide_finding(actor=actor, finding=row, **form.asked())
        )
        if made is not None:
            messages.success(request, _("It is recorded."))
            return redirect("oversight:rights-request", ref=row.request.ref)
    may_act = row.request.owner_id == actor.user_id and row.request.closed_on is None
    if order is None and may_act and one.is_same and one.content:
        order = OrderForm(able=order_services.able(row, actor=actor))
    context = {
        "row": row,
        "one": one,
        "kind": one.kind,
        "form": form,
        "order": order,
        "may_act": may_act,
        "decision": one.decided,
    }
    status = refusal_status(order) if order and order.is_bound else refusal_status(form)
    return render(request, "oversight/rights/finding.html", context, status=status)


@opens("oversight.judge_finding_page", roles=OFFICER)
@require_POST
def judge(request: ActorRequest, key: UUID) -> HttpResponse:
    """Say whether a record is about the person."""
    row = holdings.finding(key, actor=request.actor)
    form = JudgeForm(request.POST)
    if form.is_valid():
        finding_services.judge_finding(
            actor=request.actor,
            finding=row,
            is_same=form.cleaned_data["is_same"] == "yes",
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("It is recorded."))
    return redirect("oversight:rights-request", ref=row.request.ref)
