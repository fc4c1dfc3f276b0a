from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "gongshi.grants"
    verbose_name = "授权"

    def ready(self) -> None:
        from gongshi.grants import reception, rules  # noqa: F401
        from gongshi.identity.signals import department_left, department_merged

        department_left.connect(reception.drop_who_left, dispatch_uid="grants.drop_who_left")
        department_merged.connect(reception.take_over, dispatch_uid="grants.take_over")
