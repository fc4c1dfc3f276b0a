import { unpack, type Crs, type Sharing, type ViewCluster, type ViewPoint, type ViewportAnswer } from './contract';
import { toPlace, type Place } from './mercator';

/** One symbol of the map: a cluster, or the points of one spot (mostly one point). */
export type Mark = {
  key: string;
  place: Place;
  /** The cell at the drawing's zoom. */
  cell: Cell;
} & ({ kind: 'cluster'; cluster: ViewCluster } | { kind: 'points'; points: readonly ViewPoint[] });

export type Cell = readonly [number, number];

/** What the server answered for a view, ready to be drawn. */
export interface Drawing {
  zoom: number;
  marks: readonly Mark[];
}

/** Cells are 64 pixels of a world of 512 pixels at zoom 0. */
const CELLS_AT_ZOOM_0 = 3;
// A cluster keeps off the edges of its cell by this part of it, so that neighbours do not cover each other.
const INSET = 0.27;
const MOST_IN_A_CELL = 10;
const ALL_APART_ZOOM = 16;

export const NOTHING: Drawing = { zoom: 0, marks: [] };

export function cellsAcross(zoom: number): number {
  return 2 ** (zoom + CELLS_AT_ZOOM_0);
}

export function cellOf({ x, y }: Place, zoom: number): Cell {
  const cells = cellsAcross(zoom);
  return [Math.floor(x * cells), Math.floor(y * cells)];
}

/** `crs`: cells are of WGS-84, so what is shifted stands beside its cell. */
export function drawingOf(answer: Pick<ViewportAnswer, 'zoom' | 'clusters' | 'points'>, crs: Crs = 'wgs84'): Drawing {
  const { zoom } = answer;
  const clusters = unpack<ViewCluster>(answer.clusters);
  const cells = byCell(unpack<ViewPoint>(answer.points), zoom);
  const crowded = cells.filter((points) => isCrowded(points, zoom));
  const single = cells.filter((points) => !isCrowded(points, zoom)).flatMap(bySpot);
  return {
    zoom,
    marks: [
      ...[...clusters, ...crowded.map((points) => clusterOf(points, zoom))].map((cluster) => clusterMark(cluster, zoom, crs)),
      ...single.map((points) => pointsMark(points, zoom)),
    ],
  };
}

function byCell(points: readonly ViewPoint[], zoom: number): ViewPoint[][] {
  const cells = new Map<string, ViewPoint[]>();
  for (const point of points) {
    const key = cellOf(toPlace([point.lon, point.lat]), zoom).join('/');
    const there = cells.get(key);
    if (there) there.push(point);
    else cells.set(key, [point]);
  }
  return [...cells.values()];
}

/** The server sends few points one by one, however close; so many in one cell would only cover each other. */
function isCrowded(points: readonly ViewPoint[], zoom: number): boolean {
  return points.length > MOST_IN_A_CELL && zoom < ALL_APART_ZOOM;
}

function clusterOf(points: readonly ViewPoint[], zoom: number): ViewCluster {
  const mean = (of: (point: ViewPoint) => number): number => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [lon, lat] = [mean((point) => point.lon), mean((point) => point.lat)];
  const [cx, cy] = cellOf(toPlace([lon, lat]), zoom);
  const [first, ...others] = points;
  const isOneSpot = (first?.spot ?? 0) > 0 && others.every(({ spot }) => spot === first?.spot);
  const level = (wanted: Sharing): number => points.filter(({ sharing }) => sharing === wanted).length;
  return {
    ...{ cx, cy, lon, lat, count: points.length, spot: isOneSpot ? 1 : 0 },
    ...{ unconditional: level('unconditional'), restricted: level('restricted'), none: level('none') },
  };
}

function clusterMark(cluster: ViewCluster, zoom: number, crs: Crs): Mark {
  const { cx, cy, lon, lat, spot } = cluster;
  const place = toPlace([lon, lat]);
  const key = `${zoom}/${cx}/${cy}`;
  if (crs !== 'wgs84') return { kind: 'cluster', key, place, cell: cellOf(place, zoom), cluster };
  // All points of a spot stand exactly there.
  return { kind: 'cluster', key, place: spot ? place : inward(place, [cx, cy], zoom), cell: [cx, cy], cluster };
}

function pointsMark(points: readonly ViewPoint[], zoom: number): Mark {
  const [first] = points as [ViewPoint];
  const place = toPlace([first.lon, first.lat]);
  return { kind: 'points', key: `p${first.id}`, place, cell: cellOf(place, zoom), points };
}

function inward({ x, y }: Place, [cx, cy]: Cell, zoom: number): Place {
  const cells = cellsAcross(zoom);
  const keep = (at: number, cell: number): number => Math.min(cell + 1 - INSET, Math.max(cell + INSET, at * cells)) / cells;
  return { x: keep(x, cx), y: keep(y, cy) };
}

function bySpot(points: readonly ViewPoint[]): ViewPoint[][] {
  const spots = new Map<number, ViewPoint[]>();
  const alone: ViewPoint[][] = [];
  for (const point of points) {
    const there = spots.get(point.spot);
    if (point.spot === 0) alone.push([point]);
    else if (there) there.push(point);
    else spots.set(point.spot, [point]);
  }
  return [...spots.values(), ...alone];
}
