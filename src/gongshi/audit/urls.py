from django.urls import path

from gongshi.audit import views

app_name = "audit"
urlpatterns = [
    path("bundles/", views.BundleList.as_view(), name="bundles"),
    path("bundles/new/", views.AskBundle.as_view(), name="ask_bundle"),
    path("bundles/<int:bundle_id>/", views.BundlePage.as_view(), name="bundle"),
    path("bundles/<int:bundle_id>/file/", views.download, name="bundle_file"),
    path("events/", views.AuditEventList.as_view(), name="events"),
    path("events/<int:event_id>/", views.show_event, name="event"),
    path("register/", views.AccessRecordList.as_view(), name="register"),
    path("register/sheet/", views.register_sheet, name="register_sheet"),
    path("seals/", views.SealList.as_view(), name="seals"),
    path("verifications/new/", views.AskVerification.as_view(), name="ask_verification"),
    path("verifications/<int:verification_id>/", views.show_verification, name="verification"),
]
