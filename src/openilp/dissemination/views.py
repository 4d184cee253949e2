"""Pages of dissemination: the desk, one edition before its release, one release after it, the register."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.analysis.documents import edition_data
from openilp.analysis.models import Edition
from openilp.dissemination import rules, selectors, services
from openilp.dissemination.forms import ApprovalForm, RatingForm, RecallForm, RegisterForm, ReleaseForm
from openilp.dissemination.models import Release
from openilp.dissemination.selectors import APPROVERS, REGISTRARS, RELEASERS, RegisterFilters
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import Conflict, InvalidInput
from openilp.safeguards.models import Matter, Unit
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, Role

_DESK_ROWS = 50
#: Rows of one export; who needs more narrows the dates.
_EXPORT_ROWS = 10_000


@opens("dissemination.home", roles=CONTENT)
def home(request: ActorRequest) -> HttpResponse:
    """Show what was released to the actor, and for those who release what waits."""
    actor = request.actor
    found = page(selectors.mine(actor=actor), after=request.GET.get("after", ""))
    unread = set(selectors.unread(actor=actor).values_list("pk", flat=True)[:200])
    context = {
        "page": found,
        "mine": [_row(row, actor, row.pk in unread) for row in found.rows],
        "may_approve": actor.has_role(*APPROVERS),
        "may_release": actor.has_role(*RELEASERS),
        "may_register": actor.has_role(*REGISTRARS),
        "approvals": _editions(selectors.awaiting_approval(actor=actor), actor, APPROVERS),
        "going": _editions(selectors.awaiting_release(actor=actor), actor, RELEASERS),
    }
    return render(request, "dissemination/home.html", context)


def _editions(rows: Any, actor: Actor, roles: Any) -> list[Edition]:
    if not actor.has_role(*roles):
        return []
    return list(rows.select_related("created_by").order_by("created_at")[:_DESK_ROWS])


def _row(release: Release, actor: Actor, is_unread: bool) -> dict[str, Any]:
    return {
        "release": release,
        "edition": gate.related(release, "edition"),
        "is_unread": is_unread,
        "recall": selectors.recall_of(release, actor=actor),
    }


def _titles(row: Any, actor: Actor) -> list[str]:
    return list(Matter.objects.seen_by(actor).filter(pk__in=row.compartments).values_list("title", flat=True))


@opens("dissemination.edition", roles=RELEASERS, operation="disclosure")
def edition(request: ActorRequest, ref: str) -> HttpResponse:
    """Show an edition at the gate: what bars it, a second person's word, and the release to named people."""
    actor = request.actor
    row: Edition = selectors.by_ref(Edition, ref, actor=actor)
    pairs = selectors.possible_readers(row, actor=actor)
    word, release_form = ApprovalForm(), ReleaseForm(people=[user for user, _known in pairs])
    said: list[str] = []
    if request.method == "POST" and "is_approved" in request.POST:
        word = ApprovalForm(request.POST)
        done = word.is_valid() and _try(word, said, lambda: _approve(request, row, word))
    elif request.method == "POST":
        release_form = ReleaseForm(request.POST, people=[user for user, _known in pairs])
        done = release_form.is_valid() and _try(
            release_form, said, lambda: _release(request, row, release_form)
        )
    else:
        done = False
    if done:
        return redirect("dissemination:edition", ref=row.ref)
    facts = selectors.facts_of(row, actor=actor)
    scheme, handling = rules.strictest(facts.items)
    words = selectors.approvals_of(row, actor=actor)
    product = gate.related(row, "product")
    authors = {row.created_by_id, product.created_by_id if product else None}
    context = {
        "edition": row,
        "data": edition_data(row, actor=actor),
        "author": row.created_by,
        "facts": facts,
        "bars": rules.edition_bars(facts, today=timezone.localdate()),
        "handling_scheme": scheme,
        "handling": handling,
        "words": words,
        "may_approve": actor.has_role(*APPROVERS) and actor.user_id not in authors and not words,
        "is_own": actor.user_id in authors,
        "word_form": word,
        "release_form": release_form,
        "people": _people(row, pairs, facts, request),
        "units": Unit.objects.all(),
        "roles": [role for role in Role if role in CONTENT],
        "said": said,
        "releases": list(Release.objects.seen_by(actor).filter(edition=row).order_by("-created_at")),
        "page_level": row.level,
        "page_compartments": _titles(row, actor),
    }
    return render(
        request, "dissemination/edition.html", context, status=422 if request.method == "POST" else 200
    )


def _try(form: Any, said: list[str], do: Any) -> bool:
    """Do what a form says; a refusal goes back to the form, the gate's reasons beside it."""
    try:
        do()
    except InvalidInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    except Conflict as error:
        said += getattr(error, "reasons", None) or [str(error)]
    else:
        return True
    return False


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


@opens("dissemination.release", roles=CONTENT)
def release(request: ActorRequest, ref: str) -> HttpResponse:
    """Open a release: its readers read it under their watermark, those who answer for it see who has it."""
    return _release_page(request, selectors.readable(ref, actor=request.actor))


