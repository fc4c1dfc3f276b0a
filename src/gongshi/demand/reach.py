"""Which of a camera's paths serves a demand (App. B)."""

from gongshi.catalogue.codes import Platform
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.catalogue.queries import path_for


def path_by(camera: Camera, way: str | None) -> AccessPath | None:
    """The path of a way of watching; structured data has no way and comes from the big-data platform."""
    if way is None:
        return next((path for path in camera.paths.all() if path.platform == Platform.BIG_DATA), None)
    return path_for(camera, way)
