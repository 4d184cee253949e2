"""The root of the REST API: one log-in, one form of errors, every room's router."""

from importlib.util import find_spec
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import BaseRenderer
from ninja.security.apikey import APIKeyBase
from ninja.utils import check_csrf
from pydantic_core import to_json

from openilp.web.navigation import ROOMS
from openilp.web.problems import not_found, problem


class LoggedIn(APIKeyBase):
    """The log-in of the middleware: a browser session (with CSRF token) or a bearer token."""

    openapi_in = "cookie"
    param_name = "sessionid"

    def __init__(self) -> None:
        super().__init__()

    def _get_key(self, request: HttpRequest) -> str | None:
        return None

    def __call__(self, request: HttpRequest) -> Any:
        """Return the actor of the request; unsafe methods from a browser need the CSRF token."""
        if getattr(request, "openilp_token", None) is None and check_csrf(request):
            raise HttpError(403, "The CSRF token is missing or wrong; load the page again.")
        return getattr(request, "actor", None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Return the actor; see `__call__`."""
        return self(request)


class Json(BaseRenderer):
    """JSON written by the serialiser of the schemas: times keep their microseconds, decimals stay exact text."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return the answer's body."""
        return to_json(data)


api = NinjaAPI(
    title="OpenILP",
    version="1.0.0",
    description="Every verb of the intelligence process. Errors are problem+json (RFC 9457); lists page by cursor; "
    "creation takes an Idempotency-Key header.",
    docs_url=None,
    openapi_url="openapi.json",
    urls_namespace="api",
    auth=LoggedIn(),
    renderer=Json(),
)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    first = error.errors[0]
    field = ".".join(str(part) for part in first["loc"][1:] if part != "payload") or "body"
    return problem(422, "InvalidInput", f"{field}: {first['msg']}.", field=field)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, "HttpError", str(error))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Any) -> HttpResponse:
    return not_found(request, error)


def mount(prefix: str, router: str) -> None:
    """Mount a router under its prefix."""
    api.add_router(prefix, router)


for room in ROOMS:
    if find_spec(f"openilp.{room}.api"):
        mount(f"/{room}", f"openilp.{room}.api.router")
mount("/oversight", "openilp.oversight.api.router")
mount("", "openilp.web.api_accounts.router")
mount("", "openilp.web.api_approvals.router")
mount("", "openilp.web.api_delegations.router")
mount("", "openilp.web.api_emergencies.router")
mount("", "openilp.web.api_labels.router")
mount("", "openilp.web.api_sensitive.router")
