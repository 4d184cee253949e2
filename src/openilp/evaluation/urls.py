"""Routes of the room."""

from django.urls import path

from openilp.evaluation import views

app_name = "evaluation"
urlpatterns = [
    path("", views.inbox.home, name="home"),
    path("assign", views.inbox.assign, name="assign"),
    path("escalate", views.inbox.escalate, name="escalate"),
    path("duplicate", views.inbox.duplicate, name="duplicate"),
    path("second-looks", views.looks.second_looks, name="second-looks"),
    path("reports/<str:ref>", views.reader.report, name="report"),
    path("reports/<str:ref>/preview", views.inbox.preview, name="preview"),
    path("reports/<str:ref>/acknowledge", views.inbox.acknowledge, name="acknowledge"),
    path("reports/<str:ref>/reply", views.reader.reply, name="reply-to-report"),
    path("reports/<str:ref>/dispute", views.reader.dispute, name="dispute-report"),
    path("reports/<str:ref>/sanitise", views.looks.sanitise, name="sanitise"),
    path("items/<str:ref>/grade", views.reader.grade, name="grade"),
    path("evaluations/<str:ref>/review", views.looks.review, name="review"),
    path("disputes/<str:ref>/settle", views.reader.settle, name="settle"),
    path("sanitised/<str:ref>", views.looks.sanitisation, name="sanitisation"),
    path("items/<str:ref>/necessity", views.necessity.item, name="item-necessity"),
    path("necessities", views.necessity.necessities, name="necessities"),
    path("necessities/<str:ref>", views.necessity.necessity, name="necessity"),
]
