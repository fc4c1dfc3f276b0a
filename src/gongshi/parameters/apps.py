from django.apps import AppConfig


class ParametersConfig(AppConfig):
    name = "gongshi.parameters"
    verbose_name = "参数"

    def ready(self) -> None:
        from gongshi.parameters import rules  # noqa: F401
