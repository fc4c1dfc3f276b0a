const YEAR_S = 365 * 24 * 3600;

/** `[data-sidenav-toggle]` folds the left navigation; a cookie lets the server draw it folded, without a jump. */
export function foldSidenav(): void {
  document.addEventListener('click', (event) => {
    if (!(event.target as Element).closest('[data-sidenav-toggle]')) return;
    const folded = document.body.classList.toggle('nav-folded');
    document.cookie = `nav=${folded ? 'folded' : 'open'}; path=/; max-age=${YEAR_S}; samesite=lax`;
  });
}
