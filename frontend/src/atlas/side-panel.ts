import { element } from '../shared/element';

export interface Tab {
  label: string;
  content: HTMLElement;
}

/** The drawer at the right: tabs, and a card that lies over them while it is open. */
export class SidePanel {
  readonly node: HTMLElement;
  private readonly buttons: HTMLButtonElement[];

  constructor(
    private readonly tabs: readonly Tab[],
    card: HTMLElement,
  ) {
    this.buttons = tabs.map(({ label }, at) => {
      const button = element('button', { type: 'button', role: 'tab' }, label);
      button.addEventListener('click', () => this.choose(at));
      return button;
    });
    const bodies = tabs.map(({ content }) => element('div', { class: 'atlas-tab', role: 'tabpanel' }, content));
    this.node = element(
      'aside',
      { class: 'atlas-side', 'aria-label': '点位与清单' },
      element('div', { class: 'atlas-tabs', role: 'tablist' }, ...this.buttons),
      ...bodies,
      card,
    );
    this.choose(0);
  }

  choose(chosen: number): void {
    this.tabs.forEach(({ content }, at) => {
      const body = content.parentElement;
      if (body) body.hidden = at !== chosen;
      this.buttons[at]?.setAttribute('aria-selected', String(at === chosen));
    });
  }

  count(tab: number, count: number): void {
    const label = this.tabs[tab]?.label ?? '';
    this.buttons[tab]?.replaceChildren(label, ' ', element('span', { class: 'badge-count' }, count.toLocaleString('zh-CN')));
  }
}
