/** The JSON that the atlas room answers (docs/atlas-api.md). */
export type CameraId = number;
export type Crs = 'wgs84' | 'gcj02';
export type Sharing = 'unconditional' | 'restricted' | 'none';
export type Status = 'online' | 'offline' | 'unknown';

/** Rows whose fields are named once. */
export interface Table {
  fields: string[];
  rows: unknown[][];
}

export interface Basemap {
  kind: 'none' | 'xyz' | 'wmts' | 'pmtiles';
  url: string;
  labels_url: string;
  attribution: string;
  crs: Crs;
  max_zoom: number;
}

export interface Choice {
  value: string;
  label: string;
}

export interface Department {
  id: number;
  name: string;
  above: number | null;
  depth: number;
}

export interface Setup {
  basemap: Basemap;
  filters: { name: string; title: string; choices: Choice[] }[];
  departments: Department[];
  limits: { points_of_a_list: number; corners: number; rows_at_once: number };
  towns: { name: string; lon: number; lat: number }[];
}

/** A point as the map draws it. `spot`: 0, or the same number for all points that stand where it stands. */
export interface ViewPoint {
  id: CameraId;
  lon: number;
  lat: number;
  sharing: Sharing;
  status: Status;
  name: string;
  code: string;
  spot: number;
}

/** `cx`, `cy`: the cell of the grid at the answer's zoom; `spot`: 1 when no zoom splits it. */
export interface ViewCluster extends Record<Sharing, number> {
  cx: number;
  cy: number;
  lon: number;
  lat: number;
  count: number;
  spot: number;
}

export interface ViewportAnswer {
  version: number;
  total: number;
  in_view: number;
  zoom: number;
  clusters: Table;
  points: Table;
}

/** Filter → value → how many points have it under all other filters. */
export type Facets = Record<string, Record<string, number>>;
export type Box = [west: number, south: number, east: number, north: number];

export interface FacetsAnswer {
  version: number;
  total: number;
  facets: Facets;
  extent?: Box | null;
}

export interface Row {
  id: CameraId;
  code: string;
  name: string;
  address: string;
  sharing: Sharing;
  status: Status;
  lon: number;
  lat: number;
}

export interface RowsAnswer extends Table {
  version: number;
  total: number;
  offset: number;
}

export interface Selected {
  total: number;
  ids: CameraId[];
}

export interface FoundCodes {
  found: number;
  ids: CameraId[];
  missing_count: number;
  message: string;
}

export interface CameraCard {
  id: CameraId;
  title: string;
  code: string;
  lon: number;
  lat: number;
  fields: { label: string; value: string; group: string }[];
  sharing: { value: Sharing; label: string };
  status: { value: Status; label: string };
  approval: string;
  quality: { label: string; value: string; url: string | null }[];
  watchers: { name: string; until: string | null; live: boolean; history: boolean }[];
  watcher_count: number;
  may_watch: boolean;
  /** Why it cannot be watched in spite of a grant; empty otherwise. */
  barred: string;
  watch_url: string | null;
}

export type SummaryGroup = { department: string; department_id?: number } & Record<Sharing, number>;

export interface ListSummary {
  total: number;
  needs_review: number;
  groups: SummaryGroup[];
  missing: CameraId[];
  cameras: { id: CameraId; code: string; name: string; sharing: Sharing }[];
}

export interface SavedList {
  id: number;
  url: string;
  demand_url: string;
}

export interface ListOfDepartment extends SavedList {
  name: string;
  created_by: string;
  point_count: number;
  withdrawn_count: number;
}

export const SHARING: Record<Sharing, { label: string; short: string; colour: string; status: string }> = {
  unconditional: { label: '无条件共享', short: '无条件', colour: '#1b7f43', status: 'status-green' },
  restricted: { label: '受限共享', short: '受限', colour: '#c2680a', status: 'status-orange' },
  none: { label: '非共享', short: '非共享', colour: '#c0282d', status: 'status-red' },
};

/** In the order in which a cluster's ring and all tables show them. */
export const LEVELS: readonly Sharing[] = ['unconditional', 'restricted', 'none'];

export const STATUS: Record<Status, string> = { online: '在线', offline: '离线', unknown: '未知' };

/** Rows with their field names → records. */
export function unpack<T>({ fields, rows }: Table): T[] {
  return rows.map((row) => Object.fromEntries(fields.map((field, at) => [field, row[at]])) as T);
}
