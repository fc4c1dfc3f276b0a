from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "gongshi.kernel"
    verbose_name = "内核"

    def ready(self) -> None:
        from gongshi.kernel.parameters import write_bounds

        post_migrate.connect(write_bounds, sender=self)
