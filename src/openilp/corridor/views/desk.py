"""The handlers' and controllers' own pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from openilp.corridor import forms, selectors, services
from openilp.corridor.models import Source
from openilp.corridor.rules import NewContact
from openilp.corridor.services.sources import CONTROLLERS, HANDLERS, erasing
from openilp.safeguards import approvals
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import Conflict, InvalidInput
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CORRIDOR


def attempt(form: Any, verb: Callable[[], Any]) -> Any:
    """Run a verb; what it refuses is written at its field, and nothing that was typed is lost."""
    try:
        return verb()
    except (InvalidInput, Conflict) as error:
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, str(error))
        form.status = 409 if isinstance(error, Conflict) else 422
    return None


def status_of(form: Any) -> int:
    """Return the status of a page that shows a form."""
    return getattr(form, "status", 422) if form.is_bound else 200


@opens("corridor.desk", roles=CORRIDOR)
def home(request: ActorRequest) -> HttpResponse:
    """Show the actor's sources, the drafts that wait for a word, and what the intelligence side asks."""
    actor = request.actor
    is_controller = actor.has_role(*CONTROLLERS)
    asked = list(selectors.requests(actor=actor).order_by("-created_at", "-pk")[:30])
    for row in asked:
        row.concerns = selectors.source_behind(row.pseudonym, actor=actor) if row.pseudonym else None
    context = {
        "sources": selectors.sources(actor=actor),
        "drafts": selectors.to_judge(actor=actor),
        "requests": asked,
        "today": timezone.localdate(),
        "may_register": actor.has_role(*HANDLERS),
        "is_controller": is_controller,
    }
    return render(request, "corridor/home.html", context)


@opens("corridor.register", roles=HANDLERS)
def register(request: ActorRequest) -> HttpResponse:
    """Register a source."""
    actor = request.actor
    form = forms.RegisterForm(request.POST or None, actor=actor)
    if form.is_valid():
        row = attempt(
            form,
            lambda: services.register_source(
                actor=actor,
                identity=form.identity(),
                profile=form.profile(),
                controller=form.cleaned_data["controller"],
                review_on=form.cleaned_data["review_on"],
            ),
        )
        if row is not None:
            messages.success(request, _("%(ref)s is registered; the identity is sealed.") % {"ref": row.ref})
            return redirect("corridor:source", ref=row.ref)
    context = {
        "form": form,
        "title": _("Register a source"),
        "lead": _("Who it is, is sealed when you save and can then be seen only with two approvals."),
    }
    return render(request, "corridor/form.html", context, status=status_of(form))


