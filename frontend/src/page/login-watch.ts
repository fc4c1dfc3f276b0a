import { Modal } from '@tabler/core';
import { ApiError, getJson, QUIET } from '../shared/api';
import { element } from '../shared/element';
import { spanText } from '../shared/span';

const ASK_EVERY_MS = 15_000;
const WARN_FROM_S = 120;
/** By which the windows of one browser tell each other that somebody goes on. */
const CHANNEL = 'gongshi.login';

/** Two minutes before the end: go on, or sign out. */
class Warning {
  private readonly left = element('strong');
  private readonly on = element('button', { type: 'button', class: 'btn btn-primary' }, '继续使用');
  private readonly out = element('button', { type: 'button', class: 'btn' }, '退出');
  private readonly dialog = element(
    'div',
    { class: 'modal', id: 'login-warning', tabindex: -1, role: 'alertdialog', 'aria-label': '即将自动退出' },
    element(
      'div',
      { class: 'modal-dialog modal-sm modal-dialog-centered' },
      element(
        'div',
        { class: 'modal-content' },
        element(
          'div',
          { class: 'modal-body' },
          element('h3', {}, '即将自动退出'),
          element('p', {}, '您已较长时间没有操作，将在 ', this.left, ' 后自动退出，未提交的内容不会保存。'),
        ),
        element('div', { class: 'modal-footer' }, this.out, this.on),
      ),
    ),
  );
  private readonly modal = new Modal(this.dialog, { backdrop: 'static', keyboard: false });
  private timer = 0;

  constructor(goOn: () => void) {
    this.on.addEventListener('click', goOn);
    this.out.addEventListener('click', () => document.querySelector<HTMLFormElement>('form[data-sign-out]')?.requestSubmit());
    this.dialog.addEventListener('shown.bs.modal', () => this.on.focus());
    document.body.append(this.dialog);
  }

  show(secondsLeft: number, over: () => void): void {
    const end = Date.now() + secondsLeft * 1000;
    const tick = (): void => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000));
      this.left.textContent = spanText(left);
      if (left > 0) return;
      window.clearInterval(this.timer);
      over();
    };
    window.clearInterval(this.timer);
    this.timer = window.setInterval(tick, 1000);
    tick();
    this.modal.show();
  }

  hide(): void {
    window.clearInterval(this.timer);
    this.modal.hide();
  }
}

/**
 * Asks the server how long this login goes on (`<body data-login-state data-login-page>`), warns before it ends, and
 * leaves for the login page when it has ended, here or elsewhere. Asking is no use of the portal, unless somebody
 * touched this page since.
 */
export function watchLogin(): void {
  const { loginState, loginPage } = document.body.dataset;
  if (!loginState || !loginPage) return;

  const others = new BroadcastChannel(CHANNEL);
  let touched = false;
  let timer = 0;
  let leaving = false;

  const warning = new Warning(() => {
    touched = true;
    void ask().then(() => others.postMessage('goes on'));
  });

  function leave(): void {
    leaving = true;
    const here = window.location.pathname + window.location.search;
    window.location.assign(`${loginPage ?? ''}?next=${encodeURIComponent(here)}`);
  }

  async function ask(): Promise<void> {
    window.clearTimeout(timer);
    const headers = touched ? {} : QUIET;
    touched = false;
    try {
      const { seconds_left: left } = await getJson<{ seconds_left: number }>(loginState ?? '', undefined, headers);
      if (left > WARN_FROM_S) warning.hide();
      else warning.show(left, () => void ask());
    } catch (failure) {
      // Without an answer nothing is known; the next question may be answered.
      if (failure instanceof ApiError && failure.status === 401) leave();
    }
    if (!leaving) timer = window.setTimeout(() => void ask(), ASK_EVERY_MS);
  }

  for (const kind of ['keydown', 'pointerdown'] as const) {
    document.addEventListener(kind, () => (touched = true), { capture: true, passive: true });
  }
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && !leaving) void ask();
  });
  others.addEventListener('message', () => void ask());
  timer = window.setTimeout(() => void ask(), ASK_EVERY_MS);
}
