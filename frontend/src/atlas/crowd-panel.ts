import { element } from '../shared/element';
import type { CameraId, ViewPoint } from './contract';
import type { PointList } from './point-list';
import { pointButton, toggleButton } from './point-row';

interface Callbacks {
  opened(id: CameraId): void;
  add(ids: readonly CameraId[]): void;
  closed(): void;
}

/** The points of one spot by name, beside their fan on the map. */
export class CrowdPanel {
  readonly node = element('section', { class: 'atlas-crowd', 'aria-label': '同一处的点位', hidden: true, tabindex: -1 });
  private points: readonly ViewPoint[] = [];

  constructor(
    private readonly chosen: PointList,
    private readonly callbacks: Callbacks,
  ) {
    chosen.onChange(() => {
      if (!this.node.hidden) this.draw();
    });
    this.node.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
  }

  /** `total` may be more than are listed. */
  show(points: readonly ViewPoint[], total: number): void {
    this.points = points;
    this.node.hidden = false;
    this.node.dataset.total = String(total);
    this.draw();
    this.node.focus({ preventScroll: true });
  }

  close(): void {
    if (this.node.hidden) return;
    this.node.hidden = true;
    this.callbacks.closed();
  }

  private draw(): void {
    const close = element('button', { type: 'button', class: 'btn-close', 'aria-label': '关闭' });
    close.addEventListener('click', () => this.close());
    const all = element('button', { type: 'button', class: 'btn btn-sm' }, '全部加入');
    all.addEventListener('click', () => this.callbacks.add(this.points.map(({ id }) => id)));
    const total = Number(this.node.dataset.total);
    const more = total > this.points.length ? `，列出前 ${this.points.length} 个` : '';
    this.node.replaceChildren(
      close,
      element('h2', {}, `此处有 ${total} 个点位${more}`),
      all,
      element('ul', {}, ...this.points.map((point) => this.row(point))),
    );
  }

  private row(point: ViewPoint): HTMLElement {
    const toggle = (id: CameraId): void => {
      if (this.chosen.has(id)) this.chosen.remove([id]);
      else this.callbacks.add([id]);
    };
    return element(
      'li',
      {},
      pointButton(point, (id) => this.callbacks.opened(id)),
      toggleButton(point, this.chosen.has(point.id), toggle),
    );
  }
}
