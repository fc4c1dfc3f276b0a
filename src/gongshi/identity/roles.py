"""The roles of the standard and of 等保 level 3, and which of them exclude each other."""

from django.db import models


class Role(models.TextChoices):
    DATA_SPECIALIST = "data_specialist", "数据专员"
    SOURCE_REVIEWER = "source_reviewer", "数源审核员"
    BUREAU_ADMINISTRATOR = "bureau_administrator", "大数据局数据管理员"
    OPERATOR = "operator", "运维人员"
    VIEWER = "viewer", "使用人员"
    DEPARTMENT_HEAD = "department_head", "部门负责人"
    SYSTEM_ADMINISTRATOR = "system_administrator", "系统管理员"
    SECURITY_ADMINISTRATOR = "security_administrator", "安全管理员"
    AUDIT_ADMINISTRATOR = "audit_administrator", "审计管理员"


# 三权分立: nobody holds two of these, and none of them goes with a business role.
SEPARATED_ADMINISTRATORS = frozenset(
    {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}
)
BUSINESS_ROLES = frozenset(Role) - SEPARATED_ADMINISTRATORS
# Roles that make sense in a department of one kind only.
BUREAU_ROLES = frozenset({Role.BUREAU_ADMINISTRATOR})
