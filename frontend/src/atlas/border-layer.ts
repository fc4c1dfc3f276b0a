import type { Borders } from './atlas-api';
import { toPlace, worldPixels, type Place, type Position } from './mercator';
import type { Screen } from './screen';

// Paths are in pixels of this zoom, from the place where they begin, since canvases reckon in single precision.
const PATH_ZOOM = 12;
/** Up to this zoom corners nearer than so many pixels (of `PATH_ZOOM`) to the last one are left out. */
const DETAIL = [
  { to: 9, gap: 6 },
  { to: 11, gap: 1.5 },
  { to: 30, gap: 0 },
];
const SEA = '#e6ecf2';
const LAND = '#fafbfc';
const LINES = [
  { colour: 'rgb(190 206 224 / 55%)', width: 4 },
  { colour: '#8fa6bf', width: 1 },
];

/** The county borders, on a canvas: where WebGL is done by the processor it would cost each frame forty times as much. */
export class BorderLayer {
  private readonly origin: Place;
  private readonly paths: Path2D[];

  /** `isGround`: nothing lies below, so that land and sea are painted too. */
  constructor(
    borders: Borders,
    private readonly isGround: boolean,
  ) {
    const rings = ringsOf(borders).map((ring) => ring.map(toPlace));
    this.origin = rings[0]?.[0] ?? { x: 0, y: 0 };
    this.paths = DETAIL.map(({ gap }) => pathOf(rings, this.origin, gap));
  }

  draw(context: CanvasRenderingContext2D, screen: Screen): void {
    if (this.isGround) {
      context.fillStyle = SEA;
      context.fillRect(0, 0, screen.width, screen.height);
    }
    const path = this.paths[DETAIL.findIndex(({ to }) => screen.zoom <= to)];
    if (!path) return;
    const { x, y } = screen.pixel(this.origin);
    const scale = 2 ** (screen.zoom - PATH_ZOOM);
    context.save();
    context.translate(x, y);
    context.scale(scale, scale);
    context.lineJoin = 'round';
    if (this.isGround) {
      context.fillStyle = LAND;
      context.fill(path);
    }
    for (const { colour, width } of LINES) {
      context.strokeStyle = colour;
      context.lineWidth = width / scale;
      context.stroke(path);
    }
    context.restore();
  }
}

export function ringsOf({ features }: Borders): Position[][] {
  return features.flatMap(({ geometry }) => (geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat())) as unknown as Position[][];
}

function pathOf(rings: readonly (readonly Place[])[], origin: Place, gap: number): Path2D {
  const path = new Path2D();
  const world = worldPixels(PATH_ZOOM);
  for (const ring of rings) {
    let last: { x: number; y: number } | null = null;
    for (const place of ring) {
      const at = { x: (place.x - origin.x) * world, y: (place.y - origin.y) * world };
      if (last && Math.hypot(at.x - last.x, at.y - last.y) < gap) continue;
      if (last) path.lineTo(at.x, at.y);
      else path.moveTo(at.x, at.y);
      last = at;
    }
    path.closePath();
  }
  return path;
}
