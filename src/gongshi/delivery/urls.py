from django.urls import path

from gongshi.delivery import views

app_name = "delivery"
urlpatterns = [
    path("", views.OrderList.as_view(), name="orders"),
    path("<int:pk>/", views.OrderPage.as_view(), name="order"),
    path("<int:pk>/claim/", views.claim, name="claim"),
    path("<int:pk>/lanes/<int:lane_pk>/acceptance/", views.accept, name="accept"),
    path("<int:pk>/feedback/", views.feedback, name="feedback"),
]
