import {
  Map as MapLibre,
  NavigationControl,
  Popup,
  ScaleControl,
  setWorkerUrl,
  type GeoJSONSource,
  type LngLatBoundsLike,
  type MapGeoJSONFeature,
  type StyleSpecification,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { element } from '../shared/element';
import type { View } from './address';
import { inside } from './area';
import { AreaTool, type Tool } from './area-tool';
import { SHARING, STATUS, type CameraId, type Point, type Sharing, type Status } from './contract';
import { drawCluster, drawPoint, LEVELS, PIXEL_RATIO } from './symbols';

setWorkerUrl(workerUrl);

export type Borders = GeoJSON.FeatureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon>;

interface Callbacks {
  opened(id: CameraId): void;
  moved(view: View): void;
  /** The points of the present selection within a drawn area. */
  chosen(points: Point[]): void;
  toolChanged(tool: Tool | null): void;
  /** The map is drawn and takes tools. */
  ready(): void;
}

const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif';
const CLUSTER_UNTIL_ZOOM = 14;

const LOCALE = {
  'NavigationControl.ZoomIn': '放大',
  'NavigationControl.ZoomOut': '缩小',
  'ScaleControl.Meters': '米',
  'ScaleControl.Kilometers': '公里',
};

function collection<P extends GeoJSON.GeoJsonProperties>(
  features: GeoJSON.Feature<GeoJSON.Point, P>[],
): GeoJSON.FeatureCollection<GeoJSON.Point, P> {
  return { type: 'FeatureCollection', features };
}

function dot(point: Point): GeoJSON.Feature<GeoJSON.Point> {
  const { lon, lat, ...properties } = point;
  return { type: 'Feature', properties, geometry: { type: 'Point', coordinates: [lon, lat] } };
}

function corners(borders: Borders): GeoJSON.Position[] {
  return borders.features.flatMap(({ geometry }) =>
    geometry.type === 'Polygon' ? geometry.coordinates.flat() : geometry.coordinates.flat(2),
  );
}

function bounds(positions: GeoJSON.Position[]): [number, number, number, number] {
  const lons = positions.map(([lon]) => lon ?? 0);
  const lats = positions.map(([, lat]) => lat ?? 0);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

function labels(borders: Borders): GeoJSON.FeatureCollection<GeoJSON.Point> {
  return collection(
    borders.features.map((county) => {
      const [west, south, east, north] = bounds(corners({ type: 'FeatureCollection', features: [county] }));
      const coordinates = (county.properties?.centre as GeoJSON.Position | undefined) ?? [(west + east) / 2, (south + north) / 2];
      return { type: 'Feature', properties: { name: county.properties?.name as string }, geometry: { type: 'Point', coordinates } };
    }),
  );
}

/** The offline basemap (county borders) with our points on it; glyphs are drawn from the system's fonts. */
function style(borders: Borders): StyleSpecification {
  const empty = collection([]);
  return {
    version: 8,
    sources: {
      borders: { type: 'geojson', data: borders },
      labels: { type: 'geojson', data: labels(borders) },
      listed: { type: 'geojson', data: empty },
      marked: { type: 'geojson', data: empty },
      points: {
        type: 'geojson',
        data: empty,
        cluster: true,
        clusterRadius: 46,
        clusterMaxZoom: CLUSTER_UNTIL_ZOOM,
        clusterProperties: Object.fromEntries(
          LEVELS.map((level) => [level, ['+', ['case', ['==', ['get', 'sharing'], level], 1, 0]]]),
        ),
      },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': '#e6ecf2' } },
      { id: 'county', type: 'fill', source: 'borders', paint: { 'fill-color': '#fafbfc' } },
      { id: 'border-soft', type: 'line', source: 'borders', paint: { 'line-color': '#cdd9e6', 'line-width': 5, 'line-blur': 3 } },
      { id: 'border', type: 'line', source: 'borders', paint: { 'line-color': '#8fa6bf', 'line-width': 1 } },
      {
        id: 'county-name',
        type: 'symbol',
        source: 'labels',
        layout: {
          'text-field': ['get', 'name'],
          'text-font': ['sans-serif'],
          'text-size': ['interpolate', ['linear'], ['zoom'], 7, 12, 10, 16],
          'text-letter-spacing': 0.12,
          // Below the cluster that mostly sits on the county's centre.
          'text-anchor': 'top',
          'text-offset': [0, 2.4],
          'text-allow-overlap': true,
        },
        paint: { 'text-color': '#60758c', 'text-halo-color': '#fff', 'text-halo-width': 1.5 },
      },
      {
        id: 'listed',
        type: 'circle',
        source: 'listed',
        minzoom: CLUSTER_UNTIL_ZOOM - 4,
        paint: { 'circle-radius': 11, 'circle-color': '#1e5fae', 'circle-opacity': 0.22 },
      },
      {
        id: 'point',
        type: 'symbol',
        source: 'points',
        filter: ['!', ['has', 'point_count']],
        layout: {
          'icon-image': ['concat', 'point:', ['get', 'sharing'], ':', ['get', 'status']],
          'icon-allow-overlap': true,
          'icon-size': ['interpolate', ['linear'], ['zoom'], 8, 0.8, 13, 1.1],
        },
      },
      {
        id: 'cluster',
        type: 'symbol',
        source: 'points',
        filter: ['has', 'point_count'],
        layout: {
          'icon-image': ['concat', 'cluster', ...LEVELS.flatMap((level) => [':', ['to-string', ['get', level]]])],
          'icon-allow-overlap': true,
          'icon-ignore-placement': true,
        },
      },
      {
        id: 'marked',
        type: 'circle',
        source: 'marked',
        paint: { 'circle-radius': 12, 'circle-opacity': 0, 'circle-stroke-color': '#12365f', 'circle-stroke-width': 3 },
      },
    ] as StyleSpecification['layers'],
  };
}

/** The image of `point:restricted:online` or `cluster:390:364:82` (counts in the order of `LEVELS`). */
function drawImage(id: string): ImageData {
  const [kind, ...parts] = id.split(':');
  return kind === 'cluster' ? drawCluster(parts.map(Number)) : drawPoint(parts[0] as Sharing, parts[1] as Status);
}

/** The map; throws where the browser has no WebGL 2. */
export class MapStage {
  private readonly map: MapLibre;
  private readonly hover = new Popup({ closeButton: false, closeOnClick: false, offset: 10, className: 'atlas-hover' });
  private readonly chooser = new Popup({ closeButton: false, offset: 10, maxWidth: '320px', className: 'atlas-chooser' });
  private points: readonly Point[] = [];
  private listed: (id: CameraId) => boolean = () => false;
  private area: AreaTool | null = null;

  constructor(
    container: HTMLElement,
    borders: Borders,
    view: View | null,
    private readonly callbacks: Callbacks,
  ) {
    const place = view
      ? { center: [view.lon, view.lat] as [number, number], zoom: view.zoom }
      : { bounds: bounds(corners(borders)) as LngLatBoundsLike, fitBoundsOptions: { padding: 24 } };
    this.map = new MapLibre({
      container,
      style: style(borders),
      ...place,
      minZoom: 6,
      maxZoom: 18,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      localIdeographFontFamily: FONT,
      locale: LOCALE,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.getCanvas().setAttribute('aria-label', '点位地图；同样的内容可以在点位列表中用键盘操作');
    this.map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
    this.map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right');
    this.map.setMissingStyleImageResolver((id) => {
      this.map.addImage(id, drawImage(id), { pixelRatio: PIXEL_RATIO });
    });
    this.map.on('load', () => this.ready());
    this.map.on('moveend', () => this.callbacks.moved(this.view));
  }

  get view(): View {
    const { lng, lat } = this.map.getCenter();
    return { lon: lng, lat, zoom: this.map.getZoom() };
  }

  show(points: readonly Point[]): void {
    this.points = points;
    this.fill('points', points);
    this.fill('listed', points.filter(({ id }) => this.listed(id)));
  }

  /** Points in the list get a halo. */
  showListed(listed: (id: CameraId) => boolean): void {
    this.listed = listed;
    this.fill('listed', this.points.filter(({ id }) => listed(id)));
  }

  /** Rings one point, and goes there when it is out of sight or still inside a cluster. */
  mark(point: Point | null, go: boolean): void {
    this.fill('marked', point ? [point] : []);
    if (!point || !go) return;
    const at: [number, number] = [point.lon, point.lat];
    const near = this.map.getBounds().contains(at) && this.map.getZoom() > CLUSTER_UNTIL_ZOOM;
    if (!near) this.map.easeTo({ center: at, zoom: Math.max(this.map.getZoom(), CLUSTER_UNTIL_ZOOM + 1), duration: 500 });
  }

  chooseTool(tool: Tool | null): void {
    this.area?.choose(tool);
  }

  /** Fits all points of the selection. */
  fit(): void {
    if (this.points.length === 0) return;
    const around = bounds(this.points.map(({ lon, lat }) => [lon, lat]));
    this.map.fitBounds(around as LngLatBoundsLike, { padding: 48, maxZoom: 16, duration: 500 });
  }

  resize(): void {
    this.map.resize();
  }

  private ready(): void {
    this.area = new AreaTool(
      this.map,
      (ring) => this.callbacks.chosen(this.points.filter(({ lon, lat }) => inside([lon, lat], ring))),
      (tool) => this.callbacks.toolChanged(tool),
    );
    this.callbacks.ready();
    this.show(this.points);

    this.map.on('mousemove', 'point', ({ features }) => this.name(features?.[0]));
    this.map.on('mouseleave', 'point', () => this.name(undefined));
    for (const layer of ['point', 'cluster']) {
      this.map.on('mouseenter', layer, () => this.cursor('pointer'));
      this.map.on('mouseleave', layer, () => this.cursor(''));
    }
    this.map.on('click', 'point', ({ features = [] }) => this.open(features));
    this.map.on('click', 'cluster', ({ features }) => void this.split(features?.[0]));
  }

  private cursor(cursor: string): void {
    if (!this.area?.active) this.map.getCanvas().style.cursor = cursor;
  }

  private fill(source: string, points: readonly Point[]): void {
    // Before the style is there the call has no source; `ready` repeats it.
    void this.map.getSource<GeoJSONSource>(source)?.setData(collection(points.map(dot)));
  }

  private name(feature: MapGeoJSONFeature | undefined): void {
    if (!feature) {
      this.hover.remove();
      return;
    }
    const { name, sharing, status } = feature.properties as Point;
    const text = element('div', {}, element('b', {}, name), element('div', {}, `${SHARING[sharing].label} · ${STATUS[status]}`));
    this.hover.setLngLat((feature.geometry as GeoJSON.Point).coordinates as [number, number]).setDOMContent(text).addTo(this.map);
  }

  private open(features: MapGeoJSONFeature[]): void {
    if (this.area?.active) return;
    const found = new Map(features.map(({ properties }) => [properties.id as CameraId, properties as Point]));
    const [first] = found.values();
    if (!first) return;
    if (found.size === 1) {
      this.callbacks.opened(first.id);
      return;
    }
    this.hover.remove();
    const choices = [...found.values()].map(({ id, name }) => {
      const button = element('button', { type: 'button' }, name);
      button.addEventListener('click', () => {
        this.chooser.remove();
        this.callbacks.opened(id);
      });
      return button;
    });
    const geometry = features[0]?.geometry as GeoJSON.Point;
    this.chooser
      .setLngLat(geometry.coordinates as [number, number])
      .setDOMContent(element('div', {}, `此处有 ${found.size} 个点位`, ...choices))
      .addTo(this.map);
  }

  private async split(cluster: MapGeoJSONFeature | undefined): Promise<void> {
    if (!cluster || this.area?.active) return;
    const source = this.map.getSource<GeoJSONSource>('points');
    if (!source) return;
    const zoom = await source.getClusterExpansionZoom(cluster.properties.cluster_id as number);
    const center = (cluster.geometry as GeoJSON.Point).coordinates as [number, number];
    this.map.easeTo({ center, zoom: zoom + 0.2, duration: 350 });
  }
}
