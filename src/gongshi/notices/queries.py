"""Reads of a person's own notices."""

from django.db.models import QuerySet

from gongshi.identity.models import Person
from gongshi.notices.models import Notice


def notices_of(person: Person) -> QuerySet[Notice]:
    return Notice.objects.filter(person=person)


def unread_count(person: Person) -> int:
    return notices_of(person).filter(read_at__isnull=True).count()
