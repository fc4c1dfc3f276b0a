import { Modal } from '@tabler/core';
import { sentence } from '../shared/api';
import { element } from '../shared/element';
import type { AtlasApi } from './atlas-api';
import type { CameraId, FoundCodes } from './contract';

/** Asks for codes, pasted or in a file, and says which were not found. `add` puts the others on the list and says so. */
export class CodesDialog {
  private readonly text = element('textarea', { class: 'form-control code', rows: 7, placeholder: '每行一个，或用空格、逗号、顿号分开' });
  private readonly file = element('input', { class: 'form-control', type: 'file', accept: '.txt,.csv,.xlsx' });
  private readonly answer = element('div', { role: 'status' });
  private readonly submit = element('button', { type: 'submit', class: 'btn btn-primary' }, '加入清单');
  private readonly modal: Modal;

  constructor(
    private readonly api: AtlasApi,
    private readonly add: (ids: readonly CameraId[]) => string,
  ) {
    const form = element(
      'form',
      { class: 'modal-content', novalidate: true },
      element('div', { class: 'modal-header' }, element('h2', { class: 'modal-title' }, '按视频编号选取'), element('button', { type: 'button', class: 'btn-close', 'data-bs-dismiss': 'modal', 'aria-label': '关闭窗口' })),
      element(
        'div',
        { class: 'modal-body atlas-codes' },
        element('label', {}, element('span', { class: 'form-label d-block' }, '粘贴视频编号'), this.text),
        element('label', {}, element('span', { class: 'form-label d-block' }, '或上传文件（.txt、.csv、.xlsx，取“视频编号”列或第一列）'), this.file),
        this.answer,
      ),
      element('div', { class: 'modal-footer' }, element('button', { type: 'button', class: 'btn', 'data-bs-dismiss': 'modal' }, '完成'), this.submit),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.ask();
    });
    const dialog = element('div', { class: 'modal', tabindex: -1, 'aria-label': '按视频编号选取' }, element('div', { class: 'modal-dialog modal-dialog-centered' }, form));
    document.body.append(dialog);
    this.modal = new Modal(dialog);
    dialog.addEventListener('shown.bs.modal', () => this.text.focus());
  }

  open(): void {
    this.answer.replaceChildren();
    this.modal.show();
  }

  private async ask(): Promise<void> {
    const file = this.file.files?.[0];
    if (!file && !this.text.value.trim()) {
      this.say('请粘贴视频编号，或选择一个文件。', true);
      this.text.focus();
      return;
    }
    this.submit.disabled = true;
    try {
      this.tell(await (file ? this.api.codesOfFile(file) : this.api.codes(this.text.value)));
    } catch (failure) {
      this.say(sentence(failure), true);
    }
    this.submit.disabled = false;
  }

  private tell({ ids, message }: FoundCodes): void {
    const added = ids.length > 0 ? this.add(ids) : '没有找到任何点位。';
    this.text.value = '';
    this.file.value = '';
    this.answer.replaceChildren(element('p', {}, added), message && element('p', { class: 'field-error' }, message));
    if (!message && ids.length > 0) this.modal.hide();
  }

  private say(text: string, isProblem: boolean): void {
    this.answer.replaceChildren(element('p', { class: isProblem ? 'field-error' : '' }, text));
  }
}
