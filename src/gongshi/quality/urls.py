from django.urls import path

from gongshi.quality import views

app_name = "quality"
urlpatterns = [
    path("", views.InspectionList.as_view(), name="inspections"),
    path("inspections/new/", views.NewInspection.as_view(), name="new_inspection"),
    path("inspections/<int:pk>/", views.show_inspection, name="inspection"),
    path("inspections/<int:pk>/thumbnail/", views.show_thumbnail, name="thumbnail"),
    path("cameras/<slug:code>/inspection/", views.inspect, name="inspect"),
    path("plans/", views.PlanList.as_view(), name="plans"),
    path("plans/new/", views.NewPlan.as_view(), name="new_plan"),
    path("plans/<int:pk>/", views.show_plan, name="plan"),
    path("plans/<int:pk>/edit/", views.EditPlan.as_view(), name="edit_plan"),
    path("plans/<int:pk>/run/", views.begin, name="begin_plan"),
    path("runs/", views.RunList.as_view(), name="runs"),
    path("runs/<int:pk>/", views.show_run, name="run"),
]
