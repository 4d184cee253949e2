"""Routes of the room."""

from django.urls import path

from openilp.tasking.views import comparisons, decisions, meetings, operations, screen

app_name = "tasking"
urlpatterns = [
    path("", meetings.home, name="home"),
    path("meetings", meetings.meetings, name="meetings"),
    path("meetings/new", meetings.call, name="call"),
    path("meetings/<str:ref>", meetings.meeting, name="meeting"),
    path("meetings/<str:ref>/open", meetings.begin, name="begin"),
    path("meetings/<str:ref>/fill", meetings.fill, name="fill"),
    path("meetings/<str:ref>/points", meetings.add_point, name="add-point"),
    path("meetings/<str:ref>/pack", meetings.pack, name="pack"),
    path("meetings/<str:ref>/close", meetings.close, name="close"),
    path("meetings/<str:ref>/minutes", meetings.minutes, name="minutes"),
    path("meetings/<str:ref>/minutes.pdf", meetings.minutes_as_pdf, name="minutes-pdf"),
    path("meetings/<str:ref>/screen/<int:number>", screen.screen, name="screen"),
    path("meetings/<str:ref>/compare", comparisons.compare, name="compare"),
    path("comparisons/<str:ref>", comparisons.comparison, name="comparison"),
    path("decisions", decisions.decisions, name="decisions"),
    path("decisions/emergency", decisions.emergency, name="emergency"),
    path("decisions/<str:ref>", decisions.decision, name="decision"),
    path("decisions/<str:ref>/operation", operations.open_operation, name="open-operation"),
    path("decisions/<str:ref>/requirement", decisions.commission, name="commission"),
    path("decisions/<str:ref>/priority", decisions.adopt, name="adopt"),
    path("operations", operations.operations, name="operations"),
    path("operations/<str:ref>", operations.operation, name="operation"),
    path("operations/<str:ref>/end", operations.end_operation, name="end-operation"),
    path("tasks", operations.tasks, name="tasks"),
    path("tasks/<str:ref>", operations.task, name="task"),
    path("tasks/<str:ref>/change", operations.change_task, name="change-task"),
    path("tasks/<str:ref>/finish", operations.finish_task, name="finish-task"),
    path("resources", operations.resources, name="resources"),
]
