from django.urls import path

from gongshi.rectification import views

app_name = "rectification"
urlpatterns = [
    path("", views.OrderList.as_view(), name="orders"),
    path("cameras/<slug:code>/", views.OpeningPage.as_view(), name="open"),
    path("<slug:number>/", views.order_page, name="order"),
    path("<slug:number>/answer/", views.AnswerPage.as_view(), name="answer"),
    path("<slug:number>/closing/", views.ClosingPage.as_view(), name="close"),
]
