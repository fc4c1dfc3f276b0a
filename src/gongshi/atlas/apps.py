from django.apps import AppConfig


class AtlasConfig(AppConfig):
    name = "gongshi.atlas"
    verbose_name = "点位一张图"

    def ready(self) -> None:
        from gongshi.atlas import rules  # noqa: F401
