import { getJson, sentence } from '../shared/api';
import { element, icon } from '../shared/element';
import { SHARING, type CameraCard, type CameraId } from './contract';
import type { PointList } from './point-list';

/** The archive card of one camera, with the fields that the server allows to this person. */
export class CardPanel {
  readonly node = element('section', { class: 'atlas-card', 'aria-label': '点位档案', hidden: true, tabindex: -1 });
  private request = new AbortController();
  private add: { id: CameraId; button: HTMLButtonElement } | null = null;

  /** `urlTemplate` contains `{id}`. */
  constructor(
    private readonly urlTemplate: string,
    private readonly chosen: PointList,
    private readonly closed: () => void,
  ) {
    chosen.onChange(() => this.refresh());
    this.node.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
  }

  async open(id: CameraId): Promise<void> {
    this.request.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    this.node.hidden = false;
    this.show(element('p', { class: 'soft' }, '正在读取档案…'));
    try {
      const url = this.urlTemplate.replace(/\{id\}|%7Bid%7D/i, encodeURIComponent(String(id)));
      this.fill(await getJson<CameraCard>(url, signal));
    } catch (failure) {
      if (!signal.aborted) this.show(element('p', { class: 'field-error' }, sentence(failure)));
    }
    if (!signal.aborted) this.node.focus({ preventScroll: true });
  }

  close(): void {
    this.request.abort();
    this.add = null;
    this.node.hidden = true;
    this.closed();
  }

  private fill(card: CameraCard): void {
    const button = element('button', { type: 'button', class: 'btn' });
    button.addEventListener('click', () => this.chosen.toggle(card.id));
    this.add = { id: card.id, button };
    this.refresh();
    const watch =
      card.may_watch && card.watch_url
        ? element('a', { class: 'btn', href: card.watch_url }, icon('player-play'), '实时查看')
        : card.barred
          ? element('span', { class: 'status status-orange' }, card.barred)
          : null;
    this.show(
      element('h2', {}, card.title),
      element('div', { class: 'code soft' }, card.code),
      element('span', { class: `status ${SHARING[card.sharing.value].status}` }, card.sharing.label),
      element('div', { class: 'atlas-card-actions' }, button, watch),
      element(
        'dl',
        { class: 'facts' },
        ...card.fields.map(({ label, value }) => element('div', {}, element('dt', {}, label), element('dd', {}, value || '—'))),
      ),
    );
  }

  private show(...content: Node[]): void {
    const close = element('button', { type: 'button', class: 'btn-close', 'aria-label': '关闭档案' });
    close.addEventListener('click', () => this.close());
    this.node.replaceChildren(close, ...content.filter(Boolean));
  }

  private refresh(): void {
    if (!this.add) return;
    const { id, button } = this.add;
    const listed = this.chosen.has(id);
    button.replaceChildren(icon(listed ? 'minus' : 'playlist-add'), listed ? '移出清单' : '加入清单');
    button.classList.toggle('btn-primary', !listed);
  }
}
