"""One edition at the gate: what bars it, who reviews and approves it, and its release to named people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from openilp.analysis.documents import edition_data
from openilp.analysis.models import Edition
from openilp.collection.models import Item
from openilp.dissemination import rules, selectors, services
from openilp.dissemination.forms import (
    ApprovalForm,
    AskConsentForm,
    NameReviewerForm,
    PeerReviewForm,
    ReleaseForm,
)
from openilp.dissemination.rules import EditionFacts
from openilp.dissemination.selectors import APPROVERS, PEERS, READERS, RELEASERS
from openilp.dissemination.views.desk import titles_of
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import Conflict, InvalidInput
from openilp.safeguards.models import Unit, User
from openilp.safeguards.people import actor_for, colleagues
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, Role


@opens("dissemination.edition", roles=READERS, operation="disclosure")
def edition(request: ActorRequest, ref: str) -> HttpResponse:
    """Show an edition; at the gate what bars it, who reviews and approves it, and the release to named people."""
    actor = request.actor
    row: Edition = selectors.by_ref(Edition, ref, actor=actor)
    if not actor.has_role(*PEERS):
        return render(request, "dissemination/edition.html", _shown(request, row))
    facts = selectors.facts_of(row, actor=actor)
    pairs = selectors.possible_readers(row, actor=actor)
    steps = _steps(request, row, facts, [user for user, _known in pairs])
    said: list[str] = []
    chosen = next((step for step in steps if step.marker in request.POST), steps[-1])
    if request.method == "POST" and chosen.form.is_valid() and _try(chosen, said):
        return redirect("dissemination:edition", ref=row.ref)
    context = {
        **{f"{step.name}_form": step.form for step in steps},
        **_shown(request, row),
        **_standing(request, row, facts),
        "people": _people(row, pairs, facts, request),
        "units": Unit.objects.all(),
        "roles": [role for role in Role if role in CONTENT],
        "said": said,
    }
    return render(
        request, "dissemination/edition.html", context, status=422 if request.method == "POST" else 200
    )


@dataclass(frozen=True)
class _Step:
    """One form of the page: the field that tells that it was posted, and what is done with it."""

    name: str
    marker: str
    form: Any
    do: Callable[[], None]


def _steps(request: ActorRequest, row: Edition, facts: EditionFacts, people: list[User]) -> list[_Step]:
    def filled(marker: str, made: Any, **given: Any) -> Any:
        return made(request.POST if marker in request.POST else None, **given)

    naming = filled("reviewer", NameReviewerForm, people=_possible_reviewers(request, row))
    review = filled("is_sound", PeerReviewForm)
    asking = filled("needed", AskConsentForm, needed=_consents_needed(facts))
    word = filled("is_approved", ApprovalForm)
    others = {"reviewer", "is_sound", "needed", "is_approved"}
    is_release = request.method == "POST" and not others & set(request.POST)
    release = ReleaseForm(request.POST if is_release else None, people=people)
    return [
        _Step("naming", "reviewer", naming, lambda: _name(request, row, naming)),
        _Step("review", "is_sound", review, lambda: _review(request, row, review)),
        _Step("asking", "needed", asking, lambda: _ask(request, row, asking)),
        _Step("word", "is_approved", word, lambda: _approve(request, row, word)),
        _Step("release", "readers", release, lambda: _release(request, row, release)),
    ]


def _standing(request: ActorRequest, row: Edition, facts: EditionFacts) -> dict[str, Any]:
    """Return what the page shows of an edition, and what the actor may do with it."""
    actor = request.actor
    words = selectors.approvals_of(row, actor=actor)
    requests = selectors.requests_of(row, actor=actor)
    reviews = selectors.reviews_of(row, actor=actor)
    is_own = actor.user_id in selectors.authors_of(row, actor=actor)
    is_reviewer = any(each.reviewer_id == actor.user_id for each in requests)
    has_reviewed = any(each.created_by_id == actor.user_id for each in reviews)
    scheme, handling = rules.strictest(facts.items)
    return {
        "is_desk": True,
        "facts": facts,
        "bars": rules.edition_bars(facts, today=timezone.localdate()),
        "handling_scheme": scheme,
        "handling": handling,
        "words": words,
        "requests": requests,
        "reviews": reviews,
        "consents": selectors.consents_of(row, actor=actor),
        "may_name": not words and facts.peer != "sound" and selectors.reading_of(row, actor=actor).is_open,
        "may_review": is_reviewer and not is_own and not words,
        "may_approve": actor.has_role(*APPROVERS) and not is_own and not has_reviewed and not words,
        "may_release": actor.has_role(*RELEASERS),
        "is_own": is_own,
        "releases": selectors.releases_of(row, actor=actor),
    }


def _shown(request: ActorRequest, row: Edition) -> dict[str, Any]:
    """Return what the page shows of an edition to everybody whom it is open to."""
    actor = request.actor
    reading = selectors.reading_of(row, actor=actor)
    newer = selectors.newer_than(row, actor=actor)
    return {
        "edition": row,
        "reading": reading,
        "data": edition_data(row, actor=actor) if reading.is_open else None,
        "author": row.created_by,
        "product": gate.related(row, "product"),
        "newer": newer,
        "page_level": row.level,
        "page_compartments": titles_of(row, actor),
    }


@opens("dissemination.working_copy", roles=READERS, operation="disclosure")
def working_copy(request: ActorRequest, ref: str) -> HttpResponse:
    """Hand out the PDF of an edition as it stands, with the name of whoever takes it."""
    row: Edition = selectors.by_ref(Edition, ref, actor=request.actor)
    body = services.take_working_copy(actor=request.actor, edition=row, now=timezone.now())
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.ref}.pdf"'
    return response


def _possible_reviewers(request: ActorRequest, row: Edition) -> list[User]:
    actor = request.actor
    out = selectors.authors_of(row, actor=actor)
    out |= {actor.user_id, *(each.reviewer_id for each in selectors.requests_of(row, actor=actor))}
    return [
        user
        for user in colleagues(actor=actor, roles=PEERS)
        if user.pk not in out and not user.partner and actor_for(user).may_see(row.label)
    ]


def _consents_needed(facts: EditionFacts) -> list[tuple[str, Unit]]:
    units = {unit.pk: unit for unit in Unit.objects.order_by("name")}
    return [(ref, units[key]) for ref, key in rules.consents_needed(facts, units)]


def _try(step: _Step, said: list[str]) -> bool:
    """Do what a form says; a refusal goes back to the form, the gate's reasons beside it."""
    try:
        step.do()
    except InvalidInput as error:
        step.form.add_error(error.field if error.field in step.form.fields else None, str(error))
    except Conflict as error:
        said += getattr(error, "reasons", None) or [str(error)]
    else:
        return True
    return False


