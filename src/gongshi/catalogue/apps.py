from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "gongshi.catalogue"
    verbose_name = "视频资源目录"

    def ready(self) -> None:
        from gongshi.catalogue import reception, rules  # noqa: F401
        from gongshi.identity.signals import department_merged

        department_merged.connect(reception.take_over, dispatch_uid="catalogue.take_over")
