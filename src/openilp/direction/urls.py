"""Routes of the room."""

from django.urls import path

from openilp.direction import views
from openilp.direction.views import plans, priorities, requirements

app_name = "direction"
urlpatterns = [
    path("", views.home, name="home"),
    path("strategy", views.strategy, name="strategy"),
    path("priorities/", priorities.listing, name="priorities"),
    path("priorities/new", priorities.create, name="set-priority"),
    path("priorities/<str:ref>", priorities.show, name="priority"),
    path("priorities/<str:ref>/new-version", priorities.supersede, name="supersede-priority"),
    path("priorities/<str:ref>/close", priorities.close, name="close-priority"),
    path("requirements/", requirements.listing, name="requirements"),
    path("requirements/new", requirements.create, name="raise-requirement"),
    path("requirements/<str:ref>", requirements.show, name="requirement"),
    path("requirements/<str:ref>/close", requirements.close, name="close-requirement"),
    path("requirements/<str:ref>/plan", plans.create, name="plan-collection"),
    path("plans/<str:ref>/lines", plans.add_line, name="add-line"),
    path("lines/<uuid:key>/return", plans.return_line, name="return-line"),
]
