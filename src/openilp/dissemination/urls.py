"""Routes of the room."""

from django.urls import path

from openilp.dissemination import views

app_name = "dissemination"
urlpatterns = [
    path("", views.desk.home, name="home"),
    path("register", views.register.register, name="register"),
    path("register.csv", views.register.register_csv, name="register-csv"),
    path("editions/<str:ref>", views.editions.edition, name="edition"),
    path("editions/<str:ref>/document.pdf", views.editions.working_copy, name="working-copy"),
    path("consents/<str:ref>", views.consents.consent, name="consent"),
    path("releases/<str:ref>", views.releases.release, name="release"),
    path("releases/<str:ref>/document.pdf", views.releases.document, name="document"),
    path("releases/<str:ref>/receipt", views.releases.receipt, name="receipt"),
    path("releases/<str:ref>/rating", views.releases.rating, name="rating"),
    path("releases/<str:ref>/recall", views.releases.recall, name="recall"),
]
