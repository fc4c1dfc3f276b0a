const ROW = 'input[type=checkbox][data-row]';

function update(list: HTMLElement): void {
  const rows = [...list.querySelectorAll<HTMLInputElement>(ROW)];
  const chosen = rows.filter((row) => row.checked).length;
  const all = list.querySelector<HTMLInputElement>('[data-select-all]');
  if (all) {
    all.checked = rows.length > 0 && chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
  }
  for (const row of rows) row.closest('tr')?.classList.toggle('selected', row.checked);
  for (const bar of list.querySelectorAll<HTMLElement>('[data-bulk]')) bar.hidden = chosen === 0;
  for (const count of list.querySelectorAll('[data-bulk-count]')) count.textContent = String(chosen);
}

/**
 * Bulk rows: inside `[data-bulk-list]`, `[data-select-all]` checks every `[data-row]` checkbox; shift-click takes a range;
 * `[data-bulk]` is shown while something is chosen and `[data-bulk-count]` says how much.
 */
export function selectRows(): void {
  let last: HTMLInputElement | null = null;

  document.addEventListener('click', (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.matches(ROW)) return;
    const list = box.closest<HTMLElement>('[data-bulk-list]');
    if (list && last && event.shiftKey && list.contains(last)) {
      const rows = [...list.querySelectorAll<HTMLInputElement>(ROW)];
      const [from, to] = [rows.indexOf(last), rows.indexOf(box)].sort((a, b) => a - b) as [number, number];
      for (const row of rows.slice(from, to + 1)) row.checked = box.checked;
      update(list);
    }
    last = box;
  });

  document.addEventListener('change', (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    const list = box.closest<HTMLElement>('[data-bulk-list]');
    if (!list) return;
    if (box.matches('[data-select-all]')) {
      for (const row of list.querySelectorAll<HTMLInputElement>(ROW)) row.checked = box.checked;
    }
    if (box.matches(`[data-select-all], ${ROW}`)) update(list);
  });

  // A browser that goes back keeps what was checked.
  window.addEventListener('pageshow', () => document.querySelectorAll<HTMLElement>('[data-bulk-list]').forEach(update));
}
