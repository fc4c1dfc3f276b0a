"""视频点位需求清单 (§6.2): a named list of points that a department may use in demands."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from gongshi.catalogue.models import Camera
from gongshi.identity.models import Department, Person


class PointList(models.Model):
    """A reusable list; a demand takes its own copy of the points when it is submitted."""

    name = models.CharField("清单名称", max_length=64)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="point_lists", verbose_name="部门"
    )
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="创建人")
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    cameras = models.ManyToManyField(Camera, related_name="+", verbose_name="点位")

    class Meta:
        verbose_name = "视频点位需求清单"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"],
                name="list_names_are_unique_in_a_department",
                violation_error_message="本部门已有同名清单，请换一个名称。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("atlas:list", args=[self.pk])

    def get_demand_url(self) -> str:
        """Where a demand for these points begins."""
        return f"{reverse('demand:create')}?list={self.pk}"


class EditionNews(models.Model):
    """Cameras that an edition of the catalogue changed; by them an index catches up. Kept for a while only.

    An edition of which there is nothing here may have changed any.
    """

    number = models.PositiveBigIntegerField("版次", db_index=True)
    # Null: too many to name.
    cameras = ArrayField(models.BigIntegerField(), null=True, verbose_name="点位")

    class Meta:
        verbose_name = "目录版次的变更"

    def __str__(self) -> str:
        return str(self.number)
