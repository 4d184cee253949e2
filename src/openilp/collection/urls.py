"""Routes of the room."""

from django.urls import path

from openilp.collection import views

app_name = "collection"
urlpatterns = [
    path("", views.home, name="home"),
    path("reports/new", views.submit, name="submit"),
    path("reports/<str:ref>", views.report, name="report"),
]
