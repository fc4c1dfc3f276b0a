/** Django's CSRF token, from the page's `<meta name="csrf-token">` or else from its cookie. */
export function csrfToken(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[name=csrf-token]');
  if (meta?.content) return meta.content;
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? '';
}
