from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "gongshi.alerts"
    verbose_name = "告警"
