from django.urls import path

from gongshi.oversight import views

app_name = "oversight"
urlpatterns = [path("", views.workbench, name="workbench")]
