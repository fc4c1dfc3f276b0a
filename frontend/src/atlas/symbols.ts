import { LEVELS, SHARING, type Sharing, type Status } from './contract';

export const PIXEL_RATIO = 2;

const FONT_FAMILY = 'system-ui, "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const POINT_PX = 18;

function canvas(width: number, height = width): CanvasRenderingContext2D {
  const surface = document.createElement('canvas');
  [surface.width, surface.height] = [width * PIXEL_RATIO, height * PIXEL_RATIO];
  const context = surface.getContext('2d');
  if (!context) throw new Error('no 2d canvas');
  context.scale(PIXEL_RATIO, PIXEL_RATIO);
  return context;
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
export function drawPoint(sharing: Sharing, status: Status, colour = SHARING[sharing].colour): HTMLCanvasElement {
  const context = canvas(POINT_PX);
  const path = OUTLINES[sharing](POINT_PX / 2, 5);
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
  return context.canvas;
}

/** 1 234 → "1234", 12 345 → "1.2万", 1 234 567 → "123万". */
export function shortCount(count: number): string {
  if (count < 10_000) return String(count);
  const digits = count < 1_000_000 ? 1 : 0;
  return `${(count / 10_000).toFixed(digits).replace(/\.0$/, '')}万`;
}

/** In pixels, from 13 for two points to 27 for a hundred thousand and more. */
export function clusterRadius(count: number): number {
  return Math.min(27, 12 + 0.9 * Math.log2(Math.max(2, count)));
}

/** A cluster: its count inside a ring whose parts are the sharing levels. `counts` in the order of `LEVELS`. */
export function drawCluster(counts: readonly number[]): HTMLCanvasElement {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const radius = clusterRadius(total);
  const size = Math.ceil(radius * 2 + 4);
  const context = canvas(size);
  const middle = size / 2;

  context.fillStyle = '#fff';
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
  write(context, shortCount(total), middle, radius > 17 ? 13 : 12);
  return context.canvas;
}

/** The number of points on one spot, to stand at the corner of their symbol. */
export function drawBadge(count: number): HTMLCanvasElement {
  const size = 16;
  const context = canvas(size);
  context.fillStyle = '#12365f';
  context.beginPath();
  context.arc(size / 2, size / 2, size / 2 - 1, 0, 2 * Math.PI);
  context.fill();
  write(context, count > 99 ? '99+' : String(count), size / 2, count > 99 ? 7 : 10, '#fff');
  return context.canvas;
}

/** The name of a place, readable on any ground. */
export function drawName(name: string, size: number, colour: string): HTMLCanvasElement {
  const [width, height] = [Math.ceil((name.length + 1) * size * 1.15), size + 10];
  const context = canvas(width, height);
  context.font = `${size}px ${FONT_FAMILY}`;
  context.letterSpacing = `${size * 0.1}px`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 3.5;
  context.strokeStyle = 'rgb(255 255 255 / 90%)';
  context.strokeText(name, width / 2, height / 2);
  context.fillStyle = colour;
  context.fillText(name, width / 2, height / 2);
  return context.canvas;
}

function write(context: CanvasRenderingContext2D, text: string, middle: number, size: number, colour = '#1f2933'): void {
  context.fillStyle = colour;
  context.font = `600 ${size}px ${FONT_FAMILY}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, middle, middle + 0.5);
}
