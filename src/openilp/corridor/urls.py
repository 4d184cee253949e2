"""Routes of the source desk."""

from django.urls import path

from openilp.corridor.views import desk, hatch, unlocks

app_name = "corridor"
urlpatterns = [
    path("", desk.home, name="home"),
    path("sources/new", desk.register, name="register"),
    path("sources/<str:ref>", desk.source, name="source"),
    path("sources/<str:ref>/end", desk.end, name="end"),
    path("sources/<str:ref>/erase", desk.erase, name="erase"),
    path("sources/<str:ref>/<str:name>", desk.work, name="work"),
    path("drafts/<str:ref>", desk.draft, name="draft"),
    path("hatch", hatch.hatch, name="hatch"),
    path("hatch/<str:pseudonym>", hatch.crossing, name="crossing"),
    path("unlocks", unlocks.listing, name="unlocks"),
    path("unlocks/<str:ref>", unlocks.show, name="unlock"),
    path("unlocks/<str:ref>/open", unlocks.open_identity, name="open-identity"),
]
