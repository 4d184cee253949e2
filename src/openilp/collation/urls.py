"""Routes of the room."""

from django.urls import path

from openilp.collation import views

app_name = "collation"
urlpatterns = [
    path("", views.home, name="home"),
    path("reports/<str:ref>", views.report, name="report"),
    path("mentions/<uuid:key>/settle", views.settle, name="settle"),
    path("mentions/<uuid:key>/dismiss", views.dismiss, name="dismiss"),
    path("entities", views.entities, name="entities"),
    path("entities/new", views.new_entity, name="new-entity"),
    path("entities/<str:ref>", views.entity, name="entity"),
    path("entities/<str:ref>/statements/new", views.new_statement, name="new-statement"),
    path("entities/<str:ref>/links/new", views.new_link, name="new-link"),
    path("entities/<str:ref>/categories/new", views.new_category, name="new-category"),
    path("entities/<str:ref>/markings/new", views.new_marking, name="new-marking"),
    path("entities/<str:ref>/candidates", views.candidates, name="candidates"),
    path("entities/<str:ref>/compare", views.compare, name="compare"),
    path("entities/<str:ref>/network", views.network, name="network"),
    path("matters/<str:ref>/network", views.matter_network, name="matter-network"),
    path("statements/<str:ref>/supersede", views.supersede_statement, name="supersede-statement"),
    path("links/<str:ref>/supersede", views.supersede_link, name="supersede-link"),
    path("involvements/<str:ref>/end", views.end_involvement, name="end-involvement"),
    path("duplicates", views.duplicates, name="duplicates"),
    path("searches", views.searches, name="searches"),
    path("searches/new", views.new_search, name="new-search"),
    path("searches/<str:ref>", views.search, name="search"),
    path("searches/<str:ref>/end", views.end_search, name="end-search"),
    path("quarantine", views.quarantine, name="quarantine"),
    path("quarantine/<str:ref>", views.categorise, name="categorise"),
]
