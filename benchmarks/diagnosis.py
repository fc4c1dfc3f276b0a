"""How well and how fast pictures are judged; prints one JSON object a line, the confusion table to stderr.

Needs nothing running. All pictures are made by code (`scenes`, `ruined`) in H.264 of several qualities;
judged are only places that were not looked at when thresholds were chosen. `SEEDS` sets how many of each.
"""

import json
import os
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from av.video.frame import VideoFrame

from benchmarks.ruined import MOMENTS, RUINS, Strength, clean, ruined, through_encoder
from benchmarks.scenes import TESTING, Place
from gongshi.quality.diagnosis.verdicts import DEFAULTS, diagnose
from gongshi.quality.looking import Target, look

SEEDS = int(os.environ.get("SEEDS", "3"))
CLEAN_SEEDS = 7 * SEEDS
QUALITIES = (23, 26, 30)
LOOKS = 60
SILENT_CAMERAS = 100
IN_ORDER = "正常"

# (what was wrong, how much, what was found)
Verdict = tuple[str, str, tuple[str, ...]]


def main() -> None:
    jobs = [(place, seed) for place in TESTING for seed in range(CLEAN_SEEDS)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        found = [verdict for some in pool.map(judge_place, jobs) for verdict in some]
    print_confusion(found)
    for strength in Strength:
        right = [fault in faults for fault, how, faults in found if how == strength]
        aim = 1.0 if strength is Strength.MIDDLE else None
        tell(f"diagnosis_found_{strength}", sum(right) / len(right), "ratio", aim, "higher")
    alarms = [bool(faults) for fault, _, faults in found if not fault]
    tell("diagnosis_false_alarms", sum(alarms) / len(alarms), "ratio", 0.02, "lower")
    tell("diagnosis_cameras_per_core", looks_per_s(), "cameras/s", 20, "higher")
    measure_waiting()


def judge_place(job: tuple[Place, int]) -> list[Verdict]:
    """One place, clean; and for the first seeds with every fault at every strength."""
    place, seed = job
    shot, quality = place.shot(seed), QUALITIES[seed % len(QUALITIES)]
    verdicts: list[Verdict] = [("", "", diagnose(through_encoder(clean(shot), quality)).faults)]
    if seed < SEEDS:
        taken = {moment: shot(moment) for moment in MOMENTS}
        for fault in RUINS:
            for strength in Strength:
                frames = ruined(taken.__getitem__, fault, strength, seed)
                verdicts.append((fault, strength, diagnose(through_encoder(frames, quality)).faults))
    for fault, strength, faults in verdicts:
        if (fault not in faults) if fault and strength != Strength.WEAK else (not fault and faults):
            print(place.name, seed, quality, fault or "clean", strength, faults, file=sys.stderr)
    return verdicts


def print_confusion(found: list[Verdict]) -> None:
    """What was wrong, by line, and how often what was found first, in percent."""
    columns = ["", *RUINS]
    print(f"{'':24}", *(f"{name or IN_ORDER:>11}" for name in columns), file=sys.stderr)
    for fault, strength in sorted({(fault, how) for fault, how, _ in found}):
        first = Counter(
            faults[0] if faults else "" for each, how, faults in found if (each, how) == (fault, strength)
        )
        shares = [100 * first[name] / first.total() for name in columns]
        print(
            f"{fault or 'clean':>13} {strength:10}", *(f"{share:11.0f}" for share in shares), file=sys.stderr
        )


def looks_per_s() -> float:
    """How many cameras one core judges in a second, of whom three key frames in 720p are decoded already."""
    places = TESTING[::3]
    looks: list[list[VideoFrame]] = [
        through_encoder(clean(place.shot(0), (0.0, 2.0, 4.0))) for place in places
    ]
    diagnose(looks[0])
    began = time.process_time()
    for number in range(LOOKS):
        diagnose(looks[number % len(looks)])
    return LOOKS / (time.process_time() - began)


def measure_waiting() -> None:
    """Cameras that take the connection and say nothing: all wait beside each other, and hold no core."""
    with silent_camera() as url:
        targets = [Target(number, url) for number in range(SILENT_CAMERAS)]
        wall, core = time.monotonic(), time.process_time()
        seen = list(look(targets, at_once=SILENT_CAMERAS, window_s=6, thresholds=DEFAULTS))
        wall, core = time.monotonic() - wall, time.process_time() - core
    assert len(seen) == SILENT_CAMERAS and not any(each.diagnosis for each in seen)
    tell("inspection_100_silent_cameras", wall, "s", 10, "lower")
    tell("inspection_waiting_core_share", core / wall, "cores", 0.2, "lower")


@contextmanager
def silent_camera() -> Iterator[str]:
    """A port that takes every connection, and never answers."""
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=SILENT_CAMERAS) as server:

        def take() -> None:
            while True:
                try:
                    kept.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield f"rtsp://127.0.0.1:{server.getsockname()[1]}/silent"
    for connection in kept:
        connection.close()


def tell(name: str, value: float, unit: str, aim: float | None, better: str) -> None:
    figure = {"name": name, "value": round(value, 3), "unit": unit, "aim": aim, "better": better}
    print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
