"""Pages of entry."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.collection import files, release_copies, selectors, services, uploads, wording
from openilp.collection.forms import ACCEPTED, AnswerForm, ItemForms, ReportFilter, ReportForm, new_report
from openilp.collection.imports.quarantine import CATEGORISERS, quarantined_reports
from openilp.collection.models import Report
from openilp.direction import selectors as direction
from openilp.direction.forms import carry_out, choices, refusal_status
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import Conflict, InvalidInput
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, INTELLIGENCE, Role

_SHOWN = 20
_MOST = 99


@opens("collection.home", roles=CONTENT)
def home(request: ActorRequest) -> HttpResponse:
    """List the reports that came in, newest first, and what the actor is to collect."""
    actor = request.actor
    filters = ReportFilter(request.GET)
    wanted = filters.wanted()
    context = {
        "page": selectors.listed(wanted, actor=actor, after=request.GET.get("after", "")),
        "filter": filters,
        "wanted": wanted,
        "lines": direction.own_lines(actor=actor)[:_SHOWN],
        "today": timezone.localdate(),
        "is_desk": actor.has_role(*CATEGORISERS),
        "n_quarantined": quarantined_reports(actor=actor).count_up_to(_MOST)
        if actor.has_role(*CATEGORISERS)
        else 0,
    }
    return render(request, "collection/home.html", context)


@opens("collection.submit", roles=CONTENT)
def submit(request: ActorRequest) -> HttpResponse:
    """Hand in a report: under a minute, on a phone."""
    actor = request.actor
    initial = {"requirement": request.GET.get("requirement", "").upper()}
    form = ReportForm(request.POST if request.method == "POST" else None, actor=actor, initial=initial)
    items = ItemForms(request.POST if request.method == "POST" else None, prefix="items")
    if request.method == "POST":
        for error in uploads.refused(request):
            form.add_error(None, str(error))
        if all([form.is_valid(), items.is_valid()]):
            row = carry_out(form, lambda: _hand_in(request, form, items))
            if row is not None:
                messages.success(request, _handed_in(row, request))
                return redirect("collection:report", ref=row.ref)
    context = {
        "form": form,
        "items": items,
        "accepted": ACCEPTED,
        "kinds": choices("statement-kinds")(),
        "asks_wording": "wording_confirmed" in form.errors or "wording_confirmed" in request.POST,
        "had_files": bool(request.FILES) or bool(uploads.refused(request)),
        "urgent": form["urgency"].value() == "high",
    }
    return render(request, "collection/submit.html", context, status=refusal_status(form))


def _hand_in(request: ActorRequest, form: ReportForm, items: object) -> Report:
    data = form.cleaned_data
    new = wording.confirm(new_report(form, items), is_confirmed=data["wording_confirmed"])
    row = services.submit_report(
        actor=request.actor,
        new=new,
        legal_basis=data["legal_basis"],
        label=form.label,
        requirement=data["requirement"],
    )
    for upload in uploads.uploaded(request, "files"):
        services.attach_file(actor=request.actor, report=row, stream=upload, name=upload.name or "file")
    return row


def _handed_in(row: Report, request: ActorRequest) -> str:
    if row.urgency != "high":
        return _("Report %(ref)s is in.") % {"ref": row.ref}
    if selectors.duty_officers(row.label, actor=request.actor):
        return _("Report %(ref)s is in; the duty officer is alerted.") % {"ref": row.ref}
    return _("Report %(ref)s is in, but nobody on duty may see it: tell the duty officer by telephone.") % {
        "ref": row.ref
    }


@opens("collection.suggest", roles=CONTENT)
@require_POST
def suggest(request: ActorRequest) -> HttpResponse:
    """Show the open questions that share words with what is being written."""
    texts = [value for name, value in request.POST.items() if name.endswith("-text")]
    found = selectors.suggested(" ".join(map(str, texts)), actor=request.actor)
    return render(request, "collection/suggested.html", {"found": found})


@opens("collection.report", roles=CONTENT)
def report(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a report as it was received, with its files and what its reporter was told."""
    return _page(request, selectors.report(ref, actor=request.actor))


