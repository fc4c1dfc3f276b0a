"""Running numbers of documents, and parameters of the installation."""

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


class ParameterValue(models.Model):
    """A parameter that somebody has set to another value than its default."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class ParameterBounds(models.Model):
    """What the program declares of a parameter, for the trigger on `ParameterValue` (migration 0003).

    Written after migrations by the owner of the tables; the application's role only reads it.
    """

    key = models.CharField(max_length=64, primary_key=True)
    default = models.IntegerField()
    lowest = models.IntegerField()
    highest = models.IntegerField()
    only_upward = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.key}: {self.lowest}–{self.highest}"
