"""Pages of meetings: the room's home, a meeting, its minutes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.direction import selectors as direction
from openilp.direction.forms import carry_out, refusal_status
from openilp.direction.models import Priority
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, MANAGERS, Role
from openilp.tasking import rules, selectors, services
from openilp.tasking.documents import minutes_pdf
from openilp.tasking.forms import MeetingForm, PointForm, PresenceForm
from openilp.tasking.views.drawing import Bar, bar

_SHOWN = 12


@dataclass(frozen=True)
class DueTask:
    """A task in a list, with how its day stands."""

    row: Any
    due: rules.Due


@dataclass(frozen=True)
class PriorityRow:
    """A priority with what was set aside, planned and spent for it."""

    row: Priority
    spent: selectors.Spent
    bar: Bar


def due_tasks(rows: Any) -> list[DueTask]:
    """Return tasks with how their days stand to today."""
    today = timezone.localdate()
    return [DueTask(row, rules.due(row.due, today)) for row in rows]


def priority_rows(actor: Any) -> list[PriorityRow]:
    """Return the priorities in force with hours set aside and spent."""
    spent = selectors.spent_by_priority(actor=actor)
    found = (
        direction.current_priorities(actor=actor).select_related("unit").order_by("position", "unit__code")
    )
    rows = [(row, spent.get(row.pk, selectors.Spent())) for row in found]
    return [PriorityRow(row, used, bar(used.hours, row.hours_set)) for row, used in rows]


@opens("tasking.home", roles=CONTENT)
def home(request: ActorRequest) -> HttpResponse:
    """Show what waits for a decision, the next meeting, and what is due."""
    actor = request.actor
    open_tasks = selectors.tasks(actor=actor).filter(is_done=False).select_related("operation")
    context = {
        "waiting": selectors.waiting_products(actor=actor, most=_SHOWN),
        "to_ratify": selectors.to_ratify(actor=actor).order_by("created_at")[:_SHOWN],
        "next": selectors.next_meeting(actor=actor),
        "meetings": selectors.meetings(actor=actor)
        .select_related("chair", "unit")
        .order_by("-starts_at")[:_SHOWN],
        "tasks": due_tasks(open_tasks.select_related("owner").order_by("due")[:_SHOWN]),
        "priorities": priority_rows(actor)[:_SHOWN],
        "decisions": selectors.decisions(actor=actor)
        .select_related("created_by")
        .order_by("-created_at")[:_SHOWN],
        "may_call": actor.has_role(*MANAGERS),
        "may_decide": actor.has_role(Role.CHAIR),
    }
    return render(request, "tasking/home.html", context)


@opens("tasking.meetings", roles=CONTENT)
def meetings(request: ActorRequest) -> HttpResponse:
    """List the meetings, the newest first."""
    rows = selectors.meetings(actor=request.actor).select_related("chair", "unit")
    return render(request, "tasking/meetings.html", {"page": page(rows, after=request.GET.get("after", ""))})


@opens("tasking.call_meeting_page", roles=MANAGERS)
def call(request: ActorRequest) -> HttpResponse:
    """Call a meeting."""
    form = MeetingForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        data = {k: v for k, v in form.cleaned_data.items() if k not in ("idempotency_key", "level")}
        row = carry_out(form, lambda: services.call_meeting(actor=request.actor, label=form.label, **data))
        if row is not None:
            messages.success(
                request, _("Meeting %(ref)s is called; its members are told.") % {"ref": row.ref}
            )
            return redirect("tasking:meeting", ref=row.ref)
    return render(request, "tasking/call.html", {"form": form}, status=refusal_status(form))


@opens("tasking.meeting", roles=CONTENT)
def meeting(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a meeting: agenda, members, decisions, minutes."""
    actor = request.actor
    row = selectors.meeting(ref, actor=actor)
    agenda = selectors.agenda_of(row, actor=actor)
    members = selectors.members_of(row, actor=actor)
    decided = selectors.decided_items(row, actor=actor)
    context = {
        "meeting": row,
        "agenda": [(item, decided.get(item.pk)) for item in agenda],
        "members": members,
        "presence": PresenceForm(members=members),
        "point": PointForm(),
        "minutes": selectors.minutes_of(row, actor=actor),
        "comparisons": selectors.comparisons_in(row, actor=actor),
        "may_compare": actor.has_role(*services.COMPARERS),
        "may_run": actor.has_role(*MANAGERS),
        "is_chair": row.chair_id == actor.user_id,
        "page_level": max([row.level, *(item.level for item in agenda)]),
        "page_compartments": direction.compartment_titles(row, actor=actor),
    }
    return render(request, "tasking/meeting.html", context)


