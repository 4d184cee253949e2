"""Pages of imports: send a file, watch its run, fetch the reasons against its rows."""

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.collection import tasks, uploads
from openilp.collection.forms import ImportForm
from openilp.collection.imports import mapping, runs
from openilp.collection.imports.batches import IMPORTERS
from openilp.collection.imports.quarantine import CATEGORISERS
from openilp.collection.models import ImportBatch
from openilp.direction import selectors as direction
from openilp.direction.forms import carry_out, refusal_status
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import Conflict
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest


@opens("collection.imports", roles=CATEGORISERS)
def imports(request: ActorRequest) -> HttpResponse:
    """List the imports, newest first, and take a file in."""
    actor = request.actor
    form = ImportForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
    )
    if request.method == "POST":
        row = _sent(request, form)
        if row is not None:
            messages.success(request, _("%(name)s is here and is being read.") % {"name": row.file_name})
            return redirect("collection:batch", ref=row.ref)
    found = page(runs.all_runs(actor=actor), after=request.GET.get("after", ""))
    now = timezone.now()
    context = {
        "page": found,
        "rows": [(row, runs.stage(row, now)) for row in found.rows],
        "form": form,
        "may_import": actor.has_role(*IMPORTERS),
        "purpose": direction.purpose_of(actor=actor),
    }
    return render(request, "collection/imports.html", context, status=refusal_status(form))


def _sent(request: ActorRequest, form: ImportForm) -> ImportBatch | None:
    """Take the file of a form in, and let the worker read it; what is wrong is written into the form."""
    problems = [str(error) for error in uploads.refused(request)]
    if problems:
        form.errors.pop("file", None)
        form.add_error("file", problems)
    if not form.is_valid():
        return None
    sent = form.cleaned_data["file"]
    row = carry_out(
        form,
        lambda: runs.start_import(
            actor=request.actor,
            mapping=mapping.mapping(form.cleaned_data["mapping"]),
            stream=sent,
            name=sent.name or "file",
        ),
    )
    if row is not None:
        tasks.send(row)
    return row


@opens("collection.import", roles=CATEGORISERS)
def batch(request: ActorRequest, ref: str) -> HttpResponse:
    """Show how far an import is and what became of its rows; asked by the page itself, only that part."""
    return _page(request, runs.run(ref, actor=request.actor))


def _page(request: ActorRequest, row: ImportBatch, problem: str = "") -> HttpResponse:
    actor = request.actor
    stage = runs.stage(row, timezone.now())
    context = {
        "batch": row,
        "stage": stage,
        "is_live": stage in (runs.Stage.WAITING, runs.Stage.RUNNING),
        "title": mapping.title_of(row.mapping),
        "may_resume": stage is runs.Stage.STOPPED and row.created_by_id == actor.user_id,
        "is_quarantined": row.state == "quarantined",
        "problem": problem,
        "page_level": row.level,
    }
    name = "collection/run.html" if request.htmx else "collection/batch.html"
    return render(request, name, context, status=409 if problem else 200)


@opens("collection.resume_import_page", roles=IMPORTERS)
@require_POST
def resume(request: ActorRequest, ref: str) -> HttpResponse:
    """Let an import go on that has stopped."""
    row = runs.run(ref, actor=request.actor)
    try:
        runs.resume_import(actor=request.actor, batch=row)
    except Conflict as error:
        return _page(request, row, str(error))
    tasks.send(row)
    messages.success(request, _("Import %(ref)s goes on where it was.") % {"ref": row.ref})
    return redirect("collection:batch", ref=row.ref)


@opens("collection.import_reasons", roles=CATEGORISERS, operation="disclosure")
def reasons(request: ActorRequest, ref: str) -> StreamingHttpResponse:
    """Hand out, as CSV, row by row what was refused or is incomplete and why."""
    row = runs.run(ref, actor=request.actor)
    response = StreamingHttpResponse(runs.reasons_of(row), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.ref}.reasons.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
