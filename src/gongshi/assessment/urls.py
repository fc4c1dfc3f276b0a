from django.urls import path

from gongshi.assessment import views

app_name = "assessment"
urlpatterns = [path("", views.ScoreList.as_view(), name="scores")]
