"""Pages that record: entity, statement, link, category, marking, and what replaces them."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp import reference
from openilp.collation import rules, selectors, services
from openilp.collation.forms import (
    EntityForm,
    InvolvementForm,
    LinkChangeForm,
    LinkForm,
    MarkingForm,
    SaidForm,
    SourcedForm,
)
from openilp.collation.models import Entity
from openilp.direction.forms import carry_out, refusal_status
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import INTELLIGENCE


def _source(request: ActorRequest, form: SourcedForm) -> dict[str, Any] | None:
    """Return item, label and legal basis of a new row; an unknown item is written at its field."""
    ref = form.cleaned_data["item"].strip()
    values: dict[str, Any] = {"label": form.label, "legal_basis": form.cleaned_data["legal_basis"]}
    if not ref:
        return values
    try:
        values["item"] = selectors.item(ref, actor=request.actor)
    except RecordNotFound as error:
        form.add_error("item", str(error))
        return None
    return values


def _page(
    request: ActorRequest, form: Any, entity: Entity | None, title: str, lead: str, **more: Any
) -> HttpResponse:
    name = selectors.name(entity, actor=request.actor) if entity is not None else None
    context = {"form": form, "name": name, "title": title, "lead": lead, **more}
    return render(request, "collation/record.html", context, status=refusal_status(form))


@opens("collation.new_entity", roles=INTELLIGENCE)
def new_entity(request: ActorRequest) -> HttpResponse:
    """Record somebody or something new; what may be the same is shown while typing."""
    kinds = reference.vocabulary("entity-types").codes
    kind = request.GET.get("kind", "person")
    kind = kind if kind in kinds else "person"
    start = {"item": request.GET.get("item", ""), "value": request.GET.get("value", "")}
    form = EntityForm(request.POST or None, actor=request.actor, entity_kind=kind, initial=start)
    if request.method == "POST" and form.is_valid() and (source := _source(request, form)) is not None:
        row = carry_out(
            form,
            lambda: services.record_entity(
                actor=request.actor,
                kind=kind,
                statements=[form.new],
                involvement=form.involvement if form.is_person else None,
                **source,
            ),
        )
        if row is not None:
            messages.success(request, _("%(ref)s is recorded.") % {"ref": row.ref})
            return redirect("collation:entity", ref=row.ref)
    lead = _("Look at what may be the same first; a second record of one person splits what is known.")
    return _page(request, form, None, _("Record an entity"), lead, kinds=kinds, kind=kind)


@opens("collation.new_statement", roles=INTELLIGENCE)
def new_statement(request: ActorRequest, ref: str) -> HttpResponse:
    """Record one more claim about an entity."""
    entity = selectors.entity(ref, actor=request.actor)
    start = {"item": request.GET.get("item", "")}
    form = SaidForm(request.POST or None, actor=request.actor, entity_kind=entity.kind, initial=start)
    if request.method == "POST" and form.is_valid() and (source := _source(request, form)) is not None:
        done = carry_out(
            form,
            lambda: services.record_statement(actor=request.actor, entity=entity, new=form.new, **source),
        )
        if done is not None:
            messages.success(request, _("The statement is recorded."))
            return redirect("collation:entity", ref=entity.ref)
    lead = _("One claim a statement, with the item that says so.")
    return _page(request, form, entity, _("Record a statement"), lead)


@opens("collation.supersede_statement_page", roles=INTELLIGENCE)
def supersede_statement(request: ActorRequest, ref: str) -> HttpResponse:
    """Replace a statement by a corrected one."""
    actor = request.actor
    old = selectors.statement(ref, actor=actor)
    entity = selectors.entities(actor=actor).get(pk=old.entity_id)
    start = {
        "about": old.property,
        "value": old.value,
        "kind": old.kind,
        "valid_from": old.valid_from,
        "valid_until": old.valid_until,
        "legal_basis": old.legal_basis,
    }
    form = SaidForm(request.POST or None, actor=actor, entity_kind=entity.kind, initial=start)
    for field in ("item", "legal_basis", "level"):
        form.fields.pop(field)
    if request.method == "POST" and form.is_valid():
        done = carry_out(form, lambda: services.supersede_statement(actor=actor, statement=old, new=form.new))
        if done is not None:
            messages.success(request, _("The statement is replaced; the old one stays in the history."))
            return redirect("collation:entity", ref=entity.ref)
    lead = _("The old statement stays readable as what was believed before.")
    return _page(request, form, entity, _("Correct a statement"), lead)


@opens("collation.new_link", roles=INTELLIGENCE)
def new_link(request: ActorRequest, ref: str) -> HttpResponse:
    """Record a link from an entity to another one."""
    actor = request.actor
    entity = selectors.entity(ref, actor=actor)
    start = {"item": request.GET.get("item", ""), "target": request.GET.get("to", "")}
    form = LinkForm(request.POST or None, actor=actor, source=entity, initial=start)
    if request.method == "POST" and form.is_valid() and (source := _source(request, form)) is not None:
        done = carry_out(form, lambda: _link(request, form, entity, source))
        if done is not None:
            messages.success(request, _("The link is recorded."))
            return redirect(f"{selectors.name(entity, actor=actor).url}?tab=relations")
    lead = _("Say how sure it is: confirmed, probable or claimed once.")
    return _page(request, form, entity, _("Record a link"), lead)


def _link(request: ActorRequest, form: LinkForm, entity: Entity, source: dict[str, Any]) -> Any:
    try:
        target = selectors.entity(form.cleaned_data["target"], actor=request.actor)
    except RecordNotFound as error:
        form.add_error("target", str(error))
        return None
    return services.link_entities(actor=request.actor, source=entity, target=target, new=form.new, **source)


@opens("collation.supersede_link_page", roles=INTELLIGENCE)
def supersede_link(request: ActorRequest, ref: str) -> HttpResponse:
    """Replace a link by a corrected one, for instance when it was confirmed or has ended."""
    actor = request.actor
    old = selectors.link(ref, actor=actor)
    ends = {
        row.pk: row for row in selectors.entities(actor=actor).filter(pk__in=[old.source_id, old.target_id])
    }
    start = {
        field: getattr(old, field) for field in ("type", "confirmation", "kind", "valid_from", "valid_until")
    }
    kinds = (ends[old.source_id].kind, ends[old.target_id].kind)
    form = LinkChangeForm(request.POST or None, kinds=kinds, initial=start)
    if request.method == "POST" and form.is_valid():
        done = carry_out(form, lambda: services.supersede_link(actor=actor, link=old, new=form.new))
        if done is not None:
            messages.success(request, _("The link is replaced; the old one stays in the record."))
            return redirect("collation:entity", ref=ends[old.source_id].ref)
    target = selectors.name(ends[old.target_id], actor=actor)
    lead = _("It leads to %(name)s.") % {"name": target.label}
    return _page(request, form, ends[old.source_id], _("Correct a link"), lead)


@opens("collation.new_category", roles=INTELLIGENCE)
def new_category(request: ActorRequest, ref: str) -> HttpResponse:
    """Give a person a category in a matter."""
    entity = selectors.entity(ref, actor=request.actor)
    form = InvolvementForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid() and (source := _source(request, form)) is not None:
        done = carry_out(
            form,
            lambda: services.involve_person(
                actor=request.actor, person=entity, new=form.involvement, **source
            ),
        )
        if done is not None:
            messages.success(request, _("The category is recorded."))
            return redirect("collation:entity", ref=entity.ref)
    lead = _("A category belongs to one matter, never to the person as such.")
    return _page(request, form, entity, _("Category in a matter"), lead)


@opens("collation.end_involvement_page", roles=INTELLIGENCE)
@require_POST
def end_involvement(request: ActorRequest, ref: str) -> HttpResponse:
    """End a person's category in a matter, today or on the given day."""
    actor = request.actor
    row = selectors.involvement(ref, actor=actor)
    until = _day(request.POST.get("until", ""))
    services.end_involvement(actor=actor, involvement=row, until=until)
    person = selectors.entities(actor=actor).get(pk=row.person_id)
    messages.success(request, _("The category has ended; it stays in the record."))
    return redirect("collation:entity", ref=person.ref)


def _day(text: str) -> date:
    if not text:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise rules.bad_day("until", text) from error


@opens("collation.new_marking", roles=INTELLIGENCE)
def new_marking(request: ActorRequest, ref: str) -> HttpResponse:
    """Mark a person as child, vulnerable, victim or privileged."""
    entity = selectors.entity(ref, actor=request.actor)
    form = MarkingForm(request.POST or None, actor=request.actor)
    form.fields.pop("level")
    if request.method == "POST" and form.is_valid():
        form.cleaned_data["level"] = 1
        source = _source(request, form)
        if source is not None:
            source.pop("label")
            done = carry_out(
                form,
                lambda: services.mark_entity(
                    actor=request.actor,
                    entity=entity,
                    marking=form.cleaned_data["marking"],
                    reason=form.cleaned_data["reason"],
                    **source,
                ),
            )
            if done is not None:
                messages.success(request, _("The marking is recorded."))
                return redirect("collation:entity", ref=entity.ref)
    lead = _("A marking asks for care whatever the category; it stays with the person across matters.")
    return _page(request, form, entity, _("Mark a person"), lead)
