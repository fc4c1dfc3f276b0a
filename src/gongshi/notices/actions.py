"""Telling people something, in the transaction of the change they are told about."""

from collections.abc import Iterable

from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.notices.models import Notice


def notify(people: Iterable[Person], text: str, url: str = "") -> None:
    """Put one notice before each of these people, once each."""
    Notice.objects.bulk_create(
        Notice(person=person, text=text[:300], url=url)
        for person in {person.pk: person for person in people}.values()
    )


def mark_read(*, person: Person, notice_id: int | None = None) -> None:
    """Mark one notice of this person as read, or all."""
    unread = Notice.objects.filter(person=person, read_at__isnull=True)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    unread.update(read_at=clock.now())
