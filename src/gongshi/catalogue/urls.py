from django.urls import path

from gongshi.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.CameraList.as_view(), name="cameras"),
    path("cameras/<slug:code>/", views.show_camera, name="camera"),
    path("submit/", views.SubmitWorkbook.as_view(), name="submit"),
    path("submit/template.xlsx", views.download_template, name="template"),
    path("submissions/", views.SubmissionList.as_view(), name="submissions"),
    path("submissions/<int:pk>/", views.SubmissionPage.as_view(), name="submission"),
    path("submissions/<int:pk>/decide/", views.DecideSubmission.as_view(), name="decide"),
]
