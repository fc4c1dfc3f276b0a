"""Whether cameras answer, as whoever asks them reports it (§5.2); no change of the archive, so no version."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from gongshi.catalogue.codes import DeviceStatus
from gongshi.catalogue.models import Camera
from gongshi.catalogue.publishing import renew_edition
from gongshi.catalogue.signals import cameras_changed

# A camera in repair is in repair, whatever it answers.
REPORTED = (DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.UNKNOWN)


@transaction.atomic
def note_status(*, online: Collection[int], offline: Collection[int]) -> int:
    """Bring 设备状态 of cameras, by number, up to date; gives how many changed, and the map follows.

    Locks all of them, in one order for everybody: what was found goes on to change what hangs on them.
    """
    wrong = Q(pk__in=online, status__in=_other_than(DeviceStatus.ONLINE))
    wrong |= Q(pk__in=offline, status__in=_other_than(DeviceStatus.OFFLINE))
    has_changes = Camera.objects.filter(wrong).exists()
    if has_changes:
        # First, as everybody who publishes does.
        renew_edition()
    named = Camera.objects.select_for_update(no_key=True).filter(pk__in=[*online, *offline])
    list(named.order_by("pk").values_list("pk", flat=True))
    if not has_changes:
        return 0
    changed: list[int] = []
    for status, cameras in ((DeviceStatus.ONLINE, online), (DeviceStatus.OFFLINE, offline)):
        stale = Camera.objects.filter(pk__in=cameras, status__in=_other_than(status))
        wrong_ones = list(stale.values_list("pk", flat=True))
        stale.update(status=status)
        changed += wrong_ones
    cameras_changed.send(Camera, cameras=changed)
    return len(changed)


def _other_than(status: DeviceStatus) -> list[DeviceStatus]:
    return [each for each in REPORTED if each != status]
