"""Writing approved changes into the catalogue, chunk by chunk in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import F, ProtectedError, Q, QuerySet

from gongshi.catalogue.codes import DeviceStatus, UseState
from gongshi.catalogue.columns import BY_FIELD, MEASURED
from gongshi.catalogue.completeness import Scorer, score_pairs
from gongshi.catalogue.models import (
    UNITS,
    AccessPath,
    Camera,
    Change,
    ChangeKind,
    Submission,
    Verdict,
)
from gongshi.catalogue.paths import ADDRESSES, PathValues
from gongshi.catalogue.proposals import FIELDS, PATHS, proposed_paths_of
from gongshi.catalogue.reviewers import restricted_without_reviewer, sentence_for
from gongshi.catalogue.signals import cameras_changed
from gongshi.identity.models import Department
from gongshi.kernel import clock
from gongshi.kernel.bulk_rows import insert_rows, update_rows
from gongshi.kernel.errors import Conflict

BATCH = 500
# So many points are in memory at once.
CHUNK: Final = 2_000
_KEPT_BY_PUBLISHING: Final = ("status", "version", "published_at", "completeness", "validity")
_WRITTEN: Final = (*(name for name in FIELDS if name != "code"), *_KEPT_BY_PUBLISHING)
_NOT_OF_THE_CAMERA: Final = frozenset({PATHS, *MEASURED})
# A camera of which nothing is known, in the order of its fields.
_BLANK: Final = {field.attname: field.get_default() for field in Camera._meta.concrete_fields}
_HIDDEN: Final = frozenset(name for name, column in BY_FIELD.items() if column.is_network)
_OF_A_PATH: Final = ("network_zone", *ADDRESSES, "history_source")


@dataclass(frozen=True)
class Published:
    """A camera as it is now, and what changed, fit for the record: without network fields and addresses.

    `ground` is why it was withdrawn, None when it was not.
    """

    camera: Camera
    before: dict[str, Any]
    after: dict[str, Any]
    ground: str | None = None


def approved_changes(submission: Submission) -> QuerySet[Change]:
    """The changes of a decided submission that are to be published: no reason was given to return them."""
    return submission.changes.filter(verdict=Verdict.OPEN, reason="")


def publish(submission: Submission) -> Iterator[list[Published]]:
    """Make the cameras what the approved changes say: version + 1 each, and a new edition of the catalogue.

    Gives what it has done chunk by chunk; must run in a transaction, to its end. Raises Conflict when a
    camera is no longer what its change started from.
    """
    keys = list(approved_changes(submission).order_by("pk").values_list("pk", flat=True))
    if not keys:
        return
    # First, so that publishings go one after the other.
    _next_edition()
    _refuse_codes_taken(submission)
    _lock_cameras(submission)
    _refuse_new_versions(submission)
    scorer = Scorer()
    for start in range(0, len(keys), CHUNK):
        chunk = Change.objects.filter(pk__in=keys[start : start + CHUNK]).order_by("pk")
        yield _publish_chunk(list(chunk), scorer)


def _publish_chunk(changes: list[Change], scorer: Scorer) -> list[Published]:
    there = Camera.objects.in_bulk([change.camera_id for change in changes if change.camera_id])
    for change in changes:
        if change.camera_id:
            change.camera = there[change.camera_id]
    _refuse_without_reviewer(changes)
    pairs = [(change, _changed(change)) for change in changes]
    score_pairs(pairs, scorer)
    _write_cameras([camera for _, camera in pairs])
    _approve(pairs)
    _write_paths(pairs)
    cameras_changed.send(Camera, cameras=[camera.pk for _, camera in pairs])
    return [_published(change, camera) for change, camera in pairs]


def hand_over(department: Department, into: Department) -> list[Published]:
    """Every unit of every camera that is one department becomes another: no new version, but a new edition.

    Changes that wait for review propose the new one too. Must run in a transaction.
    """
    _next_edition()
    theirs = Q(*((unit, department) for unit in UNITS), _connector=Q.OR)
    cameras = list(Camera.objects.select_for_update().filter(theirs).order_by("pk"))
    handed: list[Published] = []
    for camera in cameras:
        units = [f"{unit}_id" for unit in UNITS if getattr(camera, f"{unit}_id") == department.pk]
        for unit in units:
            setattr(camera, unit, into.pk)
        handed.append(Published(camera, dict.fromkeys(units, department.pk), dict.fromkeys(units, into.pk)))
    Camera.objects.bulk_update(cameras, UNITS, batch_size=BATCH)
    cameras_changed.send(Camera, cameras=[camera.pk for camera in cameras])
    waiting = list(Change.objects.select_for_update().filter(verdict=Verdict.OPEN).order_by("pk"))
    touched = [change for change in waiting if _hand_over_proposed(change, department, into)]
    Change.objects.bulk_update(touched, ["previous", "proposed"], batch_size=BATCH)
    return handed


def _hand_over_proposed(change: Change, department: Department, into: Department) -> bool:
    fields = [
        (values, f"{unit}_id")
        for unit in UNITS
        for values in (change.previous, change.proposed)
        if values.get(f"{unit}_id") == department.pk
    ]
    for values, field in fields:
        values[field] = into.pk
    return bool(fields)


def _refuse_codes_taken(submission: Submission) -> None:
    new = approved_changes(submission).filter(kind=ChangeKind.CREATE).values("code")
    taken = Camera.objects.filter(code__in=new).first()
    if taken:
        raise Conflict(f"{taken} 在提交后已由其他批次发布，请退回该项，由编目部门核对后重新提交。")


def _refuse_new_versions(submission: Submission) -> None:
    there = approved_changes(submission).exclude(camera=None).select_related("camera")
    change = there.exclude(camera__version=F("base_version")).first()
    if change:
        raise Conflict(f"{change.camera} 在提交后已有新版本，请退回该项，由编目部门核对后重新提交。")


def _refuse_without_reviewer(changes: list[Change]) -> None:
    """Whoever had a reviewer when the change was handed in may have none now."""
    found = restricted_without_reviewer(changes)
    if found:
        codes = "、".join(change.code for change, _ in found[:5])
        department = Department.objects.get(pk=found[0][1])
        raise Conflict(f"{sentence_for(department.name)}请退回：{codes}{'等' if len(found) > 5 else ''}。")


def _changed(change: Change) -> Camera:
    values = {name: change.proposed[name] for name in change.proposed if name not in _NOT_OF_THE_CAMERA}
    camera = change.camera or _new_camera(change.code, values)
    if change.camera:
        for name, value in values.items():
            setattr(camera, name, value)
    camera.status = _status_of(camera)
    camera.version, camera.published_at = camera.version + 1, clock.now()
    return camera


def _new_camera(code: str, values: dict[str, Any]) -> Camera:
    """By place: to make a hundred thousand of them by name takes minutes."""
    given = _BLANK | values | {"code": code, "version": 0}
    return Camera(*given.values())


def _status_of(camera: Camera) -> str:
    """Inspections find it; but what is in repair does not count as offline, and ends with its repair."""
    if camera.use_state == UseState.REPAIR:
        return DeviceStatus.REPAIR
    return DeviceStatus.UNKNOWN if camera.status == DeviceStatus.REPAIR else camera.status


def _lock_cameras(submission: Submission) -> None:
    keys = approved_changes(submission).exclude(camera=None).values("camera")
    # Not the key: what names a camera (a grant, a line of a demand) has locks of its own and must not wait.
    locked = Camera.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    list(locked.values_list("pk"))


def _write_cameras(cameras: Sequence[Camera]) -> None:
    new = [camera for camera in cameras if not camera.pk]
    insert_rows(new)
    keys = dict(Camera.objects.filter(code__in=[each.code for each in new]).values_list("code", "pk"))
    update_rows([camera for camera in cameras if camera.pk], _WRITTEN)
    for camera in new:
        camera.pk = keys[camera.code]


def _approve(pairs: Sequence[tuple[Change, Camera]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE catalogue_change SET verdict = %s, camera_id = given.camera
            FROM unnest(%s::bigint[], %s::bigint[]) AS given (id, camera)
            WHERE catalogue_change.id = given.id
            """,
            [
                Verdict.APPROVED.value,
                [change.pk for change, _ in pairs],
                [camera.pk for _, camera in pairs],
            ],
        )


