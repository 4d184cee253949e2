"""Routes of the room."""

from django.urls import path

from openilp.dissemination import views

app_name = "dissemination"
urlpatterns = [
    path("", views.home, name="home"),
    path("register", views.register, name="register"),
    path("register.csv", views.register_csv, name="register-csv"),
    path("editions/<str:ref>", views.edition, name="edition"),
    path("releases/<str:ref>", views.release, name="release"),
    path("releases/<str:ref>/document.pdf", views.document, name="document"),
    path("releases/<str:ref>/receipt", views.receipt, name="receipt"),
    path("releases/<str:ref>/rating", views.rating, name="rating"),
    path("releases/<str:ref>/recall", views.recall, name="recall"),
]
