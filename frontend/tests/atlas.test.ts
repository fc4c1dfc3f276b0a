import { describe, expect, test } from 'vitest';
import { formatAddress, formatView, parsePlace, parseView } from '../src/atlas/address';
import { addedSentence } from '../src/atlas/area-selection';
import { unpack, type ViewPoint } from '../src/atlas/contract';
import { cellOf, drawingOf, type Drawing, type Mark } from '../src/atlas/drawing';
import { fanOffsets, MOST_FANNED } from '../src/atlas/fan';
import { Filters } from '../src/atlas/filters';
import { distance, toPlace, type Position } from '../src/atlas/mercator';
import { PagedRows } from '../src/atlas/paged-rows';
import { PointList } from '../src/atlas/point-list';
import type { Frame } from '../src/atlas/map-stage';
import { Screen } from '../src/atlas/screen';
import { offsetOf, scrollFor, trackHeight } from '../src/atlas/scrolling';
import { covers } from '../src/atlas/set-loader';
import { areaText, boxCorners, lengthText, parseArea, type Shape } from '../src/atlas/shapes';
import { clusterRadius, shortCount } from '../src/atlas/symbols';
import { motions } from '../src/atlas/transition';

const LISHUI: Position = [119.92, 28.45];

describe('the address', () => {
  test('gives the view back as it was written', () => {
    const view = { lon: 119.9229, lat: 28.4676, zoom: 12.5 };
    expect(parseView(formatView(view))).toEqual(view);
  });

  test.each([null, '', '119,28', 'a,b,c', '119,280,3'])('holds no view when it makes no sense: %s', (text) => {
    expect(parseView(text)).toBeNull();
  });

  test('holds filters, area, view, card and tab, and gives all of them back', () => {
    const text = 'q=%E4%B8%AD%E5%B1%B1%E8%A1%97&area=line:200;119.9,28.4;119.95,28.41&status=online&status=offline&view=119.92000,28.45000,12.50&card=17&tab=list';
    const address = new URLSearchParams(text);
    const filters = new Filters(address);
    expect(filters.get('status')).toEqual(['online', 'offline']);
    expect(formatAddress(filters.query, parsePlace(address))).toBe(text);
  });

  test('names no card that is no number', () => {
    expect(parsePlace(new URLSearchParams('card=17a')).card).toBeNull();
  });
});

describe('filters', () => {
  test('tell of a change, and of nothing that changes nothing', () => {
    const filters = new Filters(new URLSearchParams('q=山'));
    let told = 0;
    filters.onChange(() => told++);
    filters.set('q', [' 山 ']);
    filters.toggle('status', 'online', false);
    expect(told).toBe(0);
    filters.toggle('status', 'online', true);
    filters.toggle('status', 'offline', true);
    expect(told).toBe(2);
    expect(filters.query).toEqual({ q: ['山'], status: ['online', 'offline'] });
    filters.clear();
    expect(filters.isEmpty).toBe(true);
  });

  test('hold nothing that is no filter', () => {
    expect(new Filters(new URLSearchParams('view=1,2,3&nothing=4')).isEmpty).toBe(true);
  });
});

describe('positions', () => {
  test('stand on the square of Mercator', () => {
    expect(toPlace([0, 0])).toEqual({ x: 0.5, y: 0.5 });
    expect(toPlace([180, 85.051129]).y).toBeCloseTo(0, 6);
  });

  test('are so many metres apart', () => {
    expect(distance([119.92, 28], [119.92, 29])).toBeCloseTo(111_195, -1);
  });

  test('stand in the middle of the screen that is centred on them', () => {
    const screen = new Screen(800, 600, 12.5, toPlace(LISHUI));
    expect(screen.pixel(toPlace(LISHUI))).toEqual({ x: 400, y: 300 });
  });
});

