from django.urls import path

from gongshi.parameters import views

app_name = "parameters"
urlpatterns = [
    path("", views.list_parameters, name="list"),
    path("changes/", views.ParameterChangeList.as_view(), name="changes"),
    path("<str:key>/", views.SetParameter.as_view(), name="set"),
]
