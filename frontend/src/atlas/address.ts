/** What part of the world is seen: WGS-84 degrees and MapLibre's zoom. */
export interface View {
  lon: number;
  lat: number;
  zoom: number;
}

export function parseView(text: string | null): View | null {
  const [lon, lat, zoom] = (text ?? '').split(',').map(Number);
  if (lon === undefined || lat === undefined || zoom === undefined) return null;
  return [lon, lat, zoom].every(Number.isFinite) && Math.abs(lat) <= 85 ? { lon, lat, zoom } : null;
}

export function formatView({ lon, lat, zoom }: View): string {
  return [lon.toFixed(5), lat.toFixed(5), zoom.toFixed(2)].join(',');
}

/** Filters and view in the address, so that it can be sent to a colleague. */
export function writeAddress(filters: URLSearchParams, view: View | null): void {
  const query = new URLSearchParams(filters);
  if (view) query.set('view', formatView(view));
  // A comma need not be escaped in a query, and people read this address.
  const text = query.toString().replaceAll('%2C', ',');
  window.history.replaceState(null, '', text ? `?${text}` : window.location.pathname);
}
