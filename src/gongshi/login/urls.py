from django.urls import path

from gongshi.login import views

app_name = "login"
urlpatterns = [
    path("", views.LiveLogins.as_view(), name="live"),
    path("mine/", views.OwnLogins.as_view(), name="mine"),
    path("mine/failed/", views.FailedLogins.as_view(), name="failed"),
    path("<int:pk>/end/", views.EndLogin.as_view(), name="end"),
    path("networks/", views.AllowedNetworks.as_view(), name="networks"),
    path("networks/new/", views.AllowNetwork.as_view(), name="allow_network"),
    path("networks/<int:pk>/withdraw/", views.WithdrawNetwork.as_view(), name="withdraw_network"),
]
