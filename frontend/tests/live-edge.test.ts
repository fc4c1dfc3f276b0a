import { describe, expect, test } from 'vitest';
import { follow } from '../src/wall/live-edge';

describe('following the live edge', () => {
  test('nothing buffered: wait', () => {
    expect(follow(0, [])).toEqual({ seek: null, rate: 1 });
  });

  test('begins at what is buffered, whatever its time', () => {
    expect(follow(0, [{ start: 812.4, end: 814 }])).toEqual({ seek: 812.4, rate: 1 });
  });

  test('near the edge it plays as it comes', () => {
    expect(follow(9.7, [{ start: 0, end: 10 }])).toEqual({ seek: null, rate: 1 });
  });

  test('a little behind it plays faster, never by more than a tenth', () => {
    expect(follow(9.2, [{ start: 0, end: 10 }]).rate).toBeCloseTo(1.06);
    expect(follow(7.1, [{ start: 0, end: 10 }]).rate).toBe(1.1);
  });

  test('more than three seconds behind it jumps near the edge', () => {
    expect(follow(5, [{ start: 0, end: 10 }])).toEqual({ seek: 9.5, rate: 1 });
  });

  test('skipped frames leave a hole, and it jumps over it', () => {
    const ranges = [
      { start: 0, end: 10 },
      { start: 12, end: 13 },
    ];
    expect(follow(9.98, ranges).seek).toBe(12);
    expect(follow(11, ranges).seek).toBe(12);
  });

  test('a picture that has been trimmed away is left for what is there', () => {
    expect(follow(3, [{ start: 20, end: 21 }]).seek).toBe(20);
  });
});
