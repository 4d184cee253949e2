"""Small pages of the frame: purpose, alerts, own settings, help."""

from typing import Any
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.http import require_POST

from openilp.safeguards import notices, people
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import InvalidInput, NotAMember, RecordNotFound
from openilp.safeguards.models import Notice, User
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import EVERYONE
from openilp.web import navigation, selectors, services, single_sign_on
from openilp.web.forms import LanguageForm, PasswordForm, TokenForm

GLOSSARY = (
    (_later("Matter"), _later("A lawful piece of police work that people act for and records belong to.")),
    (_later("Report"), _later("What one officer, partner or register hands in, kept as received.")),
    (_later("Item"), _later("One piece of information in a report: what is graded, cited and linked.")),
    (_later("Evaluation"), _later("The grading of an item: source, information, handling.")),
    (_later("Entity"), _later("Somebody or something that statements are about.")),
    (_later("Statement"), _later("One claim about an entity, with its provenance down to the sentence.")),
    (_later("Assessment"), _later("An analyst's judgement, with probability and confidence.")),
    (_later("Product"), _later("What analysis hands over; finished, it is an edition that nobody edits.")),
    (_later("Release"), _later("An edition handed to named people under its strictest handling code.")),
    (_later("Decision"), _later("What a person decided, with options, reasons and the evidence as seen.")),
    (_later("Outcome"), _later("What came of a task.")),
    (_later("Thread"), _later("The way from a report to an outcome and back.")),
)


@opens("web.change_purpose", roles=EVERYONE, operation="session")
@require_POST
def change_purpose(request: ActorRequest) -> HttpResponse:
    """Act for another of one's own matters from now on."""
    matter = own_matter(request, request.POST.get("purpose", ""))
    request.session["purpose"] = str(matter)
    request.acting.wrote("web.change_purpose", "session", {"matter": [str(matter)]})
    return redirect(_back(request.POST.get("next", "/")))


def own_matter(request: ActorRequest, chosen: str) -> UUID:
    """Return the matter that was chosen.

    Raises:
        NotAMember: If it is none of the actor's own.
    """
    try:
        matter = UUID(chosen)
    except ValueError as error:
        raise NotAMember(chosen) from error
    if matter not in request.actor.compartments:
        raise NotAMember(chosen)
    return matter


def _back(address: str) -> str:
    """Return an address of our own; everything else becomes the home page."""
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else "/"


@opens("web.nav_counts", roles=EVERYONE)
def nav_counts(request: ActorRequest) -> HttpResponse:
    """Show the in-tray counts of the navigation."""
    context = {"steps": navigation.counted(request.actor), "room": request.GET.get("room", "")}
    return render(request, "parts/nav_steps.html", context)


@opens("web.notices", roles=EVERYONE)
def notice_list(request: ActorRequest) -> HttpResponse:
    """List the actor's alerts, newest first."""
    mine = Notice.objects.seen_by(request.actor)
    shown = request.GET.get("show", "unread")
    if shown != "all":
        shown, mine = "unread", mine.filter(read_at=None)
    found = page(mine, after=request.GET.get("after", ""))
    return render(request, "web/notices.html", {"page": found, "shown": shown})


@opens("web.read_notice", roles=EVERYONE)
@require_POST
def read_notice(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Mark an alert as read and go to what it is about; one of an erasure stays until it is confirmed."""
    found = Notice.objects.seen_by(request.actor).filter(pk=pk).first()
    if found is None:
        raise RecordNotFound(str(pk))
    is_confirmed = "confirm" in request.POST
    if found.read_at is None and (found.erasure_id is None or is_confirmed):
        notices.mark_read(actor=request.actor, notice=found)
    return redirect(_back(found.url) if found.url and not is_confirmed else "notices")


@opens("web.read_all_notices", roles=EVERYONE)
@require_POST
def read_all_notices(request: ActorRequest) -> HttpResponse:
    """Mark every alert as read, except urgent ones and those of erasures: they are opened one by one."""
    unread = notices.unread(actor=request.actor).filter(is_urgent=False, erasure=None)
    keys = list(unread.values_list("pk", flat=True))
    if keys:
        Notice.objects.seen_by(request.actor).filter(pk__in=keys).amend(
            expect=len(keys), read_at=timezone.now()
        )
    return redirect("notices")


@opens("web.change_password", roles=EVERYONE, operation="account")
def change_password(request: ActorRequest) -> HttpResponse:
    """Change one's own password; asked for at the first log-in and after a reset."""
    user = User.objects.get(pk=request.actor.user_id)
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            changed = people.change_own_password(
                actor=request.actor,
                user=user,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
            )
        except InvalidInput as error:
            form.add_error(None, str(error))
        else:
            update_session_auth_hash(request, changed)
            messages.success(request, _("Your password is changed."))
            return redirect("home")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "is_first": user.must_change_password}
    return render(request, "web/password.html", context, status=status)


@opens("web.my_settings", roles=EVERYONE)
def my_settings(request: ActorRequest) -> HttpResponse:
    """Show account, second factor, language and tokens."""
    return _settings(request)


def _settings(request: ActorRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    user = User.objects.select_related("unit").get(pk=request.actor.user_id)
    context = {
        "account": user,
        "has_second_factor": is_mfa_enabled(user),
        "language_form": LanguageForm(initial={"language": user.language}),
        "token_form": TokenForm(),
        "tokens": selectors.tokens(actor=request.actor),
        "now": timezone.now(),
        "is_bound": single_sign_on.is_bound(user),
        **single_sign_on.login_context(),
    }
    return render(request, "web/settings.html", context | more, status=status)


@opens("web.choose_language", roles=EVERYONE, operation="account")
@require_POST
def choose_language(request: ActorRequest) -> HttpResponse:
    """Show the pages in another language from now on."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return _settings(request, status=422, language_form=form)
    user = services.set_language(actor=request.actor, language=form.cleaned_data["language"])
    with translation.override(user.language):
        messages.success(request, _("The pages are in your language now."))
    return redirect("my-settings")


@opens("web.issue_token", roles=EVERYONE, operation="account")
@require_POST
def issue_token(request: ActorRequest) -> HttpResponse:
    """Issue an API token for the present matter and show it this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _settings(request, status=422, token_form=form)
    token = people.issue_token(
        actor=request.actor, name=form.cleaned_data["name"], days=form.cleaned_data["days"]
    )
    return _settings(request, new_token=token)


@opens("web.revoke_own_token", roles=EVERYONE, operation="account")
@require_POST
def revoke_token(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End one of one's own API tokens."""
    services.revoke_token(actor=request.actor, token=pk)
    messages.success(request, _("The token is ended; what used it is refused from now on."))
    return redirect("my-settings")


@opens("web.help", roles=EVERYONE)
def help_page(request: ActorRequest) -> HttpResponse:
    """Explain the process, the keys and the words, without a network."""
    return render(request, "web/help.html", {"steps_explained": navigation.EXPLAINED, "words": GLOSSARY})
