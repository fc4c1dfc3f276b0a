from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gongshi.audit"
    verbose_name = "安全审计"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from gongshi.audit import policy, refusals, retention, rules  # noqa: F401

        refusals.connect()
        post_migrate.connect(retention.make_months_after_migrations, sender=self)
