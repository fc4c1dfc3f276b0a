from django.urls import path

from gongshi.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.NoticeList.as_view(), name="list"),
    path("read/", views.mark_all_read, name="mark_read"),
]
