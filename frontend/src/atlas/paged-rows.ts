const PAGE = 100;
const MOST_PAGES = 60;

/** Rows of a long list, fetched page by page as they are looked at. */
export class PagedRows<T> {
  private readonly pages = new Map<number, readonly T[]>();
  private readonly wanted = new Map<number, Promise<readonly T[]>>();

  constructor(
    readonly count: number,
    private readonly fetch: (offset: number, limit: number) => Promise<readonly T[]>,
    first: readonly T[] = [],
  ) {
    if (first.length >= Math.min(PAGE, count) && count > 0) this.pages.set(0, first.slice(0, PAGE));
  }

  static readonly page = PAGE;

  at(index: number): T | undefined {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Fetches what is missing of rows `from` to `to` (not included); resolves when all of them are there. */
  async need(from: number, to: number): Promise<void> {
    const last = Math.floor((Math.min(to, this.count) - 1) / PAGE);
    const missing: Promise<readonly T[]>[] = [];
    for (let page = Math.floor(Math.max(0, from) / PAGE); page <= last; page++)
      if (!this.pages.has(page)) missing.push(this.load(page));
    await Promise.all(missing);
  }

  /** The rows `from` to `to` (not included), fetched if need be. */
  async range(from: number, to: number): Promise<T[]> {
    const rows: T[] = [];
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page++)
      rows.push(...(this.pages.get(page) ?? (await this.load(page))));
    const start = Math.floor(from / PAGE) * PAGE;
    return rows.slice(from - start, to - start);
  }

  private load(page: number): Promise<readonly T[]> {
    const asked = this.wanted.get(page);
    if (asked) return asked;
    const request = this.fetch(page * PAGE, PAGE)
      .then((rows) => {
        this.keep(page, rows);
        return rows;
      })
      .finally(() => this.wanted.delete(page));
    this.wanted.set(page, request);
    return request;
  }

  private keep(page: number, rows: readonly T[]): void {
    const [oldest] = this.pages.keys();
    if (this.pages.size >= MOST_PAGES && oldest !== undefined) this.pages.delete(oldest);
    this.pages.set(page, rows);
  }
}
