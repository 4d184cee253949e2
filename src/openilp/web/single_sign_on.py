"""Single sign-on by OpenID Connect: an identity is issuer and subject, and belongs to the account that bound it.

An e-mail address or a name that a provider tells is neither asked for, compared nor kept. Nobody gets an account by it.
"""

import hashlib
from typing import Any

import jwt
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from openilp.web.accounts import log

_PROTOCOL = "openid_connect"
#: Signatures by a key pair only: a shared secret would let whoever knows it sign for the provider.
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
#: How far the clocks of both may be apart.
_CLOCKS_S = 60


def provider_of(issuer: str) -> str:
    """Return the name that identities of an issuer are kept under: another issuer's subjects are other people."""
    return f"oidc-{hashlib.sha256(issuer.rstrip('/').encode()).hexdigest()[:24]}"


def is_bound(user: Any) -> bool:
    """Tell whether an account can log in by the provider that is configured now."""
    kept = SocialAccount.objects.filter(user_id=user.pk, provider=provider_of(settings.OPENILP_OIDC_ISSUER))
    return bool(settings.OPENILP_OIDC_ISSUER) and kept.exists()


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """One provider, named in the settings: a row in a table can add none."""

    def list_apps(self, request: HttpRequest, provider: str = "", client_id: str = "") -> list[SocialApp]:
        """Return the configured provider where it is the one that is asked for."""
        issuer = settings.OPENILP_OIDC_ISSUER
        name = provider_of(issuer)
        if not issuer or (provider and provider not in (name, _PROTOCOL)):
            return []
        return [
            SocialApp(
                provider=_PROTOCOL,
                provider_id=name,
                name=settings.OPENILP_OIDC_NAME,
                client_id=settings.OPENILP_OIDC_CLIENT,
                secret=settings.OPENILP_OIDC_SECRET,
                settings={
                    "server_url": issuer,
                    "scope": ["openid"],
                    "fetch_userinfo": False,
                    "oauth_pkce_enabled": True,
                },
            )
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Refuse: accounts are opened by an administrator, whatever a provider says."""
        log("web.single_sign_on", "", outcome="refused")
        return False

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Refuse: whoever runs the provider could write any address."""
        return False

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        """Return to the settings after binding, or after it was refused."""
        return reverse("my-settings")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: an air-gapped agency has no mail."""

    def on_authentication_error(self, request: HttpRequest, provider: Any, **more: Any) -> None:
        """Answer every failure with the same page; what exactly failed is for the provider's own log."""
        log("web.single_sign_on", "", outcome="refused")
        raise ImmediateHttpResponse(render(request, "socialaccount/authentication_error.html", status=403))


class Protocol(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """OpenID Connect with the code flow; only the signed identity token counts, and of it issuer and subject."""

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **more: Any
    ) -> SocialLogin:
        """Return the identity, without anything else that the provider told."""
        login = super().complete_login(request, app, token, **more)
        login.account.extra_data = {}
        login.email_addresses = []
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Verify signature, issuer, audience and time; the issuer is the configured one, not one that is told."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        try:
            known = jwt.PyJWKSet.from_dict(answer.json()).keys
            named = jwt.get_unverified_header(id_token).get("kid")
            (key,) = [key for key in known if named in (None, key.key_id)]
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=_ALGORITHMS,
                issuer=settings.OPENILP_OIDC_ISSUER,
                audience=app.client_id,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
                leeway=_CLOCKS_S,
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise OAuth2Error("The identity token is not to be believed.") from error
        return claims


@require_POST
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send whoever logs in, or binds, to the provider; binding goes by its page, where the password is asked for."""
    binds = "process" in request.GET or "process" in request.POST
    if binds and not (_may_bind(request) and did_recently_reauthenticate(request)):
        return redirect("bind-single-sign-on")
    return _served(OAuth2LoginView, request, provider_id)


def _may_bind(request: HttpRequest) -> bool:
    """Tell whether somebody is logged in with a password that nobody else knows."""
    user: Any = request.user
    return bool(user.is_authenticated) and not user.must_change_password


def log_bound(sender: Any, request: HttpRequest, **_: Any) -> None:
    """Log that an account was bound to an identity."""
    log("web.bind_single_sign_on", str(request.user.pk), operation="account")


def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take whoever comes back from the provider."""
    return _served(OAuth2CallbackView, request, provider_id)


def _served(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(Protocol(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return answer


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def bind(request: HttpRequest) -> HttpResponse:
    """Show what binding means, and begin it; whoever took over a session cannot: the password is asked for again."""
    if not settings.OPENILP_OIDC_ISSUER:
        raise Http404
    if not _may_bind(request):
        return redirect("change-password")
    return render(request, "socialaccount/bind.html", login_context())


@login_required
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def unbind(request: HttpRequest) -> HttpResponse:
    """Take the binding off one's own account."""
    SocialAccount.objects.filter(user_id=request.user.pk).delete()
    log("web.unbind_single_sign_on", str(request.user.pk), operation="account")
    return redirect("my-settings")


def login_context() -> dict[str, str]:
    """Return what a page needs to offer the provider, or nothing where there is none."""
    issuer = settings.OPENILP_OIDC_ISSUER
    if not issuer:
        return {}
    return {
        "single_sign_on": settings.OPENILP_OIDC_NAME,
        "single_sign_on_url": reverse("openid_connect_login", args=[provider_of(issuer)]),
    }
