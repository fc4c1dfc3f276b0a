"""The catalogue: points, drafts, submissions, imports, filings and checks."""

from django.core.files.uploadedfile import SimpleUploadedFile

from gongshi.catalogue import import_copy, importing
from gongshi.catalogue.actions import submit_import
from gongshi.catalogue.columns import BY_FIELD, HEADS
from gongshi.catalogue.draft_actions import draft_point
from gongshi.catalogue.import_actions import ask_import
from gongshi.catalogue.import_models import Import
from gongshi.catalogue.models import Camera
from gongshi.catalogue.proposals import cells_of
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from tests.catalogue.books import row, xlsx
from tests.factories import make_camera, make_person
from tests.matrix.prepared import Body, Prepared


def catalogue(made: Prepared) -> None:
    city = made.city
    specialist = make_person(Role.DATA_SPECIALIST, department=city.water)
    submission = submit_import(
        actor=specialist, department=city.water, title="", file=xlsx([row(city.water)]), file_name="点位.xlsx"
    )
    camera = make_camera(city.water)
    made.network += [camera.ip_address, camera.gateway]
    made.about("catalogue/cameras/<slug:code>/", code=camera.code)
    made.about("api/v1/catalogue/cameras/<camera_id>", camera_id=camera.pk)
    made.about("catalogue/submissions/<int:pk>/", "catalogue/submissions/<int:pk>/decide/", pk=submission.pk)
    api = "api/v1/catalogue/submissions/<submission_id>"
    made.about(api, f"{api}/decision", f"{api}/publishing", submission_id=submission.pk)
    made.takes("POST catalogue/submissions/<int:pk>/decide/", {"verdict": "approve"})
    made.takes(f"POST {api}/decision", {"verdict": "approve"})

    def workbook(person: Person) -> Body:
        file = SimpleUploadedFile("点位.xlsx", xlsx([row(person.department)]).read())
        return {"department": person.department_id, "title": "", "file": file}

    made.takes("POST catalogue/submit/", workbook)
    made.takes(
        "POST api/v1/catalogue/submissions",
        lambda person: workbook(person) | {"department": person.department.code},
    )
    made.takes(
        "POST api/v1/catalogue/imports",
        lambda person: workbook(person) | {"department": person.department.code},
    )
    _import(made)
    _draft(made, camera)
    _points_at_once(made, camera)
    _filing(made)


def _filing(made: Prepared) -> None:
    """The sheet of the unit that built the cameras asked for, and what a field of an archive counts."""
    page, api = "catalogue/filings/<slug:code>/", "api/v1/catalogue/filings/<code>"
    made.about(page, f"{page}record/", f"{page}sheet.xlsx", code=made.city.water.code)
    made.about(api, f"{api}/points", f"{api}/sheet", code=made.city.water.code)
    filed = {"filed_on": clock.today().isoformat(), "receipt_number": "331100-2026-0001"}
    made.takes(f"POST {page}record/", filed)
    made.takes(f"POST {api}", filed)
    weight, weights = "catalogue/completeness/weights/<slug:key>/", "api/v1/catalogue/completeness/weights"
    made.about(weight, key="retention_days")
    made.about(f"{weights}/<key>", key="retention_days")
    made.takes(f"POST {weight}", {"class_1": 5, "class_2": 4, "class_3": 3})
    made.takes(f"PUT {weights}/<key>", {"by_class": [5, 4, 3]})


