export type Position = readonly [lon: number, lat: number];

/** On the square of Mercator, 0 to 1 from the north-west. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

const TILE_PX = 512;
const EARTH_M = 40_075_016.686;
const RADIUS_M = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

export function toPlace([lon, lat]: Position): Place {
  return { x: (lon + 180) / 360, y: 0.5 - Math.asinh(Math.tan(radians(lat))) / (2 * Math.PI) };
}

/** How many pixels the square is wide. */
export function worldPixels(zoom: number): number {
  return TILE_PX * 2 ** zoom;
}

export function pixelsPerMetre(lat: number, zoom: number): number {
  return worldPixels(zoom) / (EARTH_M * Math.cos(radians(lat)));
}

/** Metres between two positions on the globe. */
export function distance([lonA, latA]: Position, [lonB, latB]: Position): number {
  const half = (a: number, b: number): number => Math.sin(radians(b - a) / 2) ** 2;
  const chord = half(latA, latB) + Math.cos(radians(latA)) * Math.cos(radians(latB)) * half(lonA, lonB);
  return 2 * RADIUS_M * Math.asin(Math.sqrt(Math.min(1, chord)));
}
