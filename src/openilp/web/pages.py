"""Small pages of the frame: purpose, alerts, own settings, help."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from openilp.safeguards import notices, people
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import InvalidInput, NotAMember, RecordNotFound
from openilp.safeguards.models import Notice, User
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import EVERYONE
from openilp.web import navigation


@opens("web.change_purpose", roles=EVERYONE, operation="session")
@require_POST
def change_purpose(request: ActorRequest) -> HttpResponse:
    """Act for another of the own matters from now on."""
    chosen = request.POST.get("purpose", "")
    try:
        matter = UUID(chosen)
    except ValueError as error:
        raise NotAMember(chosen) from error
    if matter not in request.actor.compartments:
        raise NotAMember(chosen)
    request.session["purpose"] = str(matter)
    request.acting.wrote("web.change_purpose", "session", {"matter": [str(matter)]})
    back = request.POST.get("next", "/")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/")


@opens("web.nav_counts", roles=EVERYONE)
def nav_counts(request: ActorRequest) -> HttpResponse:
    """Show the in-tray counts of the navigation."""
    context = {"steps": navigation.counted(request.actor), "room": request.GET.get("room", "")}
    return render(request, "parts/nav_steps.html", context)


@opens("web.notices", roles=EVERYONE)
def notice_list(request: ActorRequest) -> HttpResponse:
    """List the actor's alerts, newest first."""
    mine = Notice.objects.seen_by(request.actor)
    return render(request, "web/notices.html", {"page": page(mine, after=request.GET.get("after", ""))})


@opens("web.read_notice", roles=EVERYONE)
@require_POST
def read_notice(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Mark an alert as read and go to what it is about."""
    found = Notice.objects.seen_by(request.actor).filter(pk=pk).first()
    if found is None:
        raise RecordNotFound(str(pk))
    if found.read_at is None:
        notices.mark_read(actor=request.actor, notice=found)
    return redirect(found.url or "notices")


class PasswordForm(forms.Form):
    """The present and a new password."""

    old = forms.CharField(label=gettext_lazy("Present password"), widget=forms.PasswordInput)
    new = forms.CharField(
        label=gettext_lazy("New password"),
        widget=forms.PasswordInput,
        help_text=gettext_lazy("At least 12 characters; a sentence is easier to remember than signs."),
    )


@opens("web.change_password", roles=EVERYONE, operation="account")
def change_password(request: ActorRequest) -> HttpResponse:
    """Change the own password; asked for at the first log-in."""
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        user = User.objects.get(pk=request.actor.user_id)
        try:
            people.change_own_password(
                actor=request.actor,
                user=user,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
            )
        except InvalidInput as error:
            form.add_error(None, str(error))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed."))
            return redirect("home")
    return render(request, "web/password.html", {"form": form})


@opens("web.my_settings", roles=EVERYONE)
def my_settings(request: ActorRequest) -> HttpResponse:
    """Show account, second factor, language and tokens."""
    user = User.objects.select_related("unit").get(pk=request.actor.user_id)
    return render(request, "web/settings.html", {"account": user, "now": timezone.now()})


@opens("web.help", roles=EVERYONE)
def help_page(request: ActorRequest) -> HttpResponse:
    """Explain the process and the keys, without a network."""
    return render(request, "web/help.html")
