export type Position = readonly [lon: number, lat: number];

/** Whether the position lies in the ring (even–odd rule); the ring need not be closed. */
export function inside([lon, lat]: Position, ring: readonly Position[]): boolean {
  let odd = false;
  ring.forEach(([lonA, latA], at) => {
    const [lonB, latB] = ring.at(at - 1) as Position;
    if (latA > lat !== latB > lat && lon < ((lonB - lonA) * (lat - latA)) / (latB - latA) + lonA) odd = !odd;
  });
  return odd;
}

/** The four corners of a box from two opposite ones. */
export function box([lonA, latA]: Position, [lonB, latB]: Position): Position[] {
  return [
    [lonA, latA],
    [lonB, latA],
    [lonB, latB],
    [lonA, latB],
  ];
}
