import { sentence } from '../shared/api';
import { element, icon } from '../shared/element';
import { toast } from '../shared/toast';
import type { AtlasApi } from './atlas-api';
import type { CameraId, ListSummary, Setup, SummaryGroup } from './contract';
import { ListSaving } from './list-saving';
import { totalsTable } from './list-totals';
import { PagedRows } from './paged-rows';
import type { PointList } from './point-list';
import { pointButton } from './point-row';
import { SavedLists } from './saved-lists';
import { VirtualList } from './virtual-list';

const DEBOUNCE_MS = 200;
const ROW_PX = 50;

type Member = ListSummary['cameras'][number];

/** 视频点位需求清单: totals per source department and sharing level, its points, and what becomes of them. */
export class ListDrawer {
  readonly node: HTMLElement;
  private readonly total = element('span', { role: 'status' });
  private readonly acts = element('div', { class: 'atlas-list-acts' });
  private readonly groups = element('div');
  private readonly filled: HTMLElement;
  private readonly nothing: HTMLElement;
  private readonly saving: ListSaving;
  private readonly members: VirtualList<Member>;
  private request = new AbortController();
  private timer = 0;

  constructor(
    private readonly api: AtlasApi,
    private readonly setup: Setup,
    private readonly chosen: PointList,
    private readonly opened: (id: CameraId) => void,
  ) {
    this.saving = new ListSaving(api, chosen);
    this.members = new VirtualList<Member>({
      name: '清单中的点位，上下键移动，回车打开档案，删除键移出',
      rowHeight: ROW_PX,
      cells: (member) => this.cells(member),
      opened: ({ id }) => opened(id),
      key: (event, { id }) => this.key(event, id),
    });
    this.nothing = nothing();
    this.filled = element('div', { class: 'atlas-list-filled' }, element('div', { class: 'atlas-list-total' }, this.total, this.acts), this.groups, this.members.node, this.saving.node);
    this.node = element('div', { class: 'atlas-list' }, new SavedLists(api, chosen).node, this.nothing, this.filled);
    chosen.onChange(() => this.refreshSoon());
    void this.refresh();
  }

  private refreshSoon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.refresh(), DEBOUNCE_MS);
  }

  private async refresh(): Promise<void> {
    this.request.abort();
    const ids = this.chosen.all;
    this.filled.hidden = ids.length === 0 && !this.chosen.loaded;
    this.nothing.hidden = !this.filled.hidden;
    if (this.filled.hidden) return;
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      this.fill(await this.api.summary(ids, false, signal), ids);
    } catch (failure) {
      if (signal.aborted) return;
      const again = element('button', { type: 'button', class: 'btn btn-sm' }, '重试');
      again.addEventListener('click', () => void this.refresh());
      this.total.replaceChildren(element('span', { class: 'field-error' }, sentence(failure)));
      this.acts.replaceChildren(again);
    }
  }

  private fill(summary: ListSummary, ids: readonly CameraId[]): void {
    const { total, needs_review: review, missing } = summary;
    this.total.replaceChildren(
      '共 ',
      element('b', {}, total.toLocaleString('zh-CN')),
      ` 个点位${review > 0 ? `，其中 ${review.toLocaleString('zh-CN')} 个需数源部门审核` : total > 0 ? '，均无需数源部门审核' : ''}`,
    );
    this.acts.replaceChildren(...this.buttons(total, missing));
    this.groups.replaceChildren(totalsTable(summary, (group) => void this.removeGroup(group)));
    this.saving.draw();
    const there = new Set(missing);
    const known = ids.filter((id) => !there.has(id));
    const window = async (offset: number, limit: number): Promise<Member[]> =>
      (await this.api.summary(known.slice(offset, offset + limit), true)).cameras;
    this.members.show(new PagedRows<Member>(known.length, window), false);
  }

  private buttons(total: number, missing: readonly CameraId[]): HTMLElement[] {
    const undo = this.chosen.undoable > 1 && this.button('arrow-back-up', `撤销 ${this.chosen.undoable} 个`, '撤销上一次加入', () => this.chosen.undo());
    const gone = missing.length > 0 && this.button('ban', `移出已撤回的 ${missing.length} 个`, '这些点位已不在目录中', () => this.chosen.remove(missing));
    const clear = this.button('trash', '清空', '清空清单', () => this.chosen.clear());
    clear.dataset.confirm = '清空清单';
    clear.dataset.confirmVerb = '清空';
    clear.dataset.confirmDetail = `${total} 个点位将全部移出清单${this.chosen.loaded ? '；已存的清单不变' : ''}。`;
    return [undo, gone, clear].filter((button) => button !== false);
  }

  private button(name: string, label: string, title: string, act: () => void): HTMLButtonElement {
    const button = element('button', { type: 'button', class: 'btn btn-sm', title }, icon(name), label);
    button.addEventListener('click', act);
    return button;
  }

  private cells(member: Member): HTMLElement[] {
    const remove = element('button', { type: 'button', class: 'btn-close', 'aria-label': `移出：${member.name}` });
    remove.addEventListener('click', () => this.chosen.remove([member.id]));
    return [pointButton(member, (id) => this.opened(id)), remove];
  }

  private key(event: KeyboardEvent, id: CameraId): boolean {
    if (event.key !== 'Delete' && event.key !== 'Backspace') return false;
    this.chosen.remove([id]);
    return true;
  }

  private async removeGroup(group: SummaryGroup): Promise<void> {
    const department = group.department_id ?? this.setup.departments.find(({ name }) => name === group.department)?.id;
    try {
      const { ids } = await this.api.select({ source_department: [String(department)], id: this.chosen.all.map(String) });
      this.chosen.remove(ids);
      toast(`已移出${group.department}的 ${ids.length} 个点位。`);
    } catch (failure) {
      toast(sentence(failure), 'problem');
    }
  }
}

function nothing(): HTMLElement {
  return element(
    'div',
    { class: 'empty' },
    icon('playlist-add'),
    element('b', {}, '清单还是空的'),
    element('p', {}, '在点位列表中点“加入”，在地图上框选、画多边形或沿线选取，也可粘贴视频编号。'),
  );
}
