/** `[data-fill-login="jiaotong"][data-fill-password="…"]` fills the login form: the demonstration's accounts. */
export function fillLoginOnClick(): void {
  document.addEventListener('click', (event) => {
    const chosen = (event.target as Element).closest<HTMLElement>('[data-fill-login]');
    if (!chosen) return;
    fill('id_login', chosen.dataset.fillLogin);
    fill('id_password', chosen.dataset.fillPassword);
    document.querySelector<HTMLElement>('form [type=submit]')?.focus();
  });
}

function fill(id: string, value = ''): void {
  const field = document.getElementById(id);
  if (field instanceof HTMLInputElement) field.value = value;
}
