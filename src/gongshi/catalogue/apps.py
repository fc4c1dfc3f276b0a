from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "gongshi.catalogue"
    verbose_name = "视频资源目录"

    def ready(self) -> None:
        from gongshi.catalogue import rules  # noqa: F401
