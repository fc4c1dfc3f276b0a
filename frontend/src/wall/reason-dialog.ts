import { Modal } from '@tabler/core';
import { element } from '../shared/element';
import type { GrantedCamera } from './contract';

const KEY = 'gongshi.viewing-reason';
const SHORTEST = 2;

/** Asks why the person looks (查看事由, goes into the register); null when they think better of it. */
export function askReason(camera: GrantedCamera): Promise<string | null> {
  const field = element('textarea', { class: 'form-control', name: 'reason', rows: 3, maxlength: 300, required: true });
  field.value = window.sessionStorage.getItem(KEY) ?? '';
  const error = element('span', { class: 'field-error', role: 'alert' });
  const form = element(
    'form',
    { class: 'modal-content', novalidate: true },
    element(
      'div',
      { class: 'modal-body' },
      element('h3', {}, camera.name),
      element('p', {}, `授权用途：${camera.grant.purpose}（至 ${camera.grant.until}）`),
      element('label', { class: 'd-block mt-3' }, element('span', { class: 'form-label required d-block' }, '查看事由'), field),
      error,
      element('span', { class: 'form-hint' }, '事由、姓名和起止时间会记入信息调用登记。'),
    ),
    element(
      'div',
      { class: 'modal-footer' },
      element('button', { type: 'button', class: 'btn', 'data-bs-dismiss': 'modal' }, '取消'),
      element('button', { type: 'submit', class: 'btn btn-primary' }, '开始查看'),
    ),
  );
  const dialog = element(
    'div',
    { class: 'modal', tabindex: -1, role: 'dialog', 'aria-modal': 'true', 'aria-label': '查看事由' },
    element('div', { class: 'modal-dialog modal-dialog-centered' }, form),
  );
  document.body.append(dialog);
  const modal = new Modal(dialog);

  return new Promise((resolve) => {
    let reason: string | null = null;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = field.value.trim();
      error.textContent = text.length < SHORTEST ? '请写明为什么查看，例如“防汛值班巡查”。' : '';
      if (error.textContent) return;
      reason = text;
      window.sessionStorage.setItem(KEY, text);
      modal.hide();
    });
    field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    dialog.addEventListener('shown.bs.modal', () => field.select());
    dialog.addEventListener('hidden.bs.modal', () => {
      dialog.remove();
      resolve(reason);
    });
    modal.show();
  });
}
