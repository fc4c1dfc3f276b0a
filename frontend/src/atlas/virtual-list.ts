import { element } from '../shared/element';
import { sentence } from '../shared/api';
import { toast } from '../shared/toast';
import { PagedRows } from './paged-rows';
import { offsetOf, scrollFor, trackHeight, type Extent } from './scrolling';

export interface RowView<T> {
  /** The cells of a row; each is a gridcell of its own. */
  cells(row: T): HTMLElement[];
  name: string;
  rowHeight: number;
  opened(row: T): void;
  /** A key of the list's own on a row; whether it was one. */
  key?(event: KeyboardEvent, row: T): boolean;
  /** The chosen rows have changed. */
  chosen?(from: number, to: number): void;
}

const BEYOND = 6;
const PAGE_KEYS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

/**
 * A list of any length of which only what is seen is in the page. Arrow keys, PageUp/PageDown, Home, End walk; with
 * Shift they choose a range, so does a click with Shift; Enter opens.
 */
export class VirtualList<T> {
  readonly node: HTMLElement;
  private readonly track: HTMLElement;
  private readonly body: HTMLElement;
  private rows: PagedRows<T> = new PagedRows<T>(0, () => Promise.resolve([]));
  private active = 0;
  private anchor: number | null = null;
  private drawn = '';
  private frame = 0;

  constructor(private readonly view: RowView<T>) {
    this.body = element('div', { class: 'virtual-body', role: 'rowgroup' });
    this.track = element('div', { class: 'virtual-track', role: 'presentation' }, this.body);
    this.node = element(
      'div',
      { class: 'virtual-list', role: 'grid', 'aria-label': view.name, 'aria-multiselectable': view.chosen ? 'true' : null },
      this.track,
    );
    this.node.addEventListener('scroll', () => this.drawSoon(), { passive: true });
    this.node.addEventListener('keydown', (event) => this.key(event));
    // Before the buttons of the row hear of it.
    this.node.addEventListener('click', (event) => this.click(event), { capture: true });
    new ResizeObserver(() => this.drawSoon()).observe(this.node);
  }

  get chosenRange(): [from: number, to: number] | null {
    if (this.anchor === null) return null;
    return [Math.min(this.anchor, this.active), Math.max(this.anchor, this.active) + 1];
  }

  show(rows: PagedRows<T>, isAnotherSet: boolean): void {
    this.rows = rows;
    if (isAnotherSet) {
      this.active = 0;
      this.anchor = null;
      this.node.scrollTop = 0;
      this.view.chosen?.(0, 0);
    }
    this.active = Math.max(0, Math.min(this.active, rows.count - 1));
    this.node.setAttribute('aria-rowcount', String(rows.count));
    this.track.style.height = `${trackHeight(this.extent)}px`;
    this.refresh();
  }

  /** Draws the rows that are seen anew. */
  refresh(): void {
    this.drawn = '';
    this.drawSoon();
  }

  chooseNone(): void {
    this.anchor = null;
    this.view.chosen?.(0, 0);
    this.refresh();
  }

  private get extent(): Extent {
    return { count: this.rows.count, row: this.view.rowHeight, seen: this.node.clientHeight };
  }

  private drawSoon(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { extent, view } = this;
    if (extent.seen === 0) return;
    const offset = offsetOf(extent, this.node.scrollTop);
    const first = Math.max(0, Math.floor(offset / view.rowHeight) - BEYOND);
    const last = Math.min(extent.count, Math.ceil((offset + extent.seen) / view.rowHeight) + BEYOND);
    this.body.style.transform = `translateY(${this.node.scrollTop + first * view.rowHeight - offset}px)`;
    const what = `${first} ${last}`;
    if (what === this.drawn) return;
    this.drawn = what;
    const hadFocus = this.node.contains(document.activeElement);
    const stop = Math.max(first, Math.min(this.active, last - 1));
    this.body.replaceChildren(...Array.from({ length: last - first }, (_, at) => this.row(first + at, first + at === stop)));
    if (hadFocus) this.focusActive();
    this.fetch(first, last);
  }

  private fetch(first: number, last: number): void {
    const { rows } = this;
    const lacks = Array.from({ length: last - first }, (_, at) => rows.at(first + at)).includes(undefined);
    if (!lacks) return;
    rows.need(first, last).then(
      () => {
        if (this.rows === rows) this.refresh();
      },
      (failure: unknown) => toast(sentence(failure), 'problem'),
    );
  }

  private row(index: number, isTabStop: boolean): HTMLElement {
    const row = this.rows.at(index);
    const [from, to] = this.chosenRange ?? [0, 0];
    const isChosen = index >= from && index < to;
    const cells = row === undefined ? [element('span', { class: 'soft' }, '…')] : this.view.cells(row);
    for (const button of cells.flatMap((cell) => [cell, ...cell.querySelectorAll('button')])) button.tabIndex = -1;
    const node = element(
      'div',
      {
        class: `virtual-row${isChosen ? ' chosen' : ''}`,
        role: 'row',
        tabindex: isTabStop ? 0 : -1,
        'aria-rowindex': index + 1,
        'aria-selected': this.view.chosen ? String(isChosen) : null,
        'data-index': index,
      },
      ...cells.map((cell) => element('div', { role: 'gridcell' }, cell)),
    );
    node.style.height = `${this.view.rowHeight}px`;
    return node;
  }

  private focusActive(): void {
    this.body.querySelector<HTMLElement>(`[data-index="${this.active}"]`)?.focus({ preventScroll: true });
  }

  private key(event: KeyboardEvent): void {
    const row = this.rows.at(this.active);
    const step = PAGE_KEYS[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.go(this.active + step, event.shiftKey);
    } else if (event.key === 'Enter' && row !== undefined && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      this.view.opened(row);
    } else if (row !== undefined && this.view.key?.(event, row)) {
      event.preventDefault();
    }
  }

  private click(event: MouseEvent): void {
    const at = (event.target as Element).closest<HTMLElement>('[data-index]')?.dataset.index;
    if (at === undefined) return;
    if (event.shiftKey && this.view.chosen) {
      event.preventDefault();
      event.stopPropagation();
      this.go(Number(at), true);
    } else {
      this.active = Number(at);
    }
  }

  private go(to: number, isChoosing: boolean): void {
    if (this.rows.count === 0) return;
    const before = this.active;
    this.active = Math.max(0, Math.min(to, this.rows.count - 1));
    if (this.view.chosen) {
      if (isChoosing) this.anchor ??= before;
      else this.anchor = null;
      this.view.chosen(...(this.chosenRange ?? [0, 0]));
    }
    const { extent } = this;
    this.node.scrollTop = scrollFor(extent, offsetOf(extent, this.node.scrollTop), this.active, this.node.scrollTop);
    this.drawn = '';
    this.draw();
    this.focusActive();
  }
}
