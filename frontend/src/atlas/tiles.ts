import type { SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { Basemap } from './contract';

/** What a basemap adds to the style. */
export interface Tiles {
  sources: Record<string, SourceSpecification>;
  layers: StyleSpecification['layers'];
}

const TILE_PX = 256;

/** The tiles that the installation's setting names; none is an answer too. */
export async function tilesOf(basemap: Basemap): Promise<Tiles> {
  switch (basemap.kind) {
    case 'none':
      return { sources: {}, layers: [] };
    case 'pmtiles':
      // Who has no such file loads none of its code.
      return (await import('./pmtiles')).packedTiles(basemap);
    default:
      return pictures(basemap);
  }
}

function pictures({ url, labels_url, attribution, max_zoom }: Basemap): Tiles {
  const urls: Record<string, string> = { tiles: url, ...(labels_url ? { 'tile-names': labels_url } : {}) };
  const source = (tiles: string): SourceSpecification => ({
    type: 'raster',
    tiles: [new URL(tiles, window.location.href).href.replaceAll('%7B', '{').replaceAll('%7D', '}')],
    tileSize: TILE_PX,
    maxzoom: max_zoom,
    attribution,
  });
  return {
    sources: Object.fromEntries(Object.entries(urls).map(([name, tiles]) => [name, source(tiles)])),
    layers: Object.keys(urls).map((name) => ({ id: name, type: 'raster', source: name, paint: { 'raster-fade-duration': 150 } })),
  };
}
