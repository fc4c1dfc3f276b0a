from django.urls import path

from gongshi.audit import views

app_name = "audit"
urlpatterns = [
    path("events/", views.AuditEventList.as_view(), name="events"),
    path("register/", views.AccessRecordList.as_view(), name="register"),
]
