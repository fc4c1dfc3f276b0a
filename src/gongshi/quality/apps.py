from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "gongshi.quality"
    verbose_name = "质量考核"

    def ready(self) -> None:
        from gongshi.atlas.card import tell_on_card
        from gongshi.identity.signals import department_merged
        from gongshi.quality import policy, reception, rules  # noqa: F401
        from gongshi.quality.card_lines import last_inspection

        tell_on_card("quality", last_inspection)
        department_merged.connect(reception.take_over, dispatch_uid="quality.take_over")