@opens("tasking.pack", roles=CONTENT)
def pack(request: ActorRequest, ref: str) -> HttpResponse:
    """Show what the points of an agenda laid before the meeting, frozen at its opening."""
    actor = request.actor
    row = selectors.meeting(ref, actor=actor)
    found = selectors.pack_of(row, actor=actor)
    shown = [exhibit for _item, exhibits in found for exhibit in exhibits]
    changes = selectors.changes_by_exhibit(shown, actor=actor)
    context = {
        "meeting": row,
        "pack": [(item, [(each, changes[each.pk]) for each in exhibits]) for item, exhibits in found],
        "n": len(shown),
        "page_level": max([row.level, *(exhibit.level for exhibit in shown)]),
    }
    return render(request, "tasking/pack.html", context)


@opens("tasking.open_meeting_page", roles=MANAGERS)
@require_POST
def begin(request: ActorRequest, ref: str) -> HttpResponse:
    """Open a meeting with those who are there, or correct who is there."""
    actor = request.actor
    row = selectors.meeting(ref, actor=actor)
    form = PresenceForm(request.POST, members=selectors.members_of(row, actor=actor))
    present = list(form.cleaned_data["present"]) if form.is_valid() else []
    if row.opened_at is None:
        services.open_meeting(actor=actor, meeting=row, present=present)
        first = selectors.agenda_of(row, actor=actor)
        if first:
            return redirect("tasking:screen", ref=row.ref, number=first[0].number)
    else:
        services.mark_presence(actor=actor, meeting=row, present=present)
    return redirect("tasking:meeting", ref=row.ref)


@opens("tasking.fill_agenda_page", roles=MANAGERS)
@require_POST
def fill(request: ActorRequest, ref: str) -> HttpResponse:
    """Bring the agenda up to date."""
    row = selectors.meeting(ref, actor=request.actor)
    added = services.fill_agenda(actor=request.actor, meeting=row)
    messages.success(request, _("%(n)d points were added.") % {"n": len(added)})
    return redirect("tasking:meeting", ref=row.ref)


@opens("tasking.add_agenda_item_page", roles=MANAGERS)
@require_POST
def add_point(request: ActorRequest, ref: str) -> HttpResponse:
    """Add a point of one's own."""
    row = selectors.meeting(ref, actor=request.actor)
    services.add_agenda_item(actor=request.actor, meeting=row, title=request.POST.get("title", ""))
    return redirect("tasking:meeting", ref=row.ref)


@opens("tasking.close_meeting_page", roles=[Role.CHAIR])
@require_POST
def close(request: ActorRequest, ref: str) -> HttpResponse:
    """Close a meeting; its minutes are written."""
    row = selectors.meeting(ref, actor=request.actor)
    services.close_meeting(actor=request.actor, meeting=row)
    messages.success(request, _("The meeting is closed and its minutes are written."))
    return redirect("tasking:minutes", ref=row.ref)


@opens("tasking.minutes", roles=CONTENT)
def minutes(request: ActorRequest, ref: str) -> HttpResponse:
    """Show the minutes of a closed meeting."""
    row = selectors.meeting(ref, actor=request.actor)
    found = selectors.minutes_of(row, actor=request.actor)
    if found is None:
        raise RecordNotFound(ref)
    context = {"meeting": row, "minutes": found, "said": found.content, "page_level": found.level}
    return render(request, "tasking/minutes.html", context)


@opens("tasking.minutes_pdf", roles=CONTENT, operation="disclosure")
def minutes_as_pdf(request: ActorRequest, ref: str) -> HttpResponse:
    """Hand out the minutes as PDF, marked with the reader's name."""
    row = selectors.meeting(ref, actor=request.actor)
    found = selectors.minutes_of(row, actor=request.actor)
    if found is None:
        raise RecordNotFound(ref)
    response = HttpResponse(minutes_pdf(found, actor=request.actor), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.ref}.pdf"'
    return response
