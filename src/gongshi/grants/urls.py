from django.urls import path

from gongshi.grants import views

app_name = "grants"
urlpatterns = [
    path("", views.GrantList.as_view(), name="grants"),
    path("<int:pk>/", views.GrantPage.as_view(), name="grant"),
]
