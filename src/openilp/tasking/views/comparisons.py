"""Pages of comparing: choose candidates, judge them by each criterion, read the matrix."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as translate

from openilp import reference
from openilp.direction import selectors as direction
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import Conflict, InvalidInput
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.tasking import comparing, selectors, services
from openilp.tasking.comparing import Candidate, Cell, Criterion
from openilp.tasking.models import Comparison
from openilp.tasking.selectors.comparisons import candidates_of, successor_of
from openilp.tasking.services import NewComparison


@opens("tasking.comparison", roles=CONTENT)
def comparison(request: ActorRequest, ref: str) -> HttpResponse:
    """Show candidate problems side by side, in words."""
    actor = request.actor
    row = selectors.comparison(ref, actor=actor)
    meeting = gate.related(row, "meeting")
    later = successor_of(row, actor=actor)
    criteria, candidates = comparing.criteria_from(row.criteria), comparing.candidates_from(row.candidates)
    cells = comparing.cells_from(row.cells)
    is_open = meeting is not None and meeting.closed_at is None and later is None
    context = {
        "row": row,
        "meeting": meeting,
        "later": later,
        "candidates": candidates,
        "rows": [(each, [cells[c.key][each.code] for c in candidates]) for each in criteria],
        "readings": list(zip(candidates, comparing.readings(criteria, candidates, cells), strict=True)),
        "may_compare": is_open and actor.has_role(*services.COMPARERS),
        "page_level": row.level,
        "page_compartments": direction.compartment_titles(row, actor=actor),
    }
    return render(request, "tasking/comparison.html", context)


@opens("tasking.compare_problems_page", roles=services.COMPARERS)
def compare(request: ActorRequest, ref: str) -> HttpResponse:
    """Choose candidate problems, judge them by each criterion, and keep the comparison."""
    actor = request.actor
    meeting = selectors.meeting(ref, actor=actor)
    said = request.POST if request.method == "POST" else request.GET
    from_ref = request.POST.get("supersedes", "") or request.GET.get("from", "")
    before = selectors.comparison(from_ref, actor=actor) if from_ref else None
    named = [name for name in said.getlist("candidate") if name.strip()]
    if before is not None and not named:
        named = [c["ref"] or c["title"] for c in before.candidates]
    status, error = 200, ""
    candidates: list[Candidate] = []
    try:
        candidates, _labels = candidates_of(named, actor=actor)
        if request.method == "POST":
            new = _new(request.POST, named, candidates)
            made = services.compare_problems(actor=actor, meeting=meeting, new=new, supersedes=before)
            return redirect("tasking:comparison", ref=made.ref)
        if named and len(candidates) < 2:
            error, status, candidates = translate("Choose at least two problems."), 422, []
    except (InvalidInput, Conflict) as refused:
        error, status = str(refused), 409 if isinstance(refused, Conflict) else 422
    context = {
        "meeting": meeting,
        "before": before,
        "candidates": candidates,
        "proposed": selectors.proposed(actor=actor),
        "title": said.get("title", "") or (before.title if before else meeting.title),
        "conclusion": said.get("conclusion", "") or (before.conclusion if before else ""),
        "grid": _grid(said, candidates, before),
        "weights": _choices(comparing.WEIGHTS),
        "degrees": _choices(comparing.DEGREES),
        "confidences": _choices("confidence"),
        "key": request.POST.get("idempotency_key", "") or uuid4().hex,
        "error": error,
        "page_level": meeting.level,
    }
    return render(request, "tasking/compare.html", context, status=status)


def _choices(vocabulary: str) -> list[tuple[str, str]]:
    return [(code, translate(label)) for code, label in reference.vocabulary(vocabulary).choices()]


def _new(said: Any, named: Sequence[str], candidates: Sequence[Candidate]) -> NewComparison:
    codes = reference.vocabulary(comparing.CRITERIA).codes
    cells = {
        c.key: {code: cell for code in codes if (cell := _cell(said, c.key, code)) is not None}
        for c in candidates
    }
    return NewComparison(
        title=said.get("title", ""),
        candidates=named,
        criteria=[Criterion(code, said.get(f"weight-{code}", "counts")) for code in codes],
        cells=cells,
        conclusion=said.get("conclusion", ""),
    )


def _cell(said: Any, key: str, code: str) -> Cell | None:
    degree = said.get(f"degree-{key}-{code}", "")
    if not degree:
        return None
    reason = said.get(f"reason-{key}-{code}", "").strip()[:300]
    return Cell(degree, said.get(f"confidence-{key}-{code}", ""), reason)


def _grid(said: Any, candidates: Sequence[Candidate], before: Comparison | None) -> list[dict[str, Any]]:
    """Return the lines of the form: what was sent, else what the version before said, else nothing."""
    kept: Mapping[str, Any] = before.cells if before else {}
    weights = {c["code"]: c["weight"] for c in before.criteria} if before else {}
    return [
        {
            "code": code,
            "weight": said.get(f"weight-{code}", "") or weights.get(code, "counts"),
            "cells": [_field(said, c.key, code, kept.get(c.key, {}).get(code, {})) for c in candidates],
        }
        for code in reference.vocabulary(comparing.CRITERIA).codes
    ]


def _field(said: Any, key: str, code: str, kept: Mapping[str, str]) -> dict[str, str]:
    found = {"key": key}
    for name, default in (("degree", ""), ("confidence", "moderate"), ("reason", "")):
        found[name] = said.get(f"{name}-{key}-{code}", kept.get(name, default))
    return found
