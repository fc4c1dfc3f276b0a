from django.urls import path

from gongshi.alerts import views

app_name = "alerts"
urlpatterns = [
    path("", views.AlertList.as_view(), name="alerts"),
    path("mine/", views.ExplanationList.as_view(), name="mine"),
    path("mine/<int:pk>/", views.ExplanationPage.as_view(), name="explain"),
    path("<int:pk>/", views.alert_page, name="alert"),
    path("<int:pk>/taking/", views.take_over, name="take_over"),
    path("<int:pk>/question/", views.QuestionPage.as_view(), name="question"),
    path("<int:pk>/conclusion/", views.ConclusionPage.as_view(), name="conclusion"),
    path("<int:pk>/reopening/", views.ReopeningPage.as_view(), name="reopening"),
]
