from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "gongshi.clients"
    verbose_name = "接入方"
