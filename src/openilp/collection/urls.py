"""Routes of the room."""

from django.urls import path

from openilp.collection import views

app_name = "collection"
urlpatterns = [
    path("", views.home, name="home"),
    path("reports/new", views.submit, name="submit"),
    path("reports/suggest", views.suggest, name="suggest"),
    path("reports/<str:ref>", views.report, name="report"),
    path("reports/<str:ref>/files", views.attach, name="attach"),
    path("reports/<str:ref>/answers", views.tie, name="tie"),
    path("files/<str:ref>", views.download, name="attachment"),
    path("answers/<str:ref>", views.answers, name="answers"),
    path("imports/", views.imports, name="imports"),
    path("imports/<str:ref>", views.batch, name="batch"),
    path("imports/<str:ref>/resume", views.resume, name="resume-import"),
    path("imports/<str:ref>/reasons", views.reasons, name="import-reasons"),
    path("quarantine/", views.quarantine, name="quarantine"),
    path("quarantine/<str:ref>", views.categorise, name="categorise"),
    path("quarantine/<str:ref>/refuse", views.refuse, name="refuse"),
]
