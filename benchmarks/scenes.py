"""Pictures of fixed cameras made by code: clean scenes of many kinds. Nothing here is a real place or person.

`TUNING` scenes are those on which thresholds may be chosen, `TESTING` ones prove them. Pictures are BGR in
float32 of 0–255, 1280 × 720, as the sensor would give them; `on_screen` adds what the camera writes on them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from benchmarks.scenery import (
    ASPHALT,
    CARS,
    HEIGHT,
    LAWN,
    LEAVES,
    PAVING,
    WIDTH,
    Pixels,
    Random,
    Shot,
    _blank,
    _still,
    building,
    car,
    filmed,
    foliage,
    fractal,
    ground,
    lamp_light,
    painted,
    polygon,
    rain,
    road,
    sky,
    traffic,
    walkers,
)

# Places on which thresholds may be chosen.


def street(random: Random) -> Shot:
    picture, horizon = _blank(), int(random.integers(220, 300))
    sky(random, picture, horizon, (224, 190, 150), (238, 228, 214), 6)
    ground(random, picture, horizon, PAVING, 9)
    for left in range(-40, WIDTH, int(random.integers(150, 260))):
        top = int(random.integers(40, horizon - 60))
        building(
            random,
            picture,
            (max(left, 0), top, min(left + int(random.integers(110, 230)), WIDTH), horizon + 30),
        )
    road(random, picture, horizon, random.uniform(400, 880), random.uniform(1100, 1700))
    return filmed(
        random, picture, traffic(random, 7, horizon, random.uniform(0.8, 2)), random.uniform(1.5, 3.5)
    )


def park(random: Random) -> Shot:
    picture, horizon = _blank(), int(random.integers(160, 260))
    sky(random, picture, horizon, (215, 180, 140), (235, 225, 215), 10)
    ground(random, picture, horizon, LAWN, 13)
    path = painted(random, PAVING, HEIGHT, WIDTH, 8)
    bend = random.uniform(300, 900)
    polygon(
        picture, [(bend, horizon), (bend + 40, horizon), (bend + 420, HEIGHT), (bend - 160, HEIGHT)], path
    )
    for _ in range(16):
        centre = (int(random.integers(0, WIDTH)), int(random.integers(horizon - 90, horizon + 50)))
        foliage(random, picture, centre, int(random.integers(60, 150)), LEAVES)
    return filmed(random, picture, walkers(random, 8, horizon), random.uniform(1.5, 3))


def hall(random: Random) -> Shot:
    picture = _blank()
    picture[:] = painted(random, (176, 184, 188), HEIGHT, WIDTH, 5)
    floor = int(random.integers(360, 440))
    ground(random, picture, floor, (150, 158, 166), 7)
    for x in range(60, WIDTH, 220):
        cv2.rectangle(picture, (x, 60), (x + 150, floor - 60), (120, 132, 150), -1)
        cv2.rectangle(picture, (x, 60), (x + 150, floor - 60), (80, 84, 90), 4)
        cv2.rectangle(picture, (x + 20, 90), (x + 128, 200), (214, 206, 190), -1)
    for row in range(3):
        for x in range(80 + 50 * row, WIDTH - 60, 190):
            cv2.rectangle(
                picture, (x, floor + 40 + row * 90), (x + 110, floor + 90 + row * 90), (90, 110, 70), -1
            )
    return filmed(random, picture, walkers(random, 3, floor), random.uniform(1.5, 3))


def night_street(random: Random) -> Shot:
    picture, horizon = _blank(), int(random.integers(220, 300))
    sky(random, picture, horizon, (60, 50, 44), (86, 74, 70), 3)
    ground(random, picture, horizon, PAVING, 9)
    for left in range(0, WIDTH, int(random.integers(150, 260))):
        box = (left, int(random.integers(60, horizon - 60)), min(left + 200, WIDTH), horizon + 30)
        building(random, picture, box, lit=0.25)
    road(random, picture, horizon, random.uniform(400, 880), random.uniform(1100, 1700))
    lamps = [(x, random.uniform(120, 300), random.uniform(190, 300)) for x in range(120, WIDTH, 300)]
    dark = lamp_light(picture, lamps, random.uniform(0.16, 0.3), (0.72, 0.95, 1.08))
    return filmed(random, dark, traffic(random, 4, horizon, 1.2), random.uniform(3, 6))


def rainy_street(random: Random) -> Shot:
    picture, horizon = _blank(), int(random.integers(200, 280))
    sky(random, picture, horizon, (165, 160, 154), (186, 182, 178), 8)
    ground(random, picture, horizon, (110, 112, 112), 11)
    for left in range(0, WIDTH, int(random.integers(180, 280))):
        building(
            random,
            picture,
            (left, int(random.integers(60, 180)), min(left + 180, WIDTH), horizon + 20),
            lit=0.1,
        )
    road(random, picture, horizon, random.uniform(400, 880), 1500)
    drive, fall = traffic(random, 5, horizon, 1.1), np.random.default_rng(random.integers(1 << 31))

    def move(frame: Pixels, moment: float) -> None:
        drive(frame, moment)
        rain(fall, frame, 700)

    return filmed(random, picture * 0.86 + 14, move, random.uniform(2, 4))


def hillside(random: Random) -> Shot:
    picture, horizon = _blank(), int(random.integers(150, 260))
    sky(random, picture, horizon, (220, 186, 150), (236, 226, 216), 12)
    ground(random, picture, horizon, (70, 112, 96), 16)
    for row in range(5):
        for _ in range(14):
            centre = (int(random.integers(0, WIDTH)), horizon + row * 90 + int(random.integers(-20, 50)))
            tone = random.uniform(0.7, 1.25)
            foliage(
                random,
                picture,
                centre,
                int(random.integers(46, 80 + 26 * row)),
                tuple(tone * each for each in LEAVES),
            )  # type: ignore[arg-type]
    return filmed(random, picture, _sway(random), random.uniform(1.5, 3))


def _sway(random: Random) -> Callable[[Pixels, float], None]:
    """Leaves in the wind: parts of the picture move by a pixel or two."""
    speed = random.uniform(0.6, 1.4)

    def move(picture: Pixels, moment: float) -> None:
        rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        shift = 1.6 * np.sin(columns / 90 + moment * speed * 2.1) * np.sin(rows / 70 + moment * speed)
        picture[:] = cv2.remap(
            picture, columns + shift, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )

    return move


# Places of which some prove the thresholds: other shapes, other light.


def crossroads_at_dusk(random: Random) -> Shot:
    picture, horizon = _blank(), int(random.integers(120, 190))
    sky(random, picture, horizon, (150, 120, 104), (150, 176, 226), 5)
    ground(random, picture, horizon, ASPHALT, 9)
    for left in (0, 340, 700, 1010):
        building(random, picture, (left, int(random.integers(20, 100)), left + 220, horizon + 60), lit=0.4)
    for x in range(120, WIDTH - 100, 74):
        corners = [(x, 560), (x + 36, 560), (x + 54, 680), (x + 12, 680)]
        polygon(picture, corners, (206, 210, 212))
    cv2.line(picture, (0, 430), (WIDTH, 400), (190, 200, 205), 4)
    drive, walk = traffic(random, 6, horizon + 80, 1.3), walkers(random, 5, 420)

    def move(frame: Pixels, moment: float) -> None:
        drive(frame, moment)
        walk(frame, moment)

    return filmed(random, picture * 0.72, move, random.uniform(2, 4))


def market(random: Random) -> Shot:
    picture = _blank()
    picture[:] = painted(random, (140, 146, 150), HEIGHT, WIDTH, 8)
    for row in range(4):
        y = 60 + row * 165
        for x in range(int(random.integers(0, 60)), WIDTH - 60, int(random.integers(130, 190))):
            colour = tuple(float(each) for each in random.uniform(50, 220, 3))
            polygon(picture, [(x, y), (x + 110, y), (x + 126, y + 54), (x - 14, y + 54)], colour)  # type: ignore[arg-type]
            picture[y + 60 : y + 104, x : x + 110] = painted(
                random, (70, 110, 170), 44, min(110, WIDTH - x), 30
            )
    return filmed(random, picture, walkers(random, 16, 120), random.uniform(1.5, 3))


def forest(random: Random) -> Shot:
    picture = _blank()
    picture[:] = painted(random, (52, 84, 70), HEIGHT, WIDTH, 15)
    for _ in range(90):
        tone = random.uniform(0.55, 1.5)
        centre = (int(random.integers(0, WIDTH)), int(random.integers(0, HEIGHT)))
        foliage(
            random,
            picture,
            centre,
            int(random.integers(40, 130)),
            tuple(tone * each for each in (50, 96, 74)),
        )  # type: ignore[arg-type]
    if random.random() < 0.6:
        sky(random, picture, int(random.integers(60, 140)), (222, 196, 168), (232, 224, 216), 6)
    for x in random.integers(0, WIDTH, 9):
        cv2.line(
            picture,
            (int(x), 200),
            (int(x + random.integers(-20, 20)), HEIGHT),
            (52, 66, 84),
            int(random.integers(6, 22)),
        )
    return filmed(random, picture, _sway(random), random.uniform(1.5, 3.5))


def corridor(random: Random) -> Shot:
    """Seen at a quiet hour: nobody is there."""
    picture = _blank()
    picture[:] = painted(random, (186, 192, 194), HEIGHT, WIDTH, 3.5)
    x, y = random.uniform(540, 740), random.uniform(240, 330)
    polygon(
        picture,
        [(x - 90, y + 80), (x + 90, y + 80), (WIDTH + 60, HEIGHT), (-60, HEIGHT)],
        painted(random, (120, 132, 142), HEIGHT, WIDTH, 7),
    )
    polygon(
        picture,
        [(x - 90, y - 90), (x + 90, y - 90), (WIDTH, 0), (0, 0)],
        painted(random, (206, 208, 208), HEIGHT, WIDTH, 3),
    )
    cv2.rectangle(picture, (int(x - 90), int(y - 90)), (int(x + 90), int(y + 80)), (134, 146, 156), -1)
    for side in (-1, 1):
        for reach in (180, 300, 470):
            door = [(x + side * reach, y - reach * 0.5), (x + side * (reach + 60), y - reach * 0.6)]
            foot = [(x + side * (reach + 60), y + reach * 0.75), (x + side * reach, y + reach * 0.62)]
            polygon(picture, door + foot, (96, 120, 148))
            polygon(
                picture,
                [
                    (a * 0.2 + b * 0.8, c * 0.2 + d * 0.8)
                    for (a, c), (b, d) in zip(door + foot, [door[0]] * 4, strict=True)
                ],
                (190, 196, 200),
            )
    for step in range(4):
        cv2.ellipse(
            picture,
            (int(x), int(y - 120 - 50 * step)),
            (14 + 22 * step, 4 + 4 * step),
            0,
            0,
            360,
            (250, 252, 252),
            -1,
        )
    return filmed(random, picture, _still, random.uniform(1.2, 2.5))


def night_square(random: Random) -> Shot:
    picture = _blank()
    ground(random, picture, 0, PAVING, 10)
    sky(random, picture, 200, (52, 46, 42), (70, 62, 58), 2)
    for left in (60, 420, 900):
        building(random, picture, (left, 70, left + 260, 240), lit=0.5)
    for x in range(0, WIDTH, 80):
        cv2.line(picture, (x, 240), (int(640 + (x - 640) * 2.6), HEIGHT), (120, 124, 128), 2)
    lamps = [(random.uniform(0, WIDTH), random.uniform(200, 480), random.uniform(210, 330)) for _ in range(6)]
    dark = lamp_light(picture, lamps, random.uniform(0.18, 0.32), (0.9, 1.0, 1.02))
    return filmed(random, dark, walkers(random, 7, 260), random.uniform(3, 6))


def rainy_bridge(random: Random) -> Shot:
    picture, horizon = _blank(), int(random.integers(240, 320))
    sky(random, picture, horizon, (150, 148, 144), (172, 170, 166), 7)
    water = cv2.resize(fractal(random, (HEIGHT - horizon) // 2, WIDTH // 6), (WIDTH, HEIGHT - horizon))
    picture[horizon:] = np.array((128, 126, 112), np.float32) + water[..., None] * 9
    polygon(
        picture,
        [(0, 430), (WIDTH, 360), (WIDTH, 480), (0, 590)],
        painted(random, (124, 128, 130), HEIGHT, WIDTH, 9),
    )
    for x in range(0, WIDTH, 44):
        cv2.line(picture, (x, 430 - x * 70 // WIDTH), (x, 380 - x * 70 // WIDTH), (80, 86, 92), 5)
    drive, fall = traffic(random, 4, 330, 1.2), np.random.default_rng(random.integers(1 << 31))

    def move(frame: Pixels, moment: float) -> None:
        drive(frame, moment)
        rain(fall, frame, 900)

    return filmed(random, picture, move, random.uniform(2, 4))


def river(random: Random) -> Shot:
    picture, horizon = _blank(), int(random.integers(180, 260))
    sky(random, picture, horizon, (214, 182, 146), (232, 222, 212), 9)
    far = horizon + int(random.integers(30, 70))
    for x in range(0, WIDTH, 60):
        foliage(random, picture, (x, far - 20), int(random.integers(30, 60)), (60, 96, 76))
    surface = cv2.resize(fractal(random, (HEIGHT - far) * 2, WIDTH // 5), (WIDTH, (HEIGHT - far) * 2))
    picture[far:] = (150, 140, 108)
    polygon(
        picture,
        [(0, 560), (420, 640), (420, HEIGHT), (0, HEIGHT)],
        painted(random, PAVING, HEIGHT, WIDTH, 10),
    )
    bank = picture.copy()
    current = random.uniform(8, 20)

    def move(frame: Pixels, moment: float) -> None:
        shift = int(moment * current) % (HEIGHT - far)
        frame[far:] = (
            np.array((150, 140, 108), np.float32) + surface[shift : shift + HEIGHT - far][..., None] * 12
        )
        frame[560:, :420] = bank[560:, :420]

    return filmed(random, picture, move, random.uniform(1.5, 3))


def courtyard(random: Random) -> Shot:
    """Overcast, seen from above: hardly any sky, little contrast."""
    picture = _blank()
    picture[:] = painted(random, (142, 148, 150), HEIGHT, WIDTH, 9)
    for x in range(40, WIDTH - 130, 150):
        cv2.line(picture, (x, 380), (x + 30, 560), (196, 200, 202), 4)
        if random.random() < 0.7:
            car(picture, x + 20, 500, 110, CARS[random.integers(len(CARS))])
    building(random, picture, (0, 0, 520, 240))
    building(random, picture, (640, 0, WIDTH, 200))
    for _ in range(7):
        foliage(random, picture, (int(random.integers(0, WIDTH)), int(random.integers(220, 320))), 70, LEAVES)
    return filmed(random, picture * 0.8 + 24, walkers(random, 3, 400), random.uniform(1.5, 3))


def warehouse(random: Random) -> Shot:
    picture = _blank()
    picture[:] = painted(random, (104, 112, 118), HEIGHT, WIDTH, 6)
    ground(random, picture, 470, (126, 134, 138), 9)
    for x in range(30, WIDTH - 60, int(random.integers(96, 130))):
        for y in range(70, 430, int(random.integers(70, 90))):
            box = np.array((88, 130, 176), np.float32) * random.uniform(0.6, 1.25)
            picture[y : y + 56, x : x + 80] = painted(
                random, tuple(float(each) for each in box), 56, min(80, WIDTH - x), 9
            )  # type: ignore[arg-type]
        cv2.line(picture, (x - 8, 50), (x - 8, 470), (60, 70, 150), 7)
    lamps = [(x, 30.0, 300.0) for x in range(160, WIDTH, 320)]
    lit = lamp_light(picture, lamps, random.uniform(0.5, 0.7), (0.98, 1.0, 0.98))
    return filmed(random, lit, traffic(random, 1, 480, 0.8), random.uniform(2, 4))


def infrared_yard(random: Random) -> Shot:
    """At night by the camera's own infrared light: grey, bright in the middle."""
    picture = _blank()
    picture[:] = painted(random, (150, 150, 150), HEIGHT, WIDTH, 11)
    building(random, picture, (700, 0, WIDTH, 300))
    for _ in range(12):
        foliage(
            random,
            picture,
            (int(random.integers(0, 640)), int(random.integers(40, 260))),
            80,
            (120, 120, 120),
        )
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = np.exp(-(((columns - 640) / 560) ** 2 + ((rows - 420) / 380) ** 2)) * 0.95 + 0.08
    grey = picture.mean(axis=2, keepdims=True).repeat(3, axis=2) * light[..., None]
    return filmed(random, grey, walkers(random, 2, 380), random.uniform(3, 5))


