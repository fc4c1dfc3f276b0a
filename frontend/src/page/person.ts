const KEY = 'gongshi.account';

/**
 * What this tab remembers (point list being collected, last reason) belongs to one person: `<body data-account>`.
 * When another one signs in, it is forgotten; when the same one signs in again, it is still there.
 */
export function forgetFormerPerson(): void {
  const { account } = document.body.dataset;
  if (!account) return;
  const former = window.sessionStorage.getItem(KEY);
  if (former !== null && former !== account) window.sessionStorage.clear();
  window.sessionStorage.setItem(KEY, account);
}
