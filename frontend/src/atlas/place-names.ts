import type { Place } from './mercator';
import type { Pixel, Screen } from './screen';
import type { Sprites } from './sprites';
import { drawName, PIXEL_RATIO } from './symbols';

export interface PlaceName {
  name: string;
  place: Place;
  kind: 'county' | 'town';
}

export interface Circle extends Pixel {
  radius: number;
}

/** At which zooms a name is written, and how large. */
const LOOKS: Record<PlaceName['kind'], { from: number; to: number; size: number; colour: string }> = {
  county: { from: 0, to: 13, size: 15, colour: '#5a6f86' },
  town: { from: 9.5, to: 24, size: 12, colour: '#8493a3' },
};
const AWAY_PX = 30;

/** Names of counties and towns, each beside the symbols that would cover it. */
export class PlaceNames {
  private readonly offsets = new Map<string, Pixel>();

  constructor(private readonly names: readonly PlaceName[]) {}

  /** Finds each name a place; it keeps that until this is called again, so that nothing jumps while the map moves. */
  arrange(screen: Screen, circles: readonly Circle[]): void {
    const covered = [...circles];
    for (const { name, place, kind } of this.names) {
      const at = screen.pixel(place);
      const half = (name.length * LOOKS[kind].size) / 2;
      const offset = freest(at, half, covered);
      this.offsets.set(name, offset);
      covered.push(...letters({ x: at.x + offset.x, y: at.y + offset.y }, half));
    }
  }

  draw(context: CanvasRenderingContext2D, screen: Screen, sprites: Sprites): void {
    for (const { name, place, kind } of this.names) {
      const { from, to, size, colour } = LOOKS[kind];
      if (screen.zoom < from || screen.zoom > to) continue;
      const [at, offset] = [screen.pixel(place), this.offsets.get(name) ?? { x: 0, y: 0 }];
      if (!screen.shows(at, 100)) continue;
      const sprite = sprites.get(`name ${name}`, () => drawName(name, size, colour));
      if (!sprite) continue;
      const [width, height] = [sprite.width / PIXEL_RATIO, sprite.height / PIXEL_RATIO];
      context.drawImage(sprite, at.x + offset.x - width / 2, at.y + offset.y - height / 2, width, height);
    }
  }
}

/** The offset from `at` where a name of this half width meets the fewest circles: where it is, below, above, beside. */
function freest(at: Pixel, half: number, circles: readonly Circle[]): Pixel {
  const aside = half + AWAY_PX;
  const offsets = [[0, 0], [0, AWAY_PX], [0, -AWAY_PX], [aside, 0], [-aside, 0], [0, 2 * AWAY_PX], [0, -2 * AWAY_PX]].map(([x = 0, y = 0]) => ({ x, y }));
  const met = offsets.map((offset) => circles.filter((circle) => meets(circle, { x: at.x + offset.x, y: at.y + offset.y }, half)).length);
  return offsets[met.indexOf(Math.min(...met))] ?? { x: 0, y: 0 };
}

/** A name as a row of circles. */
function letters({ x, y }: Pixel, half: number): Circle[] {
  const count = Math.max(1, Math.round(half / 8));
  return Array.from({ length: count }, (_, at) => ({ x: x - half + ((at + 0.5) * 2 * half) / count, y, radius: 8 }));
}

function meets({ x, y, radius }: Circle, at: Pixel, half: number): boolean {
  const beyond = Math.max(0, Math.abs(x - at.x) - half);
  return Math.hypot(beyond, y - at.y) < radius + 9;
}
