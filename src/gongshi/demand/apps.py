from django.apps import AppConfig


class DemandConfig(AppConfig):
    name = "gongshi.demand"
    verbose_name = "业务事项需求"

    def ready(self) -> None:
        from gongshi.demand import reception, rules  # noqa: F401
        from gongshi.identity.signals import department_merged

        department_merged.connect(reception.take_over, dispatch_uid="demand.take_over")
