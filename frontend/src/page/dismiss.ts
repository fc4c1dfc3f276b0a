/** `[data-dismiss]` removes the nearest `.message`; `.message[data-dismiss-after="6"]` goes by itself after seconds. */
export function dismissMessages(): void {
  document.addEventListener('click', (event) => {
    (event.target as Element).closest('[data-dismiss]')?.closest('.message')?.remove();
  });
  for (const message of document.querySelectorAll<HTMLElement>('.message[data-dismiss-after]')) {
    setTimeout(() => message.remove(), Number(message.dataset.dismissAfter) * 1000);
  }
}
