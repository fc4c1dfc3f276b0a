from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "gongshi.quality"
    verbose_name = "质量考核"

    def ready(self) -> None:
        from gongshi.identity.signals import department_merged
        from gongshi.quality import policy, reception, rules  # noqa: F401

        department_merged.connect(reception.take_over, dispatch_uid="quality.take_over")
