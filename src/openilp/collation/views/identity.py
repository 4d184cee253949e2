"""Compare two entities side by side and judge; warn while something new is typed."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openilp import reference
from openilp.collation import rules, selectors, services
from openilp.collation.forms import JudgementForm
from openilp.collation.models import Entity
from openilp.direction.forms import carry_out, refusal_status
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import INTELLIGENCE


@dataclass(frozen=True)
class Pair:
    """One property of two entities side by side."""

    property: str
    left: selectors.PropertyGroup | None
    right: selectors.PropertyGroup | None
    verdict: str


@opens("collation.compare", roles=INTELLIGENCE, operation="combination")
def compare(request: ActorRequest, ref: str) -> HttpResponse:
    """Compare two entities property by property and judge whether they are one."""
    actor = request.actor
    left = selectors.entity(ref, actor=actor)
    chosen = request.GET.get("with", "").strip()
    context: dict[str, Any] = {"left": selectors.name(left, actor=actor)}
    try:
        right = selectors.entity(chosen, actor=actor) if chosen else None
    except RecordNotFound as error:
        right, context["problem"] = None, str(error)
    if right is None or right.pk == left.pk:
        context["candidates"] = selectors.candidates_for(left, actor=actor)
        return render(request, "collation/compare_with.html", context)
    standing = selectors.judgement_between(left, right, actor=actor)
    form = JudgementForm(request.POST or None, initial={"supersedes": standing.ref if standing else ""})
    if request.method == "POST" and form.is_valid():
        done = carry_out(form, lambda: _judge(request, form, left, right))
        if done is not None:
            messages.success(request, _said(done.verdict))
            return redirect("collation:entity", ref=left.ref)
    context |= {
        "right": selectors.name(right, actor=actor),
        "pairs": _pairs(left, right, actor=actor),
        "standing": standing,
        "is_merged": right.pk in selectors.cluster_of(left, actor=actor),
        "form": form,
    }
    return render(request, "collation/compare.html", context, status=refusal_status(form))


def _judge(request: ActorRequest, form: JudgementForm, left: Entity, right: Entity) -> Any:
    data = form.cleaned_data
    old = selectors.judgement(data["supersedes"], actor=request.actor) if data["supersedes"] else None
    return services.judge_identity(
        actor=request.actor,
        left=left,
        right=right,
        verdict=data["verdict"],
        reason=data["reason"],
        supersedes=old,
    )


def _said(verdict: str) -> str:
    return {
        rules.SAME: _("The two are shown as one from now on; a later judgement can undo it."),
        rules.DIFFERENT: _("The two stay apart, and nobody is asked again."),
    }.get(verdict, _("It stays undecided; the pair is kept for a second look."))


def _pairs(left: Entity, right: Entity, *, actor: Actor) -> list[Pair]:
    mine, theirs = (_groups(row, actor=actor) for row in (left, right))
    keys = {
        side: {about: {v.key for v in group.values} for about, group in groups.items()}
        for side, groups in (("left", mine), ("right", theirs))
    }
    found = rules.agreement(keys["left"], keys["right"], kind=left.kind)
    order = reference.entity_type(left.kind).properties
    abouts = [about for about in order if about in mine or about in theirs]
    return [Pair(about, mine.get(about), theirs.get(about), _verdict(about, found, keys)) for about in abouts]


def _verdict(about: str, found: rules.Agreement, keys: dict[str, dict[str, set[str]]]) -> str:
    if about in found.agrees or keys["left"].get(about, set()) & keys["right"].get(about, set()):
        return "agrees"
    if about in found.differs:
        return "differs"
    return ""


def _groups(row: Entity, *, actor: Actor) -> dict[str, selectors.PropertyGroup]:
    said = selectors.statements_of([row.pk], actor=actor)
    return {g.property: g for g in selectors.grouped(said, kind=row.kind, actor=actor)}


@opens("collation.candidates", roles=INTELLIGENCE)
def candidates(request: ActorRequest, ref: str) -> HttpResponse:
    """Show which visible entities one may be the same as and nobody has judged yet."""
    row = selectors.entity(ref, actor=request.actor)
    context = {
        "name": selectors.name(row, actor=request.actor),
        "candidates": selectors.candidates_for(row, actor=request.actor),
    }
    return render(request, "collation/candidates.html", context)


@opens("collation.duplicates", roles=INTELLIGENCE)
def duplicates(request: ActorRequest) -> HttpResponse:
    """Show which visible entities something new may already be; a hidden one yields nothing."""
    kind = request.GET.get("entity_kind", "")
    about, value = request.GET.get("about", ""), request.GET.get("value", "")
    rules.require("entity_kind", kind, "entity-types")
    found = selectors.duplicates_of_new(kind, {about: [value]}, actor=request.actor) if value else []
    return render(request, "collation/duplicates.html", {"candidates": found, "is_asked": bool(value)})
