from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "gongshi.delivery"
    verbose_name = "实施工单"

    def ready(self) -> None:
        from gongshi.delivery import reception, rules, sections  # noqa: F401
        from gongshi.demand.sections import add_section
        from gongshi.demand.signals import lane_approved, lane_ended, lines_voided

        lane_approved.connect(reception.issue_work)
        lane_ended.connect(reception.take_back_work)
        lines_voided.connect(reception.void_work)
        add_section(sections.work_orders)
