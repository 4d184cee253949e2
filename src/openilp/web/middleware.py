"""Around every request: headers, log-in by token, and one `acting` block that also covers the rendering."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from openilp.safeguards import find, limits, standing
from openilp.safeguards.acting import Acting, acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import (
    AccountError,
    NotAMember,
    RecordNotFound,
    TooManyRequests,
    TooManyTries,
)
from openilp.safeguards.models import User
from openilp.safeguards.people import Bearer, account_of_token, actor_for, actor_in_place_of
from openilp.web import idempotency, problems

Handler = Callable[[HttpRequest], HttpResponseBase]

#: Nothing is loaded from elsewhere, nothing inline. Map tiles and pictures are made in the page (blob, data).
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none';"
    " manifest-src 'self'"
)


def content_security_policy() -> str:
    """Return the policy; a form may also lead to the provider of single sign-on, where there is one."""
    if not settings.OPENILP_OIDC_ISSUER:
        return CONTENT_SECURITY_POLICY
    at = urlsplit(settings.OPENILP_OIDC_ISSUER)
    return CONTENT_SECURITY_POLICY.replace(
        "form-action 'self'", f"form-action 'self' {at.scheme}://{at.netloc}"
    )


_OPEN = ("/account/", "/static/", "/health")
#: Letters of a question's address that are sealed for the oversight body.
_LONGEST_QUESTION = 2000
_BEFORE_READY = ("/settings/password", "/settings/language")


class SecurityHeaders:
    """Send the content security policy with every answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", content_security_policy())
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class TokenLogin:
    """Take the account from a bearer token on the API; such requests need no CSRF token."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer under the token's account, or refuse a token that is not valid."""
        header = request.headers.get("Authorization", "")
        if request.path.startswith("/api/") and header.startswith("Bearer "):
            token = account_of_token(header.removeprefix("Bearer ").strip())
            if token is None:
                return _unknown_token(request)
            request.openilp_token = token  # type: ignore[attr-defined]
            request.csrf_processing_done = True  # type: ignore[attr-defined]
        return self.get_response(request)


def _unknown_token(request: HttpRequest) -> HttpResponse:
    """Refuse a token, and after too many of them from one address say to wait."""
    whose = str(get_adapter(request).get_client_ip(request))
    try:
        limits.check(limits.TOKEN, whose)
    except TooManyTries as error:
        refused = problems.problem(429, "TooManyTries", str(error))
        refused["Retry-After"] = str(error.wait_s)
        return refused
    limits.failed(limits.TOKEN, whose)
    return problems.problem(401, "NotLoggedIn", "The token is unknown or has expired; issue a new one.")


def _over_allowance(request: HttpRequest, user: User) -> HttpResponse | None:
    """Refuse a request to the API beyond what an account may send within a minute."""
    most = settings.OPENILP_API_LIMIT
    if not most or not request.path.startswith("/api/"):
        return None
    try:
        limits.API.spend(str(user.pk), most=most)
    except TooManyRequests as error:
        refused = problems.problem(429, "TooManyRequests", str(error))
        refused["Retry-After"] = str(error.wait_s)
        return refused
    return None


class Undeclared(Exception):
    """Say that a route was served that no `@opens` declares."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"The route {path} declares no action; it stays shut.")


class ActingMiddleware:
    """Run the view and the rendering in one `acting` block; roll back whatever is refused.

    It stands innermost. Django turns exceptions into answers before a middleware sees them, so a rollback is asked
    for twice: on the exception, and on every status from 400 up.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as the actor that account and purpose make."""
        token = getattr(request, "openilp_token", None)
        user: Any = token.user if token else request.user
        if not user.is_authenticated:
            return self._anonymous(request)
        if request.path.startswith(_OPEN):
            return self.get_response(request)
        if hurdle := _over_allowance(request, user) or self._hurdle(request, user, bool(token)):
            return hurdle
        try:
            actor = self._actor(request, user, token)
        except (AccountError, NotAMember) as error:
            return problems.refusal(request, 403, error, str(error))
        translation.activate(actor.language)
        request.LANGUAGE_CODE = translation.get_language() or "en"
        with acting(actor, request.path.strip("/").replace("/", ".")[:60] or "home") as block:
            request.actor, request.acting = actor, block  # type: ignore[attr-defined]
            if asked := request.META.get("QUERY_STRING", ""):
                block.seal(asked=asked[:_LONGEST_QUESTION], address=request.META.get("REMOTE_ADDR", ""))
            try:
                response = idempotency.once(request, actor, lambda: self._serve(request, block))
            except (idempotency.KeyReused, idempotency.StillBeingDone) as error:
                response = problems.refusal(request, 409, error, str(error))
            if not block.declared and response.status_code < 400:
                block.action = "web.repeated_write"
            if response.status_code >= 400:
                transaction.set_rollback(True)
        if getattr(response, "streaming", False):
            content: Any = response.streaming_content  # type: ignore[attr-defined]
            response.streaming_content = standing.guarded(  # type: ignore[attr-defined]
                content, actor, every_s=standing.EVERY_S
            )
        return response

    def _serve(self, request: HttpRequest, block: Acting) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and request.path.startswith("/api/"):
            return problems.wrong_method(response)
        if not block.declared and response.status_code < 400:
            transaction.set_rollback(True)
            return problems.refusal(request, 500, Undeclared(request.path), str(Undeclared(request.path)))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a refusal into an answer in words; everything else stays an error."""
        if getattr(request, "acting", None) is None:
            return None
        if type(error) is RecordNotFound:
            error = find.absence(error.reference.upper(), actor=request.actor)  # type: ignore[attr-defined]
        transaction.set_rollback(True)
        return problems.answer(request, error)

    def _anonymous(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(_OPEN):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return problems.problem(401, "NotLoggedIn", "Log in, or send a token: Authorization: Bearer …")
        return redirect_to_login(request.get_full_path())

    def _hurdle(self, request: HttpRequest, user: User, by_token: bool) -> HttpResponseBase | None:
        """Send people to what comes before work: an own password, and outside the demo a second factor.

        A token acts without a second factor, but not for an account whose password an administrator has reset.
        """
        if request.path.startswith(_BEFORE_READY):
            return None
        target = ""
        if user.must_change_password:
            target = "change-password"
        elif not by_token and not settings.OPENILP_DEMO and not _has_second_factor(user):
            target = "mfa_index"
        if not target:
            return None
        if request.path.startswith("/api/"):
            return problems.problem(
                403, "AccountNotReady", f"Log in with a browser first and finish {reverse(target)}."
            )
        return redirect(target)

    def _actor(self, request: HttpRequest, user: User, token: Bearer | None) -> Actor:
        if token is not None:
            wanted = request.headers.get("OpenILP-Delegation", "")
            if wanted:
                return actor_in_place_of(user, delegation=_key(wanted), purpose=token.purpose_id)
            return actor_for(user, purpose=token.purpose_id)
        chosen = request.session.get("purpose")
        if place := request.session.get("delegation"):
            try:
                return actor_in_place_of(
                    user, delegation=UUID(place), purpose=UUID(chosen) if chosen else None
                )
            except (NotAMember, AccountError):
                # What was delegated is gone: the session goes on as the account itself.
                request.session.pop("delegation", None)
                chosen = None
        reason = request.session.get("reason", "")
        try:
            return actor_for(user, purpose=UUID(chosen) if chosen else None, reason=reason)
        except NotAMember:
            request.session.pop("purpose", None)
            return actor_for(user)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotAMember(text) from error


def _has_second_factor(user: User) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(user))
