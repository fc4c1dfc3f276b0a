"""What the portal tells a person."""

from django.db import models

from gongshi.identity.models import Person


class Notice(models.Model):
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices")
    text = models.CharField("内容", max_length=300)
    url = models.CharField("链接", max_length=300, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    class Meta:
        verbose_name = "消息"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["person"], condition=models.Q(read_at__isnull=True), name="unread_of_person"
            ),
        ]

    def __str__(self) -> str:
        return self.text
