"""A spreadsheet computes nothing in what it was given: what looks like a formula stays text."""

import csv
import io
import zipfile

import pytest
from django.test import Client

from gongshi.catalogue.exporting import template
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from tests.factories import make_camera, make_department, make_person

pytestmark = pytest.mark.django_db
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")']


@pytest.fixture
def reader() -> Person:
    department = make_department("=1+2")
    for formula in FORMULAS:
        make_camera(department, name=formula, address=formula, remarks=formula)
    return make_person(Role.OPERATOR)


def export(person: Person, kind: str) -> bytes:
    client = Client()
    client.force_login(person)
    answer = client.get("/catalogue/", {"_export": kind})
    assert answer.status_code == 200
    return answer.getvalue()


def test_no_cell_of_a_csv_begins_a_formula(reader: Person) -> None:
    cells = [
        cell for row in csv.reader(io.StringIO(export(reader, "csv").decode("utf-8-sig"))) for cell in row
    ]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]


def sheets(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return "".join(
            archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith("xl/worksheets/sheet")
        )


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(reader: Person) -> None:
    assert "<f>" not in sheets(export(reader, "xlsx"))
    assert "<hyperlink" not in sheets(export(reader, "xlsx"))


def test_the_template_computes_no_name_of_a_department(reader: Person) -> None:
    assert "<f>" not in sheets(template())