def orchard(random: Random) -> Shot:
    """Rows of trees on a slope, some in bloom."""
    picture, horizon = _blank(), int(random.integers(90, 170))
    sky(random, picture, horizon, (218, 190, 156), (230, 222, 214), 8)
    ground(random, picture, horizon, (78, 118, 108), 15)
    for row in range(6):
        y = int(horizon + 20 + (HEIGHT - horizon) * (row / 6) ** 1.3)
        step = 70 + 24 * row
        for x in range(int(random.integers(-30, 30)), WIDTH + 40, step):
            cv2.line(
                picture, (x, y), (x + int(random.integers(-6, 6)), y + 26 + 12 * row), (50, 62, 78), 3 + row
            )
            bloom = (170, 160, 210) if random.random() < 0.3 else (58, 104, 78)
            foliage(random, picture, (x, y), 26 + 13 * row, bloom)
    return filmed(random, picture, _sway(random), random.uniform(1.5, 3.5))


def waiting_room(random: Random) -> Shot:
    picture = _blank()
    picture[:] = painted(random, (188, 196, 200), HEIGHT, WIDTH, 4)
    ground(random, picture, 300, (150, 152, 156), 7)
    colour = CARS[random.integers(2)]
    for row in range(4):
        y, size = 330 + row * 95, 44 + row * 12
        for x in range(int(random.integers(30, 110)), WIDTH - 80, size + 22):
            cv2.rectangle(picture, (x, y), (x + size, y + size), colour, -1)
            cv2.rectangle(
                picture, (x, y + size), (x + size, y + size + 8), tuple(each * 0.6 for each in colour), -1
            )
    for left in (90, 520, 950):
        cv2.rectangle(picture, (left, 70), (left + 250, 230), (236, 226, 208), -1)
        cv2.rectangle(picture, (left, 70), (left + 250, 230), (96, 100, 108), 7)
    return filmed(random, picture, walkers(random, 6, 300), random.uniform(1.5, 3))


