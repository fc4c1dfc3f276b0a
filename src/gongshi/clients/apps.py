from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "gongshi.clients"
    verbose_name = "接入方"

    def ready(self) -> None:
        from gongshi.clients import policy, reception, rules  # noqa: F401

        reception.connect()
