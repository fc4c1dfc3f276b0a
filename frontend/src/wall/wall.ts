import { element, icon } from '../shared/element';
import { toast } from '../shared/toast';
import type { CameraId, GrantedCamera } from './contract';
import { Pane } from './pane';
import { askReason } from './reason-dialog';
import { sayWatching } from './session';

export const GRIDS = [1, 2, 4] as const;
export type Grid = (typeof GRIDS)[number];

const SAY_WATCHING_EVERY_MS = 60_000;

const ICONS: Record<Grid, string> = { 1: 'square', 2: 'layout-columns', 4: 'layout-grid' };

interface Callbacks {
  find(id: CameraId): GrantedCamera | undefined;
  changed(open: CameraId[]): void;
}

/** The panes: 1, 2 or 4, one of them with the focus. */
export class Wall {
  readonly node = element('div', { class: 'wall-panes' });
  readonly bar: HTMLElement;
  private panes: Pane[] = [];
  private focused: Pane | null = null;
  private readonly buttons: Map<Grid, HTMLButtonElement>;

  constructor(
    private readonly openUrl: string,
    watchingUrl: string,
    private readonly callbacks: Callbacks,
  ) {
    this.buttons = new Map(
      GRIDS.map((grid) => {
        const button = element('button', { type: 'button', class: 'btn btn-sm', title: `${grid} 个画面（按 ${grid}）` }, icon(ICONS[grid]), `${grid} 画面`);
        button.addEventListener('click', () => this.arrange(grid));
        return [grid, button];
      }),
    );
    this.bar = element('div', { class: 'wall-bar', role: 'group', 'aria-label': '画面数' }, ...this.buttons.values());
    this.arrange(4);
    document.addEventListener('keydown', (event) => this.key(event));
    window.addEventListener('pagehide', () => this.panes.forEach((pane) => pane.leave()));
    window.setInterval(() => {
      if (this.panes.filter((pane) => pane.moves).length > 0) sayWatching(watchingUrl);
    }, SAY_WATCHING_EVERY_MS);
  }

  /** Puts a camera into a pane: the given one, else the focused when free, else the first that is free. */
  async place(camera: GrantedCamera, wanted?: Pane): Promise<void> {
    const shown = this.panes.find((pane) => pane.busy && pane.camera?.id === camera.id);
    if (shown && shown !== wanted) {
      shown.node.focus();
      toast('该点位已在画面中。');
      return;
    }
    const free = this.panes.filter((pane) => !pane.busy);
    const pane = wanted ?? free.find((candidate) => candidate === this.focused) ?? free.find(({ state }) => state === 'idle') ?? free[0];
    if (!pane) {
      toast('没有空闲窗格。请先关闭一个画面，或把点位拖到要替换的窗格。', 'problem');
      return;
    }
    const reason = await askReason(camera);
    if (reason === null) return;
    pane.node.focus();
    await pane.open(camera, reason);
  }

  /** Panes beyond the number are closed, empty ones first. */
  private arrange(grid: Grid): void {
    const kept = [...this.panes].sort((a, b) => Number(b.busy) - Number(a.busy)).slice(0, grid);
    for (const pane of this.panes.filter((candidate) => !kept.includes(candidate))) {
      pane.close();
      pane.node.remove();
    }
    this.panes = this.panes.filter((pane) => kept.includes(pane));
    while (this.panes.length < grid) this.panes.push(this.pane());
    this.node.dataset.grid = String(grid);
    for (const [size, button] of this.buttons) button.setAttribute('aria-pressed', String(size === grid));
  }

  private pane(): Pane {
    const pane = new Pane(this.openUrl, {
      dropped: (target, id) => {
        const camera = this.callbacks.find(id);
        if (camera) void this.place(camera, target);
      },
      changed: () => this.callbacks.changed(this.panes.flatMap(({ busy, camera }) => (busy && camera ? [camera.id] : []))),
      reopen: (target, camera) => void this.place(camera, target),
    });
    pane.node.addEventListener('focusin', () => this.focus(pane));
    pane.node.addEventListener('dblclick', () => this.node.classList.toggle('enlarged'));
    this.node.append(pane.node);
    return pane;
  }

  private focus(pane: Pane): void {
    this.focused = pane;
    for (const { node } of this.panes) node.classList.toggle('focused', node === pane.node);
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as Element;
    if (target.closest('input, textarea, select, .modal') || event.ctrlKey || event.altKey || event.metaKey) return;
    const grid = GRIDS.find((size) => String(size) === event.key);
    if (grid) this.arrange(grid);
    if (event.key === 'Escape') this.focused?.close();
  }
}
