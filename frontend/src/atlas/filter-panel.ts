import { element, required } from '../shared/element';
import type { Department, Facets, Setup } from './contract';
import { DepartmentTree } from './department-tree';
import { filterName, type FilterName, type Filters } from './filters';

const TYPING_MS = 250;
const KEPT_OPEN = 'gongshi.atlas.open-filters';
const OPEN_AT_FIRST = ['sharing_level', 'status', 'region'];
/** Filters by department are asked with all that is below it. */
const TREES: Partial<Record<string, FilterName>> = { owner: 'owner_under', source_department: 'source_under' };

/** The left panel: words, choices with their counts, departments as trees. Texts are in the page from the start. */
export class FilterPanel {
  private readonly counts = new Map<string, { count: HTMLElement; facet: HTMLElement; input: HTMLInputElement }>();
  private readonly groups = new Map<FilterName, HTMLElement>();
  private readonly trees = new Map<FilterName, DepartmentTree>();
  private readonly open: Set<string>;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly filters: Filters,
  ) {
    this.open = new Set(readOpen());
    for (const input of this.texts) this.followTyping(input);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      for (const input of this.texts) this.take(input);
    });
    form.addEventListener('reset', (event) => {
      event.preventDefault();
      filters.clear();
    });
    filters.onChange(() => this.sync());
    this.sync();
  }

  /** The choices, once the server has told them. */
  build({ filters, departments }: Setup): void {
    const place = required<HTMLElement>(this.form, '[data-choices]');
    const groups = filters.map(({ name, title, choices }) => {
      const tree = TREES[name];
      if (tree) return this.group(tree, title, [this.tree(tree, title, departments)]);
      const filter = filterName(name);
      return this.group(filter, title, choices.map(({ value, label }) => this.choice(filter, value, label)));
    });
    place.replaceChildren(this.choice('watchable', '1', '我部门已可查看'), ...groups);
    this.sync();
  }

  showFacets(facets: Facets): void {
    for (const [key, { count, facet, input }] of this.counts) {
      const [name = '', value = ''] = key.split(/:(.*)/s);
      const found = facets[name]?.[value] ?? 0;
      count.textContent = found.toLocaleString('zh-CN');
      facet.classList.toggle('none', found === 0 && !input.checked);
    }
    for (const [name, tree] of this.trees) tree.showCounts(facets[name] ?? {});
  }

  private get texts(): HTMLInputElement[] {
    return [...this.form.querySelectorAll<HTMLInputElement>('input[type=search][name]')];
  }

  private followTyping(input: HTMLInputElement): void {
    let timer = 0;
    const typed = input.value;
    input.addEventListener('input', () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => this.take(input), TYPING_MS);
    });
    // What was typed before this script came, or restored by the browser, is what the person wants.
    if (typed) this.take(input);
  }

  private take(input: HTMLInputElement): void {
    this.filters.set(filterName(input.name), [input.value]);
  }

  private choice(name: FilterName, value: string, label: string): HTMLElement {
    const input = element('input', { class: 'form-check-input', type: 'checkbox', value });
    const count = element('span', { class: 'count' });
    const facet = element('label', { class: 'facet' }, input, label, count);
    input.addEventListener('change', () => this.filters.toggle(name, value, input.checked));
    this.counts.set(`${name}:${value}`, { count, facet, input });
    return facet;
  }

  private tree(name: FilterName, title: string, departments: readonly Department[]): HTMLElement {
    const tree = new DepartmentTree(title, departments, (id, on) => this.filters.toggle(name, String(id), on));
    this.trees.set(name, tree);
    return tree.node;
  }

  private group(name: FilterName, title: string, content: HTMLElement[]): HTMLElement {
    const chosen = element('span', { class: 'badge-count', hidden: true });
    const isOpen = this.open.has(name) || this.filters.get(name).length > 0;
    const group = element('details', { class: 'atlas-group', open: isOpen }, element('summary', {}, title, chosen), ...content);
    group.addEventListener('toggle', () => {
      if (group.open) this.open.add(name);
      else this.open.delete(name);
      window.localStorage.setItem(KEPT_OPEN, JSON.stringify([...this.open]));
    });
    this.groups.set(name, chosen);
    return group;
  }

  /** The controls show what is asked for. */
  private sync(): void {
    for (const input of this.texts) {
      const wanted = this.filters.get(filterName(input.name))[0] ?? '';
      if (input.value.trim() !== wanted) input.value = wanted;
    }
    for (const [key, { input }] of this.counts) {
      const [name, value = ''] = key.split(/:(.*)/s);
      input.checked = this.filters.get(filterName(name)).includes(value);
    }
    for (const [name, tree] of this.trees) tree.showChosen(this.filters.get(name));
    for (const [name, badge] of this.groups) {
      const { length } = this.filters.get(name);
      badge.hidden = length === 0;
      badge.textContent = String(length);
    }
  }
}

function readOpen(): string[] {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(KEPT_OPEN) ?? '');
    return Array.isArray(kept) ? kept.map(String) : OPEN_AT_FIRST;
  } catch {
    return OPEN_AT_FIRST;
  }
}