def _write_paths(pairs: Sequence[tuple[Change, Camera]]) -> None:
    """Paths keep their row and their stream name as long as platform and protocol stay."""
    wanted = {camera: paths for change, camera in pairs if (paths := proposed_paths_of(change)) is not None}
    old = [camera.pk for camera in wanted if camera.version > 1]
    existing = {
        (path.camera_id, path.platform, path.protocol): path
        for path in AccessPath.objects.select_for_update().filter(camera__in=old).order_by("pk")
    }
    kept: list[AccessPath] = []
    new: list[AccessPath] = []
    for camera, paths in wanted.items():
        for values in paths:
            path = existing.pop((camera.pk, *values.key), None)
            (kept if path else new).append(_with(path or AccessPath(camera=camera), values))
    if existing:
        _delete(list(existing.values()))
    insert_rows(new)
    update_rows(kept, _OF_A_PATH)


def _delete(paths: list[AccessPath]) -> None:
    """Paths that no longer are. One by which somebody watched stays on record, so it cannot go."""
    try:
        AccessPath.objects.filter(pk__in=[path.pk for path in paths]).delete()
    except ProtectedError:
        cameras = Camera.objects.filter(paths__in=[path.pk for path in paths])
        codes = "、".join(cameras.values_list("code", flat=True)[:5])
        raise Conflict(
            f"点位 {codes} 要删除的接入路径已有查看记录，不能删除；请退回该项，改为更新路径的内容。"
        ) from None


def _with(path: AccessPath, values: PathValues) -> AccessPath:
    path.platform, path.protocol = values.key
    path.network_zone = values.network_zone
    path.history_source = values.history_source or path.history_source
    for name, address in values.addresses.items():
        setattr(path, name, address)
    return path


def renew_edition() -> None:
    """Let copies of the catalogue know that they are old, without a publishing. Must run in a transaction."""
    _next_edition()


def _next_edition() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO catalogue_catalogueedition (id, number) VALUES (1, 1)
            ON CONFLICT (id) DO UPDATE SET number = catalogue_catalogueedition.number + 1
            """
        )


def _published(change: Change, camera: Camera) -> Published:
    hidden = [name for name in change.proposed if name in _HIDDEN]
    after = _open_fields(change.proposed) | {"version": camera.version}
    if hidden:
        after["network_fields_changed"] = hidden
    ground = change.ground if change.kind == ChangeKind.WITHDRAW else None
    return Published(camera, _open_fields(change.previous), after, ground)


def _open_fields(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in _HIDDEN}
