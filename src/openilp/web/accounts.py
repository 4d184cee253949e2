"""How people log in: user name and password, then a second factor. Each log-in and refusal is an audit event."""

from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from openilp.safeguards import audit, people
from openilp.safeguards.models import User

#: Where a session keeps what its password proved, until the second factor is given.
_PROVEN = "openilp_proven"


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by an administrator, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse signing up."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: an air-gapped agency has no mail."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing; what would have been told stands in the audit log."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing on the next page: that one is logged in shows by itself."""

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Remember what the account was when the password was right: the second factor may come much later."""
        request.session[_PROVEN] = user.get_session_auth_hash()
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session and log it, unless the account was reset or closed between password and second factor."""
        proven = request.session.pop(_PROVEN, None)
        if proven is not None and proven != user.get_session_auth_hash():
            request.session.flush()
            log("web.log_in", str(user.pk), outcome="refused")
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)
        log("web.log_in", str(user.pk))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Count the log-in as proof of identity for what comes at once: setting up the second factor."""
        reauthenticate_by_password(request)
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def logout(self, request: HttpRequest) -> None:
        """End the session and log it."""
        account = str(request.user.pk or "")
        super().logout(request)
        log("web.log_out", account)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log a refused log-in: the account if there is one, never what was typed."""
        name = str(credentials.get("username", "")).lower()
        found = User.objects.filter(username=name).values_list("pk", flat=True).first()
        log("web.log_in", str(found or ""), outcome="refused")


def log(action: str, account: str, *, outcome: str = "done", operation: str = "session") -> None:
    """Write an audit event of an account outside an `acting` block: before there is an actor."""
    audit.record(
        {
            "v": 1,
            "request": str(uuid4()),
            "actor": account,
            "purpose": "",
            "action": action,
            "operation": operation,
            "outcome": outcome,
            "delivered": {},
            "counted": {},
            "writes": [],
        }
    )


def log_second_factor_added(sender: Any, user: User, authenticator: Any, **_: Any) -> None:
    """Log that an account got a second factor or new recovery codes."""
    log(f"web.add_{authenticator.type}", str(user.pk), operation="account")


def log_second_factor_removed(sender: Any, user: User, authenticator: Any, **more: Any) -> None:
    """Log that an account lost a second factor, and end its sessions and tokens but the session in use."""
    log(f"web.remove_{authenticator.type}", str(user.pk), operation="account")
    if authenticator.type not in (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN):
        return
    holder = User.objects.get(pk=user.pk)
    people.end_sessions(holder)
    if (request := more.get("request")) is not None and request.user.pk == holder.pk:
        update_session_auth_hash(request, holder)
