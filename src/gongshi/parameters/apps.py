from django.apps import AppConfig


class ParametersConfig(AppConfig):
    name = "gongshi.parameters"
    verbose_name = "参数"
