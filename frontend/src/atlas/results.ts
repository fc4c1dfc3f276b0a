import { element } from '../shared/element';
import { SHARING, STATUS, type CameraId, type Point } from './contract';
import type { PointList } from './point-list';

const SHOWN = 200;

/** The first points of the selection as a list: everything the map does, by keyboard. Arrow keys walk, Enter opens. */
export class Results {
  readonly node = element('div', { class: 'atlas-results' });
  private readonly list = element('ul', { 'aria-label': '点位列表' });
  private readonly foot = element('p', { class: 'soft' });
  private readonly buttons = new Map<CameraId, HTMLButtonElement>();

  constructor(
    private readonly chosen: PointList,
    private readonly opened: (id: CameraId) => void,
    private readonly addAll: () => void,
  ) {
    const all = element('button', { type: 'button', class: 'btn btn-sm' }, '全部加入清单');
    all.addEventListener('click', () => this.addAll());
    this.node.append(element('div', { class: 'atlas-results-bar' }, this.foot, all), this.list);
    this.list.addEventListener('keydown', (event) => this.walk(event));
    chosen.onChange(() => this.refresh());
  }

  show(points: readonly Point[]): void {
    this.buttons.clear();
    this.list.replaceChildren(...points.slice(0, SHOWN).map((point) => this.row(point)));
    this.foot.textContent =
      points.length > SHOWN ? `列出前 ${SHOWN} 个` : points.length > 0 ? `共 ${points.length} 个` : '没有符合条件的点位，请减少筛选条件';
    this.refresh();
  }

  private row(point: Point): HTMLLIElement {
    const { label, status } = SHARING[point.sharing];
    const open = element(
      'button',
      { type: 'button', class: 'atlas-result' },
      element('b', { title: point.name }, point.name),
      element('small', { class: 'code' }, point.code),
      element(
        'small',
        {},
        element('span', { class: `status ${status}` }, label),
        element('span', { class: `status ${point.status === 'online' ? 'status-green' : 'status-gray hollow'}` }, STATUS[point.status]),
      ),
    );
    open.addEventListener('click', () => this.opened(point.id));
    const add = element('button', { type: 'button', class: 'btn btn-sm', 'aria-label': `加入清单：${point.name}` });
    add.addEventListener('click', () => this.chosen.toggle(point.id));
    this.buttons.set(point.id, add);
    return element('li', {}, open, add);
  }

  private refresh(): void {
    for (const [id, button] of this.buttons) {
      const listed = this.chosen.has(id);
      button.textContent = listed ? '移出' : '加入';
      button.classList.toggle('listed', listed);
    }
  }

  private walk(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const rows = [...this.list.querySelectorAll<HTMLElement>('.atlas-result')];
    const at = rows.findIndex((row) => row.parentElement?.contains(document.activeElement));
    rows[at + step]?.focus();
  }
}
