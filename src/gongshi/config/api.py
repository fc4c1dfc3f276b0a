"""The JSON interface: the same actions, queries and rules as the pages, under `/api/v1/`."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import django_auth

from gongshi.clients.api import ClientAuth
from gongshi.kernel.errors import UNSTORABLE, GongshiError, expected


class PortalApi(NinjaAPI):
    """Makes its own description once: that takes most of a second, and what comes out stays the same."""

    _schema: OpenAPISchema | None = None

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        if self._schema is None:
            self._schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        return self._schema


api = PortalApi(
    title="共视 接口",
    version="1",
    description="公共安全视频数据共享：与页面相同的操作、相同的权限。",
    auth=[ClientAuth(), django_auth],
    urls_namespace="api",
)


def expected_error(request: HttpRequest, raised: Any) -> HttpResponse:
    error = expected(raised)
    assert error is not None  # noqa: S101 - registered for these only
    content = {"code": error.code, "message": error.message, "field": error.field}
    return api.create_response(request, {"error": content}, status=error.status)


for kind in (GongshiError, *UNSTORABLE):
    api.add_exception_handler(kind, expected_error)


@api.exception_handler(ValidationError)
def unreadable_request(request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = "、".join(sorted({".".join(str(part) for part in item["loc"][-1:]) for item in error.errors}))
    content = {
        "code": "unreadable",
        "message": f"请求内容不完整或格式不正确，请检查：{places}。",
        "field": places,
    }
    return api.create_response(request, {"error": content}, status=422)


api.add_router("/alerts", "gongshi.alerts.api.router")
api.add_router("/assessment", "gongshi.assessment.api.router")
api.add_router("/atlas/", "gongshi.atlas.api.router")
api.add_router("/audit/", "gongshi.audit.api.router")
api.add_router("/catalogue", "gongshi.catalogue.api.router")
api.add_router("/catalogue", "gongshi.catalogue.export_api.router")
api.add_router("/catalogue", "gongshi.catalogue.filing_api.router")
api.add_router("/catalogue", "gongshi.catalogue.completeness_api.router")
api.add_router("/clients", "gongshi.clients.api.router")
api.add_router("/credentials", "gongshi.credentials.api.router")
api.add_router("/credentials", "gongshi.credentials.second_factor_api.router")
api.add_router("/grants", "gongshi.grants.api.router")
api.add_router("/parameters", "gongshi.parameters.api.router")
api.add_router("/people", "gongshi.identity.api.router")
api.add_router("/quality", "gongshi.quality.api.router")
api.add_router("/rectification", "gongshi.rectification.api.router")
api.add_router("/saved-filters", "gongshi.saved_filters.api.router")
api.add_router("/sessions", "gongshi.login.api.router")
api.add_router("/viewing/", "gongshi.viewing.api.router")
api.add_router("", "gongshi.demand.api.router")
api.add_router("/work-orders", "gongshi.delivery.api.router")
