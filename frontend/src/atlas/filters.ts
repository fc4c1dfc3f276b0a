import type { Facets } from './contract';

const DEBOUNCE_MS = 200;

/** What the form asks for, without empty fields. */
export function readFilters(form: HTMLFormElement): URLSearchParams {
  const filters = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && value.trim() !== '') filters.append(name, value.trim());
  }
  return filters;
}

/** Puts the address's filters into the form; fields that the address does not name become empty. */
export function writeFilters(form: HTMLFormElement, filters: URLSearchParams): void {
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && ['checkbox', 'radio'].includes(field.type)) {
      field.checked = filters.getAll(field.name).includes(field.value);
    } else if (field instanceof HTMLSelectElement && field.multiple) {
      const wanted = filters.getAll(field.name);
      for (const option of field.options) option.selected = wanted.includes(option.value);
    } else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) {
      field.value = filters.get(field.name) ?? '';
    }
  }
}

/** Counts beside the choices: `<span data-facet="sharing_level:restricted">`. */
export function showFacets(form: HTMLFormElement, facets: Facets): void {
  for (const place of form.querySelectorAll<HTMLElement>('[data-facet]')) {
    const [field = '', value = ''] = (place.dataset.facet ?? '').split(/:(.*)/s);
    const count = facets[field]?.[value] ?? 0;
    place.textContent = count.toLocaleString('zh-CN');
    place.closest('.facet')?.classList.toggle('none', count === 0);
  }
}

/** Calls back once after a burst of changes; Enter and the clear button count as changes. */
export function onFilterChange(form: HTMLFormElement, changed: () => void): void {
  let timer = 0;
  const soon = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(changed, DEBOUNCE_MS);
  };
  form.addEventListener('input', soon);
  form.addEventListener('reset', () => {
    // A reset would bring back what the server rendered; the user wants an empty form.
    queueMicrotask(() => {
      writeFilters(form, new URLSearchParams());
      soon();
    });
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    soon();
  });
}
