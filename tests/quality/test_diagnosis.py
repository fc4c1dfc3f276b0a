"""Each fault is found on places made by code, nothing on clean ones. How often: `benchmarks/diagnosis.py`."""

from functools import cache

import av
import numpy as np
import pytest

from benchmarks.ruined import MOMENTS, RUINS, Strength, clean, ruined, through_encoder
from benchmarks.scenery import Pixels
from benchmarks.scenes import TESTING, TUNING, Place
from gongshi.quality.diagnosis.faults import BY_CODE, FAULTS, PICTURE_FAULTS
from gongshi.quality.diagnosis.pictures import picture_of
from gongshi.quality.diagnosis.verdicts import DEFAULTS, diagnose

PLACES = {place.name: place for place in (*TUNING, *TESTING)}
SOME = ("street", "night_street", "warehouse")


@cache
def taken(name: str) -> dict[float, Pixels]:
    shot = PLACES[name].shot(11)
    return {moment: shot(moment) for moment in MOMENTS}


@pytest.mark.parametrize("name", ["street", "forest", "corridor", "night_street", "rainy_bridge", "market"])
def test_nothing_is_found_on_a_clean_picture(name: str) -> None:
    diagnosis = diagnose(through_encoder(clean(taken(name).__getitem__)))
    assert diagnosis.faults == ()
    assert diagnosis.result_code == 0
    assert diagnosis.numbers.keys() == DEFAULTS.keys()


@pytest.mark.parametrize("fault", RUINS)
@pytest.mark.parametrize("name", SOME)
def test_a_fault_is_found_with_its_number_beyond_the_threshold(name: str, fault: str) -> None:
    frames = ruined(taken(name).__getitem__, fault, Strength.MIDDLE, 11)
    diagnosis = diagnose(through_encoder(frames))
    assert fault in diagnosis.faults
    number, threshold = diagnosis.numbers[fault]
    assert BY_CODE[fault].is_found(number, threshold)
    assert diagnosis.result_code == BY_CODE[diagnosis.faults[0]].result_code != 0


def test_another_threshold_makes_another_verdict() -> None:
    frames = through_encoder(ruined(taken("street").__getitem__, "noise", Strength.MIDDLE, 11))
    assert "noise" in diagnose(frames).faults
    assert "noise" not in diagnose(frames, dict(DEFAULTS) | {"noise": 60}).faults


def test_a_single_picture_does_not_tell_whether_it_is_frozen() -> None:
    frames = through_encoder(ruined(taken("street").__getitem__, "frozen", Strength.MIDDLE, 11))
    assert "frozen" not in diagnose(frames[:1]).numbers


def test_without_pictures_nothing_is_judged() -> None:
    with pytest.raises(ValueError, match="nothing to judge"):
        diagnose([])


def test_a_camera_of_full_range_is_as_light_as_one_of_limited_range() -> None:
    shown = np.full((360, 640, 3), 128, np.uint8)
    limited = av.VideoFrame.from_ndarray(shown, "bgr24").reformat(format="yuv420p")
    full = av.VideoFrame.from_ndarray(shown, "bgr24").reformat(format="yuvj420p")
    lights = [float(picture_of(frame).light.mean()) for frame in (limited, full)]
    assert lights == pytest.approx([128, 128], abs=2)


@pytest.mark.parametrize(("width", "height"), [(64, 48), (352, 288), (1920, 1080), (130, 98)])
def test_pictures_of_any_size_are_judged(width: int, height: int) -> None:
    shown = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
    frame = av.VideoFrame.from_ndarray(shown, "bgr24").reformat(format="yuv420p")
    assert "noise" in diagnose([frame, frame]).faults


def test_every_fault_has_its_own_code_and_a_code_of_the_city_police() -> None:
    assert len(BY_CODE) == len(FAULTS)
    assert {fault.result_code for fault in FAULTS} <= set(range(1, 11))
    assert set(RUINS) == {fault.code for fault in PICTURE_FAULTS}
    assert {code for fault in FAULTS for code in fault.hides} <= BY_CODE.keys()


def test_places_that_prove_are_not_those_that_tune() -> None:
    assert not {place.name for place in TUNING} & {place.name for place in TESTING}


def test_the_same_seed_is_the_same_place() -> None:
    first, second = (Place.shot(TUNING[0], 5)(0.0) for _ in range(2))
    assert np.array_equal(first, second)
