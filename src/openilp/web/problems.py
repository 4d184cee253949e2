"""Refusals in words: as a page for people, as problem+json (RFC 9457) for programs."""

from http import HTTPStatus

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, SuspiciousOperation
from django.db import ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_noop
from psycopg.errors import InsufficientPrivilege

from openilp.safeguards import errors
from openilp.safeguards.errors import RecordNotFound
from openilp.web import words

_STATUS: dict[type[Exception], int] = {
    errors.NotPermitted: 403,
    errors.NotAMember: 403,
    errors.MustSayWhy: 403,
    errors.RecordErased: 410,
    errors.RecordNotFound: 404,
    errors.InvalidInput: 422,
    errors.Conflict: 409,
    errors.TooManyTries: 429,
    errors.TooManyRequests: 429,
    Http404: 404,
    ObjectDoesNotExist: 404,
    PermissionDenied: 403,
    SuspiciousOperation: 400,
}
_NOT_FOUND = gettext_noop(
    "Nothing was found at this address; check the reference, or choose another purpose."
)


def status_of(error: Exception) -> int | None:
    """Return the status that an error is answered with, or nothing when it is a fault of ours."""
    if isinstance(error, ProgrammingError) and isinstance(error.__cause__, InsufficientPrivilege):
        return 404
    for kind in type(error).__mro__:
        if kind in _STATUS:
            return _STATUS[kind]
    return None


def answer(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Return the answer to a refusal, or nothing for an error that is not one; hidden and absent read the same."""
    status = status_of(error)
    if status is None:
        return None
    return refusal(request, status, error, _detail(request, error, status))


def _detail(request: HttpRequest, error: Exception, status: int) -> str:
    """Return what is wrong and what to do: for people with duties in words, for programs with their codes."""
    if status == 404:
        return gettext(_NOT_FOUND)
    if isinstance(error, errors.NotPermitted) and not request.path.startswith("/api/"):
        duties = ", ".join(words.role(code) for code in error.roles) or gettext("nobody")
        return gettext("Open to: %(duties)s. Ask your administrator if your duties need it.") % {
            "duties": duties
        }
    if isinstance(error, errors.MustSayWhy) and not request.path.startswith("/api/"):
        return gettext(
            "%(ref)s is marked as sensitive. Say first why you open it; whoever marked it reads your reason."
        ) % {"ref": error.reference}
    return str(error)


def refusal(request: HttpRequest, status: int, error: Exception, detail: str) -> HttpResponse:
    """Return a refusal in the form that was asked for: problem+json, a fragment or a page.

    The transaction is lost by then, so the page reads nothing from the database (`frame` heeds the mark).
    """
    if request.path.startswith("/api/"):
        kind = "NotFound" if status == 404 else type(error).__name__
        return problem(status, kind, detail, field=getattr(error, "field", ""))
    request.openilp_refused = True  # type: ignore[attr-defined]
    template = "web/refusal_fragment.html" if getattr(request, "htmx", False) else "web/refusal.html"
    context = {"status": status, "detail": detail}
    if isinstance(error, errors.MustSayWhy):
        context["say_why_of"] = error.reference
    return render(request, template, context, status=status)


def problem(status: int, kind: str, detail: str, *, field: str = "") -> JsonResponse:
    """Return a problem+json answer."""
    body: dict[str, object] = {
        "type": f"/docs/problems#{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if field:
        body["field"] = field
    return JsonResponse(body, status=status, content_type="application/problem+json")


def wrong_method(refused: HttpResponseBase) -> HttpResponse:
    """Answer a method that an address of the API does not take."""
    taken = refused.headers.get("Allow", "")
    found = problem(405, "WrongMethod", f"This address takes {taken or 'other methods'}; see openapi.json.")
    if taken:
        found["Allow"] = taken
    return found


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere, with the same words as a hidden record."""
    return refusal(request, 404, RecordNotFound(""), gettext(_NOT_FOUND))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that no browser of ours sends."""
    return refusal(request, 400, exception, gettext("The request cannot be read; load the page again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what a view of Django itself forbids."""
    return refusal(request, 403, exception, gettext("This is not open to your account."))


def no_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token: sent from elsewhere, or from a page that grew too old."""
    text = gettext(
        "The page was open for too long, or the form came from elsewhere. Load it again and send once more."
    )
    return refusal(request, 403, PermissionDenied(reason), text)


def fault(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours; nothing of it is kept, and the page depends on nothing that may be broken."""
    text = gettext(
        "Something broke on our side. Nothing was saved; try again, and tell your administrator when."
    )
    if request.path.startswith("/api/"):
        return problem(500, "Fault", text)
    return HttpResponse(render_to_string("500.html", {"detail": text}), status=500)
