import type { ViewPoint } from './contract';
import type { Place } from './mercator';
import type { Pixel } from './screen';

const ON_CIRCLE = 9;
const GAP_PX = 25;
const OPENING_MS = 220;
export const MOST_FANNED = 60;

/** Where the points of one spot stand when fanned out, in pixels from it: a circle of few, a spiral of many. */
export function fanOffsets(count: number): Pixel[] {
  const shown = Math.min(count, MOST_FANNED);
  return shown <= ON_CIRCLE ? circle(shown) : spiral(shown);
}

function circle(count: number): Pixel[] {
  const radius = Math.max(32, (count * GAP_PX) / (2 * Math.PI));
  return Array.from({ length: count }, (_, at) => polar(radius, (at / count) * 2 * Math.PI - Math.PI / 2));
}

function spiral(count: number): Pixel[] {
  let [angle, radius] = [-Math.PI / 2, 34];
  return Array.from({ length: count }, () => {
    const offset = polar(radius, angle);
    const step = GAP_PX / radius;
    angle += step;
    // One turn further out by one gap.
    radius += (GAP_PX * step) / (2 * Math.PI);
    return offset;
  });
}

function polar(radius: number, angle: number): Pixel {
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}

/** The points of one spot, fanned out. */
export class Fan {
  private readonly offsets: Pixel[];

  constructor(
    readonly place: Place,
    readonly points: readonly ViewPoint[],
    private readonly since: number,
  ) {
    this.offsets = fanOffsets(points.length);
  }

  isMoving(now: number): boolean {
    return now - this.since < OPENING_MS;
  }

  /** Each point that is shown, and where it stands at this moment from the spot. */
  legs(now: number): { point: ViewPoint; offset: Pixel }[] {
    const part = Math.min(1, (now - this.since) / OPENING_MS);
    const grown = 1 - (1 - part) ** 3;
    return this.offsets.flatMap(({ x, y }, at) => {
      const point = this.points[at];
      return point ? [{ point, offset: { x: x * grown, y: y * grown } }] : [];
    });
  }
}
