"""What the demonstration cameras see: six synthetic places. Nothing here is a real place or person."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw

from gongshi.demo.painting import HEIGHT, WIDTH, Colour, Movement, Painter, Sprite

SKY_DAY: tuple[Colour, Colour] = ((120, 172, 214), (216, 232, 240))
SKY_EVENING: tuple[Colour, Colour] = ((84, 96, 150), (246, 196, 160))
CLOTHES: tuple[Colour, ...] = (
    (196, 72, 66),
    (58, 104, 168),
    (228, 176, 62),
    (78, 140, 96),
    (130, 92, 150),
    (232, 232, 228),
)
SKIN: Colour = (226, 184, 152)


@dataclass(frozen=True)
class Scene:
    """A place: its name, what stands still (drawn once per clip) and what moves (drawn per frame)."""

    name: str
    title: str
    background: Callable[[], Image.Image]
    movement: Callable[[], Movement]


def wrapped(start: float, turns: int, phase: float) -> float:
    """A position in 0..1 that comes round `turns` times in a clip."""
    return (start + turns * phase) % 1.0


# Sprites


def car(colour: Colour, is_coming: bool) -> Sprite:
    def paint(p: Painter) -> None:
        p.ellipse(100, 150, 92, 14, (0, 0, 0, 70))
        p.polygon([(40, 70), (58, 26), (142, 26), (160, 70)], colour)
        p.polygon([(52, 68), (66, 34), (134, 34), (148, 68)], (48, 62, 78))
        p.box(18, 64, 182, 132, colour, round=14)
        p.box(20, 122, 52, 152, (30, 30, 32), round=6)
        p.box(148, 122, 180, 152, (30, 30, 32), round=6)
        lamp: Colour = (255, 246, 200) if is_coming else (214, 44, 40)
        p.ellipse(40, 92, 15, 10, lamp)
        p.ellipse(160, 92, 15, 10, lamp)
        p.box(76, 106, 124, 122, (40, 90, 190) if is_coming else (240, 240, 240), round=2)

    return Sprite(200, 164, paint)


def person(colour: Colour, has_bag: bool = False) -> Sprite:
    def paint(p: Painter) -> None:
        p.ellipse(20, 92, 15, 4, (0, 0, 0, 60))
        p.box(12, 60, 19, 92, (52, 56, 70), round=3)
        p.box(21, 60, 28, 92, (52, 56, 70), round=3)
        p.box(8, 28, 32, 66, colour, round=8)
        p.ellipse(20, 16, 11, 12, SKIN)
        p.ellipse(20, 10, 11, 8, (44, 36, 34))
        if has_bag:
            p.box(26, 32, 38, 56, (244, 200, 60), round=5)

    return Sprite(40, 98, paint)


def boat(colour: Colour) -> Sprite:
    def paint(p: Painter) -> None:
        p.polygon([(6, 58), (234, 58), (206, 92), (34, 92)], colour)
        p.box(70, 30, 168, 60, (242, 238, 226), round=5)
        p.box(82, 38, 156, 50, (72, 104, 128), round=2)
        p.box(60, 24, 178, 32, (150, 92, 60), round=3)
        p.line([(200, 58), (200, 6)], (90, 80, 70), 3)
        p.polygon([(202, 8), (226, 15), (202, 22)], (214, 52, 46))
        p.ellipse(120, 94, 116, 5, (236, 244, 248, 120))

    return Sprite(240, 100, paint)


def school_bus() -> Sprite:
    def paint(p: Painter) -> None:
        p.ellipse(190, 150, 186, 9, (0, 0, 0, 70))
        p.box(6, 14, 374, 132, (240, 184, 48), round=16)
        p.box(6, 84, 374, 94, (60, 60, 62))
        for x in range(24, 300, 46):
            p.box(x, 30, x + 38, 72, (74, 104, 128), round=4)
        p.box(316, 30, 366, 78, (74, 104, 128), round=6)
        for x in (86, 296):
            p.ellipse(x, 132, 24, 24, (34, 34, 38))
            p.ellipse(x, 132, 10, 10, (190, 190, 194))

    return Sprite(380, 160, paint)


def cloud() -> Sprite:
    def paint(p: Painter) -> None:
        for x, y, rx, ry in ((80, 66, 66, 26), (150, 50, 74, 38), (226, 62, 70, 30), (150, 76, 130, 20)):
            p.ellipse(x, y, rx, ry, (255, 255, 255, 150))

    return Sprite(310, 104, paint)


def bird(is_up: bool) -> Sprite:
    def paint(p: Painter) -> None:
        tip = 4 if is_up else 18
        p.line([(2, tip), (16, 12), (30, tip)], (50, 54, 62), 2.5)

    return Sprite(32, 24, paint)


# Pieces of backgrounds


def building(p: Painter, left: float, top: float, right: float, bottom: float, wall: Colour) -> None:
    p.box(left, top, right, bottom, wall)
    p.box(left, top, right, top + 6, (90, 96, 104))
    columns = max(1, int((right - left) // 26))
    rows = max(1, int((bottom - top) // 30))
    for row in range(rows):
        for column in range(columns):
            lit = (row * 7 + column * 5) % 4 == 0
            x, y = left + 9 + column * 26, top + 16 + row * 30
            p.box(x, y, x + 13, y + 17, (252, 226, 150) if lit else (112, 138, 158), round=1)


def tree(p: Painter, x: float, y: float, size: float, leaf: Colour = (74, 124, 78)) -> None:
    p.ellipse(x, y, size * 0.5, size * 0.09, (0, 0, 0, 50))
    p.box(x - size * 0.06, y - size * 0.5, x + size * 0.06, y, (98, 76, 58))
    darker = tuple(round(part * 0.82) for part in leaf)
    p.ellipse(x, y - size * 0.75, size * 0.42, size * 0.42, (darker[0], darker[1], darker[2]))
    p.ellipse(x - size * 0.1, y - size * 0.85, size * 0.3, size * 0.3, leaf)


def conifer(p: Painter, x: float, y: float, size: float, leaf: Colour) -> None:
    for part in range(3):
        top = y - size + part * size * 0.24
        width = size * (0.16 + 0.08 * part)
        p.polygon([(x, top), (x - width, top + size * 0.42), (x + width, top + size * 0.42)], leaf)
    p.box(x - size * 0.03, y - size * 0.12, x + size * 0.03, y, (84, 66, 52))


# The places


def road_background() -> Image.Image:
    p = Painter()
    p.gradient(0, 300, *SKY_DAY)
    p.hills(300, 90, 9, 0.4, (132, 164, 158))
    for left, top, right, wall in (
        (0, 150, 120, (206, 196, 180)),
        (126, 96, 240, (178, 188, 200)),
        (250, 190, 400, (218, 206, 190)),
        (410, 220, 520, (190, 196, 200)),
        (770, 214, 880, (206, 198, 188)),
        (890, 160, 1010, (182, 190, 204)),
        (1020, 110, 1150, (214, 204, 190)),
        (1160, 170, 1280, (192, 184, 180)),
    ):
        building(p, left, top, right, 310, wall)
    p.box(0, 300, WIDTH, HEIGHT, (126, 150, 112))
    p.polygon([(560, 300), (720, 300), (1420, HEIGHT), (-140, HEIGHT)], (176, 172, 164))
    p.polygon([(575, 300), (705, 300), (1270, HEIGHT), (10, HEIGHT)], (88, 90, 96))
    p.polygon([(638, 300), (642, 300), (650, HEIGHT), (630, HEIGHT)], (236, 190, 70))
    for lane in (-0.5, 0.5):
        for step in range(14):
            near, far = 1 / (1 + step * 0.9), 1 / (1.4 + step * 0.9)
            y1, y2 = 300 + 420 * near, 300 + 420 * far
            x1, x2 = 640 + lane * 630 * near, 640 + lane * 630 * far
            p.polygon(
                [(x1 - 6 * near, y1), (x1 + 6 * near, y1), (x2 + 6 * far, y2), (x2 - 6 * far, y2)],
                (236, 236, 232),
            )
    for depth in (0.16, 0.24, 0.38, 0.62, 0.95):
        for side in (-1, 1):
            tree(p, 640 + side * 900 * depth, 300 + 400 * depth, 260 * depth)
    return p.picture()


def road_movement() -> Movement:
    colours: tuple[Colour, ...] = (
        (206, 66, 58),
        (238, 238, 236),
        (58, 92, 148),
        (60, 62, 68),
        (226, 172, 56),
    )
    coming = [car(colour, is_coming=True) for colour in colours]
    going = [car(colour, is_coming=False) for colour in colours]

    def move(frame: Image.Image, phase: float) -> None:
        cars = []
        for number in range(5):
            cars.append((1 - wrapped(number / 5, 2, phase), -0.75 if number % 2 else -0.25, coming[number]))
            cars.append((wrapped(number / 5 + 0.07, 3, phase), 0.25 if number % 2 else 0.75, going[number]))
        for distance, lane, sprite in sorted(cars, key=lambda one: -one[0]):
            near = 1 / (0.75 + 9 * distance)
            sprite.put(frame, 640 + lane * 630 * near, 300 + 420 * near, 1.1 * near)

    return move


def river_background() -> Image.Image:
    p = Painter()
    p.gradient(0, 320, *SKY_EVENING)
    p.ellipse(960, 210, 46, 46, (255, 228, 170))
    p.hills(330, 170, 7, 1.2, (120, 122, 152))
    p.hills(345, 110, 11, 3.0, (88, 104, 122))
    p.gradient(330, HEIGHT, (186, 158, 150), (58, 92, 122))
    for left, right, top in ((60, 150, 230), (170, 240, 262), (1060, 1150, 244), (1166, 1240, 214)):
        building(p, left, top, right, 336, (170, 156, 150))
    p.box(0, 300, WIDTH, 318, (206, 200, 192))
    for pier in range(90, WIDTH, 220):
        p.box(pier, 300, pier + 26, 388, (186, 180, 172))
        p.box(pier + 2, 388, pier + 24, 440, (120, 120, 134, 120))
    p.line([(0, 292), (WIDTH, 292)], (222, 216, 206), 4)
    p.polygon([(0, 640), (260, 676), (520, HEIGHT), (0, HEIGHT)], (92, 116, 84))
    for x, size in ((40, 150), (140, 110), (236, 90)):
        tree(p, x, 668, size, (86, 124, 76))
    return p.picture()


def river_movement() -> Movement:
    boats = [boat(colour) for colour in ((150, 64, 52), (64, 96, 118), (112, 88, 62))]
    cars = [car(colour, is_coming=False) for colour in ((200, 60, 54), (236, 236, 234))]

    def move(frame: Image.Image, phase: float) -> None:
        ripples(frame, phase, 400, HEIGHT - 40, (232, 226, 222))
        for number, sprite in enumerate(cars):
            sprite.put(frame, -60 + 1400 * wrapped(number / 2 + 0.1, 2, phase), 303, 0.2)
        for number, (sprite, depth) in enumerate(zip(boats, (0.5, 0.78, 1.15), strict=True)):
            way = wrapped(number / 3 + 0.2, 1, phase)
            bob = 3 * math.sin(2 * math.pi * (4 * phase + number / 3))
            x = (-200 + 1680 * way) if number % 2 == 0 else (1480 - 1680 * way)
            sprite.put(frame, x, 400 + 190 * (depth - 0.4) + bob, depth)

    return move


def school_background() -> Image.Image:
    p = Painter()
    p.gradient(0, 360, *SKY_DAY)
    p.hills(330, 80, 8, 2.2, (150, 178, 160))
    building(p, 120, 120, 560, 420, (232, 214, 190))
    building(p, 720, 150, 1180, 420, (236, 220, 200))
    p.box(0, 410, WIDTH, HEIGHT, (196, 190, 180))
    p.box(0, 380, 420, 470, (186, 108, 92))
    p.box(860, 380, WIDTH, 470, (186, 108, 92))
    for x in range(20, 420, 44):
        p.box(x, 392, x + 28, 458, (212, 142, 122))
        p.box(x + 860, 392, x + 888, 458, (212, 142, 122))
    for x in (400, 820):
        p.box(x, 330, x + 60, 490, (164, 88, 76))
        p.box(x - 8, 318, x + 68, 334, (140, 72, 64))
    p.box(400, 268, 880, 322, (150, 60, 54), round=6)
    p.box(410, 276, 870, 314, (196, 78, 66), round=4)
    for x in range(470, 820, 28):
        p.line([(x, 418), (x, 488)], (206, 206, 210), 3)
    p.line([(650, 410), (650, 40)], (210, 212, 216), 5)
    p.polygon([(0, 560), (WIDTH, 560), (WIDTH, HEIGHT), (0, HEIGHT)], (92, 94, 100))
    for x in range(330, 960, 56):
        p.polygon([(x, 566), (x + 30, 566), (x + 12, 712), (x - 22, 712)], (238, 238, 234))
    for x in (60, 240, 1020, 1210):
        tree(p, x, 400, 170, (90, 142, 86))
    return p.picture()


def school_movement() -> Movement:
    people = [person(colour, has_bag=number % 2 == 0) for number, colour in enumerate(CLOTHES)]
    bus = school_bus()

    def walk(frame: Image.Image, number: int, x: float, y: float, scale: float, phase: float) -> None:
        hop = abs(math.sin(2 * math.pi * (14 * phase + number / 5))) * 4
        people[number % len(people)].put(frame, x, y - hop, scale)

    def move(frame: Image.Image, phase: float) -> None:
        draw = ImageDraw.Draw(frame)
        crest = [(653 + x, 46 + 6 * math.sin(x / 14 - 2 * math.pi * 10 * phase)) for x in range(0, 92, 6)]
        draw.polygon(crest + [(x, y + 54) for x, y in reversed(crest)], fill=(208, 40, 36))
        for number in range(12):
            way = wrapped(number / 12, 1, phase)
            row = number % 4
            x = (-30 + 1340 * way) if number % 2 else (1310 - 1340 * way)
            walk(frame, number, x, 500 + row * 17, 0.78 + 0.07 * row, phase)
        # The bus first, then children over the crossing: they never meet.
        if phase < 0.4:
            bus.put(frame, -220 + 1720 * phase / 0.4, 690)
        for number in range(4):
            way = (phase - 0.45 - 0.05 * number) / 0.35
            if 0 < way < 1:
                walk(frame, number + 1, 480 + 80 * number, 780 - 250 * way, 1.35 - 0.5 * way, phase)

    return move


def square_background() -> Image.Image:
    p = Painter()
    p.gradient(0, 260, *SKY_DAY)
    for left, top, right, wall in (
        (0, 90, 170, (198, 190, 182)),
        (180, 60, 330, (176, 186, 198)),
        (340, 120, 540, (214, 202, 186)),
        (740, 110, 930, (206, 196, 184)),
        (940, 50, 1090, (182, 192, 206)),
        (1100, 100, 1280, (210, 200, 188)),
    ):
        building(p, left, top, right, 250, wall)
    for x in range(20, WIDTH, 76):
        tree(p, x, 262, 74, (84, 136, 84))
    p.box(0, 250, WIDTH, HEIGHT, (206, 198, 186))
    for line in range(-24, 25):
        p.line([(640 + line * 34, 250), (640 + line * 150, HEIGHT)], (188, 180, 168), 1.5)
    for step in range(12):
        y = 250 + 470 * (step / 11) ** 1.8
        p.line([(0, y), (WIDTH, y)], (188, 180, 168), 1.5)
    p.ellipse(640, 440, 232, 88, (172, 166, 158))
    p.ellipse(640, 434, 214, 78, (118, 172, 196))
    p.ellipse(640, 430, 60, 22, (176, 172, 166))
    for x, y in ((190, 330), (1090, 330), (120, 560), (1160, 560)):
        p.ellipse(x, y, 74, 24, (120, 158, 104))
        tree(p, x, y, 120, (92, 150, 88))
    return p.picture()


def square_movement() -> Movement:
    people = [person(colour) for colour in CLOTHES]

    def walkers(phase: float) -> list[tuple[float, float, Sprite]]:
        found = []
        for number in range(14):
            turn = 2 * math.pi * wrapped(number / 14, 1 if number % 3 else -1, phase)
            reach = 300 + 46 * (number % 5)
            found.append(
                (640 + reach * math.cos(turn), 452 + reach * 0.42 * math.sin(turn), people[number % 6])
            )
        return found

    def move(frame: Image.Image, phase: float) -> None:
        draw = ImageDraw.Draw(frame)
        standing = sorted(walkers(phase), key=lambda one: one[1])
        behind = [one for one in standing if one[1] < 440]
        for x, y, sprite in behind:
            sprite.put(frame, x, y, 0.5 + (y - 300) / 420)
        for jet in range(9):
            turn = 2 * math.pi * jet / 9
            height = 66 + 26 * math.sin(2 * math.pi * (6 * phase + jet / 9))
            x, y = 640 + 46 * math.cos(turn), 430 + 17 * math.sin(turn)
            arc = [
                (x + 34 * s * math.cos(turn), y - height * 4 * s * (1 - s) + 8 * s)
                for s in (0, 0.2, 0.4, 0.6, 0.8, 1)
            ]
            draw.line(arc, fill=(236, 246, 250), width=3)
        for x, y, sprite in standing[len(behind) :]:
            sprite.put(frame, x, y, 0.5 + (y - 300) / 420)

    return move


def reservoir_background() -> Image.Image:
    p = Painter()
    p.gradient(0, 280, *SKY_DAY)
    p.hills(300, 190, 6, 0.2, (126, 160, 150))
    p.hills(320, 120, 10, 2.4, (94, 138, 112))
    p.gradient(290, 470, (150, 190, 204), (82, 140, 168))
    p.polygon([(0, 440), (WIDTH, 400), (WIDTH, HEIGHT), (0, HEIGHT)], (190, 188, 182))
    p.polygon([(0, 440), (WIDTH, 400), (WIDTH, 424), (0, 466)], (214, 212, 206))
    for x in range(0, WIDTH, 64):
        top = 440 - 40 * x / WIDTH
        p.line([(x, top - 16), (x, top + 4)], (238, 236, 230), 4)
        p.line([(x, top + 26), (x - 30, HEIGHT)], (176, 174, 168), 2)
    p.line([(0, 424), (WIDTH, 384)], (238, 236, 230), 3)
    p.polygon([(500, 450), (820, 438), (900, HEIGHT), (420, HEIGHT)], (148, 190, 204))
    for x in (500, 606, 712, 816):
        top = 446 - (x - 500) * 0.038
        p.box(x - 9, top - 84, x + 9, top + 24, (206, 204, 198))
    p.box(486, 352, 832, 374, (170, 92, 74), round=3)
    p.polygon([(476, 354), (842, 354), (812, 330), (506, 330)], (128, 66, 56))
    for x, size in ((50, 120), (150, 150), (1120, 140), (1220, 120)):
        tree(p, x, 700, size, (82, 128, 80))
    return p.picture()


def reservoir_movement() -> Movement:
    birds = [bird(is_up=True), bird(is_up=False)]
    patrol = boat((206, 96, 56))

    def move(frame: Image.Image, phase: float) -> None:
        ripples(frame, phase, 300, 328, (222, 238, 244))
        draw = ImageDraw.Draw(frame)
        for streak in range(70):
            fall = wrapped(streak * 0.617, 12, phase)
            across = (streak * 0.4142) % 1
            y = 452 + 260 * fall
            left, right = 500 - 80 * fall, 820 + 80 * fall
            x = left + (right - left) * across
            draw.line([(x, y), (x + (across - 0.5) * 10, y + 18 + 18 * fall)], fill=(240, 248, 250), width=3)
        patrol.put(frame, 1440 - 1600 * wrapped(0.3, 1, phase), 326, 0.3)
        for number in range(5):
            way = wrapped(number / 17, 1, phase)
            flap = int(phase * 60 + number) % 2
            birds[flap].put(
                frame, -40 + 1360 * way, 120 + 14 * number + 20 * math.sin(2 * math.pi * way), 0.9
            )

    return move


def forest_background() -> Image.Image:
    p = Painter()
    p.gradient(0, 420, (142, 184, 214), (232, 236, 226))
    p.hills(360, 180, 5, 0.9, (158, 184, 186))
    p.hills(420, 160, 8, 2.0, (116, 156, 146))
    p.hills(500, 130, 10, 4.1, (82, 130, 104))
    for number in range(90):
        x = (number * 211) % WIDTH
        y = 470 + (number * 37) % 120
        conifer(p, x, y, 60 + (y - 470) * 0.5, (58 + number % 5 * 6, 104 + number % 7 * 4, 78))
    p.hills(690, 90, 9, 5.0, (60, 102, 72))
    for number in range(26):
        conifer(p, number * 53 % WIDTH, 660 + number * 29 % 70, 150, (44, 84 + number % 4 * 6, 60))
    for x1, x2 in ((936, 964), (1044, 1016)):
        p.line([(x1 - (990 - x1) * 0.5, 700), (x2, 250)], (120, 100, 84), 9)
    for y in range(320, 690, 74):
        spread = 22 + (y - 250) * 0.1
        p.line([(990 - spread, y), (990 + spread + 6, y + 60)], (136, 114, 94), 4)
        p.line([(990 + spread, y), (990 - spread - 6, y + 60)], (136, 114, 94), 4)
    p.box(926, 236, 1054, 256, (112, 92, 76), round=3)
    p.box(938, 170, 1042, 238, (182, 140, 104))
    p.box(946, 184, 1034, 214, (70, 96, 112), round=2)
    p.polygon([(916, 174), (1064, 174), (990, 122)], (150, 64, 54))
    return p.picture()


def forest_movement() -> Movement:
    clouds, birds = cloud(), [bird(is_up=True), bird(is_up=False)]

    def move(frame: Image.Image, phase: float) -> None:
        for number, (height, scale) in enumerate(((92, 0.9), (108, 0.5), (70, 0.65), (100, 1.1))):
            x = -240 + 1760 * wrapped(number * 0.27, 1, phase)
            clouds.put(frame, x, height, scale)
        for number in range(4):
            turn = 2 * math.pi * wrapped(number / 4, 2, phase)
            flap = int(phase * 60 + number) % 2
            birds[flap].put(frame, 520 + 260 * math.cos(turn), 210 + 60 * math.sin(turn) + 12 * number)
        if phase * 20 % 1 < 0.5:
            ImageDraw.Draw(frame).ellipse((985, 112, 995, 122), fill=(255, 60, 48))

    return move


def ripples(frame: Image.Image, phase: float, top: float, bottom: float, colour: Colour) -> None:
    """Short lights that drift over water, longer the nearer they are."""
    draw = ImageDraw.Draw(frame)
    for number in range(60):
        depth = ((number * 0.618) % 1) ** 1.4
        y = top + (bottom - top) * depth
        x = -80 + (WIDTH + 160) * wrapped(number * 0.4142, 1, phase)
        length = (10 + 46 * depth) * (0.6 + 0.4 * math.sin(2 * math.pi * (5 * phase + number / 7)))
        draw.line([(x, y), (x + length, y)], fill=colour, width=1 + round(depth))


SCENES = (
    Scene("road", "中山街路口", road_background, road_movement),
    Scene("river", "南明湖水域", river_background, river_movement),
    Scene("school", "实验小学校门口", school_background, school_movement),
    Scene("square", "丽阳门广场", square_background, square_movement),
    Scene("reservoir", "黄村水库大坝", reservoir_background, reservoir_movement),
    Scene("forest", "白云山瞭望塔", forest_background, forest_movement),
)
