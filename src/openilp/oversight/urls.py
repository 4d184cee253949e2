"""Routes of the room."""

from django.urls import path

from openilp.oversight.views import figures, home, misuse, samples, simulator

app_name = "oversight"
urlpatterns = [
    path("", home.home, name="home"),
    path("signs", misuse.signs, name="signs"),
    path("signs/<str:ref>", misuse.sign, name="sign"),
    path("samples", samples.samples, name="samples"),
    path("samples/<str:ref>", samples.sample, name="sample"),
    path("simulator", simulator.simulator, name="simulator"),
    path("figures", figures.figures, name="figures"),
]
