"""Names that no account may have: whoever guesses tries them first (等保 level 3, 访问控制 b)."""

from django.core.exceptions import ValidationError

RESERVED = frozenset(
    {
        "admin",
        "administrator",
        "anonymous",
        "audit",
        "auditor",
        "default",
        "demo",
        "gongshi",
        "guest",
        "manager",
        "nobody",
        "operator",
        "public",
        "root",
        "security",
        "superuser",
        "supervisor",
        "support",
        "sysadmin",
        "system",
        "test",
        "user",
    }
)


def refuse_reserved(account: str) -> None:
    """Refuse a name of the list, also with digits and hyphens after it ("admin-01")."""
    if account.rstrip("-0123456789") in RESERVED:
        raise ValidationError(f"“{account}”是常见的通用账号名，请改用能识别本人的账号，例如姓名拼音。")
