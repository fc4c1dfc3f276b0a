function update(form: HTMLFormElement): void {
  const chosen = new FormData(form);
  for (const part of form.querySelectorAll<HTMLElement>('[data-only-when]')) {
    const [name = '', value] = (part.dataset.onlyWhen ?? '').split('=');
    part.hidden = chosen.get(name) !== value;
  }
}

/**
 * `<div data-only-when="type=stream">` in a form is shown while the field `type` has that value. What was typed into a hidden
 * part stays, and is sent: the server knows what belongs to the choice. It draws the part `hidden` as well, so that nothing jumps.
 */
export function showOnlyWhen(): void {
  document.addEventListener('change', (event) => {
    const { form } = event.target as HTMLInputElement;
    if (form?.querySelector('[data-only-when]')) update(form);
  });
  // A browser that goes back keeps what was chosen.
  window.addEventListener('pageshow', () => document.querySelectorAll<HTMLFormElement>('form:has([data-only-when])').forEach(update));
}
