"""Numbers of this room that an installation may set."""

from gongshi.kernel.parameters import Parameter, declare

IDLE_DAYS = declare(Parameter("identity.idle_days", "账号闲置锁定", "天", 90, 7, 365))
REVIEW_MONTHS = declare(Parameter("identity.review_months", "账号复核周期", "个月", 6, 1, 12))
REVIEW_DAYS = declare(Parameter("identity.review_days", "账号复核期限", "天", 30, 5, 90))
