from django.apps import AppConfig


class LoginConfig(AppConfig):
    name = "gongshi.login"
    verbose_name = "登录"
