from django.apps import AppConfig


class ViewingConfig(AppConfig):
    name = "gongshi.viewing"
    verbose_name = "视频共享"

    def ready(self) -> None:
        from gongshi.viewing import cutting, rules  # noqa: F401

        cutting.connect()
