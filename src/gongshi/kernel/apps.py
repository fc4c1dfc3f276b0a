from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "gongshi.kernel"
    verbose_name = "内核"
