import type { StyleSpecification } from 'maplibre-gl';
import type { Borders } from './atlas-api';
import { ringsOf } from './border-layer';
import type { Setup } from './contract';
import { toPlace, type Position } from './mercator';
import type { PlaceName } from './place-names';
import { boundsOf } from './shapes';
import type { Tiles } from './tiles';

/** What MapLibre draws: the tiles that are set, if any. */
export function tileStyle({ sources, layers }: Tiles): StyleSpecification {
  return { version: 8, sources, layers };
}

/** West, south, east, north of the city. */
export function boundsOfBorders(borders: Borders): [number, number, number, number] {
  return boundsOf(ringsOf(borders).flat());
}

function centreOf(county: Borders['features'][number]): Position {
  const [west, south, east, north] = boundsOfBorders({ type: 'FeatureCollection', features: [county] });
  return (county.properties?.centre as Position | undefined) ?? [(west + east) / 2, (south + north) / 2];
}

/** What is written on a map without tiles, which have names of their own. */
export function placeNames({ basemap, towns }: Setup, { features }: Borders): PlaceName[] {
  if (basemap.kind !== 'none') return [];
  const counties = features.map((county): PlaceName => ({ name: String(county.properties?.name), place: toPlace(centreOf(county)), kind: 'county' }));
  const known = new Set(counties.map(({ name }) => name));
  const others = towns.filter(({ name }) => !known.has(name));
  return [...counties, ...others.map(({ name, lon, lat }): PlaceName => ({ name, place: toPlace([lon, lat]), kind: 'town' }))];
}
