"""Departments and the people who work in them."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models

from gongshi.identity.regions import REGIONS, Level
from gongshi.identity.roles import Role
from gongshi.kernel.encryption import EncryptedTextField

REGION_CHOICES = [(code, region.name) for code, region in REGIONS.items()]


class DepartmentKind(models.TextChoices):
    BUREAU = "bureau", "大数据局"
    GOVERNMENT = "government", "政府部门"
    INSTITUTION = "institution", "事业单位"
    ENTERPRISE = "enterprise", "企业"
    SOCIAL = "social", "社会单位"


class Department(models.Model):
    """A department of the city or a county, or a unit that another department supervises (§5.1)."""

    code = models.CharField("部门编码", max_length=32, unique=True)
    name = models.CharField("部门名称", max_length=128, unique=True)
    short_name = models.CharField("简称", max_length=32)
    region = models.CharField("行政区域", max_length=6, choices=REGION_CHOICES)
    level = models.CharField("层级", max_length=8, choices=[(level.value, level.label) for level in Level])
    kind = models.CharField("类别", max_length=16, choices=DepartmentKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级部门"
    )
    supervisor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supervised", verbose_name="主管部门"
    )
    head = models.ForeignKey(
        "Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="部门负责人"
    )
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "部门"
        ordering = ["code"]
        constraints = [
            # §5.1: points of third parties are led by the department that supervises them.
            models.CheckConstraint(
                condition=~models.Q(kind__in=["enterprise", "social"]) | models.Q(supervisor__isnull=False),
                name="third_parties_have_a_supervisor",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(account=username)


class Person(AbstractBaseUser):
    """One human, one account, one department (§10a: 专人专用). Never deleted, only locked."""

    account = models.CharField(
        "账号",
        max_length=32,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z][a-z0-9-]{2,31}$", "账号由小写字母、数字和连字符组成，以字母开头。")
        ],
    )
    name = models.CharField("姓名", max_length=64)
    department = models.ForeignKey(Department, models.PROTECT, related_name="people", verbose_name="部门")
    title = models.CharField("职务", max_length=64, blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    clearance = models.CharField(
        "密级权限", max_length=2, choices=[(level, level) for level in ("L1", "L2", "L3", "L4")], default="L2"
    )
    is_active = models.BooleanField("在用", default=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    USERNAME_FIELD = "account"
    REQUIRED_FIELDS = ["name"]
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name = "人员"
        ordering = ["department__code", "account"]

    def __str__(self) -> str:
        return f"{self.name}（{self.department.short_name}）"

    @property
    def roles(self) -> frozenset[str]:
        """The roles of this person, read once per instance."""
        if not hasattr(self, "_roles"):
            self._roles = frozenset(assignment.role for assignment in self.role_assignments.all())
        return self._roles

    @property
    def department_name(self) -> str:
        return self.department.name

    @property
    def role_names(self) -> str:
        return "、".join(role.label for role in Role if role in self.roles)

    @property
    def account_tail(self) -> str:
        """The end of the account, as it stands in the watermark."""
        return self.account[-4:]

    def refresh_from_db(self, *arguments: Any, **options: Any) -> None:
        self.__dict__.pop("_roles", None)
        super().refresh_from_db(*arguments, **options)


class RoleAssignment(models.Model):
    """A role that a person holds."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="role_assignments")
    role = models.CharField("角色", max_length=32, choices=Role)
    # Kept beside the role so that the database itself can keep the separated administrators apart.
    separated = models.GeneratedField(
        expression=models.Case(
            models.When(
                role__in=["system_administrator", "security_administrator", "audit_administrator"],
                then=models.F("role"),
            ),
            default=models.Value("business"),
            output_field=models.CharField(max_length=32),
        ),
        output_field=models.CharField(max_length=32),
        db_persist=True,
    )

    class Meta:
        verbose_name = "角色"
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="a_role_once_per_person"),
            ExclusionConstraint(
                name="separated_administrators_hold_nothing_else",
                expressions=[("person", RangeOperators.EQUAL), ("separated", RangeOperators.NOT_EQUAL)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"
