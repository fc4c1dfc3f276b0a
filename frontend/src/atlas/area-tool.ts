import type { Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import { distance, type Position } from './mercator';
import { boxCorners, lengthOf, lengthText, REACH, type Shape, type ShapeKind } from './shapes';

/** `pick` takes single points by clicking them; the others draw. */
export type Tool = ShapeKind | 'pick';

const LEAST: Record<ShapeKind, number> = { box: 4, polygon: 3, circle: 1, line: 2 };
const BY_DRAGGING: ReadonlySet<Tool | null> = new Set<Tool>(['box', 'circle']);
const BY_CORNERS: ReadonlySet<Tool | null> = new Set<Tool>(['polygon', 'line']);
const LEAST_DRAG_PX = 3;

interface Callbacks {
  drawn(shape: Shape): void;
  toolChanged(tool: Tool | null): void;
  /** What is being drawn has changed; null when nothing is. */
  changed(shape: Shape | null): void;
}

/**
 * Drawing an area: box and circle by dragging (a box also with Shift held, at any time), polygon and line by clicking
 * corners. Enter or a double click finishes, Backspace takes the last corner back, Escape lays the tool down.
 */
export class AreaTool {
  private tool: Tool | null = null;
  private corners: Position[] = [];
  private pointer: Position | null = null;
  private dragged: { x: number; y: number } | null = null;
  private width = REACH.line.usual;

  constructor(
    private readonly map: MapLibre,
    private readonly mostCorners: number,
    private readonly callbacks: Callbacks,
  ) {
    map.boxZoom.disable();
    map.on('mousedown', (event) => this.press(event));
    map.on('mousemove', (event) => this.move(event));
    // A drag goes on, and ends, over the map's controls and beside the map as well.
    window.addEventListener('mousemove', (event) => this.drag(event));
    window.addEventListener('mouseup', (event) => this.release(event));
    map.on('click', (event) => this.corner(event));
    map.on('dblclick', (event) => {
      if (!BY_CORNERS.has(this.tool)) return;
      event.preventDefault();
      this.finish();
    });
    document.addEventListener('keydown', (event) => this.key(event));
  }

  get current(): Tool | null {
    return this.tool;
  }

  /** While an area is being drawn, clicks are corners and open nothing. */
  get isDrawing(): boolean {
    return this.dragged !== null || BY_DRAGGING.has(this.tool) || BY_CORNERS.has(this.tool);
  }

  choose(tool: Tool | null): void {
    this.tool = tool;
    this.reset();
    this.map.getCanvas().style.cursor = tool ? 'crosshair' : '';
    if (BY_CORNERS.has(tool)) this.map.doubleClickZoom.disable();
    else this.map.doubleClickZoom.enable();
    this.callbacks.toolChanged(tool);
  }

  /** The buffer of lines that are drawn from now on, and of the one under way. */
  setWidth(metres: number): void {
    this.width = metres;
    this.tell();
  }

  private reset(): void {
    this.corners = [];
    this.pointer = null;
    this.dragged = null;
    this.tell();
  }

  private press(event: MapMouseEvent): void {
    const isShifted = event.originalEvent.shiftKey && !this.isDrawing;
    if (event.originalEvent.button !== 0 || !(BY_DRAGGING.has(this.tool) || isShifted)) return;
    event.preventDefault();
    this.dragged = event.point;
    this.corners = [[event.lngLat.lng, event.lngLat.lat]];
  }

  private move(event: MapMouseEvent): void {
    if (!BY_CORNERS.has(this.tool)) return;
    this.pointer = [event.lngLat.lng, event.lngLat.lat];
    this.tell();
  }

  private drag(event: MouseEvent): void {
    if (!this.dragged) return;
    this.pointer = this.under(event);
    this.tell();
  }

  private release(event: MouseEvent): void {
    const { dragged } = this;
    if (!dragged) return;
    this.pointer = this.under(event);
    const { x, y } = this.map.project([...this.pointer]);
    if (Math.hypot(x - dragged.x, y - dragged.y) < LEAST_DRAG_PX) this.reset();
    else this.finish();
  }

  private corner({ lngLat, point }: MapMouseEvent): void {
    if (!BY_CORNERS.has(this.tool) || this.corners.length >= this.mostCorners) return;
    const last = this.corners.at(-1);
    const at = last && this.map.project([...last]);
    // The second click of a double click is no corner.
    if (at && Math.hypot(at.x - point.x, at.y - point.y) < LEAST_DRAG_PX) return;
    this.corners.push([lngLat.lng, lngLat.lat]);
    this.tell();
  }

  private key(event: KeyboardEvent): void {
    if (this.tool === null && !this.dragged) return;
    if (event.key === 'Escape') this.choose(null);
    if (isTyping(event) || !BY_CORNERS.has(this.tool)) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      this.finish();
    }
    if (event.key === 'Backspace') {
      event.preventDefault();
      this.corners.pop();
      this.tell();
    }
  }

  private under({ clientX, clientY }: MouseEvent): Position {
    const { left, top } = this.map.getContainer().getBoundingClientRect();
    const { lng, lat } = this.map.unproject([clientX - left, clientY - top]);
    return [lng, lat];
  }

  private finish(): void {
    // The pointer is the far end of a drag, but no corner that was clicked.
    if (!this.dragged) this.pointer = null;
    const shape = this.shape();
    if (!shape || shape.corners.length < LEAST[shape.kind]) return;
    this.choose(null);
    this.callbacks.drawn(shape);
  }

  private shape(): Shape | null {
    const kind = this.dragged && this.tool !== 'circle' ? 'box' : this.tool;
    const [first] = this.corners;
    if (!first || kind === null || kind === 'pick') return null;
    const far = this.pointer ?? first;
    if (kind === 'box') return { kind, corners: boxCorners(first, far) };
    if (kind === 'circle') return { kind, corners: [first], metres: Math.min(REACH.circle.most, Math.max(1, distance(first, far))) };
    const corners = this.pointer ? [...this.corners, this.pointer] : [...this.corners];
    return kind === 'line' ? { kind, corners, metres: this.width } : { kind, corners };
  }

  private tell(): void {
    this.callbacks.changed(this.shape());
  }
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, button, a, [role=grid]') !== null;
}

/** "长 1.2 公里": how far the drawing is. */
export function progress(shape: Shape | null): string {
  if (shape?.kind === 'circle') return `半径 ${lengthText(shape.metres)}`;
  return shape?.kind === 'line' ? `长 ${lengthText(lengthOf(shape.corners))}` : '';
}
