"""Export → import is the identity: whatever stands in the catalogue, its file changes nothing (§5.1c)."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongshi.catalogue.cells import (
    EARLIEST_INSTALLATION,
    Address,
    Code,
    Day,
    Degrees,
    Label,
    Text,
    Unit,
    Whole,
)
from gongshi.catalogue.codes import NetworkZone, Platform, Protocol
from gongshi.catalogue.columns import CAMERA_COLUMNS, HEADS, SECRECY_HEAD, Column
from gongshi.catalogue.exporting import ArchiveRows, geojson_stream, table_rows
from gongshi.catalogue.models import AccessPath, Camera, Change
from gongshi.catalogue.proposals import change_for
from gongshi.catalogue.validation import validate
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from gongshi.kernel.exporting import WRITERS
from gongshi.kernel.formulas import guarded, told_apart, unguarded
from gongshi.kernel.workbook import read_workbook
from tests.factories import make_camera, make_department, make_person

# Letters as they may stand in a cell; those of the controls that may are breaks of lines.
LETTERS = st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t")
AWKWARD = [
    "'=1+1",
    "''=1+1",
    "'",
    "=1+1",
    "+86-138",
    "-",
    "＝1",
    "@张",
    "_x000D_",
    "_x0041_x0042_",
    "00012",
    "1e5",
    "TRUE",
    "#N/A",
    '"引号",逗号;\n换行',
    "<a&b>",
    "]]>",
    "两  个空格",
    "2024-03-01",
    "公司/分公司",
]


def texts(longest: int) -> st.SearchStrategy[str]:
    """Text as a cell is read: without blanks around it."""
    whatever = st.one_of(st.text(LETTERS, max_size=min(longest, 40)), st.sampled_from(AWKWARD))
    return whatever.map(lambda text: text.strip()[:longest].strip())


def values(column: Column, departments: list[Department]) -> st.SearchStrategy[Any]:
    """What this column of a published camera may hold."""
    cell = column.cell
    if isinstance(cell, Unit):
        return st.sampled_from([department.pk for department in departments])
    if isinstance(cell, Text):
        return texts(cell.longest).filter(lambda text: bool(text) or not column.is_required)
    if isinstance(cell, Degrees):
        return st.floats(-89, 89) | st.integers(-89, 89).map(float) | st.floats(-1e-6, 1e-6)
    if isinstance(cell, Whole):
        return st.none() | st.integers(cell.low, cell.high)
    if isinstance(cell, Day):
        return st.none() | st.dates(EARLIEST_INSTALLATION, date(2026, 1, 1)).map(date.isoformat)
    if type(cell) is Address:
        return st.none() | st.ip_addresses().filter(_is_of_a_device).map(str)
    codes = [cell.read(label, NO_NAMES) for label in cell.labels(NO_NAMES)]
    if not codes:
        return st.just(column.when_empty)
    if isinstance(cell, Label):
        return st.sampled_from(codes if column.is_required else [column.when_empty, *codes])
    several = st.lists(st.sampled_from(cell.labels(NO_NAMES)), min_size=1, max_size=3)
    return st.just(column.when_empty) | several.map(lambda labels: cell.read("/".join(labels), NO_NAMES))


NO_NAMES = DepartmentNames([])


def _is_of_a_device(address: Any) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address.is_loopback or address.is_multicast or address.is_unspecified)


@st.composite
def cameras(draw: st.DrawFn, departments: list[Department]) -> dict[str, Any]:
    """The fields of a camera, without its code and its paths."""
    columns = [column for column in CAMERA_COLUMNS if not isinstance(column.cell, Code)]
    fields = {column.field: draw(values(column, departments)) for column in columns}
    for name in ("longitude", "latitude"):
        fields[name] = round(fields[name], 7)
    if fields["sharing_level"] == "restricted":
        fields["sharing_condition"] = fields["sharing_condition"] or "限本部门"
    if fields["sharing_level"] == "none":
        fields["no_sharing_ground"] = fields["no_sharing_ground"] or "法律法规"
    fields["is_synthetic"] = "合成演示数据" in f"{fields['name']}{fields['remarks']}"
    return fields


PATHS = st.lists(
    st.tuples(st.sampled_from(Platform), st.sampled_from(NetworkZone), st.sampled_from(Protocol)),
    max_size=3,
    unique_by=lambda path: (path[0], path[2]),
)


def changes_of(content: bytes, file_name: str, department: Department) -> dict[str, Change | None]:
    """Code → the change that the file would make."""
    names = DepartmentNames.load()
    rows = read_workbook(content, file_name, HEADS, {SECRECY_HEAD})
    proposals, _ = validate(rows, names, {department.pk})
    known = {camera.code: camera for camera in Camera.objects.prefetch_related("paths")}
    pairs = [(proposal, known[proposal.code]) for proposal in proposals]
    return {camera.code: change_for(proposal, camera, list(camera.paths.all())) for proposal, camera in pairs}


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["xlsx", "csv"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_exported_changes_nothing_when_it_comes_back(
    form: str, data: st.DataObject, police: Department, specialist: Person
) -> None:
    drawn = st.tuples(cameras([police, specialist.department]), PATHS)
    points = data.draw(st.lists(drawn, min_size=1, max_size=3))
    with transaction.atomic():
        for fields, paths in points:
            camera = make_camera(police, platforms=(), **fields)
            for platform, zone, protocol in paths:
                at = {"platform": platform, "network_zone": zone, "protocol": protocol}
                AccessPath.objects.create(camera=camera, main_url="rtsp://a:b@10.1.1.1/", **at)
        rows = ArchiveRows(specialist, Camera.objects.all())
        content = b"".join(WRITERS[form](table_rows(rows), "目录"))
        changes = changes_of(content, f"a.{form}", police)
        transaction.set_rollback(True)
    assert len(changes) == len(points)
    assert [change and change.proposed for change in changes.values()] == [None] * len(points)


@given(texts(60))
def test_the_mark_of_a_formula_is_taken_off_where_it_was_put_on(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert unguarded(told_apart(text)) == text
    assert guarded(text)[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_only_what_was_edited_changes(form: str) -> None:
    department = make_department()
    platforms = (Platform.SHARING, Platform.BUREAU)
    untouched, edited = (make_camera(department, platforms=platforms, vlan=33) for _ in range(2))
    rows = list(table_rows(ArchiveRows(make_person(Role.OPERATOR), Camera.objects.order_by("code"))))
    place = {head: number for number, head in enumerate(rows[0])}
    for row in rows:
        if row[place["视频编号"]] == edited.code:
            row[place["备注"]], row[place["VLAN"]] = "＝更正", 77
    content = b"".join(WRITERS[form](rows, "目录"))
    found = changes_of(content, f"a.{form}", department)
    change = found[edited.code]
    assert found[untouched.code] is None
    assert change is not None
    assert change.proposed == {"remarks": "＝更正", "vlan": 77}
    assert change.previous == {"remarks": "", "vlan": 33}


@pytest.mark.django_db
def test_the_map_file_has_every_camera_where_it_stands() -> None:
    camera = make_camera(longitude=119.9229, latitude=28.4676, name='引号"和=1')
    make_camera()
    cameras = Camera.objects.order_by("code")
    found = json.loads(b"".join(geojson_stream(ArchiveRows(_viewer(), cameras))))
    assert found["type"] == "FeatureCollection"
    assert len(found["features"]) == 2
    first = found["features"][0]
    assert (first["type"], first["id"]) == ("Feature", camera.code)
    assert first["geometry"] == {"type": "Point", "coordinates": [119.9229, 28.4676]}
    assert first["properties"]["设备名称"] == camera.name
    assert "IP地址" not in first["properties"]
    assert json.loads(b"".join(geojson_stream(ArchiveRows(_viewer(), cameras.none()))))["features"] == []


def _viewer() -> Person:
    return make_person(Role.VIEWER)