describe('an area', () => {
  const shapes: [string, Shape][] = [
    ['box:119.85,28.42,119.95,28.48', { kind: 'box', corners: boxCorners([119.85, 28.42], [119.95, 28.48]) }],
    ['polygon:119.9,28.4;119.95,28.4;119.95,28.5', { kind: 'polygon', corners: [[119.9, 28.4], [119.95, 28.4], [119.95, 28.5]] }],
    ['circle:119.92,28.45,500', { kind: 'circle', corners: [LISHUI], metres: 500 }],
    ['line:200;119.9,28.4;119.95,28.41', { kind: 'line', corners: [[119.9, 28.4], [119.95, 28.41]], metres: 200 }],
  ];

  test.each(shapes)('is written and read as %s', (text, shape) => {
    expect(areaText(shape)).toBe(text);
    expect(parseArea(text)).toEqual(shape);
  });

  test('is the same box from whichever corner it is drawn', () => {
    const corners = boxCorners([119.95, 28.42], [119.85, 28.48]);
    expect(areaText({ kind: 'box', corners })).toBe('box:119.85,28.42,119.95,28.48');
  });

  test.each(['', 'box:1,2,3', 'polygon:1,2;3,4', 'circle:a,b,c', 'line:200;1,2', 'ring:1,2,3'])('is none when it makes no sense: %s', (text) => {
    expect(parseArea(text)).toBeNull();
  });

  test('says what came of it', () => {
    expect(addedSentence(0, 0)).toBe('所选范围内没有点位。');
    expect(addedSentence(5, 3)).toBe('已加入 3 个点位，另有 2 个已在清单中。');
    expect(lengthText(180.4)).toBe('180 米');
    expect(lengthText(3210)).toBe('3.2 公里');
  });
});

function point(id: number, lon: number, lat: number, spot = 0): ViewPoint {
  return { id, lon, lat, sharing: 'none', status: 'online', name: `点 ${id}`, code: String(id), spot };
}

function answer(zoom: number, clusters: [number, number, number][], points: ViewPoint[] = []): Drawing {
  const fields = ['cx', 'cy', 'lon', 'lat', 'count', 'unconditional', 'restricted', 'none', 'spot'];
  const rows = clusters.map(([lon, lat, count]) => [...cellOf(toPlace([lon, lat]), zoom), lon, lat, count, count, 0, 0, 0]);
  const pointFields = ['id', 'lon', 'lat', 'sharing', 'status', 'name', 'code', 'spot'];
  const pointRows = points.map((each) => pointFields.map((field) => each[field as keyof ViewPoint]));
  return drawingOf({ zoom, clusters: { fields, rows }, points: { fields: pointFields, rows: pointRows } });
}

const stay = (mark: Mark): Mark['place'] => mark.place;

describe('a drawing', () => {
  test('has one symbol for all points of a spot', () => {
    const { marks } = answer(12, [], [point(1, 119.9, 28.4, 1), point(2, 119.9, 28.4, 1), point(3, 119.95, 28.4)]);
    expect(marks.map((mark) => (mark.kind === 'points' ? mark.points.map(({ id }) => id) : []))).toEqual([[1, 2], [3]]);
  });

  test('puts points that would cover each other together, but not near by', () => {
    const points = Array.from({ length: 11 }, (_, at) => point(at + 1, 119.9 + at * 1e-5, 28.4));
    expect(answer(12, [], points).marks).toMatchObject([{ kind: 'cluster', cluster: { count: 11, none: 11, spot: 0 } }]);
    expect(answer(16, [], points).marks).toHaveLength(11);
    const [spot] = answer(12, [], points.map((each) => ({ ...each, lon: 119.9, spot: 1 }))).marks;
    expect(spot).toMatchObject({ cluster: { count: 11, spot: 1 } });
  });

  test('keeps a cluster inside its cell', () => {
    const { marks } = answer(10, [[119.9, 28.4, 50]]);
    const [mark] = marks as [Mark];
    expect(cellOf(mark.place, 10)).toEqual(mark.cell);
  });

  test('leaves a cluster that a shifted basemap moved out of its cell where it is', () => {
    const row = [0, 0, ...LISHUI, 2, 2, 0, 0, 0];
    const fields = ['cx', 'cy', 'lon', 'lat', 'count', 'unconditional', 'restricted', 'none', 'spot'];
    const { marks } = drawingOf({ zoom: 15, clusters: { fields, rows: [row] }, points: { fields: [], rows: [] } }, 'gcj02');
    expect(marks).toMatchObject([{ place: toPlace(LISHUI), key: '15/0/0' }]);
  });

  test('opens a cluster into what it holds', () => {
    const [before, after] = [answer(10, [[119.9, 28.4, 2]]), answer(14, [], [point(1, 119.9, 28.4), point(9, 110, 20)])];
    const [gone, inside, elsewhere] = motions(before, after, stay);
    expect(gone?.leaves).toBe(true);
    expect(inside?.from).toEqual(before.marks[0]?.place);
    expect(elsewhere?.from).toEqual(elsewhere?.to);
  });

  test('closes a cluster over what it holds', () => {
    const [before, after] = [answer(14, [], [point(1, 119.9, 28.4)]), answer(10, [[119.9, 28.4, 2]])];
    const [gone, cluster] = motions(before, after, stay);
    expect(gone?.leaves).toBe(true);
    expect(gone?.to).toEqual(cluster?.mark.place);
  });

  test('leaves a point in its place when only the view has moved', () => {
    const before = answer(14, [], [point(1, 119.9, 28.4)]);
    const [only, ...rest] = motions(before, answer(14, [], [point(1, 119.9, 28.4)]), stay);
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ appears: false, leaves: false, from: before.marks[0]?.place });
  });
});

