from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "gongshi.credentials"
    verbose_name = "凭证"
