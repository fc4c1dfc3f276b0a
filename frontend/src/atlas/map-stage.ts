import { AttributionControl, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl, type LngLatBoundsLike } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { element } from '../shared/element';
import type { View } from './address';
import { AreaTool, type Tool } from './area-tool';
import type { Borders } from './atlas-api';
import { boundsOfBorders, placeNames, tileStyle } from './basemap';
import { BorderLayer } from './border-layer';
import type { Box, CameraId, Setup, ViewPoint } from './contract';
import type { Drawing } from './drawing';
import { Fan } from './fan';
import { HoverLabel } from './hover-label';
import { MarkLayer, type Hit } from './mark-layer';
import { toPlace, type Position } from './mercator';
import { PlaceNames } from './place-names';
import { Screen, type Pixel } from './screen';
import { drawShape } from './shape-layer';
import type { Shape } from './shapes';
import type { Tiles } from './tiles';

setWorkerUrl(workerUrl);

export interface Frame {
  /** What is seen, and what to ask for: that and a margin. */
  seen: Box;
  box: Box;
  zoom: number;
}

interface Callbacks {
  opened(id: CameraId): void;
  /** A point was clicked to be put on the list, or taken from it. */
  picked(point: ViewPoint): void;
  /** Escape was pressed on the map. */
  escaped(): void;
  /** Several points under one click; they are fanned out already. */
  crowd(points: readonly ViewPoint[]): void;
  /** A cluster that no zoom splits. */
  spot(at: Position): void;
  /** The view stands still. */
  moved(): void;
  /** The view moves on beyond what was asked for. */
  moving(): void;
  drawn(shape: Shape): void;
  drawing(shape: Shape | null): void;
  toolChanged(tool: Tool | null): void;
  /** The map is drawn and takes tools. */
  ready(): void;
}

const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif';
// How far beyond the window is asked for, so that panning shows no holes.
const MARGIN = 0.35;
const NEAR_ZOOM = 15;
const SPLIT_LEVELS = 2;

const LOCALE = {
  'NavigationControl.ZoomIn': '放大',
  'NavigationControl.ZoomOut': '缩小',
  'ScaleControl.Meters': '米',
  'ScaleControl.Kilometers': '公里',
  'AttributionControl.ToggleAttribution': '底图来源',
};

export const isStill = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** The map; throws where the browser has no WebGL 2. */
export class MapStage {
  private readonly map: MapLibre;
  private readonly marks = new MarkLayer(isStill());
  private readonly hover = new HoverLabel();
  private readonly canvas = element('canvas', { class: 'atlas-marks', 'aria-hidden': 'true' });
  private readonly context: CanvasRenderingContext2D;
  private readonly tool: AreaTool;
  private readonly borders: BorderLayer;
  private readonly names: PlaceNames;
  private shapes: readonly Shape[] = [];
  private underWay: Shape | null = null;
  private frameAsked = 0;

