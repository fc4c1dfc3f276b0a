from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "gongshi.grants"
    verbose_name = "授权"

    def ready(self) -> None:
        from gongshi.grants import rules  # noqa: F401
