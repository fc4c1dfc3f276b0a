import { element } from '../shared/element';
import { toast } from '../shared/toast';
import type { CameraId, Row } from './contract';
import type { PagedRows } from './paged-rows';
import type { PointList } from './point-list';
import { pointButton, toggleButton } from './point-row';
import { VirtualList } from './virtual-list';

const ROW_PX = 66;
const MOST_CHOSEN = 2_000;

interface Callbacks {
  opened(row: Row): void;
  /** One point comes onto the list, or leaves it. */
  toggle(id: CameraId): void;
  add(ids: readonly CameraId[]): void;
  addAll(): void;
}

/** All points that the filters leave, as a list: everything that the map does, by keyboard. */
export class Results {
  readonly node = element('div', { class: 'atlas-results' });
  private readonly foot = element('p', { class: 'soft' });
  private readonly all = element('button', { type: 'button', class: 'btn btn-sm' }, '全部加入');
  private readonly some = element('button', { type: 'button', class: 'btn btn-sm btn-primary', hidden: true }, '加入所选');
  private readonly none = element('button', { type: 'button', class: 'btn btn-sm', hidden: true }, '取消选择');
  private readonly empty = element(
    'div',
    { class: 'empty', hidden: true },
    element('b', {}, '没有符合条件的点位'),
    element('p', {}, '请减少筛选条件，或换一个关键词。'),
  );
  private readonly list: VirtualList<Row>;
  private rows: PagedRows<Row> | null = null;

  constructor(
    private readonly chosen: PointList,
    private readonly callbacks: Callbacks,
  ) {
    this.list = new VirtualList<Row>({
      name: '点位列表，上下键移动，按住 Shift 连选，回车打开档案，空格加入或移出清单',
      rowHeight: ROW_PX,
      cells: (row) => this.cells(row),
      opened: (row) => callbacks.opened(row),
      key: (event, row) => this.key(event, row),
      chosen: (from, to) => this.showChosen(to - from),
    });
    this.all.addEventListener('click', () => callbacks.addAll());
    this.some.addEventListener('click', () => void this.addChosen());
    this.none.addEventListener('click', () => this.list.chooseNone());
    this.node.append(element('div', { class: 'atlas-results-bar' }, this.foot, this.some, this.none, this.all), this.empty, this.list.node);
    chosen.onChange(() => this.list.refresh());
  }

  show(rows: PagedRows<Row>, isAnotherSet: boolean): void {
    this.rows = rows;
    this.empty.hidden = rows.count > 0;
    this.list.node.hidden = rows.count === 0;
    this.all.disabled = rows.count === 0;
    this.list.show(rows, isAnotherSet);
    this.showChosen(0);
  }

  private cells(row: Row): HTMLElement[] {
    return [
      pointButton(row, () => this.callbacks.opened(row)),
      toggleButton(row, this.chosen.has(row.id), () => this.callbacks.toggle(row.id)),
    ];
  }

  private key(event: KeyboardEvent, row: Row): boolean {
    if (event.key === 'Escape' && this.list.chosenRange) this.list.chooseNone();
    else if (event.key === ' ' && this.list.chosenRange) void this.addChosen();
    else if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) this.callbacks.toggle(row.id);
    else return false;
    return true;
  }

  private async addChosen(): Promise<void> {
    const range = this.list.chosenRange;
    if (!range || !this.rows) return;
    const [from, to] = range;
    if (to - from > MOST_CHOSEN) {
      toast(`一次最多连选 ${MOST_CHOSEN} 个。要更多，请用筛选条件缩小范围后点“全部加入”。`, 'problem');
      return;
    }
    const rows = await this.rows.range(from, to);
    this.callbacks.add(rows.map(({ id }) => id));
    this.list.chooseNone();
  }

  private showChosen(count: number): void {
    const isChoosing = count > 1;
    this.some.hidden = this.none.hidden = !isChoosing;
    this.all.hidden = isChoosing;
    this.some.textContent = `加入所选 ${count} 个`;
    this.foot.textContent = isChoosing ? '' : this.rows?.count ? `共 ${this.rows.count.toLocaleString('zh-CN')} 个` : '';
  }
}
