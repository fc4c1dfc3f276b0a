import { getJson } from '../shared/api';
import type { Facets, Point, PointsAnswer } from './contract';

export interface PointSet {
  total: number;
  points: Point[];
  facets: Facets;
}

/** Rows with their field names → points. */
export function unpack(answer: PointsAnswer): Point[] {
  return answer.points.map(
    (row) => Object.fromEntries(answer.fields.map((field, at) => [field, row[at]])) as unknown as Point,
  );
}

/** All published points that the filters leave. Throws `ApiError`, or the abort of `signal`. */
export async function loadPoints(url: string, filters: URLSearchParams, signal: AbortSignal): Promise<PointSet> {
  const answer = await getJson<PointsAnswer>(`${url}?${filters}`, signal);
  return { total: answer.total, points: unpack(answer), facets: answer.facets };
}
