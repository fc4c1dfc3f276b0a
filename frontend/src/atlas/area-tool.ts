import type { GeoJSONSource, Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import { box, type Position } from './area';

export type Tool = 'box' | 'polygon';

const SOURCE = 'area';
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

function position(event: MapMouseEvent): Position {
  return [event.lngLat.lng, event.lngLat.lat];
}

/**
 * Drawing an area: box (tool, or shift-drag at any time) and polygon (click the corners, double-click or Enter ends).
 * Escape gives up. Calls `drawn` with the ring and `toolChanged` when the tool is taken up or laid down.
 */
export class AreaTool {
  private tool: Tool | null = null;
  private corners: Position[] = [];
  private dragging = false;

  constructor(
    private readonly map: MapLibre,
    private readonly drawn: (ring: Position[]) => void,
    private readonly toolChanged: (tool: Tool | null) => void,
  ) {
    map.boxZoom.disable();
    map.addSource(SOURCE, { type: 'geojson', data: NOTHING });
    map.addLayer({ id: 'area-fill', type: 'fill', source: SOURCE, paint: { 'fill-color': '#1e5fae', 'fill-opacity': 0.12 } });
    map.addLayer({ id: 'area-line', type: 'line', source: SOURCE, paint: { 'line-color': '#1e5fae', 'line-width': 2 } });
    map.on('mousedown', (event) => this.press(event));
    map.on('mousemove', (event) => this.move(event));
    // A drag goes on, and ends, over the map's controls and beside the map as well.
    window.addEventListener('mousemove', (event) => this.drag(event));
    window.addEventListener('mouseup', (event) => this.release(event));
    map.on('click', (event) => this.corner(event));
    map.on('dblclick', (event) => {
      if (this.tool !== 'polygon') return;
      event.preventDefault();
      this.finish();
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.choose(null);
      if (event.key === 'Enter' && this.tool === 'polygon' && this.corners.length > 2) this.finish();
    });
  }

  /** While an area is being drawn, clicks are corners and open nothing. */
  get active(): boolean {
    return this.tool !== null;
  }

  choose(tool: Tool | null): void {
    this.tool = tool;
    this.corners = [];
    this.dragging = false;
    this.map.dragPan.enable();
    this.map.getCanvas().style.cursor = tool ? 'crosshair' : '';
    this.draw([]);
    this.toolChanged(tool);
  }

  private press(event: MapMouseEvent): void {
    if (this.tool !== 'box' && !(this.tool === null && event.originalEvent.shiftKey)) return;
    event.preventDefault();
    this.dragging = true;
    this.corners = [position(event)];
  }

  private move(event: MapMouseEvent): void {
    if (this.tool === 'polygon') this.draw([...this.corners, position(event)]);
  }

  private drag(event: MouseEvent): void {
    const [start] = this.corners;
    if (this.dragging && start) this.draw(box(start, this.under(event)));
  }

  private release(event: MouseEvent): void {
    const [start] = this.corners;
    if (!this.dragging || !start) return;
    this.corners = box(start, this.under(event));
    this.finish();
  }

  private under({ clientX, clientY }: MouseEvent): Position {
    const { left, top } = this.map.getContainer().getBoundingClientRect();
    const { lng, lat } = this.map.unproject([clientX - left, clientY - top]);
    return [lng, lat];
  }

  private corner(event: MapMouseEvent): void {
    if (this.tool === 'polygon') this.corners.push(position(event));
  }

  private finish(): void {
    const ring = this.corners;
    this.choose(null);
    if (ring.length > 2) this.drawn(ring);
  }

  private draw(ring: Position[]): void {
    const closed = [...ring, ...ring.slice(0, 1)].map((corner) => [...corner]);
    const features: GeoJSON.Feature[] =
      ring.length > 1 ? [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [closed] } }] : [];
    void this.map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: 'FeatureCollection', features });
  }
}
