from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "gongshi.delivery"
    verbose_name = "实施工单"

    def ready(self) -> None:
        from gongshi.delivery import rules  # noqa: F401
