import { element, icon } from '../shared/element';
import type { Setup } from './contract';
import { FILTER_NAMES, type FilterName, type Filters } from './filters';

const TITLES: Partial<Record<FilterName, string>> = {
  q: '搜索',
  code: '编号',
  location: '位置',
  owner: '所属单位',
  owner_under: '所属单位',
  source_department: '数源部门',
  source_under: '数源部门',
  list: '清单',
  id: '指定点位',
  codes: '指定编号',
};
const AREAS: Record<string, string> = { box: '框选范围', polygon: '多边形范围', circle: '圆形范围', line: '沿线范围' };
const BY_DEPARTMENT: ReadonlySet<FilterName> = new Set<FilterName>(['owner', 'owner_under', 'source_department', 'source_under']);

/** What the set is narrowed by, each with a way to drop it. */
export class Chips {
  readonly node = element('div', { class: 'atlas-chips', role: 'group', 'aria-label': '已选条件', hidden: true });
  private words: (name: FilterName, value: string) => string = (_, value) => value;

  constructor(private readonly filters: Filters) {
    filters.onChange(() => this.draw());
    this.draw();
  }

  /** Learns the words of codes and the names of departments. */
  learn({ filters, departments }: Setup): void {
    const titles = new Map(filters.map(({ name, title }) => [name, title]));
    const labels = new Map(filters.flatMap(({ name, choices }) => choices.map(({ value, label }) => [`${name}:${value}`, label])));
    const names = new Map(departments.map(({ id, name }) => [String(id), name]));
    this.words = (name, value) => {
      const title = titles.get(name) ?? TITLES[name] ?? name;
      const word = BY_DEPARTMENT.has(name) ? names.get(value) : labels.get(`${name}:${value}`);
      return `${title}：${word ?? value}`;
    };
    this.draw();
  }

  private draw(): void {
    const chips = FILTER_NAMES.flatMap((name) => this.filters.get(name).map((value) => this.chip(name, value)));
    const clear = element('button', { type: 'button', class: 'atlas-chip atlas-chip-clear' }, '清除全部');
    clear.addEventListener('click', () => this.filters.clear());
    this.node.hidden = chips.length === 0;
    this.node.replaceChildren(...chips, ...(chips.length > 1 ? [clear] : []));
  }

  private chip(name: FilterName, value: string): HTMLElement {
    const button = element('button', { type: 'button', class: 'atlas-chip', title: '点击去掉这个条件' }, element('span', {}, this.text(name, value)), icon('x'));
    button.addEventListener('click', () => this.filters.toggle(name, value, false));
    return button;
  }

  private text(name: FilterName, value: string): string {
    if (name === 'area') return AREAS[value.split(':')[0] ?? ''] ?? '范围';
    if (name === 'watchable') return '我部门已可查看';
    return this.words(name, value);
  }
}
