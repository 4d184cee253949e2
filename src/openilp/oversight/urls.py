"""Routes of the room."""

from django.urls import path

from openilp.oversight.views import figures, home, misuse, retention, samples, simulator

app_name = "oversight"
urlpatterns = [
    path("", home.home, name="home"),
    path("signs", misuse.signs, name="signs"),
    path("signs/<str:ref>", misuse.sign, name="sign"),
    path("samples", samples.samples, name="samples"),
    path("samples/<str:ref>", samples.sample, name="sample"),
    path("simulator", simulator.simulator, name="simulator"),
    path("figures", figures.figures, name="figures"),
    path("reviews", retention.reviews, name="reviews"),
    path("clocks/<uuid:key>", retention.clock, name="clock"),
    path("clocks/<uuid:key>/event", retention.report_event, name="report-event"),
    path("erasures", retention.erasures, name="erasures"),
    path("erasures/<str:ref>", retention.erasure, name="erasure"),
    path("erasures/<str:ref>/certificate", retention.certificate, name="certificate"),
]
