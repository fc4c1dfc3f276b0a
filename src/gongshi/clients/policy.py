"""Numbers of this room that an installation may set."""

from gongshi.kernel.parameters import Parameter, declare

LONGEST_DAYS = declare(Parameter("clients.longest_days", "接入方最长有效期", "天", 365, 1, 1095))
FAILURES = declare(Parameter("clients.failures", "接入方密钥连续错误锁定", "次", 5, 3, 10))
LOCK_MINUTES = declare(Parameter("clients.lock_minutes", "接入方锁定时长", "分钟", 30, 5, 1440))
