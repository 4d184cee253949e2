"""Routes: every room under its own name, the API beside them."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from openilp.web import (
    account_pages,
    approval_pages,
    audit_pages,
    delegation_pages,
    emergency_pages,
    entity_pages,
    label_pages,
    pages,
    sensitive_pages,
    views,
)
from openilp.web.api import api
from openilp.web.navigation import ROOMS

handler400 = "openilp.web.problems.bad_request"
handler403 = "openilp.web.problems.forbidden"
handler404 = "openilp.web.problems.not_found"
handler500 = "openilp.web.problems.fault"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("health", views.health, name="health"),
    path("search", views.search, name="search"),
    path("purpose", pages.change_purpose, name="change-purpose"),
    path("nav/counts", pages.nav_counts, name="nav-counts"),
    path("alerts", pages.notice_list, name="notices"),
    path("alerts/<uuid:pk>/read", pages.read_notice, name="read-notice"),
    path("settings/", pages.my_settings, name="my-settings"),
    path("alerts/read", pages.read_all_notices, name="read-all-notices"),
    path("settings/password", pages.change_password, name="change-password"),
    path("settings/language", pages.choose_language, name="choose-language"),
    path("settings/tokens", pages.issue_token, name="issue-token"),
    path("settings/tokens/<uuid:pk>/end", pages.revoke_token, name="revoke-token"),
    path("settings/accounts", account_pages.accounts, name="accounts"),
    path("settings/accounts/new", account_pages.join, name="join"),
    path("settings/accounts/<str:username>", account_pages.account, name="account"),
    path("settings/accounts/<str:username>/close", account_pages.leave, name="leave"),
    path("settings/accounts/<str:username>/password", account_pages.reset_password, name="reset-password"),
    path(
        "settings/accounts/<str:username>/second-factor",
        account_pages.remove_second_factor,
        name="remove-second-factor",
    ),
    path("settings/delegations", delegation_pages.delegations, name="delegations"),
    path("settings/delegations/end-mine", delegation_pages.stand_down, name="stand-down"),
    path("settings/delegations/<uuid:pk>/end", delegation_pages.end, name="end-delegation"),
    path("settings/delegations/<uuid:pk>/act", delegation_pages.stand_in, name="stand-in"),
    path("labels/<str:ref>", label_pages.label, name="label"),
    path("sensitive/<str:ref>", sensitive_pages.sensitive, name="sensitive"),
    path("emergencies", emergency_pages.emergency_list, name="emergencies"),
    path("emergencies/<str:ref>", emergency_pages.emergency, name="emergency"),
    path("emergencies/<str:ref>/end", emergency_pages.end, name="end-emergency"),
    path("approvals", approval_pages.approval_list, name="approvals"),
    path("approvals/<str:ref>", approval_pages.approval, name="approval"),
    path("approvals/<str:ref>/carry-out", approval_pages.carry_out, name="carry-out-approval"),
    path("settings/units", account_pages.units, name="units"),
    path("matters", account_pages.matters, name="matters"),
    path("matters/<str:ref>", account_pages.matter, name="matter"),
    path("matters/<str:ref>/members/<str:username>/dismiss", account_pages.dismiss, name="dismiss"),
    path("audit", audit_pages.audit_log, name="audit-log"),
    path("audit/state", audit_pages.audit_state, name="audit-state"),
    path("entities/<str:ref>/products", entity_pages.entity_products, name="entity-products"),
    path("help", pages.help_page, name="help"),
    path("api/v1/", api.urls),
    path("account/", include("openilp.web.account_urls")),
    path("corridor/", include("openilp.corridor.urls")),
    path("oversight/", include("openilp.oversight.urls")),
    *(
        path(f"{room}/", include(f"openilp.{room}.urls"))
        for room in ROOMS
        if find_spec(f"openilp.{room}.urls")
    ),
]
