"""What scenes are painted of: materials, houses, trees, cars, people on foot, lamps, rain; and a sensor."""

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 720
Pixels = NDArray[np.float32]
Random = np.random.Generator
Colour = tuple[float, float, float]
# A scene that has been set up: gives the picture of a moment in seconds.
Shot = Callable[[float], Pixels]

ASPHALT: Final[Colour] = (92, 92, 90)
PAVING: Final[Colour] = (150, 156, 160)
LAWN: Final[Colour] = (60, 120, 84)
LEAVES: Final[Colour] = (44, 92, 60)
WALLS: Final[tuple[Colour, ...]] = ((150, 170, 186), (128, 140, 160), (196, 204, 208), (110, 128, 170))
CARS: Final[tuple[Colour, ...]] = (
    (60, 60, 190),
    (170, 110, 60),
    (226, 226, 226),
    (40, 40, 44),
    (150, 152, 156),
)


def fractal(random: Random, height: int, width: int, finest: int = 2, roughness: float = 0.78) -> Pixels:
    """Natural-looking unevenness with a deviation of about 1; `finest` is the size of its smallest grains."""
    total = np.zeros((height, width), np.float32)
    grain, weight = finest, 1.0
    while grain < max(height, width) // 2:
        size = (max(width // grain, 2), max(height // grain, 2))
        layer = random.standard_normal((size[1], size[0])).astype(np.float32)
        total += weight * cv2.resize(layer, (width, height), interpolation=cv2.INTER_CUBIC)
        grain, weight = grain * 2, weight / roughness
        if weight > 40:
            break
    return total / max(float(total.std()), 1e-6)


def painted(random: Random, colour: Colour, height: int, width: int, unevenness: float) -> Pixels:
    """A surface of one material."""
    grain = fractal(random, height, width)[..., None] * unevenness
    return np.asarray(colour, np.float32) + grain


def sky(random: Random, picture: Pixels, horizon: int, upper: Colour, lower: Colour, clouds: float) -> None:
    ramp = np.linspace(0, 1, horizon, dtype=np.float32)[:, None, None]
    picture[:horizon] = np.asarray(upper, np.float32) * (1 - ramp) + np.asarray(lower, np.float32) * ramp
    picture[:horizon] += np.clip(fractal(random, horizon, WIDTH, 8, 0.5), 0, None)[..., None] * clouds


def ground(random: Random, picture: Pixels, top: int, colour: Colour, unevenness: float) -> None:
    picture[top:] = painted(random, colour, HEIGHT - top, WIDTH, unevenness)


def polygon(picture: Pixels, points: Sequence[tuple[float, float]], surface: Pixels | Colour) -> None:
    """Fill with a surface of the picture's size, or a colour."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.asarray(points, np.int32)], 1)
    filled = surface if isinstance(surface, np.ndarray) else np.asarray(surface, np.float32)
    picture[mask > 0] = filled[mask > 0] if isinstance(surface, np.ndarray) else filled


def road(random: Random, picture: Pixels, horizon: int, vanishing: float, width: float) -> None:
    """A road to the horizon with its lane marks."""
    shape = [(vanishing - 20, horizon), (vanishing + 20, horizon)]
    left, right = vanishing - width / 2, vanishing + width / 2
    polygon(picture, [*shape, (right, HEIGHT), (left, HEIGHT)], painted(random, ASPHALT, HEIGHT, WIDTH, 9))
    for share in (0.34, 0.66):
        foot = left + share * width
        for step in range(9):
            near, far = (step + 0.5) ** 2 / 81, step**2 / 81
            ends = [
                (vanishing + (foot - vanishing) * at, horizon + (HEIGHT - horizon) * at) for at in (far, near)
            ]
            cv2.line(picture, *[(int(x), int(y)) for x, y in ends], (205, 210, 212), 1 + int(9 * near))


def building(random: Random, picture: Pixels, box: tuple[int, int, int, int], lit: float = 0.0) -> None:
    """A house with windows; `lit` is the share of windows with light."""
    left, top, right, bottom = box
    wall = WALLS[random.integers(len(WALLS))]
    shade = random.uniform(0.6, 1.05)
    surface = painted(random, wall, bottom - top, right - left, 7) * shade
    picture[top:bottom, left:right] = surface
    across, down = int(random.integers(26, 60)), int(random.integers(30, 64))
    for y in range(top + 14, bottom - down // 2, down):
        for x in range(left + 10, right - across // 2, across):
            is_lit = random.random() < lit
            glass = random.uniform(0.5, 1.3) * np.array((96, 84, 72), np.float32)
            colour = (150, 225, 250) if is_lit else tuple(float(each) for each in glass)
            cv2.rectangle(picture, (x, y), (min(x + across // 2, right - 3), y + down // 2), colour, -1)
            cv2.rectangle(picture, (x, y), (min(x + across // 2, right - 3), y + down // 2), (70, 74, 78), 1)


def foliage(random: Random, picture: Pixels, centre: tuple[int, int], radius: int, colour: Colour) -> None:
    """The crown of a tree: ragged, with light and dark leaves."""
    x, y = centre
    left, right = max(x - radius, 0), min(x + radius, WIDTH)
    top, bottom = max(y - radius, 0), min(y + radius, HEIGHT)
    if right - left < 8 or bottom - top < 8:
        return
    rows, columns = np.mgrid[top:bottom, left:right].astype(np.float32)
    reach = np.hypot(columns - x, rows - y) / radius + 0.16 * fractal(random, bottom - top, right - left, 8)
    leaves = painted(random, colour, bottom - top, right - left, 17)
    leaves += fractal(random, bottom - top, right - left, 3, 0.9)[..., None] * 14
    picture[top:bottom, left:right][reach < 0.85] = leaves[reach < 0.85]


def car(picture: Pixels, x: float, y: float, size: float, colour: Colour) -> None:
    """A car with its lower edge at y; `size` is its length in pixels."""
    high = size * 0.36
    body = ((int(x), int(y - high * 0.62)), (int(x + size), int(y)))
    cv2.ellipse(
        picture, (int(x + size / 2), int(y)), (int(size * 0.54), int(size * 0.05)), 0, 0, 360, (50,) * 3, -1
    )
    cv2.rectangle(picture, *body, colour, -1)
    cabin = [(x + size * 0.2, y - high * 0.6), (x + size * 0.3, y - high), (x + size * 0.72, y - high)]
    corners = np.asarray([*cabin, (x + size * 0.86, y - high * 0.6)], np.int32)
    cv2.fillPoly(picture, [corners], tuple(each * 0.8 for each in colour))
    cv2.fillPoly(picture, [(corners * 0.86 + corners.mean(0) * 0.14).astype(np.int32)], (88, 78, 66))
    for share in (0.2, 0.78):
        cv2.circle(picture, (int(x + size * share), int(y)), max(int(size * 0.09), 2), (28, 28, 30), -1)


def person(picture: Pixels, x: float, y: float, size: float, colour: Colour) -> None:
    """Somebody on foot, `size` pixels high; a shape without a face."""
    head = (int(x), int(y - size * 0.9))
    cv2.ellipse(
        picture, (int(x), int(y - size * 0.55)), (int(size * 0.14), int(size * 0.26)), 0, 0, 360, colour, -1
    )
    cv2.circle(picture, head, max(int(size * 0.09), 2), (120, 150, 190), -1)
    for side in (-0.07, 0.07):
        foot = (int(x + side * 1.6 * size), int(y))
        cv2.line(
            picture,
            (int(x + side * size), int(y - size * 0.35)),
            foot,
            (52, 50, 48),
            max(int(size * 0.07), 2),
        )


def lamp_light(
    picture: Pixels, lamps: Sequence[tuple[float, float, float]], dusk: float, colour: Colour
) -> Pixels:
    """The same place at night: what is left of daylight, and lamps as (x, y, reach)."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = np.zeros((HEIGHT, WIDTH), np.float32)
    for x, y, reach in lamps:
        light += np.exp(-(((columns - x) / reach) ** 2 + ((rows - y - reach * 0.5) / reach) ** 2))
    np.minimum(light, 1.1, out=light)
    lit = picture * (dusk + light[..., None] * 0.85 * np.asarray(colour, np.float32))
    for x, y, _ in lamps:
        cv2.circle(lit, (int(x), int(y)), 7, (235, 250, 255), -1)
    return lit


def rain(random: Random, picture: Pixels, drops: int) -> None:
    for x, y, length in zip(
        random.integers(0, WIDTH, drops),
        random.integers(0, HEIGHT, drops),
        random.integers(12, 34, drops),
        strict=True,
    ):
        end = (int(x - length * 0.2), int(y + length))
        tone = float(picture[min(y, HEIGHT - 1), min(x, WIDTH - 1)].mean() * 0.6 + 86)
        cv2.line(picture, (int(x), int(y)), end, (tone,) * 3, 1)


def traffic(random: Random, cars: int, horizon: int, speed: float) -> Callable[[Pixels, float], None]:
    """Cars that pass; each has a lane of its own."""
    lanes = [
        (
            random.uniform(horizon + 60, HEIGHT - 30),
            random.uniform(0, WIDTH),
            random.choice((-1, 1)),
            random.integers(len(CARS)),
        )
        for _ in range(cars)
    ]
    lanes.sort(key=lambda lane: lane[0])

    def draw(picture: Pixels, moment: float) -> None:
        for y, start, way, colour in lanes:
            size = 40 + 190 * (y - horizon) / (HEIGHT - horizon)
            x = (start + way * speed * size * moment / 2) % (WIDTH + 2 * size) - size
            car(picture, x, y, size, CARS[colour])

    return draw


def walkers(random: Random, people: int, horizon: int) -> Callable[[Pixels, float], None]:
    marks = [
        (
            random.uniform(horizon + 30, HEIGHT - 20),
            random.uniform(0, WIDTH),
            random.choice((-1, 1)),
            random.integers(len(CARS)),
        )
        for _ in range(people)
    ]
    marks.sort(key=lambda mark: mark[0])

    def draw(picture: Pixels, moment: float) -> None:
        for y, start, way, colour in marks:
            size = 30 + 120 * (y - horizon) / (HEIGHT - horizon)
            person(picture, (start + way * size * 0.7 * moment) % WIDTH, y, size, CARS[colour])

    return draw


def filmed(random: Random, still: Pixels, move: Callable[[Pixels, float], None], noise: float) -> Shot:
    """What a sensor makes of a place: soft optics, grain, and a light that is never quite the same."""
    softness = random.uniform(0.55, 0.95)
    grain_of = np.random.default_rng(random.integers(1 << 31))

    def shot(moment: float) -> Pixels:
        picture = still.copy()
        move(picture, moment)
        picture = cv2.GaussianBlur(picture, (0, 0), softness)
        grain = grain_of.standard_normal((HEIGHT, WIDTH), np.float32)
        picture += grain[..., None] * noise + grain_of.normal(0, 0.4)
        return np.clip(picture, 0, 255)

    return shot


def on_screen(picture: Pixels, moment: float) -> Pixels:
    """What the camera writes on its picture: the clock, which runs, and its name."""
    written = picture.astype(np.uint8)
    clock = f"2026-11-23 {8 + int(moment) // 3600:02d}:{int(moment) // 60 % 60:02d}:{int(moment) % 60:02d}"
    for text, at in ((clock, (28, 48)), ("LS-0578 SYNTHETIC", (920, 694))):
        cv2.putText(written, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20, 20, 20), 5, cv2.LINE_AA)
        cv2.putText(written, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.9, (245, 245, 245), 2, cv2.LINE_AA)
    return written.astype(np.float32)


def _blank() -> Pixels:
    return np.zeros((HEIGHT, WIDTH, 3), np.float32)


def _still(picture: Pixels, moment: float) -> None:
    """Nothing moves."""
