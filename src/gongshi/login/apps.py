from django.apps import AppConfig


class LoginConfig(AppConfig):
    name = "gongshi.login"
    verbose_name = "登录"

    def ready(self) -> None:
        from gongshi.login import policy, reception, rules  # noqa: F401

        reception.connect()
