import type { Drawing, Mark } from './drawing';
import type { Place } from './mercator';

/** How one symbol goes from the old drawing to the new one. */
export interface Motion {
  mark: Mark;
  from: Place;
  to: Place;
  appears: boolean;
  /** Gone when the motion ends. */
  leaves: boolean;
}

/** The key of the cell that held this one at an earlier zoom. */
function ancestor({ cell: [cx, cy] }: Mark, levels: number): string {
  return `${cx >> levels}/${cy >> levels}`;
}

function clustersByCell({ marks }: Drawing): Map<string, Mark> {
  return new Map(marks.filter(({ kind }) => kind === 'cluster').map((mark) => [mark.cell.join('/'), mark]));
}

/**
 * Clusters open into what they hold and close over it: what was inside an old cluster starts there, what a new cluster
 * holds ends there, the rest appears and goes in its place. `where` tells where an old symbol is at this moment.
 */
export function motions(old: Drawing, next: Drawing, where: (mark: Mark) => Place): Motion[] {
  const before = new Map(old.marks.map((mark) => [mark.key, mark]));
  const after = new Set(next.marks.map(({ key }) => key));
  const [opening, closing] = [clustersByCell(old), clustersByCell(next)];
  const [opened, closed] = [Math.max(0, next.zoom - old.zoom), Math.max(0, old.zoom - next.zoom)];

  const coming = next.marks.map((mark): Motion => {
    const same = before.get(mark.key);
    const source = same ?? (next.zoom >= old.zoom ? opening.get(ancestor(mark, opened)) : undefined);
    return { mark, from: source ? where(source) : mark.place, to: mark.place, appears: !same, leaves: false };
  });
  const going = old.marks
    .filter(({ key }) => !after.has(key))
    .map((mark): Motion => {
      const target = next.zoom <= old.zoom ? closing.get(ancestor(mark, closed)) : undefined;
      return { mark, from: where(mark), to: target?.place ?? where(mark), appears: false, leaves: true };
    });
  return [...going, ...coming];
}
