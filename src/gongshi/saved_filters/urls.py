from django.urls import path

from gongshi.saved_filters import views

app_name = "saved_filters"
urlpatterns = [
    path("", views.SavedFilterList.as_view(), name="list"),
    path("new/", views.SaveFilter.as_view(), name="save"),
    path("<int:pk>/", views.ChangeFilter.as_view(), name="change"),
    path("<int:pk>/removal/", views.RemoveFilter.as_view(), name="remove"),
]
