/** Where a form came back with errors, the first field at fault has the focus, so that typing goes on there. */
export function focusFirstError(): void {
  const fields = document.querySelectorAll<HTMLElement>('main :is(input, select, textarea):is(.is-invalid, [aria-invalid=true])');
  [...fields].find((field) => field.offsetParent !== null)?.focus();
}
