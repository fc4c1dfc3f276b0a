import type { CameraId, ViewPoint } from './contract';
import { LEVELS } from './contract';
import { NOTHING, type Drawing, type Mark } from './drawing';
import type { Fan } from './fan';
import type { Place } from './mercator';
import type { Circle } from './place-names';
import type { Pixel, Screen } from './screen';
import { Sprites } from './sprites';
import { clusterRadius, drawBadge, drawCluster, drawPoint, PIXEL_RATIO } from './symbols';
import { motions, type Motion } from './transition';

const MOVING_MS = 280;
const REACH_PX = 34;
const POINT_REACH_PX = 11;
const HALO_PX = 12;
const HALO = 'rgb(30 95 174 / 24%)';

/** What lies under the pointer. */
export type Hit = { mark: Mark; pixel: Pixel } | { point: ViewPoint; pixel: Pixel };

/** The symbols over the map, drawn on a canvas of their own: some hundreds of sprites a frame cost a millisecond or two. */
export class MarkLayer {
  readonly sprites = new Sprites();
  private drawing: Drawing = NOTHING;
  private moving: readonly Motion[] = [];
  private since = 0;
  private fan: Fan | null = null;
  private isListed: (id: CameraId) => boolean = () => false;
  private marked: Place | null = null;

  constructor(private readonly isStill: boolean) {}

  show(drawing: Drawing, now: number): void {
    const places = new Map(this.moving.map((motion) => [motion.mark.key, this.at(motion, now)]));
    this.moving = motions(this.drawing, drawing, (mark) => places.get(mark.key) ?? mark.place);
    this.drawing = drawing;
    this.since = this.isStill ? -Infinity : now;
  }

  showListed(isListed: (id: CameraId) => boolean): void {
    this.isListed = isListed;
  }

  ring(place: Place | null): void {
    this.marked = place;
  }

  fanOut(fan: Fan | null): void {
    this.fan = fan;
  }

  get fanned(): Fan | null {
    return this.fan;
  }

  /** What of the screen is covered once everything stands still. */
  circles(screen: Screen): Circle[] {
    return this.drawing.marks.map((mark) => ({ ...screen.pixel(mark.place), radius: reachOf(mark) }));
  }

  /** Whether another frame is needed; `sprites.beginFrame` comes before. */
  draw(context: CanvasRenderingContext2D, screen: Screen, now: number): boolean {
    const isMoving = now - this.since < MOVING_MS;
    if (!isMoving) this.moving = this.moving.filter(({ leaves }) => !leaves);
    this.drawHalos(context, screen);
    for (const motion of this.moving) this.drawMotion(context, screen, motion, now);
    context.globalAlpha = 1;
    if (this.marked) drawRing(context, screen.pixel(this.marked));
    if (this.fan) this.drawFan(context, screen, this.fan, now);
    return isMoving || this.sprites.isBehind || (this.fan?.isMoving(now) ?? false);
  }

  /** Everything at this pixel, the topmost first; a fan hides what it covers. */
  hits(screen: Screen, pointer: Pixel, now: number): Hit[] {
    const fanned = this.fanHits(screen, pointer, now);
    if (fanned.length > 0) return fanned;
    const found: Hit[] = [];
    for (const mark of this.drawing.marks) {
      const pixel = screen.pixel(mark.place);
      if (Math.hypot(pixel.x - pointer.x, pixel.y - pointer.y) <= reachOf(mark)) found.push({ mark, pixel });
    }
    return found.reverse();
  }

  private fanHits(screen: Screen, pointer: Pixel, now: number): Hit[] {
    const { fan } = this;
    if (!fan) return [];
    const centre = screen.pixel(fan.place);
    for (const { point, offset } of fan.legs(now)) {
      const pixel = { x: centre.x + offset.x, y: centre.y + offset.y };
      if (Math.hypot(pixel.x - pointer.x, pixel.y - pointer.y) <= POINT_REACH_PX) return [{ point, pixel }];
    }
    return [];
  }

  private part(now: number): number {
    return Math.min(1, Math.max(0, (now - this.since) / MOVING_MS));
  }

