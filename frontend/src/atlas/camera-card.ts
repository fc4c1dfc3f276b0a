import { sentence } from '../shared/api';
import { element, icon } from '../shared/element';
import type { AtlasApi } from './atlas-api';
import { SHARING, type CameraCard, type CameraId } from './contract';
import type { PointList } from './point-list';

interface Callbacks {
  /** The card is there, with its position. */
  shown(card: CameraCard): void;
  closed(): void;
  add(id: CameraId): void;
}

const until = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'medium' });

/** The archive card of one camera, with the fields that the server allows to this person. */
export class CardPanel {
  readonly node = element('section', { class: 'atlas-card', 'aria-label': '点位档案', hidden: true, tabindex: -1 });
  private request = new AbortController();
  private add: { id: CameraId; button: HTMLButtonElement } | null = null;
  private id: CameraId | null = null;
  private cameFrom: Element | null = null;

  constructor(
    private readonly api: AtlasApi,
    private readonly chosen: PointList,
    private readonly callbacks: Callbacks,
  ) {
    chosen.onChange(() => this.refresh());
    this.node.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
  }

  /** The camera whose card is open. */
  get open(): CameraId | null {
    return this.id;
  }

  async show(id: CameraId): Promise<void> {
    this.request.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    if (this.node.hidden) this.cameFrom = document.activeElement;
    this.id = id;
    this.node.hidden = false;
    this.put(element('p', { class: 'soft' }, '正在读取档案…'));
    try {
      const card = await this.api.camera(id, signal);
      this.fill(card);
      this.callbacks.shown(card);
    } catch (failure) {
      if (!signal.aborted) this.put(element('p', { class: 'field-error' }, sentence(failure)));
    }
    if (!signal.aborted) this.node.focus({ preventScroll: true });
  }

  close(): void {
    this.request.abort();
    this.add = null;
    this.id = null;
    const hadFocus = this.node.contains(document.activeElement);
    this.node.hidden = true;
    if (hadFocus && this.cameFrom instanceof HTMLElement) this.cameFrom.focus({ preventScroll: true });
    this.callbacks.closed();
  }

  private fill(card: CameraCard): void {
    const button = element('button', { type: 'button', class: 'btn' });
    button.addEventListener('click', () => {
      if (this.chosen.has(card.id)) this.chosen.remove([card.id]);
      else this.callbacks.add(card.id);
    });
    this.add = { id: card.id, button };
    this.refresh();
    this.put(
      element('h2', {}, card.title),
      element('div', { class: 'code soft' }, card.code),
      element(
        'div',
        { class: 'atlas-card-state' },
        element('span', { class: `status ${SHARING[card.sharing.value].status}` }, card.sharing.label),
        element('span', { class: `status ${card.status.value === 'online' ? 'status-green' : 'status-gray hollow'}` }, card.status.label),
      ),
      element('div', { class: 'atlas-card-actions' }, button, watching(card)),
      card.approval && element('p', { class: 'atlas-card-approval' }, icon('gavel'), element('span', {}, card.approval)),
      ...qualityLines(card),
      ...watchers(card),
      ...fieldGroups(card),
    );
  }

  private put(...content: (Node | '' | null)[]): void {
    const close = element('button', { type: 'button', class: 'btn-close', 'aria-label': '关闭档案' });
    close.addEventListener('click', () => this.close());
    this.node.replaceChildren(close, ...content.filter((each): each is Node => each instanceof Node));
  }

  private refresh(): void {
    if (!this.add) return;
    const { id, button } = this.add;
    const listed = this.chosen.has(id);
    button.replaceChildren(icon(listed ? 'minus' : 'playlist-add'), listed ? '移出清单' : '加入清单');
    button.classList.toggle('btn-primary', !listed);
  }
}

function watching(card: CameraCard): HTMLElement | null {
  if (card.may_watch && card.watch_url) return element('a', { class: 'btn', href: card.watch_url }, icon('player-play'), '实时查看');
  return card.barred ? element('span', { class: 'status status-orange' }, card.barred) : null;
}

function facts(title: string, lines: [string, Node | string][]): HTMLElement[] {
  if (lines.length === 0) return [];
  return [
    element('h3', {}, title),
    element(
      'dl',
      { class: 'facts' },
      ...lines.map(([label, value]) => element('div', {}, element('dt', {}, label), element('dd', {}, value))),
    ),
  ];
}

function qualityLines({ quality }: CameraCard): HTMLElement[] {
  return facts(
    '质量',
    quality.map(({ label, value, url }) => [label, url ? element('a', { href: url }, value) : value]),
  );
}

function watchers({ watchers: people, watcher_count: count }: CameraCard): HTMLElement[] {
  const lines = people.map(({ name, until: end, live, history }): [string, string] => {
    const what = [live && '实时', history && '历史'].filter(Boolean).join('、');
    return [name, `${what}${end ? `，至 ${until.format(new Date(end))}` : ''}`];
  });
  const rest = count - people.length;
  return facts('本部门可查看的人员', rest > 0 ? [...lines, ['其他', `另有 ${rest} 人`]] : lines);
}

function fieldGroups({ fields }: CameraCard): HTMLElement[] {
  const groups = new Map<string, [string, string][]>();
  for (const { label, value, group } of fields) groups.set(group, [...(groups.get(group) ?? []), [label, value || '—']]);
  return [...groups].flatMap(([title, lines]) => facts(title, lines));
}
