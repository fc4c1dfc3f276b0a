from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "gongshi.alerts"
    verbose_name = "告警"

    def ready(self) -> None:
        from gongshi.alerts import reception, record_watch, rules  # noqa: F401

        reception.connect()
