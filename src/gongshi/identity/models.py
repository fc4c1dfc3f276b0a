"""Departments and the people who work in them."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse

from gongshi.identity.regions import REGIONS, Level
from gongshi.identity.reserved_accounts import refuse_reserved
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.encryption import EncryptedTextField, masked

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
    # The row stays for whatever was done under the old name. Of several mergers the last: never a chain.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入部门"
    )

    class Meta:
        verbose_name = "部门"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True)
                | (models.Q(is_active=False) & ~models.Q(merged_into=models.F("id"))),
                name="a_merged_department_is_out_of_use",
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="no_department_is_its_own_parent",
            ),
            # §5.1: points of third parties are led by the department that supervises them.
            models.CheckConstraint(
                condition=~models.Q(kind__in=["enterprise", "social"]) | models.Q(supervisor__isnull=False),
                name="third_parties_have_a_supervisor",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("identity:department", args=[self.pk])


class EarlierName(models.Model):
    """What a department was called until it got another name."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="earlier_names")
    name = models.CharField("原名称", max_length=128)
    short_name = models.CharField("原简称", max_length=32)
    valid_until = models.DateTimeField("使用至")

    class Meta:
        verbose_name = "部门曾用名"
        ordering = ["-valid_until"]

    def __str__(self) -> str:
        return self.name


class PersonState(models.TextChoices):
    ACTIVE = "active", "在用"
    LOCKED = "locked", "已锁定"
    RETIRED = "retired", "已注销"


CLEARANCE_CHOICES = [(level, level) for level in ("L1", "L2", "L3", "L4")]
LOWEST_CLEARANCE = CLEARANCE_CHOICES[0][0]


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(account=username)


