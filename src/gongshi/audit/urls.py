from django.urls import path

from gongshi.audit import views

app_name = "audit"
urlpatterns = [
    path("events/", views.AuditEventList.as_view(), name="events"),
    path("events/<int:event_id>/", views.show_event, name="event"),
    path("register/", views.AccessRecordList.as_view(), name="register"),
    path("register/sheet/", views.register_sheet, name="register_sheet"),
]
