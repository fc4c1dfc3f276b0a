from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "gongshi.assessment"
    verbose_name = "考核"

    def ready(self) -> None:
        from gongshi.assessment import policy, reception, rules  # noqa: F401
        from gongshi.quality.signals import cameras_inspected

        cameras_inspected.connect(reception.count, dispatch_uid="assessment.count")
