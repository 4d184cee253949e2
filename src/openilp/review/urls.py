"""Routes of the room."""

from django.urls import path

from openilp.review import views

app_name = "review"
urlpatterns = [
    path("thread/<str:kind>/<uuid:pk>/short", views.thread_fragment, name="thread-fragment"),
    path("thread/<str:ref>", views.thread, name="thread"),
]
