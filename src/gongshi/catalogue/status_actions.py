"""Whether cameras answer, as whoever asks them reports it (§5.2); no change of the archive, so no version."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from gongshi.catalogue.codes import DeviceStatus
from gongshi.catalogue.models import Camera
from gongshi.catalogue.publishing import renew_edition

# A camera in repair is in repair, whatever it answers.
REPORTED = (DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.UNKNOWN)


@transaction.atomic
def note_status(*, online: Collection[int], offline: Collection[int]) -> int:
    """Bring 设备状态 of cameras, by number, up to date; gives how many changed, and the map follows."""
    wrong = Q(pk__in=online, status__in=_other_than(DeviceStatus.ONLINE))
    wrong |= Q(pk__in=offline, status__in=_other_than(DeviceStatus.OFFLINE))
    if not Camera.objects.filter(wrong).exists():
        return 0
    # First, as everybody who publishes does.
    renew_edition()
    changed = 0
    for status, cameras in ((DeviceStatus.ONLINE, online), (DeviceStatus.OFFLINE, offline)):
        stale = Camera.objects.filter(pk__in=cameras, status__in=_other_than(status))
        locked = stale.order_by("pk").select_for_update().values_list("pk", flat=True)
        changed += Camera.objects.filter(pk__in=list(locked)).update(status=status)
    return changed


def _other_than(status: DeviceStatus) -> list[DeviceStatus]:
    return [each for each in REPORTED if each != status]
