"""The six cameras of the demonstration that really show pictures: whose they are and what they show."""

from dataclasses import dataclass, replace
from itertools import islice

from gongshi.demo.scenes import SCENES, Scene
from gongshi.demo.synthetic_cameras import SyntheticCamera, synthetic_cameras

COUNTY = "331102"


@dataclass(frozen=True)
class Stand:
    """Where a scene is filmed, and under which terms its source department shares it."""

    scene: str
    name: str
    department: str
    longitude: float
    latitude: float
    sharing_level: str
    sharing_condition: str = ""


STANDS = (
    Stand("road", "莲都区中山街与解放街路口球机", "丽水市交通运输局", 119.9195, 28.4552, "无条件共享"),
    Stand("square", "莲都区丽阳门广场全景球机", "丽水市综合行政执法局", 119.9226, 28.4612, "无条件共享"),
    Stand(
        "river",
        "莲都区南明湖水域球机",
        "丽水市水利局",
        119.9083,
        28.4405,
        "受限共享",
        "仅限防汛、航运与水域安全",
    ),
    Stand(
        "reservoir",
        "莲都区黄村水库大坝球机",
        "丽水市水利局",
        119.8610,
        28.3906,
        "受限共享",
        "仅限防汛与大坝安全",
    ),
    Stand(
        "school",
        "莲都区实验小学校门口球机",
        "丽水市公安局",
        119.9149,
        28.4588,
        "受限共享",
        "仅限校园周边秩序与交通疏导",
    ),
    Stand(
        "forest",
        "莲都区白云山瞭望塔球机",
        "丽水市林业局",
        119.9301,
        28.4897,
        "受限共享",
        "仅限森林防火与应急处置",
    ),
)
_SCENES = {scene.name: scene for scene in SCENES}


def scene_of(stand: Stand) -> Scene:
    return _SCENES[stand.scene]


def demonstration_cameras(count: int) -> tuple[list[SyntheticCamera], dict[str, Stand]]:
    """`count` cameras, and by code those that are filmed: the first points of 莲都区."""
    cameras = list(synthetic_cameras(count))
    chosen = list(
        islice((number for number, camera in enumerate(cameras) if camera.region == COUNTY), len(STANDS))
    )
    filmed = {}
    for number, stand in zip(chosen, STANDS, strict=True):
        cameras[number] = _hung(cameras[number], stand)
        filmed[cameras[number].code] = stand
    return cameras, filmed


def filmed_codes() -> dict[str, str]:
    """The camera's code by the name of the scene that it films, to be written into its picture."""
    # The first points of 莲都区 are among the first of the city.
    _, filmed = demonstration_cameras(100)
    return {stand.scene: code for code, stand in filmed.items()}


def _hung(camera: SyntheticCamera, stand: Stand) -> SyntheticCamera:
    return replace(
        camera,
        name=stand.name,
        device_type="球机",
        point_class=1 if stand.department == "丽水市公安局" else 2,
        address=f"浙江省丽水市{stand.name.removesuffix('球机').removesuffix('全景')}",
        longitude=stand.longitude,
        latitude=stand.latitude,
        owner=stand.department,
        source_department=stand.department,
        builder=stand.department,
        manager=stand.department,
        sharing_level=stand.sharing_level,
        sharing_condition=stand.sharing_condition,
        no_sharing_ground="",
        opening_level="受限开放",
        security_level="L2",
        status="在线",
        platform="共享总平台",
        network_zone="政务外网",
        history_source="无",
    )
