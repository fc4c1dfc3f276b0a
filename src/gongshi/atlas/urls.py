from django.urls import path

from gongshi.atlas import views

app_name = "atlas"
urlpatterns = [
    path("", views.show_map, name="map"),
    path("lists/", views.PointListList.as_view(), name="lists"),
    path("lists/<int:pk>/", views.PointListPage.as_view(), name="list"),
]
