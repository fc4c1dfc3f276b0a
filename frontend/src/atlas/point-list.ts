import type { CameraId } from './contract';

const KEY = 'gongshi.point-list';

/** A list of the department that the points came from. */
export interface LoadedList {
  id: number;
  name: string;
  url: string;
  demand_url: string;
  ids: CameraId[];
}

interface Kept {
  ids: CameraId[];
  loaded: LoadedList | null;
}

/** The points collected so far, in the order of adding; lives in this browser tab until it is saved as a point list. */
export class PointList {
  private ids: Set<CameraId>;
  private loadedList: LoadedList | null;
  private lastAdded: readonly CameraId[] = [];
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly storage: Storage,
    readonly most: number,
  ) {
    const kept = read(storage);
    this.ids = new Set(kept.ids);
    this.loadedList = kept.loaded;
  }

  get all(): CameraId[] {
    return [...this.ids];
  }

  get size(): number {
    return this.ids.size;
  }

  get loaded(): LoadedList | null {
    return this.loadedList;
  }

  /** How many points the last addition brought that can be taken back. */
  get undoable(): number {
    return this.lastAdded.length;
  }

  /** What a saved list would gain and lose. */
  get changes(): { add: CameraId[]; remove: CameraId[] } {
    const before = new Set(this.loadedList?.ids);
    return { add: this.all.filter((id) => !before.has(id)), remove: [...before].filter((id) => !this.ids.has(id)) };
  }

  has(id: CameraId): boolean {
    return this.ids.has(id);
  }

  /** How many of them were new; null when the list would become too long, and then nothing was added. */
  add(ids: Iterable<CameraId>): number | null {
    const added = [...new Set(ids)].filter((id) => !this.ids.has(id));
    if (this.ids.size + added.length > this.most) return null;
    if (added.length === 0) return 0;
    for (const id of added) this.ids.add(id);
    this.lastAdded = added;
    this.changed();
    return added.length;
  }

  undo(): void {
    this.remove(this.lastAdded);
  }

  remove(ids: Iterable<CameraId>): void {
    const before = this.ids.size;
    for (const id of ids) this.ids.delete(id);
    this.lastAdded = this.lastAdded.filter((id) => this.ids.has(id));
    if (this.ids.size < before) this.changed();
  }

  clear(): void {
    this.put([], null);
  }

  /** Instead of what was collected: the points of a saved list. */
  load(list: LoadedList): void {
    this.put(list.ids, list);
  }

  /** What is collected is now what this saved list holds. */
  saved(list: Omit<LoadedList, 'ids'>): void {
    this.put(this.all, { ...list, ids: this.all });
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private put(ids: readonly CameraId[], loaded: LoadedList | null): void {
    this.ids = new Set(ids);
    this.loadedList = loaded;
    this.lastAdded = [];
    this.changed();
  }

  private changed(): void {
    const kept: Kept = { ids: this.all, loaded: this.loadedList };
    this.storage.setItem(KEY, JSON.stringify(kept));
    for (const listener of this.listeners) listener();
  }
}

function read(storage: Storage): Kept {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? '') as Partial<Kept>;
    return { ids: Array.isArray(kept.ids) ? kept.ids.filter(Number.isInteger) : [], loaded: kept.loaded ?? null };
  } catch {
    return { ids: [], loaded: null };
  }
}
