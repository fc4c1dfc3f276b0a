/** Parameter → values; any of the values, all of the parameters. */
export type Query = Readonly<Record<string, readonly string[]>>;

/** The parameters that narrow the set (docs/atlas-api.md), in the order in which their chips stand. */
export const FILTER_NAMES = [
  'q',
  'code',
  'location',
  'area',
  'list',
  'sharing_level',
  'opening_level',
  'status',
  'region',
  'owner',
  'owner_under',
  'source_department',
  'source_under',
  'device_type',
  'point_class',
  'security_level',
  'transmission',
  'watchable',
  'id',
  'codes',
] as const;

export type FilterName = (typeof FILTER_NAMES)[number];

function known(name: string): name is FilterName {
  return (FILTER_NAMES as readonly string[]).includes(name);
}

/** What is asked for at present; panel, chips and address read it and are told of each change. */
export class Filters {
  private readonly values = new Map<FilterName, readonly string[]>();
  private readonly listeners: (() => void)[] = [];

  constructor(address: URLSearchParams) {
    for (const name of FILTER_NAMES) this.put(name, address.getAll(name));
  }

  get(name: FilterName): readonly string[] {
    return this.values.get(name) ?? [];
  }

  get query(): Query {
    return Object.fromEntries(FILTER_NAMES.flatMap((name) => (this.values.has(name) ? [[name, this.get(name)]] : [])));
  }

  get isEmpty(): boolean {
    return this.values.size === 0;
  }

  set(name: FilterName, values: readonly string[]): void {
    if (this.put(name, values)) this.changed();
  }

  toggle(name: FilterName, value: string, on: boolean): void {
    const others = this.get(name).filter((each) => each !== value);
    this.set(name, on ? [...others, value] : others);
  }

  clear(): void {
    if (this.isEmpty) return;
    this.values.clear();
    this.changed();
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private put(name: FilterName, values: readonly string[]): boolean {
    const wanted = [...new Set(values.map((value) => value.trim()))].filter(Boolean);
    const before = this.get(name);
    if (wanted.length === before.length && wanted.every((value, at) => value === before[at])) return false;
    if (wanted.length > 0) this.values.set(name, wanted);
    else this.values.delete(name);
    return true;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** The name of a form control or attribute as a filter's; throws for another. */
export function filterName(name: string | undefined): FilterName {
  if (name === undefined || !known(name)) throw new Error(`no filter: ${name}`);
  return name;
}
