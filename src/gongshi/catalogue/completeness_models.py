"""What a filled field counts and a failed rule costs, where it is not the default."""

from django.db import models


class ScoreWeight(models.Model):
    """`key` is a field of the archive or the code of a check; a number for each 点位分类."""

    key = models.CharField("项目", max_length=40, unique=True)
    class_1 = models.PositiveSmallIntegerField("一类点")
    class_2 = models.PositiveSmallIntegerField("二类点")
    class_3 = models.PositiveSmallIntegerField("三类点")

    class Meta:
        verbose_name = "完整性权重"
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(class_1__lte=100, class_2__lte=100, class_3__lte=100),
                name="a_weight_is_at_most_a_hundred",
            ),
        ]

    def __str__(self) -> str:
        return self.key
