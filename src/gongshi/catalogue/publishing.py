"""Writing approved changes into the catalogue, in a few statements however many they are."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import OuterRef, ProtectedError, Q, Subquery

from gongshi.catalogue.columns import BY_FIELD
from gongshi.catalogue.completeness import score_pairs
from gongshi.catalogue.models import UNITS, AccessPath, Camera, Change, ChangeKind, Verdict
from gongshi.catalogue.paths import ADDRESSES, PathValues
from gongshi.catalogue.proposals import FIELDS, PATHS, proposed_paths_of
from gongshi.catalogue.reviewers import restricted_without_reviewer, sentence_for
from gongshi.identity.models import Department
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict

BATCH = 500


@dataclass(frozen=True)
class Published:
    """A camera as it is now, and what changed, fit for the record: without network fields and addresses."""

    camera: Camera
    before: dict[str, Any]
    after: dict[str, Any]


def publish(changes: list[Change]) -> list[Published]:
    """Make the cameras what the changes say: version + 1 each, and a new edition of the catalogue.

    Must run in a transaction. Raises Conflict when a camera is no longer what its change started from.
    """
    if not changes:
        return []
    # First, so that publishings go one after the other.
    _next_edition()
    _refuse_codes_taken([change.code for change in changes if change.kind == ChangeKind.CREATE])
    locked = _lock([change.camera_id for change in changes if change.camera_id])
    for change in changes:
        if change.camera_id:
            change.camera = locked[change.camera_id]
    _refuse_without_reviewer(changes)
    pairs = [(change, _changed(change, locked)) for change in changes]
    score_pairs(pairs)
    _write_cameras([camera for _, camera in pairs])
    new = [change.pk for change in changes if change.kind == ChangeKind.CREATE]
    same_code = Camera.objects.filter(code=OuterRef("code")).values("pk")
    Change.objects.filter(pk__in=new).update(camera=Subquery(same_code))
    _write_paths(pairs)
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


def _refuse_codes_taken(codes: list[str]) -> None:
    taken = Camera.objects.filter(code__in=codes).first()
    if taken:
        raise Conflict(f"{taken} 在提交后已由其他批次发布，请退回该项，由编目部门核对后重新提交。")


def _refuse_without_reviewer(changes: list[Change]) -> None:
    """Whoever had a reviewer when the change was handed in may have none now."""
    found = restricted_without_reviewer(changes)
    if found:
        codes = "、".join(change.code for change, _ in found[:5])
        department = Department.objects.get(pk=found[0][1])
        raise Conflict(f"{sentence_for(department.name)}请退回：{codes}{'等' if len(found) > 5 else ''}。")


def _changed(change: Change, locked: dict[int, Camera]) -> Camera:
    camera = locked[change.camera_id] if change.camera_id else Camera(code=change.code, version=0)
    if camera.version != change.base_version:
        raise Conflict(f"{camera} 在提交后已有新版本，请退回该项，由编目部门核对后重新提交。")
    for name, value in change.proposed.items():
        if name != PATHS:
            setattr(camera, name, value)
    camera.version, camera.published_at = camera.version + 1, clock.now()
    return camera


def _lock(keys: list[int]) -> dict[int, Camera]:
    # Not the key: what names a camera (a grant, a line of a demand) has locks of its own and must not wait.
    locked = Camera.objects.select_for_update(no_key=True).filter(pk__in=keys)
    return {camera.pk: camera for camera in locked.order_by("pk")}


def _write_cameras(cameras: list[Camera]) -> None:
    written = [name.removesuffix("_id") for name in FIELDS if name != "code"]
    written += ["version", "published_at", "completeness", "validity"]
    Camera.objects.bulk_create([camera for camera in cameras if not camera.pk], batch_size=BATCH)
    # An insert that finds its key taken and updates: much faster than one UPDATE with a CASE for every field.
    Camera.objects.bulk_create(
        [camera for camera in cameras if camera.version > 1],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=written,
    )


def _write_paths(pairs: list[tuple[Change, Camera]]) -> None:
    """Paths keep their row and their stream name as long as platform and protocol stay."""
    wanted = {camera: paths for change, camera in pairs if (paths := proposed_paths_of(change)) is not None}
    existing = {
        (path.camera_id, path.platform, path.protocol): path
        for path in AccessPath.objects.select_for_update().filter(camera__in=list(wanted)).order_by("pk")
    }
    kept: list[AccessPath] = []
    new: list[AccessPath] = []
    for camera, paths in wanted.items():
        for values in paths:
            path = existing.pop((camera.pk, *values.key), None)
            (kept if path else new).append(_with(path or AccessPath(camera=camera), values))
    _delete(list(existing.values()))
    AccessPath.objects.bulk_create(new, batch_size=BATCH)
    AccessPath.objects.bulk_create(
        kept,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["network_zone", *ADDRESSES, "history_source"],
    )


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
    hidden = [name for name in change.proposed if _is_hidden(name)]
    after = _open_fields(change.proposed) | {"version": camera.version}
    if hidden:
        after["network_fields_changed"] = hidden
    return Published(camera, _open_fields(change.previous), after)


def _open_fields(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not _is_hidden(name)}


def _is_hidden(name: str) -> bool:
    return name in BY_FIELD and BY_FIELD[name].is_network
