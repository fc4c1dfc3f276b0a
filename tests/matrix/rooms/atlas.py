"""The map: a point and a list of points."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import make_camera
from tests.matrix.prepared import Prepared


def _file_of(code: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("点位.csv", f"视频编号\n{code}\n".encode(), "text/csv")


def atlas(made: Prepared) -> None:
    camera = make_camera(made.city.water)
    point_list = made.city.make_list(camera)
    made.about("atlas/lists/<int:pk>/", pk=point_list.pk)
    for below in ("", "/file", "/points"):
        made.about(f"api/v1/atlas/lists/<int:list_id>{below}", list_id=point_list.pk)
    another = make_camera(made.city.water)
    made.takes("PATCH api/v1/atlas/lists/<int:list_id>", {"name": "防汛清单"})
    made.takes("POST api/v1/atlas/lists/<int:list_id>/points", {"add": [another.pk]})
    made.takes("POST api/v1/atlas/codes", {"text": camera.code})
    made.takes("POST api/v1/atlas/codes/file", lambda _: {"file": _file_of(camera.code)})
    made.takes("POST api/v1/atlas/select", {"filters": {"code": [camera.code]}})
    made.about("api/v1/atlas/cameras/<int:camera_id>", camera_id=camera.pk)
    made.takes("POST api/v1/atlas/summary", {"camera_ids": [camera.pk]})
    made.takes("POST api/v1/atlas/lists", {"name": "清单", "camera_ids": [camera.pk]})
