from django.apps import AppConfig


class RectificationConfig(AppConfig):
    name = "gongshi.rectification"
    verbose_name = "整改"

    def ready(self) -> None:
        from gongshi.catalogue.signals import cameras_withdrawn
        from gongshi.identity.signals import department_merged
        from gongshi.quality.signals import cameras_inspected
        from gongshi.rectification import policy, reception, rules  # noqa: F401

        department_merged.connect(reception.take_over, dispatch_uid="rectification.take_over")
        cameras_withdrawn.connect(reception.close, dispatch_uid="rectification.close")
        cameras_inspected.connect(reception.judge, dispatch_uid="rectification.judge")