  constructor(
    container: HTMLElement,
    setup: Setup,
    borders: Borders,
    tiles: Tiles,
    view: View | null,
    private readonly callbacks: Callbacks,
  ) {
    const place = view
      ? { center: [view.lon, view.lat] as [number, number], zoom: view.zoom }
      : { bounds: boundsOfBorders(borders) as LngLatBoundsLike, fitBoundsOptions: { padding: 24 } };
    this.map = new MapLibre({
      container,
      style: tileStyle(tiles),
      ...place,
      minZoom: 6,
      maxZoom: 19,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      localIdeographFontFamily: FONT,
      locale: LOCALE,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.getCanvas().setAttribute('aria-label', '点位地图，方向键平移，加减号缩放；同样的内容可以在右侧列表中用键盘操作');
    this.map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
    this.map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right');
    if (setup.basemap.attribution) this.map.addControl(new AttributionControl({ compact: true }), 'bottom-right');
    const context = this.canvas.getContext('2d');
    if (!context) throw new Error('no 2d canvas');
    this.context = context;
    this.borders = new BorderLayer(borders, tiles.layers.length === 0);
    this.names = new PlaceNames(placeNames(setup, borders));
    // What nobody needs to see need not be read back from WebGL for each frame.
    container.classList.toggle('atlas-bare', tiles.layers.length === 0);
    container.append(this.canvas, this.hover.node);
    this.tool = new AreaTool(this.map, setup.limits.corners, {
      drawn: (shape) => this.callbacks.drawn(shape),
      toolChanged: (tool) => this.callbacks.toolChanged(tool),
      changed: (shape) => {
        this.underWay = shape;
        this.callbacks.drawing(shape);
        this.redraw();
      },
    });
    this.listen();
  }

  get view(): View {
    const { lng, lat } = this.map.getCenter();
    return { lon: lng, lat, zoom: this.map.getZoom() };
  }

  get frame(): Frame {
    const seen = this.map.getBounds().toArray().flat() as Box;
    const [west, south, east, north] = seen;
    const [wide, high] = [(east - west) * MARGIN, (north - south) * MARGIN];
    return { seen, box: [west - wide, south - high, east + wide, north + high], zoom: this.map.getZoom() };
  }

  show(drawing: Drawing): void {
    this.marks.show(drawing, performance.now());
    this.arrangeNames();
    this.redraw();
  }

  /** Points in the list get a halo. */
  showListed(listed: (id: CameraId) => boolean): void {
    this.marks.showListed(listed);
    this.redraw();
  }

  /** The areas that are drawn beside the one under way. */
  showShapes(shapes: readonly Shape[]): void {
    this.shapes = shapes;
    this.redraw();
  }

  /** Rings one position, and goes there when it is out of sight or too small to be told from its neighbours. */
  ring(at: Position | null, go: boolean): void {
    this.marks.ring(at && toPlace(at));
    this.redraw();
    if (!at || !go) return;
    const isNear = this.map.getBounds().contains([...at]) && this.map.getZoom() >= NEAR_ZOOM - 1;
    if (!isNear) this.map.easeTo({ center: [...at], zoom: Math.max(this.map.getZoom(), NEAR_ZOOM), duration: 500 });
  }

  /** Fans points out of the spot where they stand. */
  fanOut(at: Position, points: readonly ViewPoint[]): void {
    this.marks.fanOut(new Fan(toPlace(at), points, isStill() ? -Infinity : performance.now()));
    this.hover.show(undefined, 0);
    this.redraw();
  }

  closeFan(): void {
    if (!this.marks.fanned) return;
    this.marks.fanOut(null);
    this.redraw();
  }

  chooseTool(tool: Tool | null): void {
    this.tool.choose(tool);
  }

  setWidth(metres: number): void {
    this.tool.setWidth(metres);
  }

  fit(box: Box): void {
    this.map.fitBounds(box, { padding: 56, maxZoom: 16, duration: 500 });
  }

  private listen(): void {
    this.map.on('load', () => this.callbacks.ready());
    this.map.on('moveend', () => this.callbacks.moved());
    this.map.on('move', () => this.callbacks.moving());
    this.map.on('zoomstart', () => this.closeFan());
    // In the frame that moves the map, so that symbols and map move as one.
    this.map.on('render', () => this.draw());
    this.map.on('resize', () => this.redraw());
    this.map.getContainer().addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.callbacks.escaped();
    });
    this.map.on('mousemove', ({ point }) => this.point(point));
    this.map.on('mouseout', () => this.hover.show(undefined, 0));
    this.map.on('dragstart', () => this.hover.show(undefined, 0));
    this.map.on('click', ({ point, originalEvent }) => this.click(point, originalEvent.ctrlKey || originalEvent.metaKey));
  }

  private get screen(): Screen {
    const { clientWidth, clientHeight } = this.map.getContainer();
    const { lng, lat } = this.map.getCenter();
    return new Screen(clientWidth, clientHeight, this.map.getZoom(), toPlace([lng, lat]));
  }

  private arrangeNames(): void {
    const { screen } = this;
    this.names.arrange(screen, this.marks.circles(screen));
  }

  private redraw(): void {
    if (this.frameAsked) return;
    this.frameAsked = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    cancelAnimationFrame(this.frameAsked);
    this.frameAsked = 0;
    const { screen, context, canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(screen.width * ratio), Math.round(screen.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, screen.width, screen.height);
    this.marks.sprites.beginFrame();
    this.borders.draw(context, screen);
    this.names.draw(context, screen, this.marks.sprites);
    for (const shape of this.shapes) drawShape(context, screen, shape, false);
    if (this.underWay) drawShape(context, screen, this.underWay, true);
    if (this.marks.draw(context, screen, performance.now())) this.redraw();
  }

  private hits(pixel: Pixel): Hit[] {
    return this.marks.hits(this.screen, pixel, performance.now());
  }

  private point(pixel: Pixel): void {
    if (this.tool.isDrawing || this.map.isMoving()) return;
    const [hit] = this.hits(pixel);
    this.hover.show(hit, this.canvas.clientWidth);
    this.map.getCanvas().style.cursor = hit ? 'pointer' : this.tool.current ? 'crosshair' : '';
  }

  private click(pixel: Pixel, isPicking: boolean): void {
    if (this.tool.isDrawing) return;
    const hits = this.hits(pixel);
    const points = hits.flatMap((hit) => ('point' in hit ? [hit.point] : hit.mark.kind === 'points' ? hit.mark.points : []));
    const [first] = points;
    if (points.length > 1 && first) {
      this.fanOut([first.lon, first.lat], points);
      this.callbacks.crowd(points);
    } else if (first) {
      if (isPicking || this.tool.current === 'pick') this.callbacks.picked(first);
      else this.callbacks.opened(first.id);
    } else {
      this.closeFan();
      this.clickCluster(hits[0]);
    }
  }

  private clickCluster(hit: Hit | undefined): void {
    if (!hit || 'point' in hit || hit.mark.kind !== 'cluster') return;
    const { lon, lat, spot } = hit.mark.cluster;
    if (spot) this.callbacks.spot([lon, lat]);
    else this.map.easeTo({ center: [lon, lat], zoom: Math.floor(this.map.getZoom()) + SPLIT_LEVELS, duration: isStill() ? 0 : 450 });
  }
}
