import { sentence } from '../shared/api';
import { element, icon } from '../shared/element';
import { toast } from '../shared/toast';
import type { AtlasApi } from './atlas-api';
import type { ListOfDepartment } from './contract';
import type { PointList } from './point-list';

/** The lists of the department, to go on with one of them. */
export class SavedLists {
  readonly node: HTMLDetailsElement;
  private readonly body = element('div');

  constructor(
    private readonly api: AtlasApi,
    private readonly chosen: PointList,
  ) {
    this.node = element('details', { class: 'atlas-saved' }, element('summary', {}, icon('list-details'), '打开本部门已存的清单'), this.body);
    this.node.addEventListener('toggle', () => {
      if (this.node.open) void this.load();
    });
  }

  private async load(): Promise<void> {
    this.body.replaceChildren(element('p', { class: 'soft' }, '正在读取…'));
    try {
      const lists = await this.api.lists();
      const nothing = element('p', { class: 'soft' }, '本部门还没有清单。选好点位、起个名称提交，就有了。');
      this.body.replaceChildren(lists.length > 0 ? element('ul', {}, ...lists.map((list) => this.row(list))) : nothing);
    } catch (failure) {
      this.body.replaceChildren(element('p', { class: 'field-error' }, sentence(failure)));
    }
  }

  private row(list: ListOfDepartment): HTMLElement {
    const open = element(
      'button',
      { type: 'button', class: 'atlas-result' },
      element('b', {}, list.name),
      element('small', {}, `${list.point_count.toLocaleString('zh-CN')} 个点位 · ${list.created_by}`),
    );
    open.addEventListener('click', () => void this.open(list));
    const remove = element(
      'button',
      {
        type: 'button',
        class: 'atlas-drop',
        'aria-label': `删除：${list.name}`,
        'data-confirm': `删除清单“${list.name}”`,
        'data-confirm-verb': '删除',
        'data-confirm-detail': '本部门同事也将不能再使用它。已提交的需求不受影响。',
      },
      icon('trash'),
    );
    remove.addEventListener('click', () => void this.remove(list));
    return element('li', {}, open, remove);
  }

  private async open({ id, name, url, demand_url }: ListOfDepartment): Promise<void> {
    try {
      const { ids } = await this.api.select({ list: [String(id)] });
      this.node.open = false;
      this.chosen.load({ id, name, url, demand_url, ids });
    } catch (failure) {
      toast(sentence(failure), 'problem');
    }
  }

  private async remove({ id, name }: ListOfDepartment): Promise<void> {
    try {
      await this.api.deleteList(id);
      toast(`清单“${name}”已删除。`);
      if (this.chosen.loaded?.id === id) this.chosen.clear();
      await this.load();
    } catch (failure) {
      toast(sentence(failure), 'problem');
    }
  }
}
