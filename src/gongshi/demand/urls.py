from django.urls import path

from gongshi.demand import views

app_name = "demand"
urlpatterns = [
    path("items/", views.ItemList.as_view(), name="items"),
    path("items/new/", views.CreateItem.as_view(), name="create_item"),
    path("items/categories/", views.CategoryList.as_view(), name="categories"),
    path("items/categories/new/", views.CreateCategory.as_view(), name="create_category"),
    path("demands/", views.DemandList.as_view(), name="demands"),
    path("demands/new/", views.CreateDemand.as_view(), name="create"),
    path("demands/forecast/", views.forecast, name="forecast"),
    path("demands/monitor/", views.Monitor.as_view(), name="monitor"),
    path("demands/<int:pk>/", views.demand_page, name="demand"),
    path("demands/<int:pk>/edit/", views.EditDemand.as_view(), name="edit"),
    path("demands/<int:pk>/lines/", views.LineList.as_view(), name="lines"),
    path("demands/<int:pk>/phone/", views.RevealPhone.as_view(), name="phone"),
    path("demands/<int:pk>/withdrawal/", views.WithdrawDemand.as_view(), name="withdraw"),
    path("demands/confirmations/", views.ConfirmationList.as_view(), name="confirmations"),
    path("demands/confirmations/<int:pk>/", views.ConfirmLane.as_view(), name="confirm_lane"),
    path("demands/reviews/", views.ReviewList.as_view(), name="reviews"),
    path("demands/reviews/<int:pk>/", views.ReviewLane.as_view(), name="review_lane"),
]
