import { getJson, postForm, postJson, sendJson } from '../shared/api';
import type {
  Box,
  CameraCard,
  CameraId,
  Crs,
  FacetsAnswer,
  FoundCodes,
  ListOfDepartment,
  ListSummary,
  RowsAnswer,
  SavedList,
  Selected,
  Setup,
  ViewportAnswer,
} from './contract';
import type { Query } from './filters';

export type Borders = GeoJSON.FeatureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon>;

/** The addresses of docs/atlas-api.md. All throw `ApiError`, or the abort of their signal. */
export class AtlasApi {
  private crs: Crs = 'wgs84';

  /** `base` ends with a slash. */
  constructor(private readonly base: string) {}

  /** Also learns in which system positions go to and fro. */
  async setup(): Promise<Setup> {
    const setup = await getJson<Setup>(`${this.base}setup`);
    this.crs = setup.basemap.crs;
    return setup;
  }

  borders(): Promise<Borders> {
    return this.get('borders', {});
  }

  viewport(query: Query, bbox: Box, zoom: number, signal: AbortSignal): Promise<ViewportAnswer> {
    const numbers = bbox.map((degrees) => degrees.toFixed(6)).join(',');
    return this.get('viewport', { ...query, bbox: [numbers], zoom: [zoom.toFixed(2)] }, signal);
  }

  facets(query: Query, signal: AbortSignal): Promise<FacetsAnswer> {
    return this.get('facets', query, signal);
  }

  rows(query: Query, offset: number, limit: number, signal?: AbortSignal): Promise<RowsAnswer> {
    return this.get('rows', { ...query, offset: [String(offset)], limit: [String(limit)] }, signal);
  }

  /** All that the filters leave, as numbers; refuses more than a list may hold. */
  select(query: Query): Promise<Selected> {
    return postJson(`${this.base}select`, { filters: query, crs: this.crs });
  }

  codes(text: string): Promise<FoundCodes> {
    return postJson(`${this.base}codes`, { text });
  }

  codesOfFile(file: File): Promise<FoundCodes> {
    const form = new FormData();
    form.append('file', file);
    return postForm(`${this.base}codes/file`, form);
  }

  camera(id: CameraId, signal: AbortSignal): Promise<CameraCard> {
    return this.get(`cameras/${id}`, {}, signal);
  }

  summary(ids: readonly CameraId[], withCameras: boolean, signal?: AbortSignal): Promise<ListSummary> {
    return postJson(`${this.base}summary`, { camera_ids: ids, with_cameras: withCameras }, signal);
  }

  lists(): Promise<ListOfDepartment[]> {
    return getJson(`${this.base}lists`);
  }

  createList(name: string, ids: readonly CameraId[]): Promise<SavedList> {
    return postJson(`${this.base}lists`, { name, camera_ids: ids });
  }

  renameList(id: number, name: string): Promise<SavedList> {
    return sendJson('PATCH', `${this.base}lists/${id}`, { name });
  }

  changeList(id: number, add: readonly CameraId[], remove: readonly CameraId[]): Promise<{ id: number; point_count: number }> {
    return postJson(`${this.base}lists/${id}/points`, { add, remove });
  }

  deleteList(id: number): Promise<void> {
    return sendJson('DELETE', `${this.base}lists/${id}`, {});
  }

  listFile(id: number, form: 'xlsx' | 'csv' | 'geojson'): string {
    return `${this.base}lists/${id}/file?form=${form}`;
  }

  private get<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
    const parameters = new URLSearchParams({ crs: this.crs });
    for (const [name, values] of Object.entries(query)) for (const value of values) parameters.append(name, value);
    return getJson<T>(`${this.base}${path}?${parameters}`, signal);
  }
}
