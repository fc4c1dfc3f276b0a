"""Drawing for the synthetic scenes: smooth flat shapes on a picture of 1280 × 720."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1280, 720
# Shapes are drawn larger and scaled down once: that smooths their edges.
FINE = 2

Colour = tuple[int, int, int] | tuple[int, int, int, int]
Point = tuple[float, float]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
# Patterns of fonts with Chinese characters, and where in a collection the simplified forms lie.
CHINESE_FONTS = (
    ("NotoSansCJK-Regular.ttc", 2),
    ("NotoSansSC*.?tf", 0),
    ("SourceHanSans*.?t?", 0),
    ("wqy-*.ttc", 0),
)


class Painter:
    """Draws with coordinates of the final picture."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT, *, is_clear: bool = False) -> None:
        """`is_clear`: what is not drawn is see-through. Otherwise colours with alpha mix with the ground."""
        self._size = width, height
        self._image = Image.new("RGBA" if is_clear else "RGB", (width * FINE, height * FINE))
        self._draw = ImageDraw.Draw(self._image, "RGBA")

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        self._draw.polygon([(x * FINE, y * FINE) for x, y in points], fill=colour)

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: Colour, round: float = 0
    ) -> None:
        corners = (left * FINE, top * FINE, right * FINE, bottom * FINE)
        self._draw.rounded_rectangle(corners, radius=round * FINE, fill=colour)

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        corners = ((x - rx) * FINE, (y - ry) * FINE, (x + rx) * FINE, (y + ry) * FINE)
        self._draw.ellipse(corners, fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        self._draw.line([(x * FINE, y * FINE) for x, y in points], fill=colour, width=round(width * FINE))

    def gradient(self, top: float, bottom: float, upper: Colour, lower: Colour) -> None:
        """Fill between two heights, from one colour to the other."""
        first, last = round(top * FINE), round(bottom * FINE)
        for y in range(first, last):
            share = (y - first) / max(last - first - 1, 1)
            colour = tuple(round(a + (b - a) * share) for a, b in zip(upper, lower, strict=True))
            self._draw.line([(0, y), (self._image.width, y)], fill=colour)

    def hills(self, base: float, height: float, waves: float, start: float, colour: Colour) -> None:
        """A range of soft hills that reaches down to the bottom."""
        crest = [
            (x, base - height * (0.6 + 0.4 * math.sin(x / WIDTH * waves + start) * math.cos(x / 410 + start)))
            for x in range(0, WIDTH + 16, 8)
        ]
        self.polygon([(0, HEIGHT), *crest, (WIDTH, HEIGHT)], colour)

    def picture(self) -> Image.Image:
        return self._image.resize(self._size, Image.Resampling.LANCZOS)


class Sprite:
    """A small picture that moves; its sizes are made once."""

    def __init__(self, width: int, height: int, paint: Callable[[Painter], None]) -> None:
        painter = Painter(width, height, is_clear=True)
        paint(painter)
        self._sizes = {1.0: painter.picture()}

    def put(self, frame: Image.Image, x: float, y: float, scale: float = 1.0) -> None:
        """Paste with the middle of the lower edge at (x, y)."""
        scale = max(round(scale * 40) / 40, 0.025)
        picture = self._sizes.get(scale)
        if picture is None:
            full = self._sizes[1.0]
            size = max(1, round(full.width * scale)), max(1, round(full.height * scale))
            picture = self._sizes[scale] = full.resize(size, Image.Resampling.LANCZOS)
        frame.paste(picture, (round(x - picture.width / 2), round(y - picture.height)), picture)


class Movement(Protocol):
    """Draws what moves. `phase` runs from 0 to 1 over the clip; 1 must look like 0: clips loop."""

    def __call__(self, frame: Image.Image, phase: float) -> None: ...


def chinese_font(size: int) -> Font | None:
    """A font of this machine with Chinese characters, or None."""
    for pattern, index in CHINESE_FONTS:
        for folder in FONT_FOLDERS:
            for path in sorted(folder.rglob(pattern)):
                return ImageFont.truetype(str(path), size, index=index)
    return None
