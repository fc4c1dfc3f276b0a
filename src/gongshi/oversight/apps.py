from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "gongshi.oversight"
    verbose_name = "工作台"
