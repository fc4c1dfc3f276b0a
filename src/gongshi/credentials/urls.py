from django.urls import path

from gongshi.credentials import second_factor_views, views

app_name = "credentials"
urlpatterns = [
    path("password/", views.ChangePassword.as_view(), name="change_password"),
    path("passwords/<slug:account>/reset/", views.ResetPassword.as_view(), name="reset_password"),
    path("locks/", views.LockList.as_view(), name="locks"),
    path("locks/<int:pk>/lift/", views.LiftLock.as_view(), name="lift_lock"),
    path("undertaking/", views.SignUndertaking.as_view(), name="sign_undertaking"),
    path("undertakings/", views.UndertakingList.as_view(), name="undertakings"),
    path("undertakings/new/", views.PublishUndertaking.as_view(), name="publish_undertaking"),
    path("undertakings/acceptances/", views.AcceptanceList.as_view(), name="acceptances"),
    path("second-factor/", second_factor_views.own_second_factor, name="second_factor"),
    path("second-factor/new/", second_factor_views.SetSecondFactor.as_view(), name="set_second_factor"),
    path(
        "second-factor/recovery-codes/",
        second_factor_views.RenewRecoveryCodes.as_view(),
        name="renew_recovery_codes",
    ),
    path(
        "second-factor/removal/",
        second_factor_views.RemoveSecondFactor.as_view(),
        name="remove_second_factor",
    ),
    path("second-factors/", second_factor_views.SecondFactorList.as_view(), name="second_factors"),
    path(
        "second-factors/<slug:account>/reset/",
        second_factor_views.ResetSecondFactor.as_view(),
        name="reset_second_factor",
    ),
]
