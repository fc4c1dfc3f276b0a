"""Running numbers of documents."""

from django.db import models


class NumberSeries(models.Model):
    """The last number given in one series and year, such as XQ in 2026."""

    prefix = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="one_series_a_year")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}: {self.last}"