def dam(random: Random) -> Shot:
    picture, crest = _blank(), int(random.integers(240, 330))
    sky(random, picture, 150, (206, 182, 152), (226, 218, 208), 9)
    for x in range(0, WIDTH, 46):
        foliage(random, picture, (x, 175), int(random.integers(40, 74)), (66, 98, 80))
    picture[170:crest] = painted(random, (140, 146, 120), crest - 170, WIDTH, 7)
    wall = painted(random, (156, 162, 166), HEIGHT - crest, WIDTH, 10)
    picture[crest:] = wall
    for y in range(crest + 60, HEIGHT, int(random.integers(90, 140))):
        cv2.line(picture, (0, y), (WIDTH, y + int(random.integers(-14, 14))), (112, 118, 122), 3)
    for x in range(100, WIDTH, 260):
        polygon(
            picture,
            [(x, crest - 40), (x + 70, crest - 40), (x + 76, crest + 130), (x - 6, crest + 130)],
            (104, 110, 118),
        )
    return filmed(random, picture, traffic(random, 2, crest - 40, 0.7), random.uniform(1.5, 3))


def toll_station(random: Random) -> Shot:
    """At night under bright lamps."""
    picture = _blank()
    ground(random, picture, 0, (120, 124, 126), 9)
    sky(random, picture, 210, (64, 54, 48), (84, 74, 68), 2)
    cv2.rectangle(picture, (0, 120), (WIDTH, 190), (90, 90, 190), -1)
    for x in range(60, WIDTH, int(random.integers(190, 250))):
        cv2.rectangle(picture, (x, 190), (x + 46, 470), (150, 170, 180), -1)
        cv2.line(picture, (x + 46, 420), (x + 170, 400), (230, 230, 240), 6)
        polygon(
            picture,
            [(x - 10, 470), (x + 60, 470), (x + 90, HEIGHT), (x - 60, HEIGHT)],
            painted(random, (140, 170, 176), HEIGHT, WIDTH, 8),
        )
    lamps = [(x, 200.0, random.uniform(230, 300)) for x in range(150, WIDTH, 240)]
    lit = lamp_light(picture, lamps, random.uniform(0.22, 0.34), (0.95, 1.0, 1.0))
    return filmed(random, lit, traffic(random, 4, 380, 0.9), random.uniform(3, 5))


@dataclass(frozen=True)
class Place:
    name: str
    set_up: Callable[[Random], Shot]

    def shot(self, seed: int) -> Shot:
        """One of the many places of this kind; the same seed gives the same."""
        return self.set_up(np.random.default_rng((seed, *self.name.encode())))


TUNING: Final = tuple(
    Place(make.__name__, make)
    for make in (
        street,
        park,
        hall,
        night_street,
        rainy_street,
        hillside,
        forest,
        corridor,
        river,
        infrared_yard,
    )
)
TESTING: Final = tuple(
    Place(make.__name__, make)
    for make in (
        crossroads_at_dusk,
        market,
        night_square,
        rainy_bridge,
        courtyard,
        warehouse,
        orchard,
        waiting_room,
        dam,
        toll_station,
    )
)
