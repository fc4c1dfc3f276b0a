"""The portal's addresses: each room has its own."""

from allauth.account.views import LoginView, LogoutView
from django.urls import include, path

from gongshi.config import health
from gongshi.config.api import api
from gongshi.credentials.second_factor_views import LoginCode
from gongshi.credentials.single_sign_on import sign_on_urls
from gongshi.viewing import hooks

urlpatterns = [
    path("", include("gongshi.oversight.urls")),
    path("account/login/", LoginView.as_view(), name="account_login"),
    path("account/logout/", LogoutView.as_view(), name="account_logout"),
    # Where allauth's login stage leads.
    path("account/code/", LoginCode.as_view(), name="mfa_authenticate"),
    path("account/", include("gongshi.credentials.urls")),
    *sign_on_urls(),
    path("alerts/", include("gongshi.alerts.urls")),
    path("api/v1/", api.urls),
    path("assessment/", include("gongshi.assessment.urls")),
    path("atlas/", include("gongshi.atlas.urls")),
    path("", include("gongshi.demand.urls")),
    path("audit/", include("gongshi.audit.urls")),
    path("catalogue/", include("gongshi.catalogue.urls")),
    path("clients/", include("gongshi.clients.urls")),
    path("grants/", include("gongshi.grants.urls")),
    path("healthz", health.healthz),
    path("media-hooks/<slug:event>", hooks.receive),
    path("notices/", include("gongshi.notices.urls")),
    path("parameters/", include("gongshi.parameters.urls")),
    path("people/", include("gongshi.identity.urls")),
    path("quality/", include("gongshi.quality.urls")),
    path("readyz", health.readyz),
    path("rectification/", include("gongshi.rectification.urls")),
    path("saved-filters/", include("gongshi.saved_filters.urls")),
    path("sessions/", include("gongshi.login.urls")),
    path("viewing/", include("gongshi.viewing.urls")),
    path("work-orders/", include("gongshi.delivery.urls")),
]
