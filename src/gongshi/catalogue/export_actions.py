"""Taking the catalogue out: recorded, then sent while it is read (§5.1c)."""

from django.db import transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.exporting import ArchiveRows, geojson_stream, table_rows
from gongshi.catalogue.models import Camera
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Person
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid
from gongshi.kernel.exporting import Writer, as_file, csv_stream
from gongshi.kernel.lists import EXPORT_LIMIT, counted_up_to
from gongshi.kernel.sheet_stream import xlsx_stream

TITLE = "视频资源目录"
TABLES: dict[str, Writer] = {"csv": csv_stream, "xlsx": xlsx_stream}
FORMS = (*TABLES, "geojson")


@transaction.atomic
def take_out_cameras(
    *, actor: Person, cameras: QuerySet[Camera], conditions: str, form: str
) -> StreamingHttpResponse:
    """These cameras as a file, in their order. `conditions`: the filters in words; `form`: one of FORMS.

    What this person may not read is left out of it. Raises Forbidden, and Invalid when there are too many.
    """
    authorise(actor, Permission.ReadCatalogue)
    if form not in FORMS:
        raise Invalid(f"不能导出为 {form}，请选择 {'、'.join(FORMS)}。", field="form")
    count = counted_up_to(cameras, EXPORT_LIMIT + 1)
    if count > EXPORT_LIMIT:
        raise Invalid(f"一次最多导出 {EXPORT_LIMIT} 条，请先缩小筛选范围。")
    facts = {"conditions": conditions, "form": form, "cameras": count}
    record(AuditAction.CamerasTakenOut, actor=actor, thing=Camera(), label=TITLE, after=facts)
    archive = ArchiveRows(actor, cameras)
    parts = geojson_stream(archive) if form == "geojson" else TABLES[form](table_rows(archive), TITLE)
    return as_file(StreamingHttpResponse(parts), form, TITLE)