def _points_at_once(made: Prepared, camera: Camera) -> None:
    """A point of every department, to be changed or withdrawn; and the rules by which points are checked."""
    leaving = make_camera(made.city.water)
    made.about("catalogue/cameras/<slug:code>/history/", code=camera.code)
    made.about("api/v1/catalogue/cameras/<camera_id>/history", camera_id=camera.pk)
    made.about("catalogue/cameras/<slug:code>/withdrawal/", code=leaving.code)
    made.about("api/v1/catalogue/code-schemes/<department_id>", department_id=made.city.water.pk)
    departments = {person.department_id: person.department for person in made.cast.values()}
    points = {key: make_camera(department).pk for key, department in departments.items()}
    withdrawal = {"ground": "杆件拆除"}
    made.takes("POST catalogue/cameras/<slug:code>/withdrawal/", withdrawal)
    made.takes(
        "POST catalogue/bulk/withdrawal/", lambda each: {"id": points[each.department_id]} | withdrawal
    )
    made.takes(
        "POST catalogue/bulk/edit/",
        lambda each: {
            "id": points[each.department_id],
            "use_remarks": "on",
            "remarks": "已移杆",
            "save": "1",
        },
    )
    made.takes(
        "POST api/v1/catalogue/withdrawals",
        lambda each: {"camera_ids": [points[each.department_id]]} | withdrawal,
    )
    made.takes(
        "POST api/v1/catalogue/bulk-edits",
        lambda each: {"camera_ids": [points[each.department_id]], "cells": {"备注": "已移杆"}},
    )
    made.takes(
        "POST catalogue/checks/scheme/",
        lambda each: {"department": each.department_id, "pattern": "GA-######"},
    )
    made.takes("PUT api/v1/catalogue/code-schemes/<department_id>", {"pattern": "GA-######"})


def _import(made: Prepared) -> None:
    """A file of the source department's specialist with a row at fault and a column that is none of ours."""
    uploader, cells = made.cast["data_specialist@source"], row(made.city.water)
    file = xlsx([cells, row(made.city.water, VLAN="0")], heads=(*HEADS, "责任人"))
    whole, _ = ask_import(
        actor=uploader, department=made.city.water, title="", file=file, file_name="点位.xlsx"
    )
    importing.check(whole)
    import_copy.make_copy(Import.objects.get(pk=whole.pk))
    made.secrets.append(cells["取流地址"])
    page, api = "catalogue/imports/<int:pk>/", "api/v1/catalogue/imports/<import_id>"
    pages = [f"{page}{each}" for each in ("", "columns/", "confirmation/", "copy/", "giving-up/")]
    made.about(*pages, pk=whole.pk)
    operations = ("", "/columns", "/confirmation", "/copy", "/giving-up", "/rows")
    made.about(*(f"{api}{each}" for each in operations), import_id=whole.pk)
    made.takes(f"POST {page}columns/", {"head_0": "备注"})
    made.takes(f"POST {page}confirmation/", {"good_rows_only": "good"})
    made.takes(f"PUT {api}/columns", {"heads": {"责任人": ""}})
    made.takes(f"POST {api}/confirmation", {"rows": "good"})


def _draft(made: Prepared, camera: Camera) -> None:
    """What the source department's specialist has drafted and not handed in; nobody else knows of it."""
    cells = row(made.city.water)
    change = draft_point(actor=made.cast["data_specialist@source"], cells=cells)
    made.secrets.append(cells["取流地址"])
    page, api = "catalogue/changes/<int:pk>/", "api/v1/catalogue/changes/<change_id>/removal"
    made.about(page, f"{page}drop/", pk=change.pk)
    made.about(api, change_id=change.pk)
    made.about("catalogue/submissions/<int:pk>/hand-in/", pk=change.submission_id)
    made.about("api/v1/catalogue/submissions/<submission_id>/handing-in", submission_id=change.submission_id)
    edit = "catalogue/cameras/<slug:code>/edit/"
    made.about(edit, code=camera.code)
    made.takes(f"POST {page}", _as_form(cells | {"备注": "已移杆"}))
    published = cells_of(camera, None, DepartmentNames.load())
    made.takes(f"POST {edit}", _as_form(published | {"备注": "已移杆"}))
    made.takes("POST catalogue/compile/", lambda person: _as_form(row(person.department)))
    made.takes("POST api/v1/catalogue/changes", lambda person: {"cells": row(person.department)})
    made.takes("POST catalogue/submissions/<int:pk>/hand-in/", {"title": "移杆"})
    made.takes("POST api/v1/catalogue/submissions/<submission_id>/handing-in", {"title": "移杆"})


def _as_form(cells: Body) -> Body:
    return {name: cells[column.head] for name, column in BY_FIELD.items()}