  private at({ from, to }: Motion, now: number): Place {
    const eased = 1 - (1 - this.part(now)) ** 3;
    return { x: from.x + (to.x - from.x) * eased, y: from.y + (to.y - from.y) * eased };
  }

  private drawMotion(context: CanvasRenderingContext2D, screen: Screen, motion: Motion, now: number): void {
    const pixel = screen.pixel(this.at(motion, now));
    if (!screen.shows(pixel, REACH_PX)) return;
    const part = this.part(now);
    context.globalAlpha = motion.leaves ? 1 - part : motion.appears ? part : 1;
    if (motion.mark.kind === 'cluster') this.drawClusterMark(context, motion.mark, pixel);
    else this.drawPointsMark(context, motion.mark.points, pixel, screen.zoom);
  }

  private drawClusterMark(context: CanvasRenderingContext2D, mark: Mark & { kind: 'cluster' }, pixel: Pixel): void {
    const counts = LEVELS.map((level) => mark.cluster[level]);
    this.put(context, `cluster ${counts.join(' ')}`, () => drawCluster(counts), pixel);
  }

  private drawPointsMark(context: CanvasRenderingContext2D, points: readonly ViewPoint[], pixel: Pixel, zoom: number): void {
    const [first] = points as [ViewPoint];
    this.drawPoint(context, first, pixel, zoom < 9 ? 0.85 : zoom > 14 ? 1.15 : 1);
    if (points.length > 1) {
      const corner = { x: pixel.x + 8, y: pixel.y - 8 };
      this.put(context, `badge ${points.length}`, () => drawBadge(points.length), corner);
    }
  }

  /** Behind everything, as one shape, so that those over each other grow no darker. */
  private drawHalos(context: CanvasRenderingContext2D, screen: Screen): void {
    context.beginPath();
    for (const mark of this.drawing.marks) {
      if (mark.kind === 'cluster' || !mark.points.some(({ id }) => this.isListed(id))) continue;
      const { x, y } = screen.pixel(mark.place);
      context.moveTo(x + HALO_PX, y);
      context.arc(x, y, HALO_PX, 0, 2 * Math.PI);
    }
    context.fillStyle = HALO;
    context.fill();
  }

  private drawFan(context: CanvasRenderingContext2D, screen: Screen, fan: Fan, now: number): void {
    const centre = screen.pixel(fan.place);
    const legs = fan.legs(now).map(({ point, offset }) => ({ point, x: centre.x + offset.x, y: centre.y + offset.y }));
    context.strokeStyle = '#55616e';
    context.lineWidth = 1;
    context.beginPath();
    for (const { x, y } of legs) {
      context.moveTo(centre.x, centre.y);
      context.lineTo(x, y);
    }
    context.stroke();
    context.fillStyle = HALO;
    for (const { point, ...pixel } of legs) {
      if (this.isListed(point.id)) fillCircle(context, pixel, HALO_PX);
      this.drawPoint(context, point, pixel, 1.15);
    }
  }

  private drawPoint(context: CanvasRenderingContext2D, { sharing, status }: ViewPoint, pixel: Pixel, scale: number): void {
    this.put(context, `point ${sharing} ${status}`, () => drawPoint(sharing, status), pixel, scale);
  }

  private put(context: CanvasRenderingContext2D, key: string, draw: () => HTMLCanvasElement, { x, y }: Pixel, scale = 1): void {
    const sprite = this.sprites.get(key, draw);
    if (!sprite) return;
    const size = (sprite.width / PIXEL_RATIO) * scale;
    context.drawImage(sprite, x - size / 2, y - size / 2, size, size);
  }
}

function reachOf(mark: Mark): number {
  return mark.kind === 'cluster' ? clusterRadius(mark.cluster.count) : POINT_REACH_PX;
}

function fillCircle(context: CanvasRenderingContext2D, { x, y }: Pixel, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function drawRing(context: CanvasRenderingContext2D, { x, y }: Pixel): void {
  context.strokeStyle = '#12365f';
  context.lineWidth = 3;
  context.beginPath();
  context.arc(x, y, 14, 0, 2 * Math.PI);
  context.stroke();
}
