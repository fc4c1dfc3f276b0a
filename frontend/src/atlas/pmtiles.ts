import { addProtocol, type StyleSpecification } from 'maplibre-gl';
import { PMTiles, Protocol, TileType } from 'pmtiles';
import type { Basemap } from './contract';
import type { Tiles } from './tiles';

type Layer = StyleSpecification['layers'][number];

const SOURCE = 'tiles';
const NAME = ['coalesce', ['get', 'name:zh-Hans'], ['get', 'name:zh'], ['get', 'name']];

/** Layers of vector tiles by the names that Protomaps and OpenMapTiles give them, the lowest first. */
const LOOKS: { of: string[]; type: Layer['type']; paint: object; layout?: object; minzoom?: number }[] = [
  { of: ['earth'], type: 'fill', paint: { 'fill-color': '#fafbfc' } },
  { of: ['landcover'], type: 'fill', paint: { 'fill-color': '#edf3ea', 'fill-opacity': 0.7 } },
  { of: ['landuse'], type: 'fill', paint: { 'fill-color': '#eef1ec', 'fill-opacity': 0.7 } },
  { of: ['water'], type: 'fill', paint: { 'fill-color': '#c5dbec' } },
  { of: ['waterway'], type: 'line', paint: { 'line-color': '#c5dbec', 'line-width': 1.5 } },
  {
    of: ['roads', 'transportation'],
    type: 'line',
    paint: { 'line-color': '#d3dae2', 'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 8, 0.5, 18, 9] },
  },
  { of: ['buildings', 'building'], type: 'fill', minzoom: 14, paint: { 'fill-color': '#e3e7ec' } },
  { of: ['boundaries', 'boundary'], type: 'line', paint: { 'line-color': '#b9c6d4', 'line-dasharray': [3, 2] } },
  {
    of: ['places', 'place'],
    type: 'symbol',
    layout: { 'text-field': NAME, 'text-font': ['sans-serif'], 'text-size': 13 },
    paint: { 'text-color': '#60758c', 'text-halo-color': '#fff', 'text-halo-width': 1.5 },
  },
];

/** A PMTiles file as tiles of the map: pictures as they are, vectors in a quiet style of ours. */
export async function packedTiles({ url, attribution }: Basemap): Promise<Tiles> {
  const file = new PMTiles(new URL(url, window.location.href).href);
  const protocol = new Protocol();
  protocol.add(file);
  addProtocol('pmtiles', protocol.tile);
  const address = `pmtiles://${file.source.getKey()}`;
  if ((await file.getHeader()).tileType !== TileType.Mvt)
    return {
      sources: { [SOURCE]: { type: 'raster', url: address, attribution } },
      layers: [{ id: 'tiles', type: 'raster', source: SOURCE }],
    };
  const { vector_layers: there = [] } = (await file.getMetadata()) as { vector_layers?: { id: string }[] };
  return { sources: { [SOURCE]: { type: 'vector', url: address, attribution } }, layers: layersOf(there.map(({ id }) => id)) };
}

function layersOf(there: string[]): Tiles['layers'] {
  return LOOKS.flatMap(({ of, ...look }) =>
    there.filter((id) => of.includes(id)).map((id) => ({ id: `tiles-${id}`, source: SOURCE, 'source-layer': id, ...look }) as Layer),
  );
}
