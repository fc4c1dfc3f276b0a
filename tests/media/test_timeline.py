"""One clock per stream, whatever its source does."""

from hypothesis import given
from hypothesis import strategies as st

from gongshi.media.timeline import LONGEST_GAP, Timeline

SECOND = 90_000
times = st.none() | st.integers(-(2**40), 2**40)


def timeline(frame_rate: float = 25.0) -> Timeline:
    line = Timeline()
    line.source_opened(frame_rate)
    return line


def test_it_starts_at_zero_wherever_the_source_starts() -> None:
    place = timeline().place(5_000_000, 5_000_000)
    assert (place.dts, place.pts) == (0, 0)


def test_steps_of_the_source_are_kept() -> None:
    line = timeline()
    assert [line.place(at, at).dts for at in (0, 3600, 7300, 10_700)] == [0, 3600, 7300, 10_700]


def test_frames_without_times_follow_at_the_frame_rate() -> None:
    line = timeline(frame_rate=20.0)
    assert [line.place(None, None).dts for _ in range(3)] == [0, 4500, 9000]


def test_a_jump_or_a_new_source_goes_on_without_a_gap() -> None:
    line = timeline()
    line.place(0, 0)
    line.place(3600, 3600)
    assert line.place(3600 + 10 * LONGEST_GAP, None).dts == 7200
    line.source_opened(25.0)
    assert line.place(0, 0).dts == 10_800


def test_a_short_pause_of_the_camera_is_kept() -> None:
    line = timeline()
    line.place(0, 0)
    assert line.place(SECOND, SECOND).dts == SECOND


def test_reordered_frames_keep_their_composition_offset() -> None:
    place = timeline().place(1000, 8200)
    assert place.pts - place.dts == 7200


@given(st.lists(st.tuples(times, times)))
def test_times_always_grow_and_durations_are_plausible(frames: list[tuple[int | None, int | None]]) -> None:
    line = timeline()
    places = [line.place(dts, pts) for dts, pts in frames]
    decode_times = [place.dts for place in places]
    assert decode_times == sorted(set(decode_times))
    assert all(0 < place.duration <= SECOND for place in places)
    assert all(abs(place.pts - place.dts) <= LONGEST_GAP for place in places)
