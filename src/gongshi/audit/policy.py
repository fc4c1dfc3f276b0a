"""How long the record is kept, and when a missing seal is an alarm (等保 level 3; Order 799 Art. 16)."""

from typing import Final

from gongshi.kernel.parameters import Parameter, declare

EVENT_MONTHS: Final = declare(
    Parameter("audit.event_months", "审计日志保存期", "个月", 6, lowest=6, highest=240, only_upward=True)
)
REGISTER_MONTHS: Final = declare(
    Parameter(
        "audit.register_months", "信息调用登记保存期", "个月", 36, lowest=36, highest=600, only_upward=True
    )
)
SEALING_LATE_MINUTES: Final = declare(
    Parameter("audit.sealing_late_minutes", "审计封存延迟告警", "分钟", 10, lowest=5, highest=60)
)
