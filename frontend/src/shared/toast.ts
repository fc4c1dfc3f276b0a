import { Toast } from '@tabler/core';
import { element, icon } from './element';

type Kind = 'done' | 'problem';

const LOOKS: Record<Kind, { icon: string; className: string; seconds: number }> = {
  done: { icon: 'circle-check', className: 'toast-done', seconds: 4 },
  problem: { icon: 'alert-circle', className: 'toast-problem', seconds: 10 },
};

function corner(): HTMLElement {
  const existing = document.getElementById('toasts');
  if (existing) return existing;
  const created = element('div', { id: 'toasts', class: 'toast-container', 'aria-live': 'polite' });
  document.body.append(created);
  return created;
}

/** Shows one sentence at the foot of the page for a few seconds. */
export function toast(message: string, kind: Kind = 'done'): void {
  const { icon: name, className, seconds } = LOOKS[kind];
  const box = element(
    'div',
    { class: `toast ${className}`, role: kind === 'problem' ? 'alert' : 'status' },
    icon(name),
    element('div', { class: 'toast-text' }, message),
    element('button', { type: 'button', class: 'btn-close', 'data-bs-dismiss': 'toast', 'aria-label': '关闭' }),
  );
  corner().append(box);
  box.addEventListener('hidden.bs.toast', () => box.remove());
  new Toast(box, { delay: seconds * 1000 }).show();
}
