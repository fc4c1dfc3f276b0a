import { element, icon } from '../shared/element';
import type { CameraId, CamerasAnswer, GrantedCamera } from './contract';

export const DRAG_TYPE = 'application/x-gongshi-camera';

const STATUS: Record<GrantedCamera['status'], { label: string; look: string }> = {
  online: { label: '在线', look: 'status-green' },
  offline: { label: '离线', look: 'status-gray hollow' },
  unknown: { label: '未知', look: 'status-gray' },
};

/** The cameras that this person may watch, by source department; a click or a drag puts one into a pane. */
export class CameraTree {
  readonly node: HTMLElement;
  private readonly groups = element('div', { class: 'tree-groups' });
  private readonly cameras = new Map<string, GrantedCamera>();
  private readonly buttons = new Map<string, HTMLButtonElement>();

  constructor(private readonly picked: (camera: GrantedCamera) => void) {
    const search = element('input', { class: 'form-control', type: 'search', placeholder: '搜索名称或编号', 'aria-label': '搜索点位' });
    search.addEventListener('input', () => this.filter(search.value.trim().toLowerCase()));
    this.node = element('aside', { class: 'wall-tree', 'aria-label': '我的授权点位' }, element('div', { class: 'tree-search' }, search), this.groups);
  }

  camera(id: CameraId): GrantedCamera | undefined {
    return this.cameras.get(String(id));
  }

  show({ groups }: CamerasAnswer): void {
    const filled = groups.filter(({ cameras }) => cameras.length > 0);
    this.groups.replaceChildren(
      ...filled.map(({ department, cameras }) =>
        element(
          'details',
          { open: true },
          element('summary', {}, department, element('span', { class: 'badge-count' }, String(cameras.length))),
          ...cameras.map((camera) => this.row(camera)),
        ),
      ),
    );
    if (filled.length === 0) this.say('还没有可查看的点位', '授权生效后，点位会出现在这里。可在点位一张图选点并发起需求。');
  }

  say(title: string, sentence: string): void {
    this.groups.replaceChildren(element('div', { class: 'empty' }, icon('video-off'), element('b', {}, title), element('p', {}, sentence)));
  }

  /** Marks the cameras that are in a pane now. */
  mark(open: readonly CameraId[]): void {
    const ids = new Set(open.map(String));
    for (const [id, button] of this.buttons) button.classList.toggle('open', ids.has(id));
  }

  private row(camera: GrantedCamera): HTMLButtonElement {
    const { label, look } = camera.barred ? { label: camera.barred, look: 'status-orange' } : STATUS[camera.status];
    const button = element(
      'button',
      { type: 'button', class: 'tree-camera', draggable: 'true', title: `${camera.name}\n${camera.code}\n授权至 ${camera.grant.until}` },
      element('b', {}, camera.name),
      element('small', {}, element('span', { class: `status ${look}` }, label), `至 ${camera.grant.until}`),
    );
    button.addEventListener('click', () => this.picked(camera));
    button.addEventListener('dragstart', ({ dataTransfer }) => dataTransfer?.setData(DRAG_TYPE, String(camera.id)));
    this.cameras.set(String(camera.id), camera);
    this.buttons.set(String(camera.id), button);
    return button;
  }

  private filter(text: string): void {
    for (const [id, button] of this.buttons) {
      const { name = '', code = '' } = this.cameras.get(id) ?? {};
      button.hidden = !`${name} ${code}`.toLowerCase().includes(text);
    }
    for (const group of this.groups.querySelectorAll('details')) {
      group.hidden = !group.querySelector('.tree-camera:not([hidden])');
    }
  }
}
