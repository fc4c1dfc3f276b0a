export interface Range {
  start: number;
  end: number;
}

export interface Move {
  /** Where to go, or null to stay. */
  seek: number | null;
  rate: number;
}

/** Seconds. */
const WANTED_BEHIND = 0.5;
const TOO_FAR_BEHIND = 3;
const HIGHEST_RATE = 1.1;
const EDGE = 0.05;

/**
 * What keeps a player near the live edge: `at` is its time, `ranges` what is buffered, all in seconds.
 * Begins at what is there, jumps over a hole, seeks when far behind, otherwise plays a little faster.
 */
export function follow(at: number, ranges: readonly Range[]): Move {
  const last = ranges.at(-1);
  if (!last) return { seek: null, rate: 1 };
  const here = ranges.find(({ start, end }) => start <= at && at <= end);
  if (!here || (here !== last && here.end - at < EDGE)) {
    const next = ranges.find(({ start }) => start > at) ?? last;
    return { seek: next.start, rate: 1 };
  }
  const behind = last.end - at;
  if (behind > TOO_FAR_BEHIND) return { seek: Math.max(last.start, last.end - WANTED_BEHIND), rate: 1 };
  return { seek: null, rate: Math.min(HIGHEST_RATE, Math.max(1, 1 + (behind - WANTED_BEHIND) / 5)) };
}
