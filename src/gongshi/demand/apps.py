from django.apps import AppConfig


class DemandConfig(AppConfig):
    name = "gongshi.demand"
    verbose_name = "业务事项需求"

    def ready(self) -> None:
        from gongshi.catalogue.signals import cameras_withdrawn
        from gongshi.demand import reception, rules  # noqa: F401
        from gongshi.identity.signals import department_merged

        department_merged.connect(reception.take_over, dispatch_uid="demand.take_over")
        cameras_withdrawn.connect(
            reception.void_what_was_withdrawn, dispatch_uid="demand.void_what_was_withdrawn"
        )