class Person(AbstractBaseUser):
    """One human, one account, one department (§10a: 专人专用). Never deleted: locked or retired."""

    account = models.CharField(
        "账号",
        max_length=32,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z][a-z0-9-]{2,31}$", "账号由小写字母、数字和连字符组成，以字母开头。"),
            refuse_reserved,
        ],
    )
    name = models.CharField("姓名", max_length=64)
    department = models.ForeignKey(Department, models.PROTECT, related_name="people", verbose_name="部门")
    title = models.CharField("职务", max_length=64, blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    clearance = models.CharField("密级权限", max_length=2, choices=CLEARANCE_CHOICES, default="L2")
    is_active = models.BooleanField("在用", default=True)
    # Why the account is locked or retired.
    state_reason = models.CharField("停用原因", max_length=300, blank=True)
    # Since when it may be used: made or unlocked. Who does not log in is idle from here on.
    active_since = models.DateTimeField("启用时间", default=clock.now)
    retired_at = models.DateTimeField("注销时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    USERNAME_FIELD = "account"
    REQUIRED_FIELDS = ["name"]
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name = "人员"
        ordering = ["department__code", "account"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(retired_at__isnull=True) | models.Q(is_active=False),
                name="a_retired_account_is_not_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.department.short_name}）"

    def get_absolute_url(self) -> str:
        return reverse("identity:person", args=[self.pk])

    @property
    def roles(self) -> frozenset[str]:
        """The roles of this person, read once per instance."""
        if not hasattr(self, "_roles"):
            self._roles = frozenset(assignment.role for assignment in self.role_assignments.all())
        return self._roles

    @property
    def state(self) -> PersonState:
        if self.retired_at:
            return PersonState.RETIRED
        return PersonState.ACTIVE if self.is_active else PersonState.LOCKED

    @property
    def masked_phone(self) -> str:
        return masked(self.phone)

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


class DepartmentStay(models.Model):
    """When a person belonged to which department."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="stays")
    department = models.ForeignKey(Department, models.PROTECT, related_name="stays", verbose_name="部门")
    since = models.DateTimeField("自", default=clock.now)
    until = models.DateTimeField("至", null=True, blank=True)

    class Meta:
        verbose_name = "部门经历"
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(until__isnull=True), name="one_department_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.department}"


class ProposalKind(models.TextChoices):
    """What can be asked for an account."""

    OPEN = "open", "新建账号"
    RIGHTS = "rights", "调整权限"
    MOVE = "move", "调动部门"
    LOCK = "lock", "锁定账号"
    RETIRE = "retire", "注销账号"


class ProposalState(models.TextChoices):
    OPEN = "open", "待审批"
    APPROVED = "approved", "已通过"
    REFUSED = "refused", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"


class AccountProposal(models.Model):
    """账号申请: one person proposes, another one decides. Which fields count is said by `kind`.

    What is proposed together, by a form or a workbook, has one `number`.
    """

    number = models.CharField("申请编号", max_length=20, db_index=True)
    kind = models.CharField("申请类型", max_length=8, choices=ProposalKind)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="部门")
    # Whom it is about; with a new account nobody before it is approved.
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name="人员"
    )
    account = models.CharField("账号", max_length=32)
    name = models.CharField("姓名", max_length=64)
    title = models.CharField("职务", max_length=64, blank=True)
    # Emptied by the decision: from then on it is the person's.
    phone = EncryptedTextField("联系电话", blank=True)
    clearance = models.CharField("密级权限", max_length=2, choices=CLEARANCE_CHOICES, blank=True)
    roles = ArrayField(
        models.CharField(max_length=32, choices=Role), verbose_name="角色", default=list, blank=True
    )
    to_department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="调往部门"
    )
    reason = models.CharField("申请理由", max_length=300)
    state = models.CharField("状态", max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    proposer = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="申请人")
    proposed_at = models.DateTimeField("申请时间", default=clock.now)
    decider = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision_reason = models.CharField("审批意见", max_length=300, blank=True)

    class Meta:
        verbose_name = "账号申请"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decider__isnull=True) | ~models.Q(decider=models.F("proposer")),
                name="proposer_and_decider_are_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(decider__isnull=True)
                | models.Q(person__isnull=True)
                | ~models.Q(decider=models.F("person")),
                name="nobody_decides_about_himself",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["approved", "refused"], decider__isnull=False, decided_at__isnull=False
                )
                | models.Q(state__in=["open", "withdrawn"], decider__isnull=True, decided_at__isnull=True),
                name="a_decision_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(decision_reason=""),
                name="refusing_a_proposal_needs_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="open") & ~models.Q(state="approved")
                | models.Q(person__isnull=False),
                name="a_proposal_names_its_person",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="move", to_department__isnull=False)
                | (~models.Q(kind="move") & models.Q(to_department__isnull=True)),
                name="a_move_says_where_to",
            ),
            # Two that wait for one account would undo each other.
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(state="open"), name="one_open_proposal_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("identity:proposal", args=[self.number])

    @property
    def role_names(self) -> str:
        return "、".join(role.label for role in Role if role in self.roles)


class AccountReview(models.Model):
    """账号复核: whether a department's accounts are still needed, asked every half year."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="reviews", verbose_name="部门")
    begun_on = models.DateField("发起日期")
    due_on = models.DateField("截止日期")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    reminded_on = models.DateField("最近提醒", null=True, blank=True)

    class Meta:
        verbose_name = "账号复核"
        ordering = ["-begun_on", "department__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["department"],
                condition=models.Q(finished_at__isnull=True),
                name="one_open_review_per_department",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department.name} {self.begun_on:%Y-%m} 账号复核"

    def get_absolute_url(self) -> str:
        return reverse("identity:review", args=[self.pk])


class ReviewVerdict(models.TextChoices):
    OPEN = "open", "待复核"
    CONFIRMED = "confirmed", "继续使用"
    PROPOSED = "proposed", "已提出申请"
    # Locked, retired or moved away meanwhile: there is nothing left to confirm.
    GONE = "gone", "已停用或调离"


class ReviewLine(models.Model):
    """One account of a review."""

    review = models.ForeignKey(AccountReview, models.PROTECT, related_name="lines")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="人员")
    verdict = models.CharField("复核结论", max_length=10, choices=ReviewVerdict, default=ReviewVerdict.OPEN)
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    decided_at = models.DateTimeField("复核时间", null=True, blank=True)

    class Meta:
        verbose_name = "复核账号"
        ordering = ["person__account"]
        constraints = [
            models.UniqueConstraint(fields=["review", "person"], name="a_person_once_per_review"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("person")),
                name="nobody_confirms_his_own_account",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review}: {self.person}"