def _page(
    request: ActorRequest, row: Report, *, problems: tuple[str, ...] = (), tying: AnswerForm | None = None
) -> HttpResponse:
    actor = request.actor
    may_write = row.created_by_id == actor.user_id or actor.has_role(*INTELLIGENCE)
    items = selectors.items_of(row, actor=actor)
    mentions = selectors.mentions_of(items, actor=actor)
    context = {
        "report": row,
        "items": [(item, [m for m in mentions if m.item_id == item.pk]) for item in items],
        "attachments": selectors.attachments_of(row, actor=actor),
        "requirement": gate.related(row, "requirement"),
        "told": selectors.notices_about(row, actor=actor),
        "is_own": row.created_by_id == actor.user_id,
        "may_attach": may_write,
        "may_weigh_words": actor.has_role(*INTELLIGENCE, Role.DATA_PROTECTION_OFFICER),
        "answers": [
            (said, gate.related(said, "requirement"), gate.related(said, "line"))
            for said in selectors.answers_of(row, actor=actor)
        ],
        "tying": tying or (AnswerForm(actor=actor) if may_write else None),
        "accepted": ACCEPTED,
        "problems": problems,
        "page_level": row.level,
        "page_compartments": direction.compartment_titles(row, actor=actor),
    }
    status = refusal_status(tying) if tying else 200
    return render(request, "collection/report.html", context, status=422 if problems else status)


@opens("collection.tie", roles=CONTENT)
@require_POST
def tie(request: ActorRequest, ref: str) -> HttpResponse:
    """Say that a report, handed in before, answers a question or a line of its plan."""
    actor = request.actor
    row = selectors.report(ref, actor=actor)
    form = AnswerForm(request.POST, actor=actor)
    if form.is_valid():
        done = carry_out(form, lambda: services.tie_report(actor=actor, report=row, **form.values()))
        if done is not None:
            messages.success(request, _("%(ref)s is tied to the question.") % {"ref": row.ref})
            return redirect("collection:report", ref=row.ref)
    return _page(request, row, tying=form)


@opens("collection.attach", roles=CONTENT)
@require_POST
def attach(request: ActorRequest, ref: str) -> HttpResponse:
    """Attach files to a report."""
    row = selectors.report(ref, actor=request.actor)
    problems = [str(error) for error in uploads.refused(request)]
    sent = uploads.uploaded(request, "files")
    if not sent and not problems:
        problems.append(_("No file was sent; choose one and send it again."))
    for upload in sent:
        if problems:
            break
        try:
            services.attach_file(actor=request.actor, report=row, stream=upload, name=upload.name or "file")
        except (InvalidInput, Conflict) as error:
            problems.append(str(error))
    if problems:
        return _page(request, row, problems=tuple(problems))
    messages.success(request, _("The files are attached to %(ref)s.") % {"ref": row.ref})
    return redirect("collection:report", ref=row.ref)


@opens("collection.download", roles=CONTENT, operation="disclosure")
def download(request: ActorRequest, ref: str) -> HttpResponseBase:
    """Hand out an attached file, or its copy without metadata: to be saved, never to be shown by the browser."""
    row = selectors.attachment(ref, actor=request.actor)
    content: Iterator[bytes] = files.checked(row.sha256)
    response: HttpResponseBase
    if request.GET.get("form") == "release":
        clean = release_copies.without_metadata(
            files.address(row.sha256), media_type=row.media_type, name=row.name
        )
        response = HttpResponse(clean, content_type=row.media_type)
    else:
        response = StreamingHttpResponse(content, content_type=row.media_type)
        response["Content-Length"] = str(row.size)
    response["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@opens("collection.answers", roles=CONTENT)
def answers(request: ActorRequest, ref: str) -> HttpResponse:
    """Show the reports that were handed in for a requirement, as a part of its page."""
    actor = request.actor
    asked = direction.requirement(ref, actor=actor)
    rows = list(selectors.answers(asked, actor=actor).order_by("-created_at")[: _SHOWN + 1])
    context = {"requirement": asked, "reports": rows[:_SHOWN], "has_more": len(rows) > _SHOWN}
    return render(request, "collection/answers.html", context)
