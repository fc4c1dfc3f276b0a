/** `count` rows of `row` pixels, of which `seen` pixels are seen. */
export interface Extent {
  count: number;
  row: number;
  seen: number;
}

// Browsers make no element taller than about 17 or 33 million pixels.
const MOST_PX = 12_000_000;

/** The height of what is scrolled: that of all rows, or less when there are too many. */
export function trackHeight({ count, row }: Extent): number {
  return Math.min(count * row, MOST_PX);
}

function stretch(extent: Extent): number {
  const scrollable = trackHeight(extent) - extent.seen;
  return scrollable > 0 ? (extent.count * extent.row - extent.seen) / scrollable : 1;
}

/** How many pixels of rows lie above what is seen. */
export function offsetOf(extent: Extent, scrollTop: number): number {
  return scrollTop * stretch(extent);
}

/** Where to scroll so that a row is seen whole; as it is when it is seen already. */
export function scrollFor(extent: Extent, offset: number, index: number, scrollTop: number): number {
  const top = index * extent.row;
  if (top < offset) return top / stretch(extent);
  const bottom = top + extent.row - extent.seen;
  return bottom > offset ? Math.ceil(bottom / stretch(extent)) : scrollTop;
}