def _name(request: ActorRequest, row: Edition, form: NameReviewerForm) -> None:
    made = services.name_reviewer(actor=request.actor, edition=row, reviewer=form.reviewer())
    messages.success(request, _("%(name)s is asked to review it.") % {"name": made.reviewer})


def _review(request: ActorRequest, row: Edition, form: PeerReviewForm) -> None:
    services.review_edition(actor=request.actor, edition=row, **form.cleaned_data)
    messages.success(request, _("Your word on %(ref)s is kept.") % {"ref": row.ref})


def _ask(request: ActorRequest, row: Edition, form: AskConsentForm) -> None:
    ref, unit = form.chosen()
    item = selectors.by_ref(Item, ref, actor=request.actor)
    made = services.ask_consent(
        actor=request.actor, edition=row, item=item, unit=unit, reason=form.cleaned_data["ask_reason"]
    )
    messages.success(request, _("%(ref)s: the originator was asked.") % {"ref": made.ref})


def _approve(request: ActorRequest, row: Edition, form: ApprovalForm) -> None:
    services.approve_edition(actor=request.actor, edition=row, **form.cleaned_data)
    messages.success(request, _("Your word on %(ref)s is kept.") % {"ref": row.ref})


def _release(request: ActorRequest, row: Edition, form: ReleaseForm) -> None:
    made = services.release_edition(
        actor=request.actor,
        edition=row,
        readers=form.readers(),
        reason=form.cleaned_data["reason"],
        now=timezone.now(),
        expires_on=form.cleaned_data["expires_on"],
    )
    messages.success(request, _("%(ref)s went out; its readers were told.") % {"ref": made.ref})


def _people(row: Edition, pairs: list[Any], facts: Any, request: ActorRequest) -> list[dict[str, Any]]:
    """Return the possible readers by unit and role as the address asks, each with what bars this one."""
    unit, role = request.GET.get("unit", ""), request.GET.get("role", "")
    chosen = set(request.POST.getlist("readers"))
    return [
        {
            "user": user,
            "bars": rules.reader_bars(facts, [known]),
            "chosen": str(user.pk) in chosen,
        }
        for user, known in pairs
        if (not unit or user.unit.code == unit) and (not role or role in user.roles)
    ]