def _release_page(request: ActorRequest, row: Release, rate: RatingForm | None = None) -> HttpResponse:
    actor = request.actor
    content = gate.related(row, "edition")
    back = selectors.recall_of(row, actor=actor)
    is_reader = selectors.is_reader(row, actor=actor)
    lapsed = row.expires_on is not None and row.expires_on < timezone.localdate()
    answers = row.created_by_id == actor.user_id or actor.has_role(*REGISTRARS)
    is_shown = back is None and not lapsed and content is not None
    context = {
        "release": row,
        "edition": content,
        "data": edition_data(content, actor=actor) if is_shown else None,
        "releaser": row.created_by,
        "recall": back,
        "has_expired": lapsed,
        "is_shown": is_shown,
        "is_reader": is_reader,
        "receipts": selectors.own_receipts(row, actor=actor),
        "watermark": rules.watermark(
            reader=actor.name, release=row.ref, at=timezone.localtime(timezone.now())
        ),
        "lines": selectors.lines_of([row], actor=actor) if answers else [],
        "ratings": selectors.ratings_of(row, actor=actor) if answers else [],
        "may_recall": actor.has_role(*RELEASERS) and answers and back is None,
        "rating_form": rate or RatingForm(),
        "page_level": row.level,
        "page_compartments": _titles(row, actor),
    }
    return render(request, "dissemination/release.html", context, status=422 if rate else 200)


@opens("dissemination.document", roles=CONTENT, operation="disclosure")
def document(request: ActorRequest, ref: str) -> HttpResponse:
    """Hand out the PDF of a release with the watermark of whoever takes it."""
    row = selectors.readable(ref, actor=request.actor)
    body = services.take_document(actor=request.actor, release=row, now=timezone.now())
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.ref}.pdf"'
    return response


@opens("dissemination.receipt", roles=CONTENT, operation="alteration")
@require_POST
def receipt(request: ActorRequest, ref: str) -> HttpResponse:
    """Take receipt of a release or of its recall."""
    row = selectors.readable(ref, actor=request.actor)
    of_recall = request.POST.get("of_recall") == "yes"
    services.acknowledge_release(actor=request.actor, release=row, of_recall=of_recall)
    messages.success(request, _("Your receipt is kept."))
    return redirect("dissemination:release", ref=row.ref)


@opens("dissemination.rating", roles=CONTENT, operation="alteration")
@require_POST
def rating(request: ActorRequest, ref: str) -> HttpResponse:
    """Rate a product as its reader."""
    row = selectors.readable(ref, actor=request.actor)
    form = RatingForm(request.POST)
    if form.is_valid():
        try:
            services.rate_release(actor=request.actor, release=row, **form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Thank you: the author is told."))
            return redirect("dissemination:release", ref=row.ref)
    return _release_page(request, row, form)


@opens("dissemination.recall", roles=RELEASERS, operation="disclosure")
def recall(request: ActorRequest, ref: str) -> HttpResponse:
    """Withdraw a release."""
    row = selectors.readable(ref, actor=request.actor)
    form = RecallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.recall_release(actor=request.actor, release=row, reason=form.cleaned_data["reason"])
        messages.success(request, _("%(ref)s is recalled; every reader was told.") % {"ref": row.ref})
        return redirect("dissemination:release", ref=row.ref)
    context = {
        "release": row,
        "edition": gate.related(row, "edition"),
        "form": form,
        "lines": selectors.lines_of([row], actor=request.actor),
        "page_level": row.level,
    }
    return render(
        request, "dissemination/recall.html", context, status=422 if request.method == "POST" else 200
    )


def _filters(request: ActorRequest) -> tuple[RegisterForm, RegisterFilters]:
    form = RegisterForm(request.GET)
    return form, RegisterFilters(**form.cleaned_data) if form.is_valid() else RegisterFilters()


@opens("dissemination.register", roles=REGISTRARS)
def register(request: ActorRequest) -> HttpResponse:
    """Show who was told what, why and when."""
    form, filters = _filters(request)
    found = page(selectors.releases(actor=request.actor, filters=filters), after=request.GET.get("after", ""))
    context = {
        "form": form,
        "page": found,
        "lines": selectors.lines_of(found.rows, actor=request.actor),
        "query": request.GET.urlencode(),
    }
    return render(request, "dissemination/register.html", context, status=200 if form.is_valid() else 422)


@opens("dissemination.register_csv", roles=REGISTRARS, operation="disclosure")
def register_csv(request: ActorRequest) -> HttpResponse:
    """Hand out the register as CSV; no cell can run as a formula."""
    _form, filters = _filters(request)
    rows = selectors.releases(actor=request.actor, filters=filters).order_by("-created_at", "-pk")
    text = register_text(selectors.lines_of(rows[:_EXPORT_ROWS], actor=request.actor))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="register.csv"'
    return response


COLUMNS = (
    "release", "edition", "title", "handling_scheme", "handling", "released_at", "released_by", "reason",
    "reader", "unit", "expires_on", "received_on", "recalled_at", "recall_received_on", "rating",
)  # fmt: skip


def register_text(lines: list[selectors.Line]) -> str:
    """Return the register as CSV from an allow-list of columns."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        release, edition = line.release, line.edition
        values: list[object] = [
            release.ref,
            edition.ref if edition else "",
            edition.title if edition else "",
            release.handling_scheme,
            release.handling,
            release.released_at.isoformat(),
            release.created_by,
            release.reason,
            line.reader,
            line.reader.unit,
            release.expires_on,
            line.received_on,
            line.recall.created_at.isoformat() if line.recall else "",
            line.recall_received_on,
            line.rating,
        ]
        writer.writerow([rules.neutral_cell(value) for value in values])
    return out.getvalue()
