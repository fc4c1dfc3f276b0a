from django.urls import path

from gongshi.identity import views

app_name = "identity"
urlpatterns = [
    path("", views.PersonList.as_view(), name="people"),
    path("new/", views.CreatePerson.as_view(), name="create_person"),
    path("departments/", views.DepartmentList.as_view(), name="departments"),
]
