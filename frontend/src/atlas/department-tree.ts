import { element, icon } from '../shared/element';
import type { Department } from './contract';

interface Branch {
  department: Department;
  parent: Branch | null;
  children: HTMLElement;
  item: HTMLElement;
  facet: HTMLElement;
  fold: HTMLButtonElement;
  input: HTMLInputElement;
  count: HTMLElement;
}

const SEARCH_FROM = 12;

/** Departments below each other, each with a box, its count and, where it has some below it, a fold; words find them. */
export class DepartmentTree {
  readonly node: HTMLElement;
  private readonly branches = new Map<number, Branch>();

  constructor(title: string, departments: readonly Department[], chosen: (id: number, on: boolean) => void) {
    const list = element('ul', { class: 'atlas-tree' });
    for (const department of departments) this.grow(department, list, chosen);
    for (const branch of this.branches.values()) branch.fold.hidden = branch.children.childElementCount === 0;
    const search = element('input', { class: 'form-control form-control-sm', type: 'search', placeholder: '查找部门', 'aria-label': `查找${title}`, autocomplete: 'off' });
    search.addEventListener('input', () => this.find(search.value.trim()));
    search.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') event.preventDefault();
    });
    this.node = element('div', {}, departments.length >= SEARCH_FROM ? search : null, list);
  }

  showCounts(counts: Record<string, number>): void {
    for (const [id, { count, facet, input }] of this.branches) {
      const found = counts[id] ?? 0;
      count.textContent = found.toLocaleString('zh-CN');
      facet.classList.toggle('none', found === 0 && !input.checked);
    }
  }

  showChosen(ids: readonly string[]): void {
    for (const [id, branch] of this.branches) {
      const isChosen = ids.includes(String(id));
      branch.input.checked = isChosen;
      for (let above = isChosen ? branch.parent : null; above; above = above.parent) this.fold(above, true);
    }
  }

  private grow(department: Department, root: HTMLElement, chosen: (id: number, on: boolean) => void): void {
    const parent = department.above === null ? null : (this.branches.get(department.above) ?? null);
    const input = element('input', { class: 'form-check-input', type: 'checkbox', value: department.id });
    const count = element('span', { class: 'count' });
    const facet = element('label', { class: 'facet', title: department.name }, input, element('span', { class: 'atlas-tree-name' }, department.name), count);
    const fold = element('button', { type: 'button', class: 'atlas-fold', 'aria-expanded': 'false', 'aria-label': `展开${department.name}的下级` }, icon('chevron-right'));
    const children = element('ul', { hidden: true });
    const item = element('li', {}, element('div', {}, fold, facet), children);
    const branch: Branch = { department, parent, children, item, facet, fold, input, count };
    input.addEventListener('change', () => chosen(department.id, input.checked));
    fold.addEventListener('click', () => this.fold(branch, Boolean(children.hidden)));
    this.branches.set(department.id, branch);
    (parent?.children ?? root).append(item);
  }

  private fold({ children, fold }: Branch, isOpen: boolean): void {
    children.hidden = !isOpen;
    fold.setAttribute('aria-expanded', String(isOpen));
  }

  /** Only what has the words in its name, with those above it. */
  private find(words: string): void {
    const isFound = new Set<Branch>();
    for (const branch of this.branches.values())
      if (branch.department.name.includes(words))
        for (let above: Branch | null = branch; above && !isFound.has(above); above = above.parent) isFound.add(above);
    for (const branch of this.branches.values()) {
      branch.item.hidden = !isFound.has(branch);
      if (words) this.fold(branch, true);
    }
    if (!words) for (const branch of this.branches.values()) this.fold(branch, false);
  }
}
