"""The six cameras that show pictures."""

from gongshi.demo.scenes import SCENES
from gongshi.demo.streamed_cameras import STANDS, demonstration_cameras, filmed_codes
from gongshi.identity.borders import county_of


def test_every_scene_is_filmed_by_a_camera_of_the_catalogue_with_the_same_code() -> None:
    cameras, filmed = demonstration_cameras(2000)
    codes = {camera.code for camera in cameras}
    assert {stand.scene: code for code, stand in filmed.items()} == filmed_codes()
    assert filmed_codes().keys() == {scene.name for scene in SCENES}
    assert set(filmed_codes().values()) <= codes


def test_they_hang_in_the_county_that_their_code_names() -> None:
    cameras, filmed = demonstration_cameras(2000)
    for camera in cameras:
        if camera.code in filmed:
            assert county_of(camera.longitude, camera.latitude) == camera.region == camera.code[:6]


def test_the_demonstration_shows_points_that_are_agreed_at_once_and_points_that_are_asked_for() -> None:
    assert {stand.sharing_level for stand in STANDS} == {"无条件共享", "受限共享"}