describe('a fan', () => {
  test.each([2, 9, 10, 60])('of %i points has room between them', (count) => {
    const offsets = fanOffsets(count);
    expect(offsets).toHaveLength(count);
    const gaps = offsets.flatMap((a, at) => offsets.slice(at + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y)));
    expect(Math.min(...gaps)).toBeGreaterThan(18);
  });

  test('shows so many at most', () => {
    expect(fanOffsets(500)).toHaveLength(MOST_FANNED);
  });
});

describe('a long list', () => {
  const million = { count: 1_000_000, row: 66, seen: 600 };

  test('is no taller than browsers can scroll, and reaches its last row', () => {
    expect(trackHeight(million)).toBeLessThan(16_000_000);
    const end = scrollFor(million, 0, million.count - 1, 0);
    expect(offsetOf(million, end)).toBeGreaterThanOrEqual(million.count * million.row - million.seen);
  });

  test('does not scroll to a row that is seen', () => {
    expect(scrollFor({ count: 20, row: 66, seen: 600 }, 0, 5, 0)).toBe(0);
  });

  test('fetches what is looked at, once', async () => {
    const asked: number[] = [];
    const fetch = (offset: number, limit: number): Promise<number[]> => {
      asked.push(offset);
      return Promise.resolve(Array.from({ length: Math.min(limit, 1000 - offset) }, (_, at) => offset + at));
    };
    const rows = new PagedRows<number>(1000, fetch);
    await Promise.all([rows.need(90, 110), rows.need(95, 105)]);
    expect(asked).toEqual([0, 100]);
    expect(rows.at(101)).toBe(101);
    expect(rows.at(250)).toBeUndefined();
    expect(await rows.range(198, 202)).toEqual([198, 199, 200, 201]);
  });
});

describe('the list of points', () => {
  function storage(): Storage {
    const kept = new Map<string, string>();
    return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text) } as unknown as Storage;
  }

  test('takes back what came last, and nothing that was there before', () => {
    const list = new PointList(storage(), 100);
    list.add([1, 2]);
    expect(list.add([2, 3, 4])).toBe(2);
    list.undo();
    expect(list.all).toEqual([1, 2]);
    expect(list.undoable).toBe(0);
  });

  test('takes all or nothing when there would be too many', () => {
    const list = new PointList(storage(), 3);
    list.add([1, 2]);
    expect(list.add([3, 4])).toBeNull();
    expect(list.all).toEqual([1, 2]);
  });

  test('knows what a saved list would gain and lose, also after the page was left', () => {
    const kept = storage();
    const list = new PointList(kept, 100);
    list.load({ id: 5, name: '山塘', url: '/', demand_url: '/', ids: [1, 2] });
    list.remove([1]);
    list.add([3]);
    const again = new PointList(kept, 100);
    expect(again.changes).toEqual({ add: [3], remove: [1] });
    expect(again.loaded?.name).toBe('山塘');
  });
});

test('rows become records by the field names that came with them', () => {
  expect(unpack({ fields: ['id', 'lat'], rows: [[7, 28.4]] })).toEqual([{ id: 7, lat: 28.4 }]);
});

test('counts above ten thousand are written in 万', () => {
  expect([999, 2000, 10_000, 12_340, 1_000_000].map(shortCount)).toEqual(['999', '2000', '1万', '1.2万', '100万']);
});

test('clusters fit into their cells of 64 pixels', () => {
  expect(clusterRadius(1_000_000)).toBeLessThan(32);
});

describe('an answer for one frame', () => {
  const asked = { seen: [1, 1, 2, 2], box: [0, 0, 3, 3], zoom: 10.4 } as Frame;

  test('covers what lies in its margin', () => {
    expect(covers(asked, { seen: [0.5, 1, 1.5, 2], box: [0, 0, 2, 3], zoom: 10.9 })).toBe(true);
  });

  test.each([
    ['beyond its margin', { seen: [2.5, 1, 3.5, 2], box: [2, 0, 4, 3], zoom: 10.4 }],
    ['of other cells', { seen: [1, 1, 2, 2], box: [0, 0, 3, 3], zoom: 11 }],
  ])('does not cover what is %s', (_, frame) => {
    expect(covers(asked, frame as Frame)).toBe(false);
  });
});
