"""What a construction unit has filed with the police (Order 799 Art. 14), and what it filed then."""

from django.db import models

from gongshi.catalogue.codes import DeviceType
from gongshi.identity.models import Department, Person


class Filing(models.Model):
    """One filing (备案) of a construction unit: when, under which receipt, and a digest of what."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="filings", verbose_name="建设单位"
    )
    filed_on = models.DateField("备案日期")
    receipt_number = models.CharField("备案回执编号", max_length=64)
    points = models.PositiveIntegerField("备案点位数", default=0)
    digest = models.CharField("备案内容摘要", max_length=64, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "备案"
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "receipt_number"], name="a_receipt_is_recorded_once"
            ),
            models.CheckConstraint(condition=~models.Q(receipt_number=""), name="a_filing_has_its_receipt"),
        ]

    def __str__(self) -> str:
        return f"{self.department.name} {self.receipt_number}"


class FiledPoint(models.Model):
    """A point as it was filed. `facts` is the digest by which a change is noticed."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="filed", db_index=False)
    code = models.CharField("视频编号", max_length=32)
    name = models.CharField("设备名称", max_length=128)
    address = models.CharField("地址", max_length=200)
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    device_type = models.CharField("设备类型", max_length=2, choices=DeviceType)
    retention_days = models.PositiveSmallIntegerField("录像保存天数", null=True)
    facts = models.CharField("摘要", max_length=32)

    class Meta:
        verbose_name = "备案点位"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "code"], name="a_point_once_per_filing"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"
