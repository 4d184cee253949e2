"""Refusals in words: as a page for people, as problem+json (RFC 9457) for programs."""

from http import HTTPStatus

from django.core.exceptions import SuspiciousOperation
from django.db import ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from psycopg.errors import InsufficientPrivilege

from openilp.safeguards import errors

_STATUS: dict[type[Exception], int] = {
    errors.NotPermitted: 403,
    errors.NotAMember: 403,
    errors.RecordNotFound: 404,
    errors.InvalidInput: 422,
    errors.Conflict: 409,
    Http404: 404,
    SuspiciousOperation: 400,
}
_NOT_FOUND = "Nothing was found at this address; check the reference, or choose another purpose."


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
    detail = _NOT_FOUND if status == 404 else str(error)
    if request.path.startswith("/api/"):
        return problem(status, type(error).__name__, detail, field=getattr(error, "field", ""))
    context = {"status": status, "detail": detail, "error": error}
    if getattr(request, "htmx", False):
        return render(request, "web/refusal_fragment.html", context, status=status)
    return render(request, "web/refusal.html", context, status=status)


def problem(status: int, kind: str, detail: str, *, field: str = "") -> JsonResponse:
    """Return a problem+json answer."""
    body = {
        "type": f"/docs/problems#{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if field:
        body["field"] = field
    return JsonResponse(body, status=status, content_type="application/problem+json")
