from django.urls import path

from gongshi.identity import views

app_name = "identity"
urlpatterns = [
    path("", views.PersonList.as_view(), name="people"),
    path("new/", views.CreatePerson.as_view(), name="create_person"),
    path("departments/new/", views.CreateDepartment.as_view(), name="create_department"),
    path("departments/", views.DepartmentList.as_view(), name="departments"),
]
