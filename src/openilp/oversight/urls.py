"""Routes of the room."""

from django.urls import path

from openilp.oversight.views import home

app_name = "oversight"
urlpatterns = [
    path("", home.home, name="home"),
]
