from django.apps import AppConfig


class DemandConfig(AppConfig):
    name = "gongshi.demand"
    verbose_name = "业务事项需求"

    def ready(self) -> None:
        from gongshi.demand import rules  # noqa: F401
