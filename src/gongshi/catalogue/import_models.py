"""Files of points on their way into a submission: checked row by row by a job, shown, and handed in."""

from django.db import models

from gongshi.catalogue.models import Camera, Submission
from gongshi.identity.models import Department, Person
from gongshi.kernel.encryption import EncryptedTextField

# The last column of the annotated copy; a copy that comes back mended has it still.
PROBLEMS_HEAD = "问题"


class ImportState(models.TextChoices):
    """How far an uploaded file is. Whatever is not over keeps its file."""

    WAITING = "waiting", "等待检查"
    CHECKING = "checking", "检查中"
    CHECKED = "checked", "待确认"
    HANDING_IN = "handing_in", "提交中"
    DONE = "done", "已提交"
    FAILED = "failed", "无法检查"
    GIVEN_UP = "given_up", "已放弃"


OPEN_IMPORTS = (ImportState.WAITING, ImportState.CHECKING, ImportState.CHECKED, ImportState.HANDING_IN)


class Import(models.Model):
    """A file of points on its way into a submission: checked by a job, shown, handed in when confirmed."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="编目部门")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="上传人")
    asked_at = models.DateTimeField("上传时间")
    title = models.CharField("说明", max_length=128, blank=True)
    file_name = models.CharField("文件", max_length=200)
    size = models.BigIntegerField("文件大小")  # bytes
    digest = models.CharField("文件摘要", max_length=64)  # see import_storage
    state = models.CharField("状态", max_length=12, choices=ImportState, default=ImportState.WAITING)
    failure = models.CharField("原因", max_length=500, blank=True)
    # Which check of the file this is: a job of an earlier one stops.
    run = models.PositiveIntegerField("检查次数", default=1)
    rows_expected = models.PositiveIntegerField("预计行数", default=0)
    rows_done = models.PositiveIntegerField("已检查行数", default=0)
    # The number of the last row that was checked, where a job that was killed is taken up again.
    last_row = models.PositiveIntegerField("最后一行", default=0)
    new = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("修改", default=0)
    revived = models.PositiveIntegerField("恢复发布", default=0)
    same = models.PositiveIntegerField("无变化", default=0)
    faulty = models.PositiveIntegerField("有误", default=0)
    doubtful = models.PositiveIntegerField("有提示", default=0)
    # Rows of which the last check found something else than what was shown before.
    differing = models.PositiveIntegerField("与此前不同", default=0)
    # Heads of the file that are none of ours, and of ours the needed ones that it has not got.
    unknown_heads = models.JSONField("未识别的列", default=list)
    missing_heads = models.JSONField("缺少的列", default=list)
    # The edition of the catalogue with which the rows were compared.
    edition = models.PositiveBigIntegerField("目录版次", default=0)
    checked_at = models.DateTimeField("检查完成时间", null=True)
    has_copy = models.BooleanField("已生成标注副本", default=False)
    good_rows_only = models.BooleanField("只提交无误的行", default=False)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    submission = models.OneToOneField(
        Submission, models.PROTECT, null=True, related_name="source", verbose_name="编目批次"
    )
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "编目导入"
        ordering = ["-id"]
        indexes = [models.Index(fields=["department", "digest"], name="imports_of_a_file")]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "digest"],
                condition=models.Q(state__in=["waiting", "checking", "checked", "handing_in"]),
                name="a_file_is_open_once_a_department",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(submission__isnull=False),
                name="a_done_import_has_its_submission",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.department.name}）"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_IMPORTS

    @property
    def is_running(self) -> bool:
        """Whether a job has it in hand, or will."""
        return self.state in {ImportState.WAITING, ImportState.CHECKING, ImportState.HANDING_IN}

    @property
    def differences(self) -> int:
        """How many rows would change the catalogue."""
        return self.new + self.changed + self.revived


class PieceKind(models.TextChoices):
    FILE = "file", "上传的文件"
    COPY = "copy", "标注副本"


class ImportPiece(models.Model):
    """A piece of the uploaded file, or of its annotated copy: both hold passwords of cameras."""

    whole = models.ForeignKey(Import, models.CASCADE, related_name="pieces")
    kind = models.CharField("内容", max_length=4, choices=PieceKind)
    number = models.PositiveIntegerField("序号")
    content = EncryptedTextField("内容")

    class Meta:
        verbose_name = "导入文件片段"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["whole", "kind", "number"], name="a_piece_once_a_file"),
        ]

    def __str__(self) -> str:
        return f"{self.whole_id} {self.kind} {self.number}"


class RowKind(models.TextChoices):
    NEW = "new", "新增"
    CHANGED = "changed", "修改"
    REVIVED = "revived", "恢复发布"
    SAME = "same", "无变化"
    ERROR = "error", "有误"


class PathsOnTheirWay(EncryptedTextField):
    """Encrypted as `Change.proposed_paths` is, into which it is copied as it stands in the database."""

    place = "catalogue_change.proposed_paths"


class ImportRow(models.Model):
    """What the check found of one row of the file; a change of a submission once it is handed in."""

    whole = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("行")
    kind = models.CharField("结果", max_length=8, choices=RowKind)
    code = models.CharField("视频编号", max_length=32, blank=True)
    camera = models.ForeignKey(Camera, models.CASCADE, null=True, related_name="+", db_index=False)
    base_version = models.PositiveIntegerField("原版本", default=0)
    previous = models.JSONField("变更前", default=dict)
    proposed = models.JSONField("变更后", default=dict)
    proposed_paths = PathsOnTheirWay("接入路径", blank=True)
    # Lists of [column, sentence, severity].
    problems = models.JSONField("问题", default=list)
    # A digest of all that was found, and whether it is another than the check before found.
    outcome = models.CharField("摘要", max_length=32)
    differs = models.BooleanField("与此前不同", default=False)

    class Meta:
        verbose_name = "导入行"
        ordering = ["number"]
        indexes = [models.Index(fields=["whole", "kind", "number"], name="import_rows_by_kind")]
        constraints = [
            models.UniqueConstraint(fields=["whole", "number"], name="a_row_once_an_import"),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 行 {self.code}"


class ColumnNames(models.Model):
    """What a department calls our columns in its own files: its head → our head."""

    department = models.OneToOneField(
        Department, models.CASCADE, related_name="column_names", verbose_name="部门"
    )
    heads = models.JSONField("列对应", default=dict)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="设置人")
    set_at = models.DateTimeField("设置时间")

    class Meta:
        verbose_name = "列对应"

    def __str__(self) -> str:
        return f"{self.department.name}的列对应"
