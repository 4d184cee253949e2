"""Accounts, units and matters: joiner, mover, leaver, and who belongs to what."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.safeguards import approvals, people
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import InvalidInput, RecordNotFound
from openilp.safeguards.models import Matter, User
from openilp.safeguards.paging import page
from openilp.safeguards.people.accounts import JOIN, MOVE, RESET
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import MANAGERS, Role
from openilp.web import account_verbs, selectors, words
from openilp.web.forms import DutiesForm, JoinForm, MatterForm, MemberForm, ReasonForm
from openilp.web.selectors import AccountFilter
from openilp.web.services import REMOVE_SECOND_FACTOR

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
_PERSON = ("username", "full_name", "language", "partner", "staff_number")


@opens("web.accounts", roles=ADMINISTRATORS, operation="account")
def accounts(request: ActorRequest) -> HttpResponse:
    """List the accounts, with a filter that stands in the address."""
    asked = request.GET
    narrowed = AccountFilter(
        text=asked.get("q", "").strip(),
        role=asked.get("role", ""),
        unit=asked.get("unit", ""),
        state=asked.get("state", "open"),
    )
    found = selectors.accounts(actor=request.actor, narrowed=narrowed, after=asked.get("after", ""))
    context = {
        "page": found,
        "narrowed": narrowed,
        "roles": words.ROLES,
        "units": selectors.units(actor=request.actor),
    }
    return render(request, "web/accounts/list.html", context)


@opens("web.account", roles=ADMINISTRATORS, operation="account")
def account(request: ActorRequest, username: str) -> HttpResponse:
    """Show an account, and change its duties; where they grow, a second person is asked."""
    row = selectors.account(username, actor=request.actor)
    kept = {"unit": row.unit.code, "roles": row.roles, "clearance": row.clearance}
    form = DutiesForm(request.POST or None, initial=kept)
    if form.is_valid():
        duties = _duties(form)
        try:
            if people.is_raise(user=row, roles=duties["roles"], clearance=duties["clearance"]):
                return _ask(request, MOVE, {"username": row.username, **duties}, form.cleaned_data["reason"])
            people.move(actor=request.actor, user=row, **duties)
        except InvalidInput as error:
            form.add_error(error.field or None, _reason_or(error))
        else:
            messages.success(request, _("The duties of %(name)s are changed.") % {"name": row.full_name})
            return redirect("account", username=row.username)
    return _account(request, row, form, status=422 if request.method == "POST" else 200)


def _ask(request: ActorRequest, action: str, values: dict[str, Any], reason: str) -> HttpResponse:
    subject = account_verbs.subject_of(action, actor=request.actor, values=values)
    asked = approvals.ask(actor=request.actor, subject=subject, reason=reason)
    messages.success(request, _("Asked. When a second person has approved it, carry it out here."))
    return redirect("approval", ref=asked.ref)


def _reason_or(error: InvalidInput) -> str:
    if isinstance(error, approvals.ReasonMissing):
        return _("This needs a second person: say why, so that it can be judged.")
    return str(error)


def _duties(form: DutiesForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("unit", "roles", "clearance")}


def _account(
    request: ActorRequest, row: User, form: DutiesForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "account": row,
        "form": form,
        "reason_form": ReasonForm(),
        "matters": selectors.matters_of(row, actor=request.actor),
        "is_self": row.pk == request.actor.user_id,
        **more,
    }
    return render(request, "web/accounts/account.html", context, status=status)


@opens("web.open_account", roles=ADMINISTRATORS, operation="account")
def join(request: ActorRequest) -> HttpResponse:
    """Open an account for a joiner, or ask a second person first; the starting password is shown once."""
    form = JoinForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        values = _duties(form) | {name: data[name] for name in _PERSON}
        try:
            if _is_alone_enough(request, values):
                password = people.starting_password()
                row = people.join(actor=request.actor, **values, password=password)
                return render(request, "web/accounts/password.html", {"account": row, "password": password})
            return _ask(request, JOIN, values, data["reason"])
        except InvalidInput as error:
            form.add_error(error.field or "username", _reason_or(error))
    status = 422 if request.method == "POST" else 200
    return render(request, "web/accounts/join.html", {"form": form}, status=status)


def _is_alone_enough(request: ActorRequest, values: dict[str, Any]) -> bool:
    ordinary = {name: values[name] for name in ("roles", "clearance", "partner")}
    return people.is_ordinary(**ordinary) or people.is_founding(actor=request.actor)


@opens("web.close_account", roles=ADMINISTRATORS, operation="account")
@require_POST
def leave(request: ActorRequest, username: str) -> HttpResponse:
    """Close the account of a leaver."""
    row = selectors.account(username, actor=request.actor)
    people.leave(actor=request.actor, user=row)
    messages.success(request, _("The account of %(name)s is closed.") % {"name": row.full_name})
    return redirect("account", username=row.username)


@opens("web.reset_account_password", roles=ADMINISTRATORS, operation="account")
@require_POST
def reset_password(request: ActorRequest, username: str) -> HttpResponse:
    """Ask a second person to approve a new starting password."""
    return _asked_for(request, username, RESET)


@opens("web.remove_account_second_factor", roles=ADMINISTRATORS, operation="account")
@require_POST
def remove_second_factor(request: ActorRequest, username: str) -> HttpResponse:
    """Ask a second person to approve that a lost device is taken off an account."""
    return _asked_for(request, username, REMOVE_SECOND_FACTOR)


def _asked_for(request: ActorRequest, username: str, action: str) -> HttpResponse:
    row = selectors.account(username, actor=request.actor)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            return _ask(request, action, {"username": row.username}, form.cleaned_data["reason"])
        except InvalidInput as error:
            form.add_error("reason", _reason_or(error))
    kept = {"unit": row.unit.code, "roles": row.roles, "clearance": row.clearance}
    return _account(request, row, DutiesForm(initial=kept), status=422, reason_form=form)


@opens("web.units", roles=ADMINISTRATORS, operation="account")
def units(request: ActorRequest) -> HttpResponse:
    """List the units of the agency as a tree."""
    return render(request, "web/accounts/units.html", {"units": selectors.units(actor=request.actor)})


@opens("web.matters", roles=MANAGERS)
def matters(request: ActorRequest) -> HttpResponse:
    """List the matters that the actor may know of, and open a new one."""
    form = MatterForm(request.POST or None)
    if form.is_valid():
        data = dict(form.cleaned_data)
        data.pop("idempotency_key")
        row = people.open_matter(actor=request.actor, **data)
        messages.success(request, _("Matter %(ref)s is open; admit who works on it.") % {"ref": row.ref})
        return redirect("matter", ref=row.ref)
    found = page(selectors.matters(actor=request.actor), after=request.GET.get("after", ""))
    context = {"page": found, "form": form, "own": request.actor.compartments}
    return render(
        request, "web/accounts/matters.html", context, status=422 if request.method == "POST" else 200
    )


@opens("web.matter", roles=MANAGERS)
def matter(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a matter with its members, and admit somebody."""
    row = selectors.matter(ref, actor=request.actor)
    form = MemberForm(request.POST or None)
    if form.is_valid():
        try:
            user = _colleague(request, form.cleaned_data["username"])
        except RecordNotFound:
            form.add_error("username", _("There is no open account of this name; take one from the list."))
        else:
            people.admit(actor=request.actor, matter=row, user=user)
            messages.success(request, _("%(name)s belongs to the matter now.") % {"name": user.full_name})
            return redirect("matter", ref=row.ref)
    return _matter(request, row, form, status=422 if request.method == "POST" else 200)


def _matter(request: ActorRequest, row: Matter, form: MemberForm, *, status: int) -> HttpResponse:
    members = selectors.members(row, actor=request.actor)
    inside = {user.pk for user in members}
    outside = [user for user in people.colleagues(actor=request.actor) if user.pk not in inside]
    context = {
        "matter": row,
        "form": form,
        "members": members,
        "outside": outside,
        "is_member": row.pk in request.actor.compartments,
    }
    return render(request, "web/accounts/matter.html", context, status=status)


@opens("web.dismiss_member", roles=MANAGERS)
@require_POST
def dismiss(request: ActorRequest, ref: str, username: str) -> HttpResponse:
    """End somebody's membership of a matter."""
    row = selectors.matter(ref, actor=request.actor)
    user = _colleague(request, username)
    people.dismiss(actor=request.actor, matter=row, user=user)
    messages.success(request, _("%(name)s no longer belongs to the matter.") % {"name": user.full_name})
    if user.pk == request.actor.user_id:
        return redirect("matters")
    return redirect("matter", ref=row.ref)


def _colleague(request: ActorRequest, username: str) -> User:
    """Return an open account."""
    user = selectors.account(username.strip(), actor=request.actor)
    if not user.is_active:
        raise RecordNotFound(username)
    return user