@opens("corridor.source", roles=CORRIDOR)
def source(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a source's file: everything but who it is."""
    actor = request.actor
    row = selectors.source(ref, actor=actor)
    (known,) = selectors.known_all([row])
    approval = _erasure(row, actor)
    context = {
        "known": known,
        "source": row,
        "contacts": selectors.contacts(row, actor=actor),
        "risks": selectors.risks(row, actor=actor),
        "drafts": selectors.drafts(row, actor=actor),
        "taskings": selectors.taskings(row, actor=actor),
        "handovers": selectors.handovers(row, actor=actor),
        "verbs": [(name, verb.label) for name, verb in VERBS.items() if _may(verb, row, actor)],
        "may_end": row.controller_id == actor.user_id and row.ended_on is None,
        "may_erase": row.controller_id == actor.user_id and bool(row.ended_on) and not row.erased_on,
        "erasure": approval,
        "today": timezone.localdate(),
    }
    return render(request, "corridor/source.html", context)


def _erasure(row: Source, actor: Actor) -> Any:
    found = approvals.requests(actor=actor).filter(object_id=row.pk, action="corridor.erase_source")
    return found.order_by("-created_at").first()


@dataclass(frozen=True)
class Verb:
    """A form about one source, and what it does."""

    label: Any
    lead: Any
    form: type[forms.DeskForm]
    run: Callable[[Actor, Source, Any], Any]
    for_handler: bool = True
    for_controller: bool = False


def _may(verb: Verb, row: Source, actor: Actor) -> bool:
    if row.ended_on is not None:
        return False
    is_handler = actor.user_id in (row.handler_id, row.co_handler_id)
    return (verb.for_handler and is_handler) or (verb.for_controller and row.controller_id == actor.user_id)


def _contact(actor: Actor, row: Source, form: forms.ContactForm) -> Any:
    return services.record_contact(actor=actor, source=row, new=NewContact(**form.cleaned_data))


def _risk(actor: Actor, row: Source, form: forms.RiskForm) -> Any:
    return services.assess_risk(actor=actor, source=row, **form.cleaned_data)


def _draft(actor: Actor, row: Source, form: forms.DraftForm) -> Any:
    return services.draft_report(actor=actor, source=row, new=form.new())


def _hand_over(actor: Actor, row: Source, form: forms.HandOverForm) -> Any:
    return services.hand_over(actor=actor, source=row, **form.cleaned_data)


def _unlock(actor: Actor, row: Source, form: forms.UnlockForm) -> Any:
    return services.ask_unlock(actor=actor, source=row, **form.cleaned_data)


def _task(actor: Actor, row: Source, form: forms.TaskForm) -> Any:
    asked = selectors.request(form.cleaned_data["request"], actor=actor)
    return services.task_source(actor=actor, request=asked, source=row)


VERBS: dict[str, Verb] = {
    "contact": Verb(
        gettext_lazy("Note a contact"),
        gettext_lazy("Only you, your co-handler and your controller read it."),
        forms.ContactForm,
        _contact,
    ),
    "report": Verb(
        gettext_lazy("Draft a report"),
        gettext_lazy(
            "Write what may be told; it gets a pseudonym of its own, and your controller passes it on."
        ),
        forms.DraftForm,
        _draft,
    ),
    "risk": Verb(
        gettext_lazy("Assess the risk"),
        gettext_lazy("In words: what endangers the source, and what is done about it."),
        forms.RiskForm,
        _risk,
        for_controller=True,
    ),
    "task": Verb(
        gettext_lazy("Pass a request on"),
        gettext_lazy("The handler sees it in the file of this source."),
        forms.TaskForm,
        _task,
        for_handler=False,
        for_controller=True,
    ),
    "hand-over": Verb(
        gettext_lazy("Hand over"),
        gettext_lazy("The former handler no longer sees the file."),
        forms.HandOverForm,
        _hand_over,
        for_handler=False,
        for_controller=True,
    ),
    "unlock": Verb(
        gettext_lazy("Ask to see who it is"),
        gettext_lazy(
            "A source controller and, from outside the desk, chair or data-protection officer must approve."
        ),
        forms.UnlockForm,
        _unlock,
        for_controller=True,
    ),
}


@opens("corridor.work_on_source", roles=CORRIDOR)
def work(request: ActorRequest, ref: str, name: str) -> HttpResponse:
    """Fill in one of the forms about a source."""
    actor = request.actor
    row = selectors.source(ref, actor=actor)
    verb = VERBS.get(name)
    if verb is None or not _may(verb, row, actor):
        raise Http404
    more: dict[str, Any] = {}
    if name == "task":
        more = {"open_requests": list(selectors.requests(actor=actor).filter(is_passed=False)[:100])}
    form = verb.form(request.POST if request.method == "POST" else None, actor=actor, **more)
    if form.is_valid():
        made = attempt(form, lambda: verb.run(actor, row, form))
        if made is not None:
            messages.success(request, _("Done."))
            if name == "unlock":
                return redirect("corridor:unlock", ref=made.ref)
            if name == "hand-over" and row.controller_id != actor.user_id:
                return redirect("corridor:home")
            return redirect("corridor:source", ref=row.ref)
    context = {"form": form, "title": verb.label, "lead": verb.lead, "source": row}
    return render(request, "corridor/form.html", context, status=status_of(form))


@opens("corridor.end_source_page", roles=CONTROLLERS)
@require_POST
def end(request: ActorRequest, ref: str) -> HttpResponse:
    """End the work with a source."""
    row = selectors.source(ref, actor=request.actor)
    services.end_source(actor=request.actor, source=row)
    messages.success(request, _("The work with %(ref)s has ended.") % {"ref": row.ref})
    return redirect("corridor:source", ref=row.ref)


@opens("corridor.erase_source_page", roles=CONTROLLERS, operation="erasure")
@require_POST
def erase(request: ActorRequest, ref: str) -> HttpResponse:
    """Ask the data-protection officer, or destroy the keys when the approval is there."""
    actor = request.actor
    row = selectors.source(ref, actor=actor)
    approval = _erasure(row, actor)
    if approval is None or not approval.is_approved or approval.is_used:
        approvals.ask(
            actor=actor, subject=erasing(row), reason="The work has ended; the file is to be destroyed."
        )
        messages.success(request, _("The data-protection officer is asked; come back when it is approved."))
    else:
        services.erase_source(actor=actor, source=row, approval=approval)
        messages.success(request, _("The keys of %(ref)s are destroyed.") % {"ref": row.ref})
    return redirect("corridor:source", ref=row.ref)


@opens("corridor.draft", roles=CORRIDOR)
def draft(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a draft; the controller passes it on or sends it back."""
    actor = request.actor
    row = selectors.draft(ref, actor=actor)
    held = selectors.source(row.source.ref, actor=actor)
    judged = selectors.judgement_of(row, actor=actor)
    may_judge = judged is None and held.controller_id == actor.user_id and row.created_by_id != actor.user_id
    form = forms.WordForm(request.POST if request.method == "POST" else None, actor=actor)
    if may_judge and form.is_valid():
        made = attempt(form, lambda: services.judge_draft(actor=actor, draft=row, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("Passed on.") if made.is_passed else _("Sent back."))
            return redirect("corridor:home")
    context = {
        "draft": row,
        "held": selectors.opened_draft(row).held,
        "judged": judged,
        "form": form,
        "may_judge": may_judge,
        "source": held,
    }
    return render(request, "corridor/draft.html", context, status=status_of(form))
