import type { CameraId } from './contract';
import type { Query } from './filters';

/** What part of the world is seen: degrees in the system of the basemap, and MapLibre's zoom. */
export interface View {
  lon: number;
  lat: number;
  zoom: number;
}

/** What the address says beside the filters. */
export interface Place {
  view: View | null;
  card: CameraId | null;
  tab: string | null;
}

export function parseView(text: string | null): View | null {
  const [lon, lat, zoom] = (text ?? '').split(',').map(Number);
  if (lon === undefined || lat === undefined || zoom === undefined) return null;
  return [lon, lat, zoom].every(Number.isFinite) && Math.abs(lat) <= 85 ? { lon, lat, zoom } : null;
}

export function formatView({ lon, lat, zoom }: View): string {
  return [lon.toFixed(5), lat.toFixed(5), zoom.toFixed(2)].join(',');
}

export function parsePlace(address: URLSearchParams): Place {
  const card = Number(address.get('card'));
  return {
    view: parseView(address.get('view')),
    card: Number.isInteger(card) && card > 0 ? card : null,
    tab: address.get('tab'),
  };
}

/** The query of the address: filters, view, open card, tab; commas, colons and semicolons stay readable. */
export function formatAddress(query: Query, { view, card, tab }: Place): string {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) for (const value of values) parameters.append(name, value);
  if (view) parameters.set('view', formatView(view));
  if (card !== null) parameters.set('card', String(card));
  if (tab) parameters.set('tab', tab);
  return parameters.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%3B', ';');
}

/** The address of the window, so that it can be sent to a colleague. */
export function writeAddress(query: Query, place: Place): void {
  const text = formatAddress(query, place);
  window.history.replaceState(null, '', text ? `?${text}` : window.location.pathname);
}
