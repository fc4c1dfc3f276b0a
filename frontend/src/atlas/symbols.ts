import { SHARING, type Sharing, type Status } from './contract';

/** Sharing levels in the order in which a cluster's ring shows them. */
export const LEVELS: readonly Sharing[] = ['unconditional', 'restricted', 'none'];

const SCALE = 2;

function canvas(size: number): CanvasRenderingContext2D {
  const surface = document.createElement('canvas');
  surface.width = surface.height = size * SCALE;
  const context = surface.getContext('2d');
  if (!context) throw new Error('no 2d canvas');
  context.scale(SCALE, SCALE);
  return context;
}

function pixels(context: CanvasRenderingContext2D): ImageData {
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}

const OUTLINES: Record<Sharing, (centre: number, radius: number) => Path2D> = {
  unconditional: (centre, radius) => {
    const path = new Path2D();
    path.arc(centre, centre, radius, 0, 2 * Math.PI);
    return path;
  },
  restricted: (centre, radius) => {
    const reach = radius * 1.25;
    return new Path2D(`M${centre} ${centre - reach}l${reach} ${reach}l${-reach} ${reach}l${-reach} ${-reach}z`);
  },
  none: (centre, radius) => {
    const path = new Path2D();
    path.rect(centre - radius * 0.9, centre - radius * 0.9, radius * 1.8, radius * 1.8);
    return path;
  },
};

/** One point: outline and colour by sharing level, filled when online, hollow when offline, pale when unknown. */
export function drawPoint(sharing: Sharing, status: Status, colour = SHARING[sharing].colour): ImageData {
  const size = 18;
  const context = canvas(size);
  const path = OUTLINES[sharing](size / 2, 5);
  context.lineJoin = 'round';
  context.strokeStyle = '#fff';
  context.lineWidth = 4.5;
  context.stroke(path);
  context.fillStyle = '#fff';
  context.fill(path);
  context.fillStyle = colour;
  context.globalAlpha = { online: 1, offline: 0, unknown: 0.35 }[status];
  context.fill(path);
  context.globalAlpha = 1;
  context.strokeStyle = colour;
  context.lineWidth = status === 'online' ? 1 : 2;
  context.stroke(path);
  return pixels(context);
}

/** 1 234 → "1234", 12 345 → "1.2万". */
export function shortCount(count: number): string {
  return count < 10_000 ? String(count) : `${(count / 10_000).toFixed(1).replace(/\.0$/, '')}万`;
}

/** A cluster: its count inside a ring whose parts are the sharing levels. `counts` in the order of `LEVELS`. */
export function drawCluster(counts: readonly number[]): ImageData {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const radius = Math.min(28, 13 + 3 * Math.log2(Math.max(2, total)) * 0.6);
  const size = Math.ceil(radius * 2 + 4);
  const context = canvas(size);
  const middle = size / 2;

  context.fillStyle = 'rgb(255 255 255 / 96%)';
  context.beginPath();
  context.arc(middle, middle, radius + 1, 0, 2 * Math.PI);
  context.fill();

  let angle = -Math.PI / 2;
  context.lineWidth = 4;
  LEVELS.forEach((level, at) => {
    const part = ((counts[at] ?? 0) / Math.max(1, total)) * 2 * Math.PI;
    if (part === 0) return;
    context.strokeStyle = SHARING[level].colour;
    context.beginPath();
    context.arc(middle, middle, radius - 2, angle, angle + part);
    context.stroke();
    angle += part;
  });

  context.fillStyle = '#1f2933';
  context.font = `600 ${total < 1000 ? 13 : 12}px system-ui, "Microsoft YaHei", "Noto Sans CJK SC", sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(shortCount(total), middle, middle + 0.5);
  return pixels(context);
}

export const PIXEL_RATIO = SCALE;
