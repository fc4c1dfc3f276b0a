from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gongshi.audit"
    verbose_name = "安全审计"

    def ready(self) -> None:
        from gongshi.audit import refusals, rules  # noqa: F401

        refusals.connect()
