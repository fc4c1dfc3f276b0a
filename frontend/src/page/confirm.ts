import { Modal } from '@tabler/core';
import { element } from '../shared/element';

function ask(question: string, verb: string, detail: string | undefined): Promise<boolean> {
  const yes = element('button', { type: 'button', class: 'btn btn-danger' }, verb);
  const no = element('button', { type: 'button', class: 'btn', 'data-bs-dismiss': 'modal' }, '取消');
  const dialog = element(
    'div',
    { class: 'modal', tabindex: -1, role: 'alertdialog', 'aria-label': question },
    element(
      'div',
      { class: 'modal-dialog modal-sm modal-dialog-centered' },
      element(
        'div',
        { class: 'modal-content' },
        element('div', { class: 'modal-body' }, element('h3', {}, question), detail && element('p', {}, detail)),
        element('div', { class: 'modal-footer' }, no, yes),
      ),
    ),
  );
  document.body.append(dialog);
  const modal = new Modal(dialog);
  return new Promise((resolve) => {
    let agreed = false;
    yes.addEventListener('click', () => {
      agreed = true;
      modal.hide();
    });
    // The safe answer has the focus, so that Enter alone destroys nothing.
    dialog.addEventListener('shown.bs.modal', () => no.focus());
    dialog.addEventListener('hidden.bs.modal', () => {
      dialog.remove();
      resolve(agreed);
    });
    modal.show();
  });
}

/**
 * `data-confirm="撤销授权 XQ-2026-000123"` on a button or link asks before the click goes on.
 * `data-confirm-verb` names the button (default 确定), `data-confirm-detail` adds a second sentence.
 */
export function confirmBeforeClick(): void {
  const agreed = new WeakSet<HTMLElement>();
  document.addEventListener(
    'click',
    (event) => {
      const target = (event.target as Element).closest<HTMLElement>('[data-confirm]');
      if (!target || agreed.delete(target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { confirm: object = '', confirmVerb = '确定', confirmDetail } = target.dataset;
      void ask(`${object}？`, confirmVerb, confirmDetail).then((yes) => {
        if (!yes) return;
        agreed.add(target);
        target.click();
      });
    },
    // Before htmx and forms see the click.
    { capture: true },
  );
}
