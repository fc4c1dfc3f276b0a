import type { CameraId } from './contract';

const KEY = 'gongshi.point-list';

/** The points collected so far, in the order of adding; lives in this browser tab until it is saved as a point list. */
export class PointList {
  private ids: Set<CameraId>;
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly storage: Storage) {
    this.ids = new Set(read(storage));
  }

  get all(): CameraId[] {
    return [...this.ids];
  }

  get size(): number {
    return this.ids.size;
  }

  has(id: CameraId): boolean {
    return this.ids.has(id);
  }

  /** How many of them were new. */
  add(ids: Iterable<CameraId>): number {
    const before = this.ids.size;
    for (const id of ids) this.ids.add(id);
    if (this.ids.size > before) this.changed();
    return this.ids.size - before;
  }

  remove(id: CameraId): void {
    if (this.ids.delete(id)) this.changed();
  }

  toggle(id: CameraId): void {
    if (this.has(id)) this.remove(id);
    else this.add([id]);
  }

  clear(): void {
    this.ids.clear();
    this.changed();
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private changed(): void {
    this.storage.setItem(KEY, JSON.stringify(this.all));
    for (const listener of this.listeners) listener();
  }
}

function read(storage: Storage): CameraId[] {
  try {
    const ids: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id): id is CameraId => ['string', 'number'].includes(typeof id)) : [];
  } catch {
    return [];
  }
}
