import { postJson, sentence } from '../shared/api';
import { element, icon } from '../shared/element';
import { toast } from '../shared/toast';
import { SHARING, type CameraId, type ListSummary, type SavedList } from './contract';
import type { PointList } from './point-list';
import { LEVELS } from './symbols';

const SHOWN = 200;
const DEBOUNCE_MS = 200;

/** 视频点位需求清单 before it is saved: totals per source department and sharing level, remove, name, submit. */
export class ListDrawer {
  readonly node = element('div', { class: 'atlas-list' });
  private request = new AbortController();
  private timer = 0;
  private name = '';

  constructor(
    private readonly chosen: PointList,
    private readonly summaryUrl: string,
    private readonly saveUrl: string,
    private readonly opened: (id: CameraId) => void,
  ) {
    chosen.onChange(() => this.refreshSoon());
    void this.refresh();
  }

  private refreshSoon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.refresh(), DEBOUNCE_MS);
  }

  private async refresh(): Promise<void> {
    this.request.abort();
    if (this.chosen.size === 0) {
      this.node.replaceChildren(this.nothing());
      return;
    }
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      this.fill(await postJson<ListSummary>(this.summaryUrl, { camera_ids: this.chosen.all }, signal));
    } catch (failure) {
      if (signal.aborted) return;
      const again = element('button', { type: 'button', class: 'btn btn-sm' }, '重试');
      again.addEventListener('click', () => void this.refresh());
      this.node.replaceChildren(element('p', { class: 'field-error' }, sentence(failure)), again);
    }
  }

  private nothing(): HTMLElement {
    return element(
      'div',
      { class: 'empty' },
      icon('playlist-add'),
      element('b', {}, '清单还是空的'),
      element('p', {}, '在地图或点位列表中点“加入”，或按住 Shift 在地图上拖出一个框，把框内点位一次加入。'),
    );
  }

  private fill(summary: ListSummary): void {
    const clear = element(
      'button',
      {
        type: 'button',
        class: 'btn btn-sm',
        'data-confirm': '清空清单',
        'data-confirm-verb': '清空',
        'data-confirm-detail': `${summary.total} 个点位将全部移出清单。`,
      },
      '清空',
    );
    clear.addEventListener('click', () => this.chosen.clear());
    this.node.replaceChildren(
      element(
        'div',
        { class: 'atlas-list-total' },
        element('span', {}, '共 ', element('b', {}, String(summary.total)), ' 个点位', summary.needs_review > 0 && `，其中 ${summary.needs_review} 个需数源部门审核`),
        clear,
      ),
      this.groups(summary),
      this.cameras(summary),
      this.form(),
    );
  }

  private groups({ groups }: ListSummary): HTMLElement {
    const heads = ['数源部门', ...LEVELS.map((level) => SHARING[level].short)];
    const rows = groups.map((group) =>
      element(
        'tr',
        {},
        element('td', { class: 'wrap' }, group.department),
        ...LEVELS.map((level) => element('td', { class: 'number' }, group[level] > 0 ? String(group[level]) : '–')),
      ),
    );
    return element(
      'table',
      { class: 'table' },
      element('thead', {}, element('tr', {}, ...heads.map((head, at) => element('th', { class: at > 0 ? 'number' : '', scope: 'col' }, head)))),
      element('tbody', {}, ...rows),
    );
  }

  private cameras({ cameras }: ListSummary): HTMLElement {
    const rows = cameras.slice(0, SHOWN).map(({ id, code, name, sharing }) => {
      const open = element('button', { type: 'button', class: 'atlas-result' }, element('b', {}, name), element('small', { class: 'code' }, code));
      open.addEventListener('click', () => this.opened(id));
      const remove = element('button', { type: 'button', class: 'btn-close', 'aria-label': `移出：${name}` });
      remove.addEventListener('click', () => this.chosen.remove(id));
      const { label, status } = SHARING[sharing];
      return element('li', {}, element('span', { class: `status ${status}`, title: label, 'aria-label': label }), open, remove);
    });
    const rest = cameras.length - rows.length;
    return element('ul', {}, ...rows, rest > 0 && element('li', { class: 'soft' }, `另有 ${rest} 个，提交后可在清单页查看`));
  }

  private form(): HTMLFormElement {
    const name = element('input', { class: 'form-control', name: 'name', required: true, maxlength: 80, placeholder: '例如：汛期重点山塘巡查' });
    name.value = this.name;
    name.addEventListener('input', () => {
      this.name = name.value;
    });
    const error = element('span', { class: 'field-error', role: 'alert' });
    const submit = element('button', { type: 'submit', class: 'btn btn-primary' }, '提交清单');
    const form = element(
      'form',
      { class: 'atlas-list-form', novalidate: true },
      element('label', {}, element('span', { class: 'form-label required d-block' }, '清单名称'), name),
      error,
      submit,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      error.textContent = this.name.trim() ? '' : '请给清单起一个名称，方便以后找到它。';
      if (error.textContent) name.focus();
      else void this.save(submit, error);
    });
    return form;
  }

  private async save(submit: HTMLButtonElement, error: HTMLElement): Promise<void> {
    submit.disabled = true;
    try {
      const saved = await postJson<SavedList>(this.saveUrl, { name: this.name.trim(), camera_ids: this.chosen.all });
      this.chosen.clear();
      window.location.assign(saved.url);
    } catch (failure) {
      submit.disabled = false;
      error.textContent = sentence(failure);
      toast(sentence(failure), 'problem');
    }
  }
}
