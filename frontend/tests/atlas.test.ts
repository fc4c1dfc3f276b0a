import { describe, expect, test } from 'vitest';
import { formatView, parseView } from '../src/atlas/address';
import { box, inside, type Position } from '../src/atlas/area';
import { unpack } from '../src/atlas/points';
import { shortCount } from '../src/atlas/symbols';

describe('a drawn area', () => {
  const house: Position[] = [
    [0, 0],
    [4, 0],
    [4, 4],
    [2, 2],
    [0, 4],
  ];

  test('holds what is inside it', () => {
    expect(inside([1, 1], house)).toBe(true);
    expect(inside([3, 2.5], house)).toBe(true);
  });

  test('does not hold what lies in its notch or beside it', () => {
    expect(inside([2, 3], house)).toBe(false);
    expect(inside([5, 1], house)).toBe(false);
  });

  test('is the same box from whichever corner it is drawn', () => {
    expect(inside([1, 1], box([2, 2], [0, 0]))).toBe(true);
    expect(inside([1, 1], box([0, 2], [2, 0]))).toBe(true);
  });
});

describe('the view in the address', () => {
  test('comes back as it was written', () => {
    const view = { lon: 119.9229, lat: 28.4676, zoom: 12.5 };
    expect(parseView(formatView(view))).toEqual(view);
  });

  test.each([null, '', '119,28', 'a,b,c', '119,280,3'])('is ignored when it makes no sense: %s', (text) => {
    expect(parseView(text)).toBeNull();
  });
});

test('rows become points by the field names that came with them', () => {
  const answer = { total: 1, fields: ['id' as const, 'lat' as const, 'lon' as const], points: [[7, 28.4, 119.9]], facets: {} };
  expect(unpack(answer)).toEqual([{ id: 7, lat: 28.4, lon: 119.9 }]);
});

test('counts above ten thousand are written in 万', () => {
  expect([999, 2000, 10_000, 12_340].map(shortCount)).toEqual(['999', '2000', '1万', '1.2万']);
});
