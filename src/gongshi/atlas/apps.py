from django.apps import AppConfig


class AtlasConfig(AppConfig):
    name = "gongshi.atlas"
    verbose_name = "点位一张图"

    def ready(self) -> None:
        from gongshi.atlas import reception, rules  # noqa: F401
        from gongshi.identity.signals import department_merged

        department_merged.connect(reception.take_over, dispatch_uid="atlas.take_over")
