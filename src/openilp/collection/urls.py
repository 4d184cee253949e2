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
    path("files/<str:ref>", views.download, name="attachment"),
    path("answers/<str:ref>", views.answers, name="answers"),
]
