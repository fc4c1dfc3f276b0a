from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "gongshi.identity"
    verbose_name = "部门与人员"

    def ready(self) -> None:
        from gongshi.identity import policy, rules  # noqa: F401
