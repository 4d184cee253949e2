"""Routes: every room under its own name, the API beside them."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from openilp.web import pages, views
from openilp.web.api import api

ROOMS = (
    "direction",
    "collection",
    "evaluation",
    "collation",
    "analysis",
    "dissemination",
    "tasking",
    "review",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("health", views.health, name="health"),
    path("search", views.search, name="search"),
    path("purpose", pages.change_purpose, name="change-purpose"),
    path("nav/counts", pages.nav_counts, name="nav-counts"),
    path("alerts", pages.notice_list, name="notices"),
    path("alerts/<uuid:pk>/read", pages.read_notice, name="read-notice"),
    path("settings/", pages.my_settings, name="my-settings"),
    path("settings/password", pages.change_password, name="change-password"),
    path("help", pages.help_page, name="help"),
    path("api/v1/", api.urls),
    path("account/", include("allauth.account.urls")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    *(
        path(f"{room}/", include(f"openilp.{room}.urls"))
        for room in ROOMS
        if find_spec(f"openilp.{room}.urls")
    ),
]
