from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "gongshi.notices"
    verbose_name = "消息"
