"""The few addresses of log-in and second factor that are open; everything else of that library stays shut."""

from typing import NoReturn

from allauth.account import views
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import Http404, HttpRequest
from django.urls import path

from openilp.web import single_sign_on


def shut(request: HttpRequest, **_: str) -> NoReturn:
    """Answer as if nothing were here: signing up, e-mail and resets by e-mail do not exist."""
    raise Http404


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("second-factor/", second_factor.index, name="mfa_index"),
    path("second-factor/authenticate/", second_factor.authenticate, name="mfa_authenticate"),
    path("second-factor/reauthenticate/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/app/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-factor/codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path(
        "second-factor/codes/file/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("second-factor/keys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("second-factor/keys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path(
        "second-factor/keys/reauthenticate/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("second-factor/keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("second-factor/keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("single-sign-on/bind/", single_sign_on.bind, name="bind-single-sign-on"),
    path("single-sign-on/unbind/", single_sign_on.unbind, name="unbind-single-sign-on"),
    path("single-sign-on/<str:provider_id>/", single_sign_on.begin, name="openid_connect_login"),
    path("single-sign-on/<str:provider_id>/back/", single_sign_on.come_back, name="openid_connect_callback"),
    # The library asks for these names; nothing is behind them.
    path("signup/", shut, name="account_signup"),
    path("single-sign-on-signup/", shut, name="socialaccount_signup"),
    path("single-sign-on-connections/", shut, name="socialaccount_connections"),
    path("single-sign-on-cancelled/", views.login, name="socialaccount_login_cancelled"),
    path("single-sign-on-error/", shut, name="socialaccount_login_error"),
    path("email/", shut, name="account_email"),
    path("confirm-email/", shut, name="account_email_verification_sent"),
    path("password/change/", shut, name="account_change_password"),
    path("password/set/", shut, name="account_set_password"),
    path("password/reset/", shut, name="account_reset_password"),
    path("password/reset/done/", shut, name="account_reset_password_done"),
]
