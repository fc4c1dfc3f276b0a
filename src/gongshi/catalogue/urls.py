from django.urls import path

from gongshi.catalogue import compiling_views, views

app_name = "catalogue"
urlpatterns = [
    path("", views.CameraList.as_view(), name="cameras"),
    path("cameras/<slug:code>/", views.show_camera, name="camera"),
    path("cameras/<slug:code>/edit/", compiling_views.EditCamera.as_view(), name="edit_camera"),
    path("compile/", compiling_views.NewCamera.as_view(), name="new_camera"),
    path("changes/<int:pk>/", compiling_views.EditChange.as_view(), name="edit_change"),
    path("changes/<int:pk>/drop/", compiling_views.drop, name="drop_change"),
    path("submissions/<int:pk>/hand-in/", compiling_views.HandIn.as_view(), name="hand_in"),
    path("submit/", views.SubmitWorkbook.as_view(), name="submit"),
    path("submit/template.xlsx", views.download_template, name="template"),
    path("submissions/", views.SubmissionList.as_view(), name="submissions"),
    path("submissions/<int:pk>/", views.SubmissionPage.as_view(), name="submission"),
    path("submissions/<int:pk>/decide/", views.DecideSubmission.as_view(), name="decide"),
]
