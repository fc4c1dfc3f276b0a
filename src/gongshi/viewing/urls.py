from django.urls import path

from gongshi.viewing import views

app_name = "viewing"
urlpatterns = [
    path("", views.live, name="live"),
    path("mine/", views.MyLooks.as_view(), name="mine"),
    path("nodes/", views.NodeList.as_view(), name="nodes"),
]
