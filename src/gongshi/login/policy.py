"""The numbers of this room that an installation may set."""

from gongshi.kernel.parameters import Parameter, declare

# 等保 level 3, 身份鉴别 b): 10 to 15 minutes.
IDLE_MINUTES = declare(
    Parameter("login.idle_minutes", "无操作自动退出", "分钟", default=15, lowest=5, highest=60)
)
LONGEST_HOURS = declare(
    Parameter("login.longest_hours", "一次登录最长", "小时", default=12, lowest=1, highest=24)
)
ADDRESSES_AN_HOUR = declare(
    Parameter(
        "login.addresses_an_hour", "一小时内登录地址达到几个时告警", "个", default=3, lowest=2, highest=20
    )
)
