from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CredentialsConfig(AppConfig):
    name = "gongshi.credentials"
    verbose_name = "凭证"

    def ready(self) -> None:
        from gongshi.credentials import login_record, policy, rules, second_factor_adapter, undertaking  # noqa: F401

        post_migrate.connect(undertaking.ensure_first_version, sender=self)
