import { sentence } from '../shared/api';
import type { AtlasApi } from './atlas-api';
import { unpack, type FacetsAnswer, type Row, type RowsAnswer, type ViewportAnswer } from './contract';
import type { Filters } from './filters';
import type { Frame } from './map-stage';
import { PagedRows } from './paged-rows';

const FILTER_MS = 60;
const MOVE_MS = 90;
const MOVING_MS = 220;
const TRIES = 3;

interface Callbacks {
  /** Counts, rows and, where there is a map, its drawing: all of the same set. */
  shown(facets: FacetsAnswer, rows: PagedRows<Row>, view: ViewportAnswer | null): void;
  /** Another view of the set that is shown. */
  moved(view: ViewportAnswer): void;
  state(state: 'loading' | 'shown' | 'failed'): void;
  failed(sentence: string): void;
}

/** Asks for the set that the filters leave, and for what the map shows of it; what is old stays until the new is there. */
export class SetLoader {
  private version: number | null = null;
  private setRequest = new AbortController();
  private viewRequest = new AbortController();
  private filterTimer = 0;
  private moveTimer = 0;
  private movedAt = 0;
  private isLoading = false;
  private hasMoved = false;
  private isAsking = false;
  private asked: Frame | null = null;

  /** `frame` gives nothing while there is no map. */
  constructor(
    private readonly api: AtlasApi,
    private readonly filters: Filters,
    private readonly frame: () => Frame | null,
    private readonly callbacks: Callbacks,
  ) {}

  /** The filters have changed. */
  filtered(): void {
    window.clearTimeout(this.filterTimer);
    this.filterTimer = window.setTimeout(() => void this.load(), FILTER_MS);
  }

  /** The map has come to rest elsewhere. */
  moved(): void {
    window.clearTimeout(this.moveTimer);
    this.moveTimer = window.setTimeout(() => void this.loadView(), MOVE_MS);
  }

  /** The map is under way: what comes into sight is asked for before it stands, one question at a time. */
  moving(): void {
    const [now, frame] = [performance.now(), this.frame()];
    if (this.isAsking || !frame || now - this.movedAt < MOVING_MS || (this.asked && covers(this.asked, frame))) return;
    this.movedAt = now;
    void this.loadView();
  }

  async load(): Promise<void> {
    this.setRequest.abort();
    this.viewRequest.abort();
    this.setRequest = new AbortController();
    const { signal } = this.setRequest;
    this.isLoading = true;
    this.isAsking = false;
    this.callbacks.state('loading');
    try {
      const [facets, rows, view] = await this.ask(signal);
      this.isLoading = false;
      this.version = facets.version;
      this.callbacks.shown(facets, this.paged(rows), view);
      this.callbacks.state('shown');
      if (this.hasMoved) this.moved();
    } catch (failure) {
      if (signal.aborted) return;
      this.isLoading = false;
      this.callbacks.state('failed');
      this.callbacks.failed(sentence(failure));
    }
  }

  /** Asks again when something was published between the answers. */
  private async ask(signal: AbortSignal): Promise<[FacetsAnswer, RowsAnswer, ViewportAnswer | null]> {
    const { query } = this.filters;
    for (let tries = 1; ; tries++) {
      const frame = this.frame();
      this.asked = frame;
      const [facets, rows, view] = await Promise.all([
        this.api.facets(query, signal),
        this.api.rows(query, 0, PagedRows.page, signal),
        frame && this.api.viewport(query, frame.box, frame.zoom, signal),
      ]);
      const isOne = facets.version === rows.version && (!view || view.version === facets.version);
      if (isOne || tries === TRIES) return [facets, rows, view];
    }
  }

  private async loadView(): Promise<void> {
    const frame = this.frame();
    // While the whole set is on its way; the view is asked for after it.
    this.hasMoved = this.isLoading;
    if (!frame || this.isLoading) return;
    this.viewRequest.abort();
    this.viewRequest = new AbortController();
    const { signal } = this.viewRequest;
    this.isAsking = true;
    this.asked = frame;
    try {
      const view = await this.api.viewport(this.filters.query, frame.box, frame.zoom, signal);
      if (view.version === this.version) this.callbacks.moved(view);
      else void this.load();
    } catch (failure) {
      if (!signal.aborted) this.callbacks.failed(sentence(failure));
    }
    if (!signal.aborted) this.isAsking = false;
  }

  private paged(first: RowsAnswer): PagedRows<Row> {
    const { query } = this.filters;
    const fetch = async (offset: number, limit: number): Promise<Row[]> => {
      const answer = await this.api.rows(query, offset, limit);
      if (answer.version !== this.version) this.filtered();
      return unpack<Row>(answer);
    };
    return new PagedRows<Row>(first.total, fetch, unpack<Row>(first));
  }
}

/** Whether an answer for one frame shows all that another one shows, in the same cells. */
export function covers(asked: Frame, { seen: [west, south, east, north], zoom }: Frame): boolean {
  const [fromWest, fromSouth, toEast, toNorth] = asked.box;
  const isInside = west >= fromWest && south >= fromSouth && east <= toEast && north <= toNorth;
  return isInside && Math.floor(zoom) === Math.floor(asked.zoom);
}
