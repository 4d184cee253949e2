"""Routes of the room."""

from django.urls import path

from openilp.analysis.views import assessments, editions, products, rooms, runs

app_name = "analysis"
urlpatterns = [
    path("", rooms.home, name="home"),
    path("runs", rooms.runs, name="runs"),
    path("runs/<str:ref>", runs.run, name="run"),
    path("snapshots/new", runs.take_snapshot, name="take-snapshot"),
    path("snapshots/<str:ref>", runs.snapshot, name="snapshot"),
    path("snapshots/<str:ref>/<slug:name>", runs.run_method, name="run-method"),
    path("assessments", rooms.assessments, name="assessments"),
    path("assessments/new", assessments.record, name="record-assessment"),
    path("assessments/<str:ref>", assessments.show, name="assessment"),
    path("products", rooms.products, name="products"),
    path("products/new", products.start, name="start-product"),
    path("products/<str:ref>", products.show, name="product"),
    path("products/<str:ref>/cite", products.cite, name="cite"),
    path("products/<str:ref>/citations/<uuid:key>/remove", products.uncite, name="uncite"),
    path("products/<str:ref>/recommend", products.recommend, name="recommend"),
    path("products/<str:ref>/recommendations/<int:number>/remove", products.withdraw, name="withdraw"),
    path("products/<str:ref>/finish", products.finish, name="finish"),
    path("editions/<str:ref>", editions.show, name="edition"),
]
