/**
 * `<form data-autosubmit>` (GET filters): every choice submits at once, text fields with Enter.
 * Empty fields stay out of the address, so that it can be sent to a colleague.
 */
export function autosubmit(): void {
  document.addEventListener('change', (event) => {
    const field = event.target as HTMLInputElement;
    const form = field.form;
    if (form?.matches('[data-autosubmit]')) form.requestSubmit();
  });
  document.addEventListener('formdata', (event) => {
    if (!(event.target as Element).matches('[data-autosubmit]')) return;
    const data = event.formData;
    for (const name of new Set(data.keys())) {
      const values = data.getAll(name).filter((value) => value !== '');
      data.delete(name);
      for (const value of values) data.append(name, value);
    }
  });
}
