const YEAR_S = 365 * 24 * 3600;

/**
 * `<form data-columns="cameras">` with a checkbox `column` per column: the choice is kept in the cookie `columns_cameras`
 * (names joined by dots) and the page is loaded again, so that the server shows and exports the same columns.
 * A submit button `reset` forgets the choice.
 */
export function columnChoice(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.columns) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const chosen = data.getAll('column').join('.');
    const age = data.has('reset') ? 0 : YEAR_S;
    document.cookie = `columns_${form.dataset.columns}=${chosen}; path=/; max-age=${age}; samesite=lax`;
    const address = new URL(window.location.href);
    // Columns that the address names (a saved filter's) would hide the choice.
    address.searchParams.delete('_columns');
    if (address.href === window.location.href) window.location.reload();
    else window.location.assign(address);
  });
}
