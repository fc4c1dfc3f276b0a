"""Everything that raises an alert, as `room:what`. Alphabetical within each room."""

from django.db import models


class AlertKind(models.TextChoices):
    SealingLate = "audit:sealing_late", "审计封存延迟"

    ClientAddressForeign = "clients:address_foreign", "接入方来自未登记网段"
    ClientLocked = "clients:locked", "接入方密钥被猜测"

    AccountGuessed = "credentials:account_guessed", "账号被猜测"
    AddressGuesses = "credentials:address_guesses", "同一地址猜测多个账号"

    LoginAddressChanged = "login:address_changed", "登录期间网络变化"
    LoginFromForbiddenNetwork = "login:forbidden_network", "从不允许的网络登录"
    LoginFromUnusualNetwork = "login:unusual_network", "从不常用的网络登录"
    ManyAddresses = "login:many_addresses", "短时间内多个地址登录"
    SimultaneousLogin = "login:simultaneous", "账号同时登录"


def alert_kinds() -> list[tuple[str, str]]:
    """For the column's choices; by a function, so that a new kind needs no migration."""
    return AlertKind.choices
