"""Filters, sort and columns of a list, kept under a name."""

from django.db import models

from gongshi.identity.models import Department, Person

NAME_LENGTH = 40
# Longer addresses are cut by some browsers and proxies.
CONDITIONS_LENGTH = 2_000


class SavedFilter(models.Model):
    """What somebody saved of one list; with a department its people may use it, too."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_filters", verbose_name="保存人")
    # That of whoever shared it at that time: it stays there when he moves.
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="共享部门"
    )
    # The name of the list's view: "catalogue:cameras".
    list_name = models.CharField("列表", max_length=100)
    name = models.CharField("名称", max_length=NAME_LENGTH)
    # As they stand in the address of the list: "status=offline&sort=-name&_columns=code.name".
    conditions = models.CharField("条件", max_length=CONDITIONS_LENGTH)
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "常用筛选"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "list_name", "name"], name="saved_once_under_a_name_by_a_person"
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "list_name"],
                condition=models.Q(department__isnull=False),
                name="shared_filters_of_department",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.department_id is not None
