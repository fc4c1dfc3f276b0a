const YEAR_S = 365 * 24 * 3600;

/**
 * `<form data-columns="cameras">` with a checkbox `column` per column: the choice is kept in the cookie `columns_cameras`
 * (names joined by dots) and the page is loaded again, so that the server shows and exports the same columns.
 */
export function columnChoice(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.columns) return;
    event.preventDefault();
    const chosen = new FormData(form).getAll('column').join('.');
    document.cookie = `columns_${form.dataset.columns}=${chosen}; path=/; max-age=${YEAR_S}; samesite=lax`;
    window.location.reload();
  });
}
