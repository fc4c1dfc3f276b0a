from django.urls import path

from gongshi.clients import views

app_name = "clients"
urlpatterns = [
    path("", views.ClientList.as_view(), name="clients"),
    path("new/", views.RegisterClient.as_view(), name="register"),
    path("<int:pk>/", views.client_page, name="client"),
    path("<int:pk>/terms/", views.EditClient.as_view(), name="edit"),
    path("<int:pk>/secret/", views.RotateSecret.as_view(), name="secret"),
    path("<int:pk>/suspension/", views.SuspendClient.as_view(), name="suspend"),
    path("<int:pk>/resumption/", views.resume, name="resume"),
    path("<int:pk>/ending/", views.EndClient.as_view(), name="end"),
]
