import { distance, type Position } from './mercator';

export type Shape =
  | { kind: 'box' | 'polygon'; corners: readonly Position[] }
  | { kind: 'circle'; corners: readonly Position[]; metres: number }
  | { kind: 'line'; corners: readonly Position[]; metres: number };

export type ShapeKind = Shape['kind'];

/** Half the width of the buffer of a line, or the radius of a circle. */
export const REACH: Record<'circle' | 'line', { most: number; title: string; usual: number }> = {
  circle: { most: 200_000, title: '半径', usual: 500 },
  line: { most: 20_000, title: '两侧各', usual: 200 },
};

const DECIMALS = 6;

const number = (value: number): string => String(Number(value.toFixed(DECIMALS)));
const pair = ([lon, lat]: Position): string => `${number(lon)},${number(lat)}`;

/** West, south, east, north of some positions. */
export function boundsOf(corners: readonly Position[]): [number, number, number, number] {
  const [lons, lats] = [corners.map(([lon]) => lon), corners.map(([, lat]) => lat)];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** As the interface wants it: `box:w,s,e,n`, `polygon:…;…`, `circle:lon,lat,metres`, `line:metres;…;…`. */
export function areaText(shape: Shape): string {
  switch (shape.kind) {
    case 'box':
      return `box:${boundsOf(shape.corners).map(number).join(',')}`;
    case 'polygon':
      return `polygon:${shape.corners.map(pair).join(';')}`;
    case 'circle':
      return `circle:${shape.corners.slice(0, 1).map(pair).join()},${Math.round(shape.metres)}`;
    case 'line':
      return `line:${Math.round(shape.metres)};${shape.corners.map(pair).join(';')}`;
  }
}

/** The shape of a text in the address; null when it makes no sense (the server says what is wrong with it). */
export function parseArea(text: string): Shape | null {
  const [kind, rest = ''] = text.split(/:(.*)/s);
  const groups = rest.split(';').map((group) => group.split(',').map(Number));
  if (groups.flat().some((value) => !Number.isFinite(value))) return null;
  const positions = (some: number[][]): Position[] => some.map(([lon = 0, lat = 0]) => [lon, lat]);
  const first = groups[0] ?? [];
  if (kind === 'box' && first.length === 4) {
    const [west, south, east, north] = first as [number, number, number, number];
    return { kind, corners: boxCorners([west, south], [east, north]) };
  }
  if (kind === 'polygon' && groups.length > 2) return { kind, corners: positions(groups) };
  if (kind === 'circle' && first.length === 3) return { kind, corners: positions([first]), metres: first[2] ?? 0 };
  if (kind === 'line' && first.length === 1 && groups.length > 2)
    return { kind, metres: first[0] ?? 0, corners: positions(groups.slice(1)) };
  return null;
}

/** The four corners of a box from two opposite ones. */
export function boxCorners([lonA, latA]: Position, [lonB, latB]: Position): Position[] {
  return [
    [lonA, latA],
    [lonB, latA],
    [lonB, latB],
    [lonA, latB],
  ];
}

/** "3.2 公里", "180 米": how long the line is. */
export function lengthText(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} 米` : `${(metres / 1000).toFixed(1)} 公里`;
}

export function lengthOf(corners: readonly Position[]): number {
  return corners.slice(1).reduce((sum, corner, at) => sum + distance(corners[at] ?? corner, corner), 0);
}
