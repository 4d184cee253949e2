"""Routes of the room."""

from django.urls import path

from openilp.review import views

app_name = "review"
urlpatterns = [
    path("", views.home, name="home"),
    path("priorities", views.priorities, name="priorities"),
    path("thread/<str:kind>/<uuid:pk>/short", views.thread_fragment, name="thread-fragment"),
    path("thread/<str:ref>", views.thread, name="thread"),
    path("tasks/<str:ref>/outcome", views.record_outcome, name="record-outcome"),
    path("outcomes/<str:ref>", views.outcome, name="outcome"),
    path("results", views.results, name="results"),
    path("results/new", views.analyse, name="analyse"),
    path("results/<str:ref>", views.result, name="resultsanalysis"),
    path("lessons", views.lessons, name="lessons"),
    path("lessons/from/<str:ref>", views.draw_lesson, name="draw-lesson"),
    path("lessons/<str:ref>", views.lesson, name="lesson"),
]
