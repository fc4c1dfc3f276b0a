import { element } from '../shared/element';

export interface Tab {
  key: string;
  label: string;
  content: HTMLElement;
}

/** The drawer at the right: tabs, and cards that lie over them while they are open. */
export class SidePanel {
  readonly node: HTMLElement;
  private readonly buttons: HTMLButtonElement[];
  private chosenKey: string;

  constructor(
    private readonly tabs: readonly Tab[],
    over: readonly HTMLElement[],
    private readonly changed: () => void,
  ) {
    this.chosenKey = tabs[0]?.key ?? '';
    this.buttons = tabs.map(({ key, label }) => {
      const button = element('button', { type: 'button', role: 'tab', id: `atlas-tab-${key}`, 'aria-controls': `atlas-panel-${key}` }, label);
      button.addEventListener('click', () => this.choose(key));
      return button;
    });
    const bodies = tabs.map(({ key, content }) =>
      element('div', { class: 'atlas-tab', role: 'tabpanel', id: `atlas-panel-${key}`, 'aria-labelledby': `atlas-tab-${key}` }, content),
    );
    const list = element('div', { class: 'atlas-tabs', role: 'tablist', 'aria-label': '点位与清单' }, ...this.buttons);
    list.addEventListener('keydown', (event) => this.walk(event));
    this.node = element('aside', { class: 'atlas-side', 'aria-label': '点位与清单' }, list, ...bodies, ...over);
    this.draw();
  }

  get chosen(): string {
    return this.chosenKey;
  }

  choose(key: string): void {
    if (key === this.chosenKey || !this.tabs.some((tab) => tab.key === key)) return;
    this.chosenKey = key;
    this.draw();
    this.changed();
  }

  count(key: string, count: number): void {
    const at = this.tabs.findIndex((tab) => tab.key === key);
    const label = this.tabs[at]?.label ?? '';
    this.buttons[at]?.replaceChildren(label, ' ', element('span', { class: 'badge-count' }, count.toLocaleString('zh-CN')));
  }

  private draw(): void {
    this.tabs.forEach(({ key, content }, at) => {
      const isChosen = key === this.chosenKey;
      if (content.parentElement) content.parentElement.hidden = !isChosen;
      const button = this.buttons[at];
      button?.setAttribute('aria-selected', String(isChosen));
      if (button) button.tabIndex = isChosen ? 0 : -1;
    });
  }

  private walk(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = this.tabs.findIndex(({ key }) => key === this.chosenKey) + step;
    const next = (at + this.tabs.length) % this.tabs.length;
    this.choose(this.tabs[next]?.key ?? '');
    this.buttons[next]?.focus();
  }
}
