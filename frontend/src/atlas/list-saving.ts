import { sentence } from '../shared/api';
import { element, icon } from '../shared/element';
import { toast } from '../shared/toast';
import type { AtlasApi } from './atlas-api';
import type { LoadedList, PointList } from './point-list';

const NAME_LENGTH = 64;
const FILES: { form: 'xlsx' | 'csv' | 'geojson'; label: string }[] = [
  { form: 'xlsx', label: 'Excel' },
  { form: 'csv', label: 'CSV' },
  { form: 'geojson', label: 'GeoJSON' },
];

/** The foot of the drawer: a name for a new list, or what can be done with a saved one. */
export class ListSaving {
  readonly node = element('div', { class: 'atlas-list-foot' });
  private name = '';
  private shown = '';

  constructor(
    private readonly api: AtlasApi,
    private readonly chosen: PointList,
  ) {}

  draw(): void {
    const { loaded } = this.chosen;
    const { add, remove } = this.chosen.changes;
    // What is being typed stays, unless there is something else to be said.
    const what = loaded ? `${loaded.id} ${loaded.name} ${add.length} ${remove.length}` : 'new';
    if (what === this.shown && this.node.childElementCount > 0) return;
    this.shown = what;
    this.node.replaceChildren(...(loaded ? this.ofSaved(loaded, add.length, remove.length) : [this.ofNew()]));
  }

  private ofNew(): HTMLElement {
    return this.form('清单名称', '提交清单', this.name, async (name) => {
      const saved = await this.api.createList(name, this.chosen.all);
      this.name = '';
      this.chosen.saved({ ...saved, name });
      toast('清单已提交，本部门同事都能看到和使用。');
    });
  }

  private ofSaved(list: LoadedList, added: number, removed: number): HTMLElement[] {
    const head = element(
      'div',
      { class: 'atlas-saved-head' },
      element('a', { href: list.url, title: '打开清单页' }, icon('list-details'), element('b', {}, list.name)),
      this.act('放下', 'btn btn-sm', () => this.chosen.clear()),
    );
    const rename = element('details', { class: 'atlas-rename' }, element('summary', {}, '改名'), this.renaming(list));
    if (added + removed > 0) {
      const save = this.act(`保存修改（加 ${added}，减 ${removed}）`, 'btn btn-primary', () => void this.saveChanges(list));
      return [head, save];
    }
    const demand = element('a', { class: 'btn btn-primary', href: list.demand_url }, icon('send'), '发起需求');
    // The points are the demand's now; the map is free for others.
    demand.addEventListener('click', () => this.chosen.clear());
    const files = FILES.map(({ form, label }) => element('a', { href: this.api.listFile(list.id, form), download: true }, label));
    return [head, element('div', { class: 'atlas-files soft' }, '导出：', ...files), rename, demand];
  }

  private renaming(list: LoadedList): HTMLElement {
    return this.form('新名称', '保存名称', list.name, async (name) => {
      const saved = await this.api.renameList(list.id, name);
      this.chosen.saved({ ...saved, name });
      toast(`清单已改名为“${name}”。`);
    });
  }

  private async saveChanges(list: LoadedList): Promise<void> {
    const { add, remove } = this.chosen.changes;
    try {
      await this.api.changeList(list.id, add, remove);
      this.chosen.saved(list);
      toast(`清单“${list.name}”已保存。`);
    } catch (failure) {
      toast(sentence(failure), 'problem');
    }
  }

  private form(label: string, verb: string, value: string, save: (name: string) => Promise<void>): HTMLFormElement {
    const name = element('input', { class: 'form-control', name: 'name', required: true, maxlength: NAME_LENGTH, placeholder: '例如：汛期重点山塘巡查', value });
    name.addEventListener('input', () => {
      if (!this.chosen.loaded) this.name = name.value;
    });
    const error = element('span', { class: 'field-error', role: 'alert' });
    const submit = element('button', { type: 'submit', class: 'btn btn-primary' }, verb);
    const form = element(
      'form',
      { class: 'atlas-list-form', novalidate: true },
      element('label', {}, element('span', { class: 'form-label required d-block' }, label), name),
      error,
      submit,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const wanted = name.value.trim();
      error.textContent = wanted ? '' : '请给清单起一个名称，方便以后找到它。';
      if (!wanted) {
        name.focus();
        return;
      }
      submit.disabled = true;
      save(wanted)
        .catch((failure: unknown) => {
          error.textContent = sentence(failure);
        })
        .finally(() => {
          submit.disabled = false;
        });
    });
    return form;
  }

  private act(label: string, look: string, act: () => void): HTMLButtonElement {
    const button = element('button', { type: 'button', class: look }, label);
    button.addEventListener('click', act);
    return button;
  }
}
