"""The numbers of this room that an installation may set."""

from gongshi.kernel.parameters import Parameter, declare

SECOND_FACTOR_FOR_VIEWERS = declare(
    Parameter(
        "credentials.second_factor_for_viewers",
        "使用人员和部门负责人须二次验证",
        "",
        default=0,
        lowest=0,
        highest=1,
    )
)

PASSWORD_DAYS = declare(
    Parameter("credentials.password_days", "密码有效期", "天", default=90, lowest=30, highest=180)
)
PASSWORDS_REMEMBERED = declare(
    Parameter(
        "credentials.passwords_remembered", "不得重复使用的历史密码", "个", default=5, lowest=5, highest=24
    )
)
FAILURES_UNTIL_LOCKED = declare(
    Parameter(
        "credentials.failures_until_locked", "连续失败多少次锁定账号", "次", default=5, lowest=3, highest=10
    )
)
LOCK_MINUTES = declare(
    Parameter("credentials.lock_minutes", "账号和地址锁定时长", "分钟", default=30, lowest=15, highest=1440)
)
ACCOUNTS_PER_ADDRESS = declare(
    Parameter(
        "credentials.accounts_per_address",
        "同一地址登录失败的账号达到多少个锁定该地址",
        "个",
        default=20,
        lowest=5,
        highest=1000,
    )
)
